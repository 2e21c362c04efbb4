#include "query/clock_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace sightline::query {
namespace {

// The quickest drives: between these shares of all, in order of time. Those below are misreads as
// likely as not.
constexpr double kQuickFrom = 0.01;
constexpr double kQuickTo = 0.06;
// How dense drives are there is seen among these.
constexpr double kDense = 0.15;
// The share of drives that meet neither a red light nor a jam, at least.
constexpr double kSurelyQuick = 0.15;
constexpr size_t kLeastEachWay = 3;
// There and back is one road only where neither is driven much more seldom, nor takes much longer,
// and none is a detour.
constexpr double kSeldom = 0.1;
constexpr double kMuchLonger = 1.7;
constexpr double kLeastSpeed = 3;  // metres a second, in a straight line
// By what share of the drive there and back differ, and by how many seconds, one sigma.
constexpr double kUnlike = 0.01;
constexpr double kUnlikeSeconds = 0.2;
// Of a drive one way past the camera: how far the time at which half of the way is done lies from
// where it would on an even drive.
constexpr double kUneven = 0.015;
// And so much for each share by which the way past the camera is longer than a straight one.
constexpr double kBend = 15;
// Of the drives from one neighbour to another, those without a stop.
constexpr double kFastShare = 0.05;
// What one neighbour says beyond so many sigmas of the others counts less and less.
constexpr double kHuber = 1;
constexpr int kRounds = 8;

struct Estimate {
  double ahead = 0;
  double sigma = 0;
};

// Of ascending values, none of which is missing.
double QuantileOf(std::span<const double> values, double share) {
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<size_t>(at);
  const size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

double MedianOf(std::vector<double>& values) {
  std::ranges::sort(values);
  return QuantileOf(values, 0.5);
}

struct Quick {
  double seconds = 0;
  double variance = 0;  // of `seconds`
};

// The mean of the quickest, and how sure it is: the order statistics' density there.
Quick QuickestOf(std::vector<double>& values) {
  std::ranges::sort(values);
  const auto count = static_cast<double>(values.size());
  const auto from = static_cast<size_t>(kQuickFrom * count);
  const size_t to = std::max(from + 1, static_cast<size_t>(std::ceil(kQuickTo * count)));
  double sum = 0;
  for (size_t i = from; i < to; ++i) sum += values[i];
  const double spread = QuantileOf(values, kDense) - values.front();
  constexpr double kShare = (kQuickFrom + kQuickTo) / 2;
  const double density = kDense / std::max(spread, 0.5);
  // Of few drives none may have been quick.
  const double unseen = (QuantileOf(values, 0.5) - values.front()) / (kSurelyQuick * count);
  return {sum / static_cast<double>(to - from),
          kShare * (1 - kShare) / (count * density * density) + unseen * unseen};
}

bool IsBothWays(size_t there, size_t back) {
  const auto [fewer, more] = std::minmax(there, back);
  return fewer >= kLeastEachWay &&
         static_cast<double>(fewer) >= kSeldom * static_cast<double>(more);
}

// Neighbours that vehicles come from and go to.
void CompareLegs(std::span<const Leg> legs, std::vector<Estimate>& estimates) {
  struct Both {
    std::vector<double> toward;
    std::vector<double> away;
    double meters = 0;
  };
  std::map<uint64_t, Both> neighbours;
  for (const Leg& leg : legs) {
    Both& both = neighbours[leg.neighbour];
    both.meters = leg.meters;
    (leg.toward ? both.toward : both.away).push_back(leg.seconds);
  }
  for (auto& [neighbour, both] : neighbours) {
    if (!IsBothWays(both.toward.size(), both.away.size())) continue;
    const Quick toward = QuickestOf(both.toward);
    const Quick away = QuickestOf(both.away);
    const double drive = (toward.seconds + away.seconds) / 2;
    if (drive * kLeastSpeed > both.meters) continue;
    const double unlike = kUnlikeSeconds + kUnlike * drive;
    estimates.push_back({(toward.seconds - away.seconds) / 2,
                         std::sqrt((toward.variance + away.variance) / 4 + unlike * unlike)});
  }
}

// Ways between two neighbours, past the camera.
size_t CompareWays(std::span<const Witness> witnesses, std::vector<Estimate>& estimates) {
  std::map<std::pair<uint64_t, uint64_t>, std::vector<const Witness*>> ways;
  for (const Witness& witness : witnesses) {
    ways[{witness.before, witness.after}].push_back(&witness);
  }
  struct Way {
    Estimate estimate;  // of the sampling alone
    double uneven = 0;
    double drive = 0;
    size_t readings = 0;
  };
  std::map<std::pair<uint64_t, uint64_t>, Way> fast;
  for (auto& [cameras, of] : ways) {
    std::ranges::sort(of, [](const Witness* a, const Witness* b) {
      return std::pair(a->drive_s, a->ahead_s) < std::pair(b->drive_s, b->ahead_s);
    });
    const auto kept =
        static_cast<size_t>(std::ceil(kFastShare * static_cast<double>(of.size())));
    std::vector<double> ahead;
    double bend = 0;
    double share = 0;
    for (size_t i = 0; i < kept; ++i) {
      ahead.push_back(of[i]->ahead_s);
      bend += of[i]->bend;
      share += of[i]->share;
    }
    bend /= static_cast<double>(kept);
    share /= static_cast<double>(kept);
    const double drive = of[kept / 2]->drive_s;
    const double median = MedianOf(ahead);
    for (double& one : ahead) one = std::abs(one - median);
    const double spread = 1.48 * MedianOf(ahead) + 0.1 * drive * std::sqrt(share * (1 - share));
    const double unseen = (of[of.size() / 2]->drive_s - of[0]->drive_s) /
                          (kSurelyQuick * static_cast<double>(of.size()));
    fast[cameras] = {{median, std::hypot(1.25 * spread / std::sqrt(static_cast<double>(kept)),
                                         std::sqrt(share * (1 - share)) * unseen)},
                     (kUneven + kBend * bend) * 2 * std::sqrt(share * (1 - share)) * drive,
                     drive,
                     of.size()};
  }
  size_t both_ways = 0;
  for (const auto& [cameras, way] : fast) {
    const auto back = fast.find({cameras.second, cameras.first});
    const bool is_back = back != fast.end() && IsBothWays(way.readings, back->second.readings) &&
                         std::max(way.drive, back->second.drive) <=
                             kMuchLonger * std::min(way.drive, back->second.drive);
    if (!is_back) {
      const double unlike = kUnlikeSeconds + way.uneven;
      estimates.push_back({way.estimate.ahead, std::hypot(way.estimate.sigma, unlike)});
    } else if (cameras.first < cameras.second) {
      ++both_ways;
      const double unlike = kUnlikeSeconds + kUnlike * (way.drive + back->second.drive) / 2;
      estimates.push_back(
          {(way.estimate.ahead + back->second.estimate.ahead) / 2,
           std::hypot(way.estimate.sigma / 2, back->second.estimate.sigma / 2, unlike)});
    }
  }
  return both_ways;
}

// Huber's estimator, from the weighted median on.
Estimate Agree(std::vector<Estimate> estimates) {
  std::ranges::sort(estimates, {}, &Estimate::ahead);
  double all = 0;
  for (const Estimate& one : estimates) all += 1 / one.sigma;
  double center = 0;
  double passed = 0;
  for (const Estimate& one : estimates) {
    passed += 1 / one.sigma;
    center = one.ahead;
    if (passed >= all / 2) break;
  }
  double weights = 0;
  double misfit = 0;
  for (int round = 0; round < kRounds; ++round) {
    weights = 0;
    misfit = 0;
    double sum = 0;
    for (const Estimate& one : estimates) {
      const double away = std::abs(one.ahead - center) / one.sigma;
      const double weight =
          (away <= kHuber ? 1 : kHuber / away) / (one.sigma * one.sigma);
      sum += weight * one.ahead;
      weights += weight;
      misfit += weight * (one.ahead - center) * (one.ahead - center);
    }
    center = sum / weights;
  }
  // Where they agree less than they should, they are less sure than they say.
  const auto count = static_cast<double>(estimates.size());
  const double excess = estimates.size() < 3 ? 1 : std::max(1.0, misfit / (count - 1));
  return {center, std::sqrt(excess / weights)};
}

}  // namespace

std::optional<ClockComparison> CompareClocks(std::span<const Leg> legs,
                                             std::span<const Witness> witnesses) {
  std::vector<Estimate> estimates;
  CompareLegs(legs, estimates);
  size_t both_ways = estimates.size();
  both_ways += CompareWays(witnesses, estimates);
  if (estimates.empty()) return std::nullopt;
  const Estimate agreed = Agree(std::move(estimates));
  return ClockComparison{agreed.ahead, agreed.sigma, both_ways};
}

}  // namespace sightline::query
