#include "query/camera_clock_fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "query/clock_comparison.h"

namespace sightline::query {
namespace {

// A witness counts where it is so near what is assumed.
constexpr double kFitSeconds = 45;
// Seconds by which offsets are changed while they are climbed.
constexpr double kFirstStep = 32;
constexpr double kLastStep = 4;
// Comparisons with the neighbours' clocks, each from where the last one came to, while they move.
constexpr int kLeastComparisons = 2;
constexpr int kMostComparisons = 5;
constexpr double kSettledSeconds = 2;
constexpr double kMostCorrection = 150;  // by one of them, but for the last: kFitSeconds
// Offsets that are tried: where times to neighbours pile up most.
constexpr size_t kPeaks = 4;
constexpr size_t kPeakBins = 3;  // to either side
// Drifts that are tried, seconds a day; clocks of cameras lose less than a minute.
constexpr double kMostDrift = 36;
constexpr double kDriftStep = 6;
// Readings that each try looks at.
constexpr size_t kTriedReadings = 500;
constexpr double kLeastDaysForDrift = 1.2;
// Below so much scatter over days (squared, summed over witnesses) no slope is taken.
constexpr double kLeastDayVariance = 4;
// A drift has to be so sure, and must not make the witnesses agree less.
constexpr double kDriftSigmas = 3.5;
constexpr double kLeastDrift = 0.7;
constexpr double kDriftKeeps = 0.97;
// Parts of the window that are compared each by itself, a day each where there are not too many.
constexpr double kLeastParts = 3;
constexpr double kMostParts = 14;
constexpr size_t kLeastPoints = 4;

// Seconds a day by which the witnesses of a way drift apart: least squares over all ways, each
// against its own mean, without those that are far off.
struct Slope {
  double drift = 0;
  double error = 0;
  double middle = 0;  // the mean day
};

Slope SlopeOf(std::span<const Witness> witnesses) {
  struct Sums {
    double count = 0;
    double days = 0;
    double ahead = 0;
  };
  std::map<std::pair<Neighbour, Neighbour>, Sums> ways;
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
  double all_days = 0;
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
    all_days += witness.days;
  }
  if (variance < kLeastDayVariance) return {0, kFitSeconds, 0};
  return {covariance / variance, std::sqrt(scatter / count / variance), all_days / count};
}

class Fitting {
 public:
  Fitting(const CameraWitnesses& witnesses, const CameraWitnesses::Camera& camera)
      : witnesses_(witnesses), camera_(camera) {}

  // Climbs from a start to where most drives are as fast as drives are, and compares clocks there.
  std::optional<ClockFit> From(const ClockError& start, bool drifts) const {
    ClockFit fit{.clock = start};
    double best = ScoreAt(fit.clock);
    for (double step = kFirstStep; step >= kLastStep; step /= 2) {
      for (const double signed_step : {step, -step}) {
        ClockError tried = fit.clock;
        tried.offset_s += signed_step;
        const double score = ScoreAt(tried);
        if (score <= best) continue;
        best = score;
        fit.clock = tried;
        break;
      }
    }
    std::vector<Witness> found;
    if (drifts) {
      for (int round = 0; round < 3; ++round) {
        found = witnesses_.Collect(camera_, fit.clock);
        const Slope slope = SlopeOf(found);
        fit.clock.drift += slope.drift;
        fit.clock.offset_s -= slope.drift * slope.middle;
        fit.drift_error = slope.error;
      }
    }
    std::vector<Leg> legs;
    const auto collect = [&] {
      found = witnesses_.Collect(camera_, fit.clock);
      std::erase_if(found, [](const Witness& witness) {
        return std::abs(witness.ahead_s) > 3 * kFitSeconds;
      });
      legs = witnesses_.CollectLegs(camera_, fit.clock);
    };
    double moved = 0;
    for (int round = 0; round < kMostComparisons; ++round) {
      if (round >= kLeastComparisons && std::abs(moved) <= kSettledSeconds) break;
      collect();
      if (const auto slope = drifts ? SlopeByParts(legs, found) : std::nullopt) {
        fit.clock.drift += slope->drift;
        fit.clock.offset_s -= slope->drift * slope->middle;
        fit.drift_error = slope->error;
        collect();
      }
      const auto compared = CompareClocks(legs, found);
      if (!compared || std::abs(compared->ahead_s) > kMostCorrection) return std::nullopt;
      moved = compared->ahead_s;
      fit.clock.offset_s += moved;
      fit.error_s = compared->error_s;
      fit.both_ways = compared->both_ways;
    }
    if (std::abs(moved) > kFitSeconds) return std::nullopt;
    fit.share = ShareAt(fit.clock);
    std::vector<uint32_t> tracks;
    for (const Leg& leg : legs) {
      if (witnesses_.Likeness(leg) > 0) tracks.push_back(leg.track);
    }
    std::ranges::sort(tracks);
    fit.tracks = static_cast<size_t>(std::unique(tracks.begin(), tracks.end()) - tracks.begin());
    return fit;
  }

  // The line through what comparisons say of one part of the window after the other, by how sure
  // each is. What the roads are like is the same in all of them.
  std::optional<Slope> SlopeByParts(std::span<const Leg> legs,
                                    std::span<const Witness> witnesses) const {
    const double span = witnesses_.span_days();
    const auto parts = static_cast<size_t>(std::clamp(std::round(span), kLeastParts, kMostParts));
    const auto part_of = [&](double days) {
      const double part = days / span * static_cast<double>(parts);
      return std::min(parts - 1, static_cast<size_t>(std::max(0.0, part)));
    };
    struct Part {
      std::vector<Leg> legs;
      std::vector<Witness> witnesses;
      double days = 0;  // summed over the legs
    };
    std::vector<Part> split(parts);
    for (const Leg& leg : legs) {
      Part& part = split[part_of(leg.days)];
      part.legs.push_back(leg);
      part.days += leg.days;
    }
    for (const Witness& witness : witnesses) {
      split[part_of(witness.days)].witnesses.push_back(witness);
    }
    struct Point {
      double days;
      double ahead;
      double weight;
    };
    std::vector<Point> points;
    Point sum{};
    for (const Part& part : split) {
      if (part.legs.empty()) continue;
      const auto compared = CompareClocks(part.legs, part.witnesses);
      if (!compared) continue;
      const double weight = 1 / (compared->error_s * compared->error_s);
      points.push_back({part.days / static_cast<double>(part.legs.size()), compared->ahead_s,
                        weight});
      sum.days += weight * points.back().days;
      sum.ahead += weight * compared->ahead_s;
      sum.weight += weight;
    }
    if (points.size() < kLeastPoints) return std::nullopt;
    const double middle = sum.days / sum.weight;
    double covariance = 0;
    double variance = 0;
    for (const Point& point : points) {
      covariance += point.weight * (point.days - middle) * (point.ahead - sum.ahead / sum.weight);
      variance += point.weight * (point.days - middle) * (point.days - middle);
    }
    const double drift = covariance / variance;
    double misfit = 0;
    for (const Point& point : points) {
      const double away = point.ahead - sum.ahead / sum.weight - drift * (point.days - middle);
      misfit += point.weight * away * away;
    }
    const double excess = std::max(1.0, misfit / static_cast<double>(points.size() - 2));
    return Slope{drift, std::sqrt(excess / variance), middle};
  }

  double ScoreAt(const ClockError& clock) const {
    return ScoreOf(witnesses_.CollectLegs(camera_, clock, kTriedReadings));
  }

  double ShareAt(const ClockError& clock) const {
    return ScoreOf(witnesses_.CollectLegs(camera_, clock)) /
           static_cast<double>(CameraWitnesses::Looked(camera_));
  }

  // How many readings it explains.
  double ScoreOf(std::span<const Leg> legs) const {
    double score = 0;
    for (const Leg& leg : legs) score += witnesses_.Likeness(leg);
    return score / 2;
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
  return Fitting(witnesses, camera).From({}, false);
}

double FittingShare(const CameraWitnesses& witnesses, const CameraWitnesses::Camera& camera,
                    const ClockError& assumed) {
  return Fitting(witnesses, camera).ShareAt(assumed);
}

std::optional<ClockFit> FitAnywhere(const CameraWitnesses& witnesses,
                                    const CameraWitnesses::Camera& camera) {
  const Fitting fitting(witnesses, camera);
  const bool drifts = witnesses.span_days() >= kLeastDaysForDrift;
  const double middle = witnesses.span_days() / 2;
  std::vector<double> starts = fitting.Peaks();
  starts.push_back(0);
  double best_score = 0;
  ClockError best;
  for (const double peak : starts) {
    for (double shift = -60; shift <= 60; shift += 30) {
      for (double drift = drifts ? -kMostDrift : 0; drift <= (drifts ? kMostDrift : 0);
           drift += kDriftStep) {
        // The pile is where the middle of the window has it.
        const ClockError tried{.offset_s = peak + shift - drift * middle, .drift = drift};
        const double score = fitting.ScoreAt(tried);
        if (score > best_score) best_score = score, best = tried;
      }
    }
  }
  if (best_score <= 0) return std::nullopt;
  const auto steady = fitting.From({.offset_s = best.At(middle)}, false);
  if (!drifts) return steady;
  const auto drifting = fitting.From(best, true);
  if (!steady) return drifting;
  const bool is_sure =
      drifting && drifting->share >= kDriftKeeps * steady->share &&
      std::abs(drifting->clock.drift) > std::max(kLeastDrift, kDriftSigmas * drifting->drift_error);
  return is_sure ? drifting : steady;
}

}  // namespace sightline::query
