#include "query/track_continuity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <span>
#include <utility>

namespace sightline::query {
namespace {

constexpr double kFirstGap = 5;
constexpr double kFirstDistance = 100;

// What the default counts as, in pairs of readings.
constexpr double kDefaultPairs = 300;
constexpr double kDefaultPairsAGap = 20;

// Of the default: two readings in three are followed by another of the same drive.
constexpr double kDrivesOn = 0.67;
constexpr double kDriveGap = 90;       // seconds, the median
constexpr double kDriveSpread = 0.9;   // of the logarithm
constexpr double kStopGap = 3 * 3'600;
constexpr double kStopSpread = 1.4;
constexpr double kDriveSpeed = 9;      // metres a second along the great circle
constexpr double kStopDistance = 1'200;
constexpr double kCitySpread = 5'000;  // of readings around the middle
constexpr double kUnseenDrives = 0.08;  // of stops: driven away from without a reading

// A gap is a drive's unless it is long, or the vehicle would have crawled.
constexpr double kLongestDrive = 7'200;
constexpr double kShortGap = 600;
constexpr double kCrawl = 10 / 3.6;  // metres a second
// What the histograms count as beside the passages of one camera; and a spread beside a pair's own.
constexpr double kHistogramPassages = 12;
constexpr double kAssumedSpread = 0.35;
constexpr double kAssumedDrives = 4;
// A camera whose readings lie farther apart than this moves about.
constexpr double kStandsWithin = 50;

// A plate whose readings follow each other faster than any vehicle drives is on two vehicles, or was
// misread: what is counted from one to the other is no passage.
constexpr double kFastest = 180 / 3.6;  // metres a second
constexpr double kClockSlackSeconds = 10;
constexpr double kPlaceSlackMeters = 200;

bool ExcludesItself(std::span<const SampledReading> track) {
  for (size_t i = 1; i < track.size(); ++i) {
    if (!track[i - 1].has_place || !track[i].has_place) continue;
    const double gap = static_cast<double>(track[i].time - track[i - 1].time) / 1'000;
    const double meters = GreatCircleDistance(track[i - 1].place, track[i].place).value;
    if (meters > kPlaceSlackMeters + kFastest * (gap + kClockSlackSeconds)) return true;
  }
  return false;
}

bool IsDrive(double gap_s, double meters) {
  return gap_s <= kShortGap || (gap_s <= kLongestDrive && meters >= kCrawl * gap_s);
}

double NormalCdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double LogNormalCdf(double x, double median, double spread) {
  return x <= 0 ? 0 : NormalCdf(std::log(x / median) / spread);
}

}  // namespace

size_t TrackContinuity::GapBin(double gap_s) {
  if (gap_s < kFirstGap) return 0;
  return std::min<size_t>(kGaps - 1, 1 + static_cast<size_t>(std::log2(gap_s / kFirstGap)));
}

double TrackContinuity::GapWidth(size_t bin) {
  const double from = bin == 0 ? 0 : kFirstGap * std::exp2(static_cast<double>(bin) - 1);
  return kFirstGap * std::exp2(static_cast<double>(bin)) - from;
}

size_t TrackContinuity::DistanceBin(double meters) {
  if (meters < kFirstDistance) return 0;
  return std::min<size_t>(kDistances - 1,
                          1 + static_cast<size_t>(std::log2(meters / kFirstDistance)));
}

TrackContinuity::Counts TrackContinuity::DefaultCounts() {
  Counts counts;
  const auto share = [](size_t bin, double first, size_t bins, const auto& cdf) {
    const double from = bin == 0 ? 0 : first * std::exp2(static_cast<double>(bin) - 1);
    const double to = first * std::exp2(static_cast<double>(bin));
    return (bin + 1 == bins ? 1 : cdf(to)) - cdf(from);
  };
  for (size_t d = 0; d < kDistances; ++d) {
    counts.strangers[d] = kDefaultPairs * share(d, kFirstDistance, kDistances, [](double x) {
                            // Of two points that scatter normally: Rayleigh.
                            return 1 - std::exp(-x * x / (4 * kCitySpread * kCitySpread));
                          });
  }
  for (size_t g = 0; g < kGaps; ++g) {
    const double drive = kDrivesOn * share(g, kFirstGap, kGaps, [](double x) {
                           return LogNormalCdf(x, kDriveGap, kDriveSpread);
                         });
    const double stop = (1 - kDrivesOn) * share(g, kFirstGap, kGaps, [](double x) {
                          return LogNormalCdf(x, kStopGap, kStopSpread);
                        });
    counts.gaps[g] = kDefaultPairs * (drive + stop);
    const double middle = kFirstGap * std::exp2(static_cast<double>(g) - 0.5);
    for (size_t d = 0; d < kDistances; ++d) {
      const double on = share(d, kFirstDistance, kDistances, [&](double x) {
        return LogNormalCdf(x, kDriveSpeed * middle, 0.7);
      });
      const double near = share(d, kFirstDistance, kDistances, [](double x) {
        return 1 - std::exp(-x / kStopDistance) * (1 + x / kStopDistance);
      });
      const double far = counts.strangers[d] / kDefaultPairs;
      counts.distances[g][d] = drive * on + stop * ((1 - kUnseenDrives) * near + kUnseenDrives * far);
    }
    double sum = 0;
    for (const double count : counts.distances[g]) sum += count;
    for (double& count : counts.distances[g]) {
      count = sum > 0 ? count / sum * kDefaultPairsAGap : kDefaultPairsAGap / kDistances;
    }
  }
  return counts;
}

TrackContinuity::TrackContinuity(const Counts& counts) {
  double gaps = 0;
  for (const double count : counts.gaps) gaps += count;
  double strangers = 0;
  for (const double count : counts.strangers) strangers += count;
  for (size_t g = 0; g < kGaps; ++g) {
    log_gap_[g] = std::log((counts.gaps[g] + 0.5) / (gaps + 0.5 * kGaps) / GapWidth(g));
    double sum = 0;
    for (const double count : counts.distances[g]) sum += count;
    for (size_t d = 0; d < kDistances; ++d) {
      const double own = (counts.distances[g][d] + 0.1) / (sum + 0.1 * kDistances);
      const double other = (counts.strangers[d] + 0.5) / (strangers + 0.5 * kDistances);
      log_distance_[g][d] = std::log(own / other);
    }
  }
}

// Adds up passages between cameras that stand still.
class TrackContinuity::PassageCounter {
 public:
  void Add(const SampledReading& from, const SampledReading& to) {
    const double gap = static_cast<double>(to.time - from.time) / 1'000;
    Sums& sums = sums_[uint64_t{from.camera} << 32 | to.camera];
    if (!IsDrive(gap, GreatCircleDistance(from.place, to.place).value)) {
      ++sums.stops;
    } else {
      const double log = std::log(std::max(1.0, gap));
      ++sums.drives;
      sums.logs += log;
      sums.squares += log * log;
    }
  }

  void Fill(TrackContinuity& made, const std::vector<double>& readings) const {
    double all = 0;
    for (const double of_camera : readings) all += of_camera;
    made.camera_shares_ = readings;
    for (double& share : made.camera_shares_) share = (share + 0.5) / (all + 0.5);
    made.departures_.assign(readings.size(), 0.0);
    for (const auto& [key, sums] : sums_) {
      Passage& passage = made.passages_.emplace_back(
          Passage{static_cast<uint32_t>(key >> 32), static_cast<uint32_t>(key), sums.drives,
                  sums.stops, 0, 0});
      made.departures_[passage.from] += sums.drives + sums.stops;
      if (sums.drives == 0) continue;
      passage.mean_log = sums.logs / sums.drives;
      const double scatter = std::max(0.0, sums.squares - sums.logs * passage.mean_log);
      passage.spread = std::sqrt((scatter + kAssumedDrives * kAssumedSpread * kAssumedSpread) /
                                 (sums.drives + kAssumedDrives));
    }
  }

 private:
  struct Sums {
    uint32_t drives = 0;
    uint32_t stops = 0;
    double logs = 0;
    double squares = 0;
  };
  std::map<uint64_t, Sums> sums_;  // by from and to
};

std::shared_ptr<const TrackContinuity> TrackContinuity::Default() {
  static const std::shared_ptr<const TrackContinuity> made(new TrackContinuity(DefaultCounts()));
  return made;
}

std::shared_ptr<const TrackContinuity> TrackContinuity::Learn(
    const TrackSample& sample, const std::function<bool(uint32_t camera)>& is_doubtful) {
  Counts counts = DefaultCounts();
  const std::span<const SampledReading> all = sample.readings();
  struct Camera {
    std::optional<Position> place;
    bool moves = false;
    double readings = 0;
  };
  std::vector<Camera> cameras;
  for (const SampledReading& reading : all) {
    if (reading.camera >= cameras.size()) cameras.resize(size_t{reading.camera} + 1);
    Camera& camera = cameras[reading.camera];
    camera.readings += 1;
    if (!reading.has_place) continue;
    if (!camera.place) camera.place = reading.place;
    camera.moves |= GreatCircleDistance(*camera.place, reading.place).value > kStandsWithin;
  }
  PassageCounter passages;
  std::array<double, kGaps> stops = {};
  for (size_t t = 0; t < sample.size(); ++t) {
    if (ExcludesItself(sample.track(t))) continue;
    const SampledReading* last = nullptr;
    for (const SampledReading& reading : sample.track(t)) {
      if (!reading.has_place || is_doubtful(reading.camera)) continue;
      if (last != nullptr) {
        const size_t g = GapBin(static_cast<double>(reading.time - last->time) / 1'000);
        counts.gaps[g] += 1;
        const double meters = GreatCircleDistance(last->place, reading.place).value;
        counts.distances[g][DistanceBin(meters)] += 1;
        const double gap = static_cast<double>(reading.time - last->time) / 1'000;
        if (!IsDrive(gap, meters)) stops[g] += 1;
        if (!cameras[last->camera].moves && !cameras[reading.camera].moves) {
          passages.Add(*last, reading);
        }
      }
      last = &reading;
    }
  }
  // Strangers: readings that lie far apart in the sample are of different plates, all but always.
  const size_t stride = all.size() / 2 + 1;
  for (size_t i = 0; i + stride < all.size(); ++i) {
    if (!all[i].has_place || !all[i + stride].has_place) continue;
    counts.strangers[DistanceBin(GreatCircleDistance(all[i].place, all[i + stride].place).value)] +=
        1;
  }
  std::shared_ptr<TrackContinuity> made(new TrackContinuity(counts));
  std::vector<double> readings;
  for (const Camera& camera : cameras) readings.push_back(camera.readings);
  passages.Fill(*made, readings);
  double all_stops = 0;
  for (const double count : stops) all_stops += count;
  for (size_t g = 0; g < kGaps; ++g) {
    made->stop_gap_[g] = (stops[g] + 0.1) / (all_stops + 0.1 * kGaps) / GapWidth(g);
  }
  return made;
}

double TrackContinuity::LogRatio(double gap_s, double meters, uint32_t from_camera,
                                 uint32_t to_camera, double window_s) const {
  const double otherwise = LogRatio(gap_s, meters, window_s);
  if (from_camera >= departures_.size() || departures_[from_camera] <= 0) return otherwise;
  double seen = 0;
  const auto passage = std::ranges::lower_bound(
      passages_, std::pair(from_camera, to_camera), {},
      [](const Passage& each) { return std::pair(each.from, each.to); });
  if (passage != passages_.end() && passage->from == from_camera && passage->to == to_camera) {
    if (passage->drives > 0) {
      const double at = std::max(1.0, gap_s);
      const double z = (std::log(at) - passage->mean_log) / passage->spread;
      seen += passage->drives * std::exp(-z * z / 2) /
              (at * passage->spread * std::sqrt(2 * std::numbers::pi));
    }
    if (!IsDrive(gap_s, meters)) seen += passage->stops * stop_gap_[GapBin(gap_s)];
    seen *= window_s / camera_shares_[to_camera];
  }
  return std::log((seen + kHistogramPassages * std::exp(otherwise)) /
                  (departures_[from_camera] + kHistogramPassages));
}

double TrackContinuity::LogRatio(double gap_s, double meters, double window_s) const {
  const size_t gap = GapBin(gap_s);
  return log_gap_[gap] + log_distance_[gap][DistanceBin(meters)] + std::log(window_s);
}

double TrackContinuity::LogRatio(double gap_s, double window_s) const {
  return log_gap_[GapBin(gap_s)] + std::log(window_s);
}

}  // namespace sightline::query
