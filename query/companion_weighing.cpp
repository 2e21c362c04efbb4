#include "query/companion_weighing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <tuple>
#include <utility>

#include "core/plate_distance.h"
#include "query/companion_habits.h"
#include "query/companion_null.h"
#include "query/false_discovery.h"
#include "query/misread_looks.h"

namespace sightline::query {
namespace {

// A pass of a misread of the target itself, at a camera that read it twice.
constexpr int32_t kSamePassMs = 2'000;

// Companions that are surer than this no longer count among the crowd that others are held against.
constexpr double kSetAsideP = 1e-4;
constexpr size_t kMaxSetAside = 8;

// On how many more trips the average vehicle meets the target again, per trip, until something is
// counted; and how much likelier than the average one of like habits is to.
constexpr double kPriorAgain = 0.5;
constexpr double kPriorTrips = 50;
constexpr double kUnlikeAverage = 3;
// The vehicles that meet the target on the most trips, as many as a convoy may have beside it, are
// not counted for that; nor among the crowd, from so many trips on.
constexpr size_t kNoStrangers = 4;
constexpr size_t kTripsOfNoStranger = 3;

// Of the trips that a companion makes with the target: those that begin where it joins, or end
// where it leaves; a stranger's are often under way already. How many of these do is counted among
// the candidates, on top of a prior.
constexpr double kWithTarget = 0.8;
constexpr double kPriorWithTarget = 0.3;
constexpr double kPriorEnds = 6;

constexpr size_t kCandidatesBetweenChecks = 256;

class Weighing {
 public:
  Weighing(const CompanionTarget& target, const CompanionCrowd& crowd,
           std::span<const std::string> target_plates, const CompanionWeighingOptions& options,
           const TravelTimes& travel_times, const CompanionLookups& lookups,
           const Cancellation& cancellation)
      : target_(target),
        crowd_(crowd),
        target_plates_(target_plates),
        options_(options),
        reach_(CompanionReach::Of(options.within_ms)),
        travel_times_(travel_times),
        lookups_(lookups),
        cancellation_(cancellation) {}

  Result<WeighedCrowd> Run() {
    FindCandidates();
    SIGHTLINE_RETURN_IF_ERROR(WeighAll());
    KeepBestFirst();
    const size_t looked_into = std::min(candidates_.size(), kCandidatesLookedInto);
    SIGHTLINE_RETURN_IF_ERROR(LookInto(looked_into));
    return Conclude(looked_into);
  }

 private:
  // Ends of a candidate's own trips that were met on, and how many are where it met the target.
  struct Ends {
    double all = 0;
    double with_target = 0;
  };

  struct Candidate {
    uint32_t number = 0;  // of its plate in the crowd
    WeighedCompanion found;
    Ends ends = {};
  };

  bool IsMisreadOfTarget(uint32_t plate, std::span<const Meeting> meetings) const {
    const auto is_same_pass = [](const Meeting& meeting) {
      return std::abs(meeting.offset_ms) <= kSamePassMs;
    };
    if (!std::ranges::all_of(meetings, is_same_pass)) return false;
    return std::ranges::any_of(target_plates_, [&](const std::string& own) {
      return WithinPlateDistance(own, crowd_.PlateOf(plate), 1).has_value();
    });
  }

  uint32_t CamerasMetAt(std::span<const Meeting> meetings) const {
    std::vector<uint32_t> cameras;
    for (const Meeting& meeting : meetings) {
      if (std::abs(meeting.offset_ms) > options_.within_ms) continue;
      cameras.push_back(target_.readings[meeting.reading].camera_number);
    }
    std::ranges::sort(cameras);
    return static_cast<uint32_t>(std::unique(cameras.begin(), cameras.end()) - cameras.begin());
  }

  size_t TripsMetOn(std::span<const Meeting> meetings) const {
    size_t trips = 0;
    for (size_t i = 0; i < meetings.size(); ++i) {
      trips += i == 0 || target_.trip_of[meetings[i].reading] !=
                             target_.trip_of[meetings[i - 1].reading];
    }
    return trips;
  }

  void FindCandidates() {
    uint64_t near = 0;
    // Of each vehicle, on how many trips but the first.
    std::vector<std::pair<size_t, uint32_t>> again;
    for (uint32_t plate = 0; plate < crowd_.plates(); ++plate) {
      std::vector<Meeting> meetings;
      for (const CrowdPass& pass : crowd_.PassesOf(plate)) {
        if (std::abs(pass.offset_ms) > reach_.presence_ms) continue;
        meetings.push_back({pass.reading, pass.offset_ms, pass.identity_hash, {}});
        near += std::abs(pass.offset_ms) <= options_.within_ms;
      }
      if (meetings.empty() || IsMisreadOfTarget(plate, meetings)) continue;
      ++hypotheses_;
      again.emplace_back(TripsMetOn(meetings) - 1, plate);
      if (!options_.only.empty() &&
          !std::ranges::binary_search(options_.only, crowd_.PlateOf(plate))) {
        continue;
      }
      // One camera may turn up yet, where the candidate was misread.
      if (CamerasMetAt(meetings) + 1 < options_.min_cameras) continue;
      candidates_.push_back({plate, {.plate = crowd_.PlateOf(plate),
                                     .meetings = std::move(meetings)}});
    }
    density_ = static_cast<double>(near) / static_cast<double>(target_.readings.size());
    std::ranges::sort(again, std::greater());
    double met = kPriorAgain;
    double trips = kPriorTrips;
    for (size_t i = 0; i < again.size(); ++i) {
      const auto [more_trips, plate] = again[i];
      if (i >= kNoStrangers) {
        met += static_cast<double>(more_trips);
        trips += static_cast<double>(target_.trips.size() - 1);
      } else if (more_trips >= kTripsOfNoStranger - 1) {
        no_strangers_.push_back(plate);
      }
    }
    std::ranges::sort(no_strangers_);
    base_chance_ = kUnlikeAverage * met / trips;
  }

  // Of the candidate's own readings: whether it was read on the same trip before it met the target
  // first, and after it met it last.
  Ends CountEnds(const WeighedCompanion& found, std::span<const PlateReading> readings,
                 std::span<const TripRange> trips) const {
    Ends ends;
    const auto time_of = [&](const Meeting& meeting) {
      return target_.readings[meeting.reading].time + meeting.offset_ms;
    };
    for (size_t begin = 0; begin < found.meetings.size();) {
      const uint32_t trip = target_.trip_of[found.meetings[begin].reading];
      size_t end = begin + 1;
      while (end < found.meetings.size() &&
             target_.trip_of[found.meetings[end].reading] == trip) {
        ++end;
      }
      const TimestampMs first = time_of(found.meetings[begin]);
      const TimestampMs last = time_of(found.meetings[end - 1]);
      for (const TripRange& own : trips) {
        if (readings[own.end - 1].time < first || readings[own.begin].time > first) continue;
        ends.all += 2;
        ends.with_target += readings[own.begin].time == first;
        ends.with_target += readings[own.end - 1].time <= last;
        break;
      }
      begin = end;
    }
    return ends;
  }

  // ln of how much better companionship explains where its trips begin and end.
  static double WeighEnds(const Ends& own, const Ends& of_all) {
    const double chance =
        (of_all.with_target - own.with_target + kPriorEnds * kPriorWithTarget) /
        (of_all.all - own.all + kPriorEnds);
    return own.with_target * std::log(kWithTarget / chance) +
           (own.all - own.with_target) * std::log((1 - kWithTarget) / (1 - chance));
  }

  void Weigh(Candidate& candidate, std::span<const double> chances, CompanionNull& null) const {
    WeighedCompanion& found = candidate.found;
    const std::vector<TripEvidence> trips =
        WeighTrips(target_, reach_, options_.within_ms, found.meetings,
                   null.OwnOf(candidate.number), null);
    found.log_ratio = WeighTogether(trips, chances);
    // It met on one of them, whichever; on the others by chance.
    found.expected = 0;
    bool is_first = true;
    for (const TripEvidence& trip : trips) {
      found.expected += trip.expected * (std::exchange(is_first, false) ? 1 : chances[trip.trip]);
    }
  }

  Status WeighAll() {
    CompanionNull null(crowd_, target_.readings, target_.trip_of, reach_, no_strangers_);
    const std::vector<double> chances(target_.trips.size(), base_chance_);
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (i % kCandidatesBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      Weigh(candidates_[i], chances, null);
    }
    return Ok();
  }

  void KeepBestFirst() {
    std::ranges::sort(candidates_, {}, [](const Candidate& candidate) {
      const WeighedCompanion& found = candidate.found;
      return std::tuple(-found.log_ratio, -static_cast<int64_t>(found.meetings.size()),
                        std::string_view(found.plate));
    });
  }

  // Passes beside the target's readings by strings one confusion apart from the candidate, on the
  // trips that it met the target on, where it was not read itself; by reading.
  std::vector<const CrowdPass*> PossibleMisreads(const Candidate& candidate) const {
    const WeighedCompanion& found = candidate.found;
    std::vector<bool> met_on(target_.trips.size());
    for (const Meeting& meeting : found.meetings) met_on[target_.trip_of[meeting.reading]] = true;
    const PlateNeighbourhood neighbourhood({.text = found.plate, .max_distance = 1});
    std::vector<const CrowdPass*> possible;
    for (const auto& [plate, sketch] : rare_) {
      if (!neighbourhood.MayHold(sketch)) continue;
      const std::span<const CrowdPass> passes = crowd_.PassesOf(plate);
      if (neighbourhood.Distance(crowd_.PlateOf(plate)) != 1) continue;
      for (const CrowdPass& pass : passes) {
        if (std::abs(pass.offset_ms) > reach_.presence_ms) continue;
        if (!met_on[target_.trip_of[pass.reading]]) continue;
        if (crowd_.Find(pass.reading, candidate.number) != nullptr) continue;
        possible.push_back(&pass);
      }
    }
    std::ranges::stable_sort(possible, {}, &CrowdPass::reading);
    return possible;
  }

  // Readings that one vehicle less is known of by another string: the candidate was not read where
  // it should have been, and a string one confusion apart was.
  Status AddMisreads(Candidate& candidate) {
    std::vector<Meeting>& meetings = candidate.found.meetings;
    const CrowdPass& own = crowd_.PassesOf(candidate.number).front();
    std::vector<Meeting> added;
    for (const CrowdPass* pass : PossibleMisreads(candidate)) {
      if (!added.empty() && added.back().reading == pass->reading) continue;
      SIGHTLINE_ASSIGN(const bool is_alike, lookups_.look_alike(own, *pass));
      if (!is_alike) continue;
      added.push_back(
          {pass->reading, pass->offset_ms, pass->identity_hash, crowd_.PlateOf(pass->plate)});
    }
    meetings.insert(meetings.end(), added.begin(), added.end());
    std::ranges::sort(meetings, {}, &Meeting::reading);
    return Ok();
  }

  Status LookInto(size_t count) {
    std::vector<uint32_t> set_aside = no_strangers_;
    for (size_t i = 0; i < std::min(count, kMaxSetAside); ++i) {
      if (PValueOf(candidates_[i].found.log_ratio) > kSetAsideP) break;
      set_aside.push_back(candidates_[i].number);
    }
    std::ranges::sort(set_aside);
    set_aside.erase(std::unique(set_aside.begin(), set_aside.end()), set_aside.end());
    CompanionNull null(crowd_, target_.readings, target_.trip_of, reach_, std::move(set_aside));
    const TargetSchedule schedule(target_);
    for (uint32_t plate = 0; plate < crowd_.plates(); ++plate) {
      if (crowd_.PassesOf(plate).size() > kMaxMisreadReadings) continue;
      rare_.emplace_back(plate, PlateSketch(crowd_.PlateOf(plate)));
    }
    Ends ends;
    for (size_t i = 0; i < count; ++i) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      Candidate& candidate = candidates_[i];
      SIGHTLINE_RETURN_IF_ERROR(AddMisreads(candidate));
      SIGHTLINE_ASSIGN(const std::vector<PlateReading> readings,
                       lookups_.readings(candidate.found.plate));
      const std::vector<TripRange> trips = CutApart(readings, travel_times_);
      Weigh(candidate,
            schedule.Chances(readings, trips, reach_.presence_ms, options_.days, base_chance_),
            null);
      candidate.ends = CountEnds(candidate.found, readings, trips);
      ends.all += candidate.ends.all;
      ends.with_target += candidate.ends.with_target;
    }
    for (size_t i = 0; i < count; ++i) {
      candidates_[i].found.log_ratio += WeighEnds(candidates_[i].ends, ends);
    }
    return Ok();
  }

  WeighedCrowd Conclude(size_t looked_into) {
    WeighedCrowd result{.hypotheses = hypotheses_, .crowd = density_};
    double worst = 0;
    std::vector<double> p_values;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      WeighedCompanion& found = candidates_[i].found;
      found.p_value = PValueOf(found.log_ratio);
      if (i < looked_into) {
        worst = std::max(worst, found.p_value);
      } else {
        found.p_value = std::max(found.p_value, worst);
      }
      if (CamerasMetAt(found.meetings) < options_.min_cameras) continue;
      p_values.push_back(found.p_value);
      result.companions.push_back(std::move(found));
    }
    const std::vector<double> q_values = AdjustForDiscovery(p_values, hypotheses_);
    for (size_t i = 0; i < q_values.size(); ++i) result.companions[i].q_value = q_values[i];
    std::ranges::sort(result.companions, {}, [](const WeighedCompanion& found) {
      return std::tuple(found.p_value, -found.log_ratio,
                        -static_cast<int64_t>(found.meetings.size()),
                        std::string_view(found.plate));
    });
    return result;
  }

  const CompanionTarget& target_;
  const CompanionCrowd& crowd_;
  const std::span<const std::string> target_plates_;
  const CompanionWeighingOptions& options_;
  const CompanionReach reach_;
  const TravelTimes& travel_times_;
  const CompanionLookups& lookups_;
  const Cancellation& cancellation_;

  std::vector<Candidate> candidates_;
  std::vector<uint32_t> no_strangers_;  // ascending
  // Plates of the crowd that may be misreads, each with its PlateSketch.
  std::vector<std::pair<uint32_t, uint64_t>> rare_;
  uint64_t hypotheses_ = 0;
  double density_ = 0;
  double base_chance_ = 0;
};

}  // namespace

Result<WeighedCrowd> WeighCompanions(const CompanionTarget& target, const CompanionCrowd& crowd,
                                     std::span<const std::string> target_plates,
                                     const CompanionWeighingOptions& options,
                                     const TravelTimes& travel_times,
                                     const CompanionLookups& lookups,
                                     const Cancellation& cancellation) {
  return Weighing(target, crowd, target_plates, options, travel_times, lookups, cancellation)
      .Run();
}

}  // namespace sightline::query
