#include "query/trajectory.h"

#include <algorithm>
#include <span>
#include <utility>

#include "query/plate_rows.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

// Records read in one go.
constexpr size_t kMaxReadAhead = 1024;

// A trip that readings may still join.
class OpenTrip {
 public:
  OpenTrip(uint64_t number, TimestampMs from) {
    trip_.number = number;
    trip_.from = from;
  }

  // A reading joins, in time order.
  void Join(TimestampMs time) {
    trip_.to = time;
    ++readings_;
  }

  // The place of a reading that joined.
  void Extend(TimestampMs time, const std::optional<Position>& place) {
    if (!place) return;
    if (!trip_.line.empty()) {
      trip_.length.value += GreatCircleDistance(trip_.line.back(), *place).value;
    }
    trip_.line.push_back(*place);
    trip_.times.push_back(time);
  }

  bool is_trip() const { return readings_ >= 2; }

  Trip Finish() && {
    if (trip_.line.size() < 2) {
      trip_.line.clear();
      trip_.times.clear();
    }
    return std::move(trip_);
  }

 private:
  Trip trip_;
  uint64_t readings_ = 0;
};

}  // namespace

class Trajectory::Impl {
 public:
  Impl(storage::Store& store, TrajectoryRequest request, Cancellation cancellation)
      : store_(store),
        request_(std::move(request)),
        cancellation_(std::move(cancellation)),
        as_of_(VisibleAt(store, request_.as_of)),
        days_(DaysIn(store, request_.time)) {}

  Result<std::vector<TrajectoryPoint>> Next(size_t limit) {
    std::vector<TrajectoryPoint> points;
    while (points.size() < limit) {
      SIGHTLINE_ASSIGN(const bool found, FindReading());
      if (!found) break;
      if (IsPassedOver(keys_[next_key_])) {
        PassOver(keys_[next_key_++]);
      } else {
        SIGHTLINE_RETURN_IF_ERROR(ReadPoints(limit, points));
      }
    }
    if (!points.empty()) {
      SIGHTLINE_ASSIGN(const bool ended, HasTripEnded());
      if (ended) CloseTrip();
    }
    return points;
  }

  std::vector<Trip> TakeTrips() { return std::exchange(ended_trips_, {}); }
  Sequence as_of() const { return as_of_; }

 private:
  // A reading before the page whose trip reaches into it; its place is read only then.
  struct PassedReading {
    std::shared_ptr<const storage::DayReader> day;
    storage::RowKey key;
  };

  // Opens days until one has a reading that was not looked at. False: there is none.
  Result<bool> FindReading() {
    while (next_key_ == keys_.size()) {
      if (next_day_ == days_.size()) return false;
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      keys_.clear();
      next_key_ = 0;
      SIGHTLINE_ASSIGN(day_, store_.OpenDay(days_[next_day_]));
      ++next_day_;
      if (!day_) continue;  // retention took it since the replay began
      CameraNames names(*day_);
      SIGHTLINE_ASSIGN(keys_, PlateKeys(*day_, request_.plate, request_.time, as_of_,
                                        TimeOrder::kAscending, names));
    }
    return true;
  }

  TimestampMs TimeOf(const storage::RowKey& key) const {
    return day_->day().start() + key.ms_of_day;
  }

  bool IsPassedOver(const storage::RowKey& key) const {
    if (!request_.after || TimeOf(key) > request_.after->time) return false;
    if (TimeOf(key) < request_.after->time) return true;
    const std::string camera_id = day_->CameraId(key.camera_number);
    return !RowOrder::TieBefore(PlaceOf(*request_.after),
                                {key.ms_of_day, camera_id, key.identity_hash});
  }

  // Counts the reading in its trip without reading its record.
  void PassOver(const storage::RowKey& key) {
    JoinTrip(TimeOf(key));
    passed_.push_back({day_, key});
  }

  // Reads the next records of the day, at most until `points` holds `limit`.
  Status ReadPoints(size_t limit, std::vector<TrajectoryPoint>& points) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    const size_t count = std::min({limit - points.size(), keys_.size() - next_key_, kMaxReadAhead});
    SIGHTLINE_ASSIGN(std::vector<StoredSighting> records,
                     ReadRecords(*day_, std::span(keys_).subspan(next_key_, count), as_of_));
    next_key_ += count;
    for (StoredSighting& record : records) {
      JoinTrip(record.sighting.time);
      SIGHTLINE_RETURN_IF_ERROR(DrawPassedReadings());
      trip_->Extend(record.sighting.time, record.sighting.location);
      points.push_back({std::move(record), trip_number_});
      trip_reaches_page_ = true;
    }
    return Ok();
  }

  // Counts a reading in the open trip, or ends that and opens the next.
  void JoinTrip(TimestampMs time) {
    if (trip_number_ == 0 || time - last_time_ > request_.trip_gap_ms) {
      CloseTrip();
      trip_.emplace(++trip_number_, time);
    }
    trip_->Join(time);
    last_time_ = time;
  }

  Status DrawPassedReadings() {
    for (const PassedReading& reading : std::exchange(passed_, {})) {
      SIGHTLINE_ASSIGN(const std::vector<StoredSighting> record,
                       ReadRecords(*reading.day, std::span(&reading.key, 1), as_of_));
      trip_->Extend(record[0].sighting.time, record[0].sighting.location);
    }
    return Ok();
  }

  // Whether no further reading can join the open trip.
  Result<bool> HasTripEnded() {
    const TimestampMs last_chance = last_time_ + request_.trip_gap_ms;
    while (next_key_ == keys_.size()) {
      if (next_day_ == days_.size() || days_[next_day_].start() > last_chance) return true;
      SIGHTLINE_ASSIGN(const bool found, FindReading());
      if (!found) return true;
    }
    return TimeOf(keys_[next_key_]) > last_chance;
  }

  // The trip goes to the page that holds its last reading.
  void CloseTrip() {
    if (trip_ && trip_reaches_page_ && trip_->is_trip()) {
      ended_trips_.push_back(std::move(*trip_).Finish());
    }
    trip_.reset();
    trip_reaches_page_ = false;
    passed_.clear();
  }

  storage::Store& store_;
  const TrajectoryRequest request_;
  const Cancellation cancellation_;
  const Sequence as_of_;
  const std::vector<Day> days_;
  size_t next_day_ = 0;

  std::shared_ptr<const storage::DayReader> day_;  // the day of keys_
  std::vector<storage::RowKey> keys_;              // the plate's readings, from next_key_ on to do
  size_t next_key_ = 0;

  uint64_t trip_number_ = 0;  // of the last trip that began
  TimestampMs last_time_;     // of its last reading
  std::optional<OpenTrip> trip_;
  bool trip_reaches_page_ = false;  // a reading of trip_ was given out
  std::vector<PassedReading> passed_;
  std::vector<Trip> ended_trips_;
};

Trajectory::Trajectory(storage::Store& store, TrajectoryRequest request, Cancellation cancellation)
    : impl_(std::make_unique<Impl>(store, std::move(request), std::move(cancellation))) {}

Trajectory::~Trajectory() = default;

Result<std::vector<TrajectoryPoint>> Trajectory::Next(size_t limit) { return impl_->Next(limit); }

std::vector<Trip> Trajectory::TakeTrips() { return impl_->TakeTrips(); }

Sequence Trajectory::as_of() const { return impl_->as_of(); }

}  // namespace sightline::query
