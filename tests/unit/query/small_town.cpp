#include "tests/unit/query/small_town.h"

#include <algorithm>
#include <cmath>

#include "query/learned_travel_times.h"
#include "query/travel_day_learner.h"

namespace sightline::testing {

query::PlateReading SmallTown::Reading(uint32_t camera, double at_s) const {
  const auto clock = clocks_.find(camera);
  const double shown_s = at_s + (clock == clocks_.end() ? 0 : clock->second);
  return {.time = kTownNoon + std::llround(shown_s * 1'000),
          .camera_number = camera,
          .place = places_.at(camera)};
}

void SmallTown::Drive(const std::string& plate, const std::vector<TownStop>& stops) {
  for (const TownStop& stop : stops) {
    plates_[plate].push_back(Reading(stop.camera, stop.at_s));
  }
}

void SmallTown::See(const std::string& plate, uint32_t camera, double at_s, Position place) {
  query::PlateReading reading = Reading(camera, at_s);
  reading.place = place;
  plates_[plate].push_back(reading);
}

query::TravelDay SmallTown::LearnDay() const {
  query::TravelDayLearner learner(DayOf(kTownNoon), query::TravelBound(), Utc());
  for (const bool surveying : {true, false}) {
    for (const auto& [plate, readings] : plates_) {
      std::vector<query::PlateReading> in_order = readings;
      std::ranges::stable_sort(in_order, {}, &query::PlateReading::time);
      if (surveying) {
        learner.Survey(in_order);
      } else {
        learner.Learn(in_order);
      }
    }
  }
  return learner.Finish();
}

std::shared_ptr<const query::TravelTimes> SmallTown::Learn() const {
  query::TravelGraphBuilder builder{query::TravelBound()};
  builder.Add(LearnDay());
  return std::make_shared<const query::LearnedTravelTimes>(std::move(builder).Build(),
                                                           query::TravelBound(), Utc());
}

}  // namespace sightline::testing
