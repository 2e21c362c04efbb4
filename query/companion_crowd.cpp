#include "query/companion_crowd.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <utility>

namespace sightline::query {
namespace {

// The target's readings around which one day is looked at.
struct DayMoments {
  Day day;
  std::vector<index::CameraMoment> moments;
  std::vector<uint32_t> readings;  // the target's, of each moment
};

// A reading shortly before or after midnight has neighbours on two days.
std::vector<DayMoments> SplitByDay(std::span<const PlateReading> target, int32_t reach_ms) {
  std::vector<DayMoments> days;
  const auto add = [&](Day day, uint32_t reading, uint32_t ms_of_day) {
    auto found = std::ranges::find(days, day, &DayMoments::day);
    if (found == days.end()) found = days.insert(days.end(), DayMoments{.day = day});
    found->moments.push_back({target[reading].camera_number, ms_of_day});
    found->readings.push_back(reading);
  };
  for (uint32_t i = 0; i < target.size(); ++i) {
    const TimestampMs time = target[i].time;
    const Day day = DayOf(time);
    if (day.number > 0 && time - day.start() < reach_ms) {
      add(Day{static_cast<uint16_t>(day.number - 1)}, i, kMillisecondsPerDay - 1);
    }
    add(day, i, MillisecondOfDay(time));
    if (day.end() - time <= reach_ms && day.end() < kMaxTimestamp) {
      add(Day{static_cast<uint16_t>(day.number + 1)}, i, 0);
    }
  }
  return days;
}

}  // namespace

CompanionReach CompanionReach::Of(int32_t within_ms) {
  const int32_t presence = std::max(within_ms, kLeastPresenceMs);
  return {.presence_ms = presence, .core_ms = 2 * presence, .reach_ms = 4 * presence};
}

Result<CompanionCrowd> CompanionCrowd::Gather(const Sources& sources,
                                              std::span<const PlateReading> target,
                                              std::span<const uint32_t> trip_of,
                                              std::span<const std::string> left_out,
                                              const CompanionReach& reach, Sequence as_of,
                                              const Cancellation& cancellation) {
  const int32_t reach_ms = reach.reach_ms;
  CompanionCrowd crowd(target.size());
  for (const DayMoments& part : SplitByDay(target, reach_ms)) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(const auto columns, sources.columns->Open(part.day, cancellation));
    if (columns == nullptr) continue;
    SIGHTLINE_ASSIGN(const std::vector<index::NearbyReading> near,
                     columns->ReadingsNear(part.moments, static_cast<uint32_t>(reach_ms), as_of,
                                           cancellation));
    for (const index::NearbyReading& other : near) {
      const uint32_t reading = part.readings[other.moment];
      const int64_t offset = part.day.start() + other.key.ms_of_day - target[reading].time;
      if (std::abs(offset) > reach_ms) continue;
      if (offset == 0 && other.key.identity_hash == target[reading].identity_hash) continue;
      if (std::ranges::binary_search(left_out, other.plate)) continue;
      crowd.Add(reading, other.plate, static_cast<int32_t>(offset), other.key.identity_hash);
    }
  }
  crowd.Finish(trip_of, reach);
  return crowd;
}

void CompanionCrowd::Add(uint32_t reading, std::string_view plate, int32_t offset_ms,
                         uint64_t identity_hash) {
  const auto [place, is_new] =
      numbers_.try_emplace(std::string(plate), static_cast<uint32_t>(names_.size()));
  if (is_new) names_.emplace_back(plate);
  passes_.push_back({place->second, reading, offset_ms, identity_hash});
}

void CompanionCrowd::Finish(std::span<const uint32_t> trip_of, const CompanionReach& reach) {
  numbers_.clear();
  const auto order = [](const CrowdPass& pass) {
    return std::tuple(pass.reading, pass.plate, std::abs(pass.offset_ms), pass.offset_ms,
                      pass.identity_hash);
  };
  std::ranges::sort(passes_, {}, order);
  const auto same = [](const CrowdPass& a, const CrowdPass& b) {
    return a.reading == b.reading && a.plate == b.plate;
  };
  passes_.erase(std::unique(passes_.begin(), passes_.end(), same), passes_.end());

  plate_begins_.assign(names_.size() + 1, 0);
  for (const CrowdPass& pass : passes_) {
    ++begins_[pass.reading + 1];
    ++plate_begins_[pass.plate + 1];
  }
  for (size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  for (size_t i = 1; i < plate_begins_.size(); ++i) plate_begins_[i] += plate_begins_[i - 1];
  by_plate_.resize(passes_.size());
  std::vector<uint32_t> next(plate_begins_.begin(), plate_begins_.end() - 1);
  for (const CrowdPass& pass : passes_) by_plate_[next[pass.plate]++] = pass;
  CountCore(trip_of, reach);
  next.assign(begins_.begin(), begins_.end() - 1);
  for (const CrowdPass& pass : by_plate_) passes_[next[pass.reading]++] = pass;
}

void CompanionCrowd::CountCore(std::span<const uint32_t> trip_of, const CompanionReach& reach) {
  const auto in_core = [&](const CrowdPass& pass) {
    return std::abs(pass.offset_ms) <= reach.core_ms;
  };
  const auto goes_on = [&](const CrowdPass& before, const CrowdPass& after) {
    return before.plate == after.plate && after.reading - before.reading <= 2 &&
           trip_of[before.reading] == trip_of[after.reading] && in_core(before);
  };
  for (size_t i = 0; i < by_plate_.size(); ++i) {
    if (!in_core(by_plate_[i])) continue;
    const bool is_first = i == 0 || !goes_on(by_plate_[i - 1], by_plate_[i]);
    by_plate_[i].core_before = is_first ? 1 : by_plate_[i - 1].core_before + 1;
  }
  for (size_t i = by_plate_.size(); i-- > 0;) {
    if (!in_core(by_plate_[i])) continue;
    const bool is_last = i + 1 == by_plate_.size() || !goes_on(by_plate_[i], by_plate_[i + 1]) ||
                         by_plate_[i + 1].core_after == 0;
    by_plate_[i].core_after = is_last ? 1 : by_plate_[i + 1].core_after + 1;
  }
}

std::span<const CrowdPass> CompanionCrowd::Around(uint32_t reading) const {
  return std::span(passes_).subspan(begins_[reading], begins_[reading + 1] - begins_[reading]);
}

std::span<const CrowdPass> CompanionCrowd::PassesOf(uint32_t plate) const {
  return std::span(by_plate_).subspan(plate_begins_[plate],
                                      plate_begins_[plate + 1] - plate_begins_[plate]);
}

const CrowdPass* CompanionCrowd::Find(uint32_t reading, uint32_t plate) const {
  // One vehicle's passes are far fewer than those at one reading.
  const std::span<const CrowdPass> passes = PassesOf(plate);
  const auto found = std::ranges::lower_bound(passes, reading, {}, &CrowdPass::reading);
  return found != passes.end() && found->reading == reading ? &*found : nullptr;
}

}  // namespace sightline::query
