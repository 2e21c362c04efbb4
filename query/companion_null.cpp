#include "query/companion_null.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace sightline::query {
namespace {

// Bounds of the classes of steps, in milliseconds between the target's two readings.
constexpr std::array<int64_t, CompanionNull::kStepClasses - 1> kStepEnds = {20'000, 90'000,
                                                                           300'000, 900'000};
// The share that goes on with the target where nothing was seen. Two cameras seconds apart see the
// same vehicles.
constexpr std::array<double, CompanionNull::kStepClasses> kPriorShare = {0.9, 0.7, 0.6, 0.5, 0.5};

// Cameras at which the vehicle was seen with the target: 1, 2, up to 4, up to 7, more. Of those who
// part at one class so many less do at the next, where nothing else is known.
constexpr std::array<size_t, CompanionNull::kStayClasses - 1> kStayEnds = {1, 2, 4, 7};
constexpr double kFewerPart = 0.7;

// The share of these that is not seen at a reading in between.
constexpr double kPriorUnseen = 0.3;

// Vehicles that a prior is worth.
constexpr double kPriorVehicles = 4;
// The same for drifts, which fall into many bins.
constexpr double kPriorDrifts = 20;

// Ends of the bins of drifts on one side, in milliseconds; the middle bin is [-500, 500).
constexpr std::array<int32_t, 9> kDriftEnds = {500,    1'000,  2'000,  4'000,    8'000,
                                               16'000, 32'000, 64'000, 3'600'000};
// Where nothing was seen: most keep their place in the queue, others are split by a light.
constexpr std::array<double, 9> kPriorDrift = {0.14, 0.07, 0.07, 0.065, 0.065,
                                               0.06, 0.05, 0.03, 0.02};

size_t StayClassOf(size_t stayed) {
  return static_cast<size_t>(std::ranges::lower_bound(kStayEnds, stayed) - kStayEnds.begin());
}

// 0 for the middle bin, then outwards.
size_t RingOf(int32_t drift_ms) {
  const int32_t size = std::abs(drift_ms);
  return static_cast<size_t>(std::ranges::upper_bound(kDriftEnds, size) - kDriftEnds.begin());
}

size_t BinOf(int32_t drift_ms) {
  const size_t ring = std::min(RingOf(drift_ms), kDriftEnds.size() - 1);
  const size_t middle = CompanionNull::kDriftBins / 2;
  return drift_ms < 0 ? middle - ring : middle + ring;
}

size_t RingOfBin(size_t bin) {
  const size_t middle = CompanionNull::kDriftBins / 2;
  return bin < middle ? middle - bin : bin - middle;
}

double WidthOf(size_t bin, const CompanionReach& reach) {
  const size_t ring = RingOfBin(bin);
  if (ring == 0) return 2.0 * kDriftEnds[0];
  const int32_t most = reach.reach_ms + reach.core_ms;
  return std::max(std::min(kDriftEnds[ring], most) - kDriftEnds[ring - 1], 1'000);
}

double PriorOf(size_t bin) {
  const size_t ring = RingOfBin(bin);
  return ring == 0 ? kPriorDrift[0] : kPriorDrift[ring];
}

}  // namespace

void CompanionNull::Counts::Add(const Counts& other, double sign) {
  begun += sign * other.begun;
  shared += sign * other.shared;
  for (size_t bin = 0; bin < kDriftBins; ++bin) {
    drifts[bin] += static_cast<float>(sign) * other.drifts[bin];
  }
}

// Both lists are by plate.
template <typename Visit>
void CompanionNull::VisitStep(uint32_t from, uint32_t to, const Visit& visit) const {
  const std::span<const CrowdPass> there = crowd_.Around(to);
  auto other = there.begin();
  for (const CrowdPass& pass : crowd_.Around(from)) {
    while (other != there.end() && other->plate < pass.plate) ++other;
    visit(pass, other != there.end() && other->plate == pass.plate ? &*other : nullptr);
  }
}

CompanionNull::CompanionNull(const CompanionCrowd& crowd, std::span<const PlateReading> target,
                             std::span<const uint32_t> trips, const CompanionReach& reach,
                             std::vector<uint32_t> set_aside)
    : crowd_(crowd),
      target_(target),
      trips_(trips),
      reach_(reach),
      set_aside_(std::move(set_aside)) {
  for (uint32_t i = 0; i + 1 < target_.size(); ++i) {
    if (trips_[i] != trips_[i + 1]) continue;
    auto& pools = pools_[StepClassOf(i, i + 1)];
    VisitStep(i, i + 1, [&](const CrowdPass& pass, const CrowdPass* next) {
      if (pass.core_before == 0 || IsSetAside(pass.plate)) return;
      CountPass(i, i + 1, pass, next, pools[StayClassOf(pass.core_before)]);
    });
  }
}

bool CompanionNull::IsSetAside(uint32_t plate) const {
  return std::ranges::binary_search(set_aside_, plate);
}

size_t CompanionNull::StepClassOf(uint32_t from, uint32_t to) const {
  const int64_t gap = std::abs(target_[to].time - target_[from].time);
  return static_cast<size_t>(std::ranges::lower_bound(kStepEnds, gap) - kStepEnds.begin());
}

void CompanionNull::CountPass(uint32_t from, uint32_t to, const CrowdPass& pass,
                              const CrowdPass* other, Counts& counts) const {
  ++counts.begun;
  if (other == nullptr) return;
  const int direction = to > from ? 1 : -1;
  for (int64_t i = int64_t{from} + direction; i != int64_t{to}; i += direction) {
    const CrowdPass* between = crowd_.Find(static_cast<uint32_t>(i), pass.plate);
    if (between != nullptr && std::abs(between->offset_ms) <= reach_.presence_ms) return;
  }
  ++counts.shared;
  ++counts.drifts[BinOf(other->offset_ms - pass.offset_ms)];
}

const CompanionNull::Step& CompanionNull::StepOf(uint32_t from, uint32_t to) {
  const auto [place, is_new] = steps_.try_emplace(uint64_t{from} << 32 | to);
  if (!is_new) return place->second;
  VisitStep(from, to, [&](const CrowdPass& pass, const CrowdPass* other) {
    const size_t stayed = to > from ? pass.core_before : pass.core_after;
    if (stayed == 0 || IsSetAside(pass.plate)) return;
    CountPass(from, to, pass, other, place->second.counts[stayed > 1]);
  });
  return place->second;
}

CompanionNull::Own CompanionNull::OwnOf(uint32_t plate) const {
  Own own{.plate = plate, .pools = {}};
  if (IsSetAside(plate)) return own;
  for (const CrowdPass& pass : crowd_.PassesOf(plate)) {
    const uint32_t i = pass.reading;
    if (pass.core_before == 0 || i + 1 == target_.size() || trips_[i] != trips_[i + 1]) continue;
    CountPass(i, i + 1, pass, crowd_.Find(i + 1, plate),
              own.pools[StepClassOf(i, i + 1)][StayClassOf(pass.core_before)]);
  }
  return own;
}

CompanionNull::Counts CompanionNull::LocalCounts(uint32_t from, uint32_t to, size_t stayed,
                                                 const Own& own) {
  Counts counts = StepOf(from, to).counts[stayed > 1];
  const CrowdPass* pass = crowd_.Find(from, own.plate);
  if (pass == nullptr || IsSetAside(own.plate)) return counts;
  const size_t counted = to > from ? pass->core_before : pass->core_after;
  if (counted == 0 || (counted > 1) != (stayed > 1)) return counts;
  Counts mine;
  CountPass(from, to, *pass, crowd_.Find(to, own.plate), mine);
  counts.Add(mine, -1);
  return counts;
}

double CompanionNull::PooledShare(size_t step_class, size_t stay_class, const Own& own) const {
  double share = kPriorShare[step_class];
  for (size_t i = 0; i <= stay_class; ++i) {
    if (i > 0) share = 1 - kFewerPart * (1 - share);
    const Counts& all = pools_[step_class][i];
    const Counts& mine = own.pools[step_class][i];
    share = (all.shared - mine.shared + kPriorVehicles * share) /
            (all.begun - mine.begun + kPriorVehicles);
  }
  return share;
}

double CompanionNull::PooledBin(size_t step_class, size_t stay_class, size_t bin,
                                const Own& own) const {
  double probability = PriorOf(bin);
  for (size_t i = 0; i <= stay_class; ++i) {
    const Counts& all = pools_[step_class][i];
    const Counts& mine = own.pools[step_class][i];
    probability = (all.drifts[bin] - mine.drifts[bin] + kPriorVehicles * probability) /
                  (all.shared - mine.shared + kPriorVehicles);
  }
  return probability;
}

double CompanionNull::Share(uint32_t from, uint32_t to, size_t stayed, const Own& own) {
  const Counts local = LocalCounts(from, to, stayed, own);
  const int64_t between = std::abs(int64_t{to} - int64_t{from}) - 1;
  const double prior = PooledShare(StepClassOf(from, to), StayClassOf(stayed), own) *
                       std::pow(kPriorUnseen, static_cast<double>(between));
  return (local.shared + kPriorVehicles * prior) / (local.begun + kPriorVehicles);
}

double CompanionNull::DriftDensity(uint32_t from, uint32_t to, size_t stayed, int32_t drift_ms,
                                   const Own& own) {
  const Counts local = LocalCounts(from, to, stayed, own);
  const size_t bin = BinOf(drift_ms);
  const double prior = PooledBin(StepClassOf(from, to), StayClassOf(stayed), bin, own);
  return (local.drifts[bin] + kPriorDrifts * prior) / (local.shared + kPriorDrifts) /
         WidthOf(bin, reach_);
}

}  // namespace sightline::query
