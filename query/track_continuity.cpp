#include "query/track_continuity.h"

#include <algorithm>
#include <cmath>
#include <numbers>

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

double NormalCdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double LogNormalCdf(double x, double median, double spread) {
  return x <= 0 ? 0 : NormalCdf(std::log(x / median) / spread);
}

}  // namespace

size_t TrackContinuity::GapBin(double gap_s) {
  if (gap_s < kFirstGap) return 0;
  return std::min<size_t>(kGaps - 1, 1 + static_cast<size_t>(std::log2(gap_s / kFirstGap)));
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
    const double from = g == 0 ? 0 : kFirstGap * std::exp2(static_cast<double>(g) - 1);
    const double width = kFirstGap * std::exp2(static_cast<double>(g)) - from;
    log_gap_[g] = std::log((counts.gaps[g] + 0.5) / (gaps + 0.5 * kGaps) / width);
    double sum = 0;
    for (const double count : counts.distances[g]) sum += count;
    for (size_t d = 0; d < kDistances; ++d) {
      const double own = (counts.distances[g][d] + 0.1) / (sum + 0.1 * kDistances);
      const double other = (counts.strangers[d] + 0.5) / (strangers + 0.5 * kDistances);
      log_distance_[g][d] = std::log(own / other);
    }
  }
}

std::shared_ptr<const TrackContinuity> TrackContinuity::Default() {
  static const std::shared_ptr<const TrackContinuity> made(new TrackContinuity(DefaultCounts()));
  return made;
}

std::shared_ptr<const TrackContinuity> TrackContinuity::Learn(
    const TrackSample& sample, const std::function<bool(uint32_t camera)>& is_doubtful) {
  Counts counts = DefaultCounts();
  const std::span<const SampledReading> all = sample.readings();
  for (size_t t = 0; t < sample.size(); ++t) {
    const SampledReading* last = nullptr;
    for (const SampledReading& reading : sample.track(t)) {
      if (!reading.has_place || is_doubtful(reading.camera)) continue;
      if (last != nullptr) {
        const size_t g = GapBin(static_cast<double>(reading.time - last->time) / 1'000);
        counts.gaps[g] += 1;
        counts.distances[g][DistanceBin(
            GreatCircleDistance(last->place, reading.place).value)] += 1;
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
  return std::shared_ptr<const TrackContinuity>(new TrackContinuity(counts));
}

double TrackContinuity::LogRatio(double gap_s, double meters, double window_s) const {
  const size_t gap = GapBin(gap_s);
  return log_gap_[gap] + log_distance_[gap][DistanceBin(meters)] + std::log(window_s);
}

double TrackContinuity::LogRatio(double gap_s, double window_s) const {
  return log_gap_[GapBin(gap_s)] + std::log(window_s);
}

}  // namespace sightline::query
