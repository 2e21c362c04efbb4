// What a stranger beside the target does next: the null model of companions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "query/companion_crowd.h"
#include "query/plate_readings.h"

namespace sightline::query {

// A vehicle beside the target at one camera is often beside it at the next: both came off one
// light, both stay on the road. How often is read off the others who were there: of the crowd
// around the target's reading, the share that was also around its next one, and by how much they
// drifted against it meanwhile. So the model knows the road, the hour, the lights and that day's
// jam without being told. It is the semi-Markov background of Lawlor, Sider, Eluru, Hatzopoulou,
// Rabbat, "Detecting convoys using license plate recognition data", IEEE Trans. Signal Inf.
// Process. Netw. 2 (2016), with transitions and their times taken from the traffic of the moment in
// place of a fitted mixture.
//
// One step back is not memory enough: who has kept beside the target for six cameras is more likely
// bound for where it goes, at its pace, than who has just turned up. Vehicles are hence counted
// apart by for how many cameras they have been there. Where the crowd is thin, it is topped up from
// the target's other steps of about the same length in time, and those from a prior. Who is judged
// is left out of all counts, and so are the vehicles in `set_aside` (known companions would make
// each other look usual).
//
// Not thread-safe: what was counted is kept. `crowd` and `target` outlive it.
class CompanionNull {
 public:
  // `trips`: of each of the target's readings the number of its trip.
  CompanionNull(const CompanionCrowd& crowd, std::span<const PlateReading> target,
                std::span<const uint32_t> trips, const CompanionReach& reach,
                std::vector<uint32_t> set_aside);

  // Steps by the time between the two readings, and by for how many cameras a vehicle was there.
  static constexpr size_t kStepClasses = 5;
  static constexpr size_t kStayClasses = 5;
  // Drifts by size, twice as wide from one to the next, both ways.
  static constexpr size_t kDriftBins = 19;

  // Steps of vehicles, counted.
  struct Counts {
    double begun = 0;   // in the core at the first reading
    double shared = 0;  // of these, there at the second
    std::array<float, kDriftBins> drifts = {};

    void Add(const Counts& other, double sign);
  };
  using Pools = std::array<std::array<Counts, kStayClasses>, kStepClasses>;
  // What one vehicle adds to the counts of consecutive readings, to be taken off when it is judged.
  struct Own {
    uint32_t plate = 0;
    Pools pools;
  };
  Own OwnOf(uint32_t plate) const;

  // Of a vehicle that was beside the target at reading `from` and at `stayed` - 1 cameras right
  // before, and is not `own`: the chance that it is next there at reading `to`; where to < from,
  // time runs backwards.
  double Share(uint32_t from, uint32_t to, size_t stayed, const Own& own);

  // The density, per millisecond, of its drift against the target between the two, given that it is
  // there.
  double DriftDensity(uint32_t from, uint32_t to, size_t stayed, int32_t drift_ms, const Own& own);

 private:
  // Vehicles that have just come, and those that were there before.
  struct Step {
    std::array<Counts, 2> counts;
  };

  // Calls visit(pass, other) for each pass at reading `from`, with the plate's pass at `to` or null.
  template <typename Visit>
  void VisitStep(uint32_t from, uint32_t to, const Visit& visit) const;
  bool IsSetAside(uint32_t plate) const;
  size_t StepClassOf(uint32_t from, uint32_t to) const;
  // Adds what one pass at `from` does until `to`. `other`: its plate's at `to`, null for none.
  void CountPass(uint32_t from, uint32_t to, const CrowdPass& pass, const CrowdPass* other,
                 Counts& counts) const;
  const Step& StepOf(uint32_t from, uint32_t to);
  Counts LocalCounts(uint32_t from, uint32_t to, size_t stayed, const Own& own);
  double PooledShare(size_t step_class, size_t stay_class, const Own& own) const;
  double PooledBin(size_t step_class, size_t stay_class, size_t bin, const Own& own) const;

  const CompanionCrowd& crowd_;
  const std::span<const PlateReading> target_;
  const std::span<const uint32_t> trips_;
  const CompanionReach reach_;
  const std::vector<uint32_t> set_aside_;  // ascending
  Pools pools_ = {};
  std::unordered_map<uint64_t, Step> steps_;
};

}  // namespace sightline::query
