// Trajectory replay: all readings of one plate in time order, cut into trips.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/sighting.h"
#include "core/trajectory.h"
#include "query/sighting_search.h"
#include "query/sources.h"
#include "query/travel_times.h"
#include "storage/store.h"

namespace sightline::query {

struct TrajectoryRequest {
  std::string plate;  // normalised
  Interval time;
  std::optional<Sequence> as_of;
  // A trip ends where the next reading comes later than this many milliseconds; none: where the
  // vehicle stopped (query/trips.h).
  std::optional<int64_t> trip_gap_ms;
  // Null: nothing was learned, and a stop shows where the gap is kTripMarginSeconds longer than the
  // way must take.
  std::shared_ptr<const TravelTimes> travel_times;
  // Where to go on after a page: the readings at or before this place are passed over.
  std::optional<SearchPosition> after;
};

// One running replay. Points come in (time, camera id, id) order, in batches. Not thread-safe.
class Trajectory {
 public:
  Trajectory(const Sources& sources, TrajectoryRequest request, Cancellation cancellation);
  // From storage alone: a reading counts as at its camera's place where trips are cut.
  Trajectory(storage::Store& store, TrajectoryRequest request, Cancellation cancellation)
      : Trajectory(Sources{.store = store}, std::move(request), std::move(cancellation)) {}
  ~Trajectory();

  // The next points, at most `limit` (>= 1); an empty batch is the end. After an error the replay is
  // over.
  Result<std::vector<TrajectoryPoint>> Next(size_t limit);

  // Trips that ended within the points returned so far and were not taken before; after the last
  // batch, the last trip too. Only trips with two or more placed readings have a line.
  std::vector<Trip> TakeTrips();

  Sequence as_of() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::query
