#include "tests/unit/query/travelled_city.h"

#include <algorithm>

#include "query/learned_travel_times.h"
#include "query/travel_day_learner.h"
#include "simulation/observation.h"
#include "simulation/simulation.h"

namespace sightline::testing {

simulation::SimulationOptions TravelOptions(uint64_t vehicles, int cameras, int days,
                                            uint64_t seed) {
  simulation::SimulationOptions options;
  options.seed = seed;
  options.vehicles = vehicles;
  options.cameras = cameras;
  options.days = days;
  options.start = ParseRfc3339("2024-03-04T00:00:00+08:00").value();
  options.vehicle_vectors = false;
  return options;
}

TimeZone Shanghai() { return TimeZone::Named("Asia/Shanghai").value(); }

TravelledCity::TravelledCity(const simulation::SimulationOptions& options) {
  simulation::City city = simulation::City::Build(options).value();
  simulation::Simulation simulation(options, city);
  const simulation::Observer observer(options, city, simulation.population());
  for (const simulation::CityCamera& camera : city.cameras.cameras()) {
    clock_offsets_s_.push_back(static_cast<double>(camera.clock_offset_ms) / 1'000);
  }
  std::vector<simulation::ArrivedPass> passes;
  TimestampMs first = kMaxTimestamp - 1;
  TimestampMs last = kMinTimestamp;
  while (simulation.Next(passes)) {
    for (const simulation::ArrivedPass& pass : passes) {
      if (pass.missed) continue;
      Sighting sighting;
      const simulation::ReadingFlags flags = observer.Read(pass, sighting);
      sightings_.push_back(sighting);
      first = std::min(first, sighting.time);
      last = std::max(last, sighting.time);
      if (sighting.plate.empty()) continue;
      plates_[sighting.plate].push_back(
          {.reading = {.time = sighting.time,
                       .camera_number = pass.pass.camera,
                       .identity_hash = sightings_.size(),
                       .place = sighting.location ? sighting.location
                                                  : city.cameras.camera(pass.pass.camera)
                                                        .registered.location},
           .vehicle = pass.pass.vehicle,
           .trip = pass.pass.trip,
           .misread = flags.misread,
           .camera_at_fault = flags.wrong_clock || flags.wrong_position});
    }
  }
  for (auto& [plate, readings] : plates_) {
    std::ranges::stable_sort(readings, {}, [](const TravelReading& one) { return one.reading.time; });
  }
  first_day_ = DayOf(first);
  last_day_ = DayOf(last);
}

std::shared_ptr<const query::TravelTimes> TravelledCity::LearnUpTo(Day last) const {
  const query::TravelBound bound;
  query::TravelGraphBuilder builder(bound);
  for (int number = last.number; number >= first_day_.number; --number) {
    const Day day{static_cast<uint16_t>(number)};
    query::TravelDayLearner learner(day, bound, Shanghai());
    std::vector<query::PlateReading> readings;
    for (const bool surveying : {true, false}) {
      for (const auto& [plate, all] : plates_) {
        readings.clear();
        for (const TravelReading& one : all) {
          if (one.reading.day() == day) readings.push_back(one.reading);
        }
        if (readings.empty()) continue;
        if (surveying) {
          learner.Survey(readings);
        } else {
          learner.Learn(readings);
        }
      }
    }
    builder.Add(learner.Finish());
  }
  return std::make_shared<const query::LearnedTravelTimes>(std::move(builder).Build(), bound,
                                                           Shanghai());
}

}  // namespace sightline::testing
