// Rows of a day by its time index. Rows are stored by minute, camera and millisecond, answers are
// ordered by millisecond: so each minute is read whole, camera by camera, and the best rows are
// kept. Once enough are held, the last of them bounds what each further camera can add, and the
// cursor jumps over the rest of that camera's minute.
#include <algorithm>
#include <limits>
#include <utility>

#include "query/best_rows.h"
#include "query/day_rows.h"

namespace sightline::query {
namespace {

// Rows stepped over one by one before the cursor seeks: a seek costs about as much as that many
// steps.
constexpr int kStepsBeforeSeek = 4;

// Rows of one minute held at most, where a caller asks for fewer at a time but goes on asking.
constexpr size_t kMaxHeldRows = 8192;

// Records read in vain before the scan is left to another way: that many to begin with, and for
// each that passed. A record by its key costs about as much as kRecordsPerRow in a row.
constexpr uint64_t kPatience = 500;
constexpr uint64_t kRecordsPerRow = 8;

constexpr uint64_t kRowsBetweenChecks = 1000;

constexpr uint32_t kMinute = static_cast<uint32_t>(kMillisecondsPerMinute);

uint32_t MinuteOf(const storage::RowKey& key) { return key.ms_of_day / kMinute; }

uint32_t ClampToDay(TimestampMs time, TimestampMs midnight) {
  return static_cast<uint32_t>(std::clamp<int64_t>(time - midnight, 0, kMillisecondsPerDay));
}

// [from, to) in milliseconds of the day.
struct Span {
  uint32_t from;
  uint32_t to;
};

class TimeScan final : public DayRows {
 public:
  TimeScan(std::shared_ptr<const storage::DayReader> day, const DayQuestion& question,
           const std::optional<std::vector<uint32_t>>& cameras, bool may_leave, SearchCost& cost)
      : day_(std::move(day)),
        question_(question),
        cameras_(cameras),
        may_leave_(may_leave),
        cost_(cost),
        ascending_(question.order == TimeOrder::kAscending),
        names_(*day_),
        cursor_(day_->Rows()),
        after_(question.after) {
    const TimestampMs midnight = day_->day().start();
    left_ = {ClampToDay(question.time.from, midnight), ClampToDay(question.time.to, midnight)};
  }

  Status Next(size_t limit, std::vector<StoredSighting>& out) override {
    while (out.size() < limit) {
      if (next_held_ < held_.size()) {
        out.push_back(std::move(held_[next_held_++]));
        continue;
      }
      SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
      if (inside_minute_) {
        cursor_->Seek({minute_ * kMinute, FirstCamera(), 0});
      } else {
        if (IsTooDear()) {
          has_left_ = true;
          break;
        }
        SIGHTLINE_ASSIGN(inside_minute_, EnterMinute());
        if (!inside_minute_) break;
      }
      SIGHTLINE_RETURN_IF_ERROR(ReadMinute(std::max(limit - out.size(), read_ahead_)));
    }
    read_ahead_ = std::min(2 * std::max(read_ahead_, limit), kMaxHeldRows);
    return Ok();
  }

  std::optional<Interval> LeftOver() const override {
    if (!has_left_) return std::nullopt;
    const TimestampMs midnight = day_->day().start();
    return Interval{midnight + left_.from, midnight + left_.to};
  }

 private:
  bool IsTooDear() const {
    return may_leave_ && records_read_ > kPatience + kRecordsPerRow * records_passed_;
  }

  // Requires cameras_ not to be an empty list.
  uint32_t FirstCamera() const { return cameras_ ? cameras_->front() : 0; }

  // Moves to the next minute of the answer that has rows. False: there is none.
  Result<bool> EnterMinute() {
    if (left_.from >= left_.to || (cameras_ && cameras_->empty())) return false;
    if (!ascending_) {
      cursor_->SeekMinuteBefore((left_.to - 1) / kMinute + 1);
    } else if (is_positioned_) {
      Advance({left_.from, FirstCamera(), 0});
    } else {
      cursor_->Seek({left_.from, FirstCamera(), 0});
      is_positioned_ = true;
    }
    SIGHTLINE_RETURN_IF_ERROR(cursor_->status());
    if (!cursor_->Valid()) return false;
    minute_ = MinuteOf(cursor_->row().key);
    const Span span = MinuteSpan();
    return span.from < span.to;
  }

  // What is left of the minute.
  Span MinuteSpan() const {
    return {std::max(left_.from, minute_ * kMinute), std::min(left_.to, (minute_ + 1) * kMinute)};
  }

  // Reads the best `count` rows of the minute's rest into held_. The cursor stands at the minute's
  // first row of interest.
  Status ReadMinute(size_t count) {
    BestRows best(count, RowOrder(question_.order));
    SIGHTLINE_RETURN_IF_ERROR(CollectMinute(best));
    inside_minute_ = best.full();
    SIGHTLINE_ASSIGN(held_, best.Take(*day_, question_.as_of));
    if (!question_.matcher.LooksAtRecords()) cost_.records_read += held_.size();
    next_held_ = 0;
    if (inside_minute_) {
      const StoredSighting& last = held_.back();
      after_ = SearchPosition{last.sighting.time, last.sighting.camera_id, last.id};
      const uint32_t last_ms = MillisecondOfDay(last.sighting.time);
      (ascending_ ? left_.from : left_.to) = ascending_ ? last_ms : last_ms + 1;
    } else {
      (ascending_ ? left_.from : left_.to) = (ascending_ ? minute_ + 1 : minute_) * kMinute;
    }
    return Ok();
  }

  Status CollectMinute(BestRows& best) {
    const Span whole = MinuteSpan();
    size_t next_camera = 0;  // in cameras_
    while (cursor_->Valid() && MinuteOf(cursor_->row().key) == minute_) {
      if (++rows_since_check_ == kRowsBetweenChecks) {
        rows_since_check_ = 0;
        SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
      }
      const storage::RowKey key = cursor_->row().key;
      const Span span = Narrow(whole, best);
      if (cameras_) {
        while (next_camera < cameras_->size() && (*cameras_)[next_camera] < key.camera_number) {
          ++next_camera;
        }
        if (next_camera == cameras_->size()) break;
        if ((*cameras_)[next_camera] != key.camera_number) {
          Advance({span.from, (*cameras_)[next_camera], 0});
          continue;
        }
      }
      if (key.ms_of_day < span.from) {
        Advance({span.from, key.camera_number, 0});
      } else if (key.ms_of_day >= span.to) {
        if (key.camera_number == std::numeric_limits<uint32_t>::max()) break;
        Advance({span.from, key.camera_number + 1, 0});
      } else {
        SIGHTLINE_RETURN_IF_ERROR(Consider(cursor_->row(), best));
        cursor_->Next();
      }
    }
    return cursor_->status();
  }

  // The part of the minute whose rows can still be among the best.
  Span Narrow(Span span, const BestRows& best) const {
    if (!best.full()) return span;
    if (ascending_) return {span.from, best.last().ms_of_day + 1};
    return {best.last().ms_of_day, span.to};
  }

  Status Consider(const storage::RowView& row, BestRows& best) {
    ++cost_.rows_scanned;
    if (row.sequence > question_.as_of) return Ok();
    const RowPlace place = names_.PlaceOf(row.key);
    if (!best.Wants(place) || IsGivenOut(place)) return Ok();
    if (!question_.matcher.LooksAtRecords()) {
      best.Add(place, row);
      return Ok();
    }
    ++cost_.records_read;
    ++records_read_;
    SIGHTLINE_ASSIGN(StoredSighting record, day_->Decode(row, question_.as_of));
    if (question_.matcher.Matches(record.sighting)) {
      ++records_passed_;
      best.Add(place, std::move(record));
    }
    return Ok();
  }

  // Whether a row at the very time of the last one given out comes before it, or is it.
  bool IsGivenOut(const RowPlace& place) const {
    return after_ && day_->day().start() + place.ms_of_day == after_->time &&
           !RowOrder::TieBefore(PlaceOf(*after_), place);
  }

  // Moves to the first row at or after `at`; a cursor that is there or further stays.
  void Advance(const storage::RowKey& at) {
    for (int step = 0; cursor_->Valid() && StoredBefore(cursor_->row().key, at); ++step) {
      if (step == kStepsBeforeSeek) {
        cursor_->Seek(at);
        return;
      }
      ++cost_.rows_scanned;
      cursor_->Next();
    }
  }

  std::shared_ptr<const storage::DayReader> day_;
  const DayQuestion& question_;
  const std::optional<std::vector<uint32_t>>& cameras_;
  const bool may_leave_;
  SearchCost& cost_;
  const bool ascending_;
  CameraNames names_;
  std::unique_ptr<storage::RowCursor> cursor_;

  Span left_{};                          // what is not read yet
  std::optional<SearchPosition> after_;  // the last row read
  bool is_positioned_ = false;           // the cursor was sent to its first row
  bool inside_minute_ = false;           // minute_ may have more rows to give
  uint32_t minute_ = 0;
  size_t read_ahead_ = 0;  // grows for a caller that comes again and again
  uint64_t rows_since_check_ = 0;
  std::vector<StoredSighting> held_;  // read, in order, from next_held_ on not yet given out
  size_t next_held_ = 0;
  uint64_t records_read_ = 0;
  uint64_t records_passed_ = 0;
  bool has_left_ = false;
};

}  // namespace

std::unique_ptr<DayRows> ScanDay(std::shared_ptr<const storage::DayReader> day,
                                 const DayQuestion& question,
                                 const std::optional<std::vector<uint32_t>>& cameras,
                                 bool may_leave, SearchCost& cost) {
  return std::make_unique<TimeScan>(std::move(day), question, cameras, may_leave, cost);
}

}  // namespace sightline::query
