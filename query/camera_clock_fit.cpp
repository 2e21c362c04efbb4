#include "query/camera_clock_fit.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace sightline::query {
namespace {

constexpr size_t kLeastWitnesses = 8;
// A witness fits where it is so near the median.
constexpr double kFitSeconds = 45;
constexpr int kRounds = 4;
// Offsets that are tried: where times to neighbours pile up most.
constexpr size_t kPeaks = 4;
constexpr size_t kPeakBins = 3;  // to either side
// Drifts that are tried, seconds a day; clocks of cameras lose less than a minute.
constexpr double kMostDrift = 36;
constexpr double kDriftStep = 6;
// Readings that each try looks at.
constexpr size_t kTriedReadings = 500;
constexpr double kLeastDaysForDrift = 1.2;
// Of the drives from one camera to another, those without a stop.
constexpr double kFastShare = 0.2;
// A way past the camera that bends so much more than the straight one counts half.
constexpr double kBend = 0.02;
// Below so much scatter over days (squared, summed over witnesses) no slope is taken.
constexpr double kLeastDayVariance = 4;
// Ways without a way back count so much of those with one.
constexpr double kAlone = 0.5;
constexpr double kAloneBesideBoth = 0.05;
constexpr size_t kLeastOnAWay = 3;
// A drift has to be so sure, and must not make the witnesses agree less.
constexpr double kDriftSigmas = 3.5;
constexpr double kLeastDrift = 0.7;
constexpr double kDriftKeeps = 0.97;

double Median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

double Score(std::span<const Witness> witnesses, double around) {
  double score = 0;
  for (const Witness& witness : witnesses) {
    const double away = (witness.ahead_s - around) / kFitSeconds;
    if (std::abs(away) < 1) score += 1 - away * away;
  }
  return score;
}

double MedianAhead(std::span<const Witness> witnesses) {
  std::vector<double> ahead;
  for (const Witness& witness : witnesses) ahead.push_back(witness.ahead_s);
  return ahead.empty() ? 0 : Median(ahead);
}

// The fast drives of each way, and each way beside its way back.
struct Ahead {
  double seconds = 0;
  double error_s = 0;
  size_t both_ways = 0;
};

Ahead OfFastDrives(std::span<const Witness> witnesses) {
  std::map<std::pair<uint32_t, uint32_t>, std::vector<const Witness*>> ways;
  for (const Witness& witness : witnesses) {
    if (std::abs(witness.ahead_s) > 3 * kFitSeconds) continue;
    ways[{witness.before, witness.after}].push_back(&witness);
  }
  struct Way {
    double ahead = 0;
    double weight = 0;
    size_t readings = 0;
  };
  std::map<std::pair<uint32_t, uint32_t>, Way> fast;
  for (auto& [cameras, of] : ways) {
    std::ranges::sort(of, [](const Witness* a, const Witness* b) {
      return std::pair(a->drive_s, a->ahead_s) < std::pair(b->drive_s, b->ahead_s);
    });
    const size_t kept = std::max<size_t>(
        1, static_cast<size_t>(std::ceil(kFastShare * static_cast<double>(of.size()))));
    std::vector<double> ahead;
    for (size_t i = 0; i < kept; ++i) ahead.push_back(of[i]->ahead_s);
    double bend = 0;
    for (const Witness* witness : of) bend += witness->bend;
    bend /= static_cast<double>(of.size());
    fast[cameras] = {Median(ahead),
                     std::min(30.0, static_cast<double>(of.size())) * std::exp2(-bend / kBend),
                     of.size()};
  }
  size_t both_ways = 0;
  for (const auto& [cameras, way] : fast) {
    const auto back = fast.find({cameras.second, cameras.first});
    both_ways += cameras.first < cameras.second && back != fast.end() &&
                 std::min(way.readings, back->second.readings) >= kLeastOnAWay;
  }
  const double alone = both_ways >= kLeastBothWays ? kAloneBesideBoth : kAlone;
  std::vector<std::pair<double, double>> values;  // seconds, weight
  for (const auto& [cameras, way] : fast) {
    const auto back = fast.find({cameras.second, cameras.first});
    if (back == fast.end()) {
      values.emplace_back(way.ahead, way.weight * alone);
    } else if (cameras.first < cameras.second) {
      const double weight = 2 * std::min(way.weight, back->second.weight);
      values.emplace_back((way.ahead + back->second.ahead) / 2, weight);
    }
  }
  std::ranges::sort(values);
  double sum = 0;
  for (const auto& [seconds, weight] : values) sum += weight;
  // The mean of the middle half by weight: as robust as the median, and smoother.
  double passed = 0;
  double mean = 0;
  double mass = 0;
  for (const auto& [seconds, weight] : values) {
    const double from = std::max(passed, 0.25 * sum);
    const double to = std::min(passed + weight, 0.75 * sum);
    if (to > from) mean += seconds * (to - from), mass += to - from;
    passed += weight;
  }
  if (mass <= 0) return {};
  mean /= mass;
  std::vector<double> away;
  for (const auto& [seconds, weight] : values) away.push_back(std::abs(seconds - mean));
  const double spread = 1.48 * Median(away);
  return {mean, (spread + 1) / std::sqrt(static_cast<double>(values.size())),
          both_ways};
}

// Seconds a day by which the witnesses of a way drift apart: least squares over all ways, each
// against its own mean, without those that are far off.
struct Slope {
  double drift = 0;
  double error = 0;
};

Slope SlopeOf(std::span<const Witness> witnesses) {
  struct Sums {
    double count = 0;
    double days = 0;
    double ahead = 0;
  };
  std::map<std::pair<uint32_t, uint32_t>, Sums> ways;
  const auto is_near = [](const Witness& witness) {
    return std::abs(witness.ahead_s) <= kFitSeconds;
  };
  for (const Witness& witness : witnesses) {
    if (!is_near(witness)) continue;
    Sums& way = ways[{witness.before, witness.after}];
    way.count += 1;
    way.days += witness.days;
    way.ahead += witness.ahead_s;
  }
  double covariance = 0;
  double variance = 0;
  double scatter = 0;
  double count = 0;
  for (const Witness& witness : witnesses) {
    if (!is_near(witness)) continue;
    const Sums& way = ways.at({witness.before, witness.after});
    if (way.count < 2) continue;
    const double days = witness.days - way.days / way.count;
    const double ahead = witness.ahead_s - way.ahead / way.count;
    covariance += days * ahead;
    variance += days * days;
    scatter += ahead * ahead;
    count += 1;
  }
  if (variance < kLeastDayVariance) return {0, kFitSeconds};
  return {covariance / variance, std::sqrt(scatter / count / variance)};
}

class Fitting {
 public:
  Fitting(const CameraWitnesses& witnesses, const CameraWitnesses::Camera& camera)
      : witnesses_(witnesses), camera_(camera) {}

  // Walks from a start to where the witnesses agree.
  std::optional<ClockFit> From(double offset_s, double drift, bool drifts) const {
    ClockFit fit{.offset_s = offset_s, .drift = drift};
    std::vector<Witness> found;
    for (int round = 0; round < kRounds; ++round) {
      found = witnesses_.Collect(camera_, fit.offset_s, fit.drift);
      if (found.size() < kLeastWitnesses) return std::nullopt;
      const double step = MedianAhead(found);
      fit.offset_s += step;
      if (std::abs(step) < 0.5) break;
    }
    if (drifts) {
      for (int round = 0; round < 3; ++round) {
        found = witnesses_.Collect(camera_, fit.offset_s, fit.drift);
        const Slope slope = SlopeOf(found);
        fit.drift += slope.drift;
        fit.drift_error = slope.error;
        fit.offset_s -= slope.drift * witnesses_.span_days() / 2;
      }
    }
    found = witnesses_.Collect(camera_, fit.offset_s, fit.drift);
    if (found.size() < kLeastWitnesses) return std::nullopt;
    const Ahead ahead = OfFastDrives(found);
    fit.offset_s += ahead.seconds;
    fit.error_s = ahead.error_s;
    fit.both_ways = ahead.both_ways;
    fit.share = Score(found, ahead.seconds) /
                static_cast<double>(CameraWitnesses::Looked(camera_));
    std::vector<uint32_t> tracks;
    for (const Witness& witness : found) tracks.push_back(witness.track);
    std::ranges::sort(tracks);
    const auto rest = std::ranges::unique(tracks);
    fit.tracks = static_cast<size_t>(rest.begin() - tracks.begin());
    return fit;
  }

  double ScoreAt(double offset_s, double drift) const {
    const std::vector<Witness> found =
        witnesses_.Collect(camera_, offset_s, drift, kTriedReadings);
    return Score(found, 0);
  }

  std::vector<double> Peaks() const {
    std::vector<uint32_t> bins = witnesses_.TimesToNeighbours(camera_);
    std::vector<std::pair<uint64_t, size_t>> sums;
    for (size_t i = 0; i < bins.size(); ++i) {
      uint64_t sum = 0;
      const size_t to = std::min(bins.size() - 1, i + kPeakBins);
      for (size_t j = i < kPeakBins ? 0 : i - kPeakBins; j <= to; ++j) sum += bins[j];
      sums.emplace_back(sum, i);
    }
    std::ranges::sort(sums, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<double> peaks;
    for (const auto& [sum, bin] : sums) {
      if (sum == 0 || peaks.size() == kPeaks) break;
      const double seconds = (static_cast<double>(bin) + 0.5) * CameraWitnesses::kBinSeconds -
                             CameraWitnesses::kMostSeconds;
      const bool is_new = std::ranges::all_of(peaks, [&](double peak) {
        return std::abs(peak - seconds) > 4 * CameraWitnesses::kBinSeconds;
      });
      if (is_new) peaks.push_back(seconds);
    }
    return peaks;
  }

 private:
  const CameraWitnesses& witnesses_;
  const CameraWitnesses::Camera& camera_;
};

}  // namespace

std::optional<ClockFit> FitNearZero(const CameraWitnesses& witnesses,
                                    const CameraWitnesses::Camera& camera) {
  return Fitting(witnesses, camera).From(0, 0, false);
}

std::optional<ClockFit> FitAnywhere(const CameraWitnesses& witnesses,
                                    const CameraWitnesses::Camera& camera) {
  const Fitting fitting(witnesses, camera);
  const bool drifts = witnesses.span_days() >= kLeastDaysForDrift;
  std::vector<double> starts = fitting.Peaks();
  starts.push_back(0);
  double best_score = 0;
  double best_offset = 0;
  double best_drift = 0;
  for (const double peak : starts) {
    for (double shift = -60; shift <= 60; shift += 30) {
      for (double drift = drifts ? -kMostDrift : 0; drift <= (drifts ? kMostDrift : 0);
           drift += kDriftStep) {
        // The pile is where the middle of the window has it.
        const double offset = peak + shift - drift * witnesses.span_days() / 2;
        const double score = fitting.ScoreAt(offset, drift);
        if (score > best_score) best_score = score, best_offset = offset, best_drift = drift;
      }
    }
  }
  if (best_score <= 0) return std::nullopt;
  const double middle = best_offset + best_drift * witnesses.span_days() / 2;
  const auto steady = fitting.From(middle, 0, false);
  if (!drifts) return steady;
  const auto drifting = fitting.From(best_offset, best_drift, true);
  if (!steady) return drifting;
  const bool is_sure =
      drifting && drifting->share >= kDriftKeeps * steady->share &&
      std::abs(drifting->drift) > std::max(kLeastDrift, kDriftSigmas * drifting->drift_error);
  return is_sure ? drifting : steady;
}

}  // namespace sightline::query
