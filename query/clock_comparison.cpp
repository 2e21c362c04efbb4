#include "query/clock_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
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
// Of drives one way: those up to so many times the quickest say how the road divides, if so many.
constexpr double kMostOfQuick = 1.6;
constexpr size_t kLeastOnALine = 40;
constexpr size_t kMostOnALine = 500;
// Drives lie on the line within this share of the quickest drive, and seconds.
constexpr double kOffLine = 0.03;
constexpr double kOffLineSeconds = 1;
constexpr double kLineShare = 0.02;  // in which the division of the road is tried
constexpr int kLineRounds = 10;
constexpr double kLeastOnLine = 0.65;
constexpr double kMostTurn = 0.1;
constexpr double kLineUnlikeSeconds = 1;
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

// Where all drives go the same way the slower ones tell: who drives at another pace needs so much
// longer for either part of the way, so that the time to the camera is a share of the whole drive
// and, at a drive of no time, the clock's offset. Who stopped is off that line, which is therefore
// the one that most drives lie near (Tukey's biweight from the densest line on).
std::optional<Estimate> OnALine(std::span<const Witness* const> of) {
  const double quick = of[of.size() / 20]->drive_s;
  const auto end = std::ranges::partition_point(of, [quick](const Witness* witness) {
    return witness->drive_s <= kMostOfQuick * quick;
  });
  const std::span<const Witness* const> used(of.begin(), end);
  if (used.size() < kLeastOnALine) return std::nullopt;
  struct Drive {
    double whole;
    double to_camera;
  };
  std::vector<Drive> drives;
  for (size_t i = 0; i < used.size(); i += 1 + used.size() / kMostOnALine) {
    drives.push_back({used[i]->drive_s, used[i]->ahead_s + used[i]->share * used[i]->drive_s});
  }
  const double near = kOffLineSeconds + kOffLine * quick;
  double offset = 0;
  double share = 0;
  size_t most = 0;
  std::vector<double> starts(drives.size());
  for (double tried = kLineShare; tried < 1; tried += kLineShare) {
    for (size_t i = 0; i < drives.size(); ++i) {
      starts[i] = drives[i].to_camera - tried * drives[i].whole;
    }
    std::ranges::sort(starts);
    for (size_t low = 0, high = 0; high < starts.size(); ++high) {
      while (starts[high] - starts[low] > near) ++low;
      if (high - low + 1 <= most) continue;
      most = high - low + 1;
      share = tried;
      offset = (starts[low] + starts[high]) / 2;
    }
  }
  double error = 0;
  for (int round = 0; round < kLineRounds; ++round) {
    double weights = 0;
    double whole = 0;
    double to_camera = 0;
    std::vector<double> weight_of(drives.size());
    double misfit = 0;
    for (size_t i = 0; i < drives.size(); ++i) {
      const double away = drives[i].to_camera - offset - share * drives[i].whole;
      if (std::abs(away) >= 2 * near) continue;
      const double inside = 1 - away * away / (4 * near * near);
      weight_of[i] = inside * inside;
      weights += weight_of[i];
      whole += weight_of[i] * drives[i].whole;
      to_camera += weight_of[i] * drives[i].to_camera;
      misfit += weight_of[i] * away * away;
    }
    whole /= weights;
    to_camera /= weights;
    double variance = 0;
    double covariance = 0;
    for (size_t i = 0; i < drives.size(); ++i) {
      const double away = drives[i].whole - whole;
      variance += weight_of[i] * away * away;
      covariance += weight_of[i] * away * (drives[i].to_camera - to_camera);
    }
    if (variance <= 0) return std::nullopt;
    share = std::clamp(covariance / variance, 0.0, 1.0);
    offset = to_camera - share * whole;
    error = std::sqrt(misfit / weights * (1 / weights + whole * whole / variance));
  }
  // Where most stop, or the line divides the road quite unlike distances do, it is of stops.
  const auto on_line = std::ranges::count_if(drives, [&](const Drive& drive) {
    return std::abs(drive.to_camera - offset - share * drive.whole) <= near;
  });
  double by_distance = 0;
  for (const Witness* witness : used) by_distance += witness->share;
  by_distance /= static_cast<double>(used.size());
  if (static_cast<double>(on_line) < kLeastOnLine * static_cast<double>(drives.size()) ||
      std::abs(share - by_distance) > kMostTurn) {
    return std::nullopt;
  }
  return Estimate{offset, std::hypot(error, kLineUnlikeSeconds)};
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
    std::optional<Estimate> on_a_line;
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
                     of.size(),
                     OnALine(of)};
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
      if (way.on_a_line) estimates.push_back(*way.on_a_line);
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
