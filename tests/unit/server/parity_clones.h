// An analysis of cloned plates that a test can reckon by hand.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "query/travel_times.h"
#include "server/clone_analysis.h"
#include "tests/support/filled_store.h"

namespace sightline::server {

// Cameras with an odd number lie in one town, with an even one in another, an hour away: readings of
// one plate in both within a minute exclude each other. The vehicles of a clone are its readings in
// either town; that of the first reading is likely genuine.
class ParityClones final : public CloneAnalysis {
 public:
  static constexpr int64_t kApartMs = 60'000;

  explicit ParityClones(testing::FilledStore& store) : store_(store) {}

  std::shared_ptr<const query::TravelTimes> travel_times() const override { return times_; }
  Result<std::shared_ptr<const query::TravelTimes>> TravelTimesFor(const Interval&,
                                                                   const Cancellation&) override {
    return times_;
  }
  std::shared_ptr<const query::TrackContinuity> continuity() const override { return nullptr; }
  void Keep(std::shared_ptr<const query::TrackContinuity>) override {}

  Result<query::SweepResult> Sweep(const Interval& window, Sequence as_of,
                                   const query::SweepModels& models, const SweepReport& report,
                                   const Cancellation& cancellation) override {
    ++sweeps;
    report({.done = 0.5});
    query::SweepResult result;
    for (const auto& [plate, readings] : ByPlate(window, as_of)) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      ++result.plates;
      result.readings += readings.size();
      SIGHTLINE_ASSIGN(auto conflict, Judge(plate, readings, as_of, models, cancellation));
      if (conflict) result.conflicts.push_back(*std::move(conflict));
    }
    return result;
  }

  Result<std::vector<query::PlateReading>> ReadingsOf(std::string_view plate,
                                                      const Interval& time, Sequence as_of,
                                                      const Cancellation&) override {
    return ByPlate(time, as_of)[std::string(plate)];
  }

  Status VisitPlates(const Interval& window, Sequence as_of, const PlateVisit& visit,
                     const Cancellation&) override {
    for (const auto& [plate, readings] : ByPlate(window, as_of)) visit(plate, readings);
    return Ok();
  }

  Result<std::optional<query::Conflict>> Judge(std::string_view plate,
                                               std::span<const query::PlateReading> readings,
                                               Sequence, const query::SweepModels&,
                                               const Cancellation&) override {
    query::Conflict conflict{.plate = std::string(plate), .probabilities = {1, 0, 0, 0},
                             .confidence = 1};
    for (size_t i = 0; i < readings.size(); ++i) {
      for (size_t j = i + 1; j < readings.size(); ++j) {
        if (readings[j].time - readings[i].time > kApartMs || Town(readings[i]) == Town(readings[j])) {
          continue;
        }
        if (conflict.evidence.empty()) conflict.first = readings[i].time;
        conflict.last = std::max(conflict.last, readings[j].time);
        conflict.evidence.push_back({.a = IdOf(readings[i]), .b = IdOf(readings[j])});
      }
    }
    if (conflict.evidence.empty()) return std::nullopt;
    conflict.vehicles.resize(2);
    for (const query::PlateReading& reading : readings) {
      const bool is_first = Town(reading) == Town(readings.front());
      conflict.vehicles[is_first ? 0 : 1].sightings.push_back(IdOf(reading));
    }
    conflict.vehicles.front().likely_genuine = true;
    return conflict;
  }

  int sweeps = 0;

 private:
  static uint32_t Town(const query::PlateReading& reading) { return reading.camera_number % 2; }

  SightingId IdOf(const query::PlateReading& reading) const {
    for (const auto& camera : store_.store().Cameras()) {
      if (camera->number == reading.camera_number) {
        return {.time = reading.time,
                .camera_hash = HashCameraId(camera->camera().id),
                .identity_hash = reading.identity_hash};
      }
    }
    return {};
  }

  std::map<std::string, std::vector<query::PlateReading>> ByPlate(const Interval& time,
                                                                  Sequence as_of) const {
    std::map<std::string, std::vector<query::PlateReading>> plates;
    for (const StoredSighting& row : store_.Accepted(as_of)) {
      const Sighting& sighting = row.sighting;
      if (sighting.plate.empty() || !time.Contains(sighting.time)) continue;
      plates[sighting.plate].push_back(
          {.time = sighting.time,
           .camera_number = store_.store().FindCamera(sighting.camera_id)->number,
           .identity_hash = row.id.identity_hash,
           .sequence = row.sequence,
           .place = sighting.location});
    }
    for (auto& [plate, readings] : plates) {
      std::ranges::sort(readings, {}, [](const query::PlateReading& reading) {
        return std::tuple(reading.time, reading.camera_number, reading.identity_hash);
      });
    }
    return plates;
  }

  testing::FilledStore& store_;
  const std::shared_ptr<const query::TravelTimes> times_ = query::UnlearnedTravelTimes({});
};

}  // namespace sightline::server
