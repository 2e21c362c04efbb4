#include "query/trajectory.h"

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "query/plate_rows.h"
#include "query/snapshot.h"
#include "query/trips.h"

namespace sightline::query {
namespace {

// Records read in one go.
constexpr size_t kMaxReadAhead = 1024;

// No gap that is longer is of one trip, wherever its readings are.
constexpr int64_t kLongestGapMs = kMillisecondsPerDay;

// Where a trip ends.
class TripRule {
 public:
  TripRule(const std::optional<int64_t>& gap_ms, std::shared_ptr<const TravelTimes> travel_times)
      : gap_ms_(gap_ms), travel_times_(std::move(travel_times)) {
    if (travel_times_ == nullptr) travel_times_ = UnlearnedTravelTimes(TravelBound());
  }

  bool Ends(const PlateReading& last, const PlateReading& next) const {
    const int64_t gap = next.time - last.time;
    if (gap_ms_) return gap > *gap_ms_;
    return gap > kLongestGapMs || EndsTrip(last, next, *travel_times_);
  }

  // A reading after so long a gap begins another trip, whatever it is.
  int64_t LongestGapMs() const { return gap_ms_.value_or(kLongestGapMs); }

  bool NeedsPlaces() const { return !gap_ms_; }

 private:
  const std::optional<int64_t> gap_ms_;
  std::shared_ptr<const TravelTimes> travel_times_;
};

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
  Impl(const Sources& sources, TrajectoryRequest request, Cancellation cancellation)
      : sources_(sources),
        request_(std::move(request)),
        rule_(request_.trip_gap_ms, request_.travel_times),
        cancellation_(std::move(cancellation)),
        as_of_(VisibleAt(sources.store, request_.as_of)),
        days_(DaysIn(sources.store, request_.time)) {}

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
      SIGHTLINE_ASSIGN(day_, sources_.store.OpenDay(days_[next_day_]));
      ++next_day_;
      if (!day_) continue;  // retention took it since the replay began
      CameraNames names(*day_);
      SIGHTLINE_ASSIGN(keys_, PlateKeys(*day_, request_.plate, request_.time, as_of_,
                                        TimeOrder::kAscending, names));
      if (rule_.NeedsPlaces() && !keys_.empty()) SIGHTLINE_RETURN_IF_ERROR(FindPlaces());
    }
    return true;
  }

  // The places of the day's readings, without their records.
  Status FindPlaces() {
    places_.clear();
    if (sources_.columns == nullptr) return Ok();
    SIGHTLINE_ASSIGN(const auto columns, sources_.columns->Open(day_->day(), cancellation_));
    if (columns == nullptr) return Ok();
    SIGHTLINE_ASSIGN(const auto readings, columns->ReadingsOf(request_.plate, {.as_of = as_of_}));
    for (const index::ColumnReading& reading : readings) {
      if (reading.place) places_.emplace(reading.key, *reading.place);
    }
    return Ok();
  }

  PlateReading ReadingOf(const storage::RowKey& key) const {
    const auto place = places_.find(key);
    return {.time = TimeOf(key),
            .camera_number = key.camera_number,
            .identity_hash = key.identity_hash,
            .place = place == places_.end() ? std::nullopt : std::optional(place->second)};
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
    JoinTrip(ReadingOf(key));
    passed_.push_back({day_, key});
  }

  // Reads the next records of the day, at most until `points` holds `limit`.
  Status ReadPoints(size_t limit, std::vector<TrajectoryPoint>& points) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    const size_t count = std::min({limit - points.size(), keys_.size() - next_key_, kMaxReadAhead});
    SIGHTLINE_ASSIGN(std::vector<StoredSighting> records,
                     ReadRecords(*day_, std::span(keys_).subspan(next_key_, count), as_of_));
    for (StoredSighting& record : records) {
      JoinTrip(ReadingOf(keys_[next_key_++]));
      SIGHTLINE_RETURN_IF_ERROR(DrawPassedReadings());
      trip_->Extend(record.sighting.time, record.sighting.location);
      points.push_back({std::move(record), trip_number_});
      trip_reaches_page_ = true;
    }
    return Ok();
  }

  // Counts a reading in the open trip, or ends that and opens the next.
  void JoinTrip(const PlateReading& reading) {
    if (trip_number_ == 0 || rule_.Ends(last_, reading)) {
      CloseTrip();
      trip_.emplace(++trip_number_, reading.time);
    }
    trip_->Join(reading.time);
    last_ = reading;
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
    const TimestampMs last_chance = last_.time + rule_.LongestGapMs();
    while (next_key_ == keys_.size()) {
      if (next_day_ == days_.size() || days_[next_day_].start() > last_chance) return true;
      SIGHTLINE_ASSIGN(const bool found, FindReading());
      if (!found) return true;
    }
    return rule_.Ends(last_, ReadingOf(keys_[next_key_]));
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

  const Sources sources_;
  const TrajectoryRequest request_;
  const TripRule rule_;
  const Cancellation cancellation_;
  const Sequence as_of_;
  const std::vector<Day> days_;
  size_t next_day_ = 0;

  std::shared_ptr<const storage::DayReader> day_;  // the day of keys_
  std::vector<storage::RowKey> keys_;              // the plate's readings, from next_key_ on to do
  std::unordered_map<storage::RowKey, Position> places_;  // of these, where known
  size_t next_key_ = 0;

  uint64_t trip_number_ = 0;  // of the last trip that began
  PlateReading last_;         // its last reading
  std::optional<OpenTrip> trip_;
  bool trip_reaches_page_ = false;  // a reading of trip_ was given out
  std::vector<PassedReading> passed_;
  std::vector<Trip> ended_trips_;
};

Trajectory::Trajectory(const Sources& sources, TrajectoryRequest request, Cancellation cancellation)
    : impl_(std::make_unique<Impl>(sources, std::move(request), std::move(cancellation))) {}

Trajectory::~Trajectory() = default;

Result<std::vector<TrajectoryPoint>> Trajectory::Next(size_t limit) { return impl_->Next(limit); }

std::vector<Trip> Trajectory::TakeTrips() { return impl_->TakeTrips(); }

Sequence Trajectory::as_of() const { return impl_->as_of(); }

}  // namespace sightline::query
