#include "query/plate_readings.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "query/snapshot.h"

namespace sightline::query {
namespace {

// Records read between two looks at the cancellation.
constexpr size_t kMaxReadAhead = 1024;

PlateReading ReadingOf(TimestampMs midnight, const index::ColumnReading& reading) {
  return {.time = midnight + reading.key.ms_of_day,
          .camera_number = reading.key.camera_number,
          .identity_hash = reading.key.identity_hash,
          .sequence = reading.sequence,
          .place = reading.place};
}

void Append(TimestampMs midnight, std::span<const index::ColumnReading> from,
            std::vector<PlateReading>& readings) {
  for (const index::ColumnReading& reading : from) readings.push_back(ReadingOf(midnight, reading));
}

// By the day's plate index and its records, which know the places.
Status AppendStored(const storage::DayReader& day, std::string_view plate, Interval time,
                    Sequence as_of, const Cancellation& cancellation,
                    std::vector<PlateReading>& readings) {
  SIGHTLINE_ASSIGN(const std::vector<storage::PlateRow> rows, day.PlateRows(plate, time, as_of));
  for (size_t at = 0; at < rows.size(); at += kMaxReadAhead) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const auto some = std::span(rows).subspan(at, std::min(kMaxReadAhead, rows.size() - at));
    std::vector<RowKey> keys;
    for (const storage::PlateRow& row : some) keys.push_back(row.key);
    SIGHTLINE_ASSIGN(const auto records, day.Get(keys, as_of));
    for (size_t i = 0; i < some.size(); ++i) {
      if (!records[i]) {
        return Error{ErrorCode::kCorruption,
                     "day " + FormatDay(day.day()) + ": the plate index names a row that is missing",
                     {}};
      }
      readings.push_back({.time = day.day().start() + keys[i].ms_of_day,
                          .camera_number = keys[i].camera_number,
                          .identity_hash = keys[i].identity_hash,
                          .sequence = some[i].sequence,
                          .place = records[i]->sighting.location});
    }
  }
  return Ok();
}

// Merges the walks of the days by plate.
class DaysSweep final : public PlateSweep {
 public:
  void Add(TimestampMs midnight, uint64_t rows, std::unique_ptr<index::PlateWalk> walk) {
    days_.push_back({.midnight = midnight, .rows = rows, .walk = std::move(walk)});
    rows_ += rows;
  }

  Result<bool> Next(const Cancellation& cancellation) override {
    readings_.clear();
    if (!begun_) {
      SIGHTLINE_RETURN_IF_ERROR(Begin(cancellation));
    }
    if (heap_.empty()) return false;
    plate_ = PlateOf(heap_.front());
    // Days of one plate leave the heap in ascending order.
    while (!heap_.empty() && PlateOf(heap_.front()) == plate_) {
      std::pop_heap(heap_.begin(), heap_.end(), comes_after_);
      const size_t day = heap_.back();
      Append(days_[day].midnight, days_[day].walk->readings(), readings_);
      heap_.pop_back();
      // Where that fails, what is at hand is lost: the caller gives up, or seeks.
      SIGHTLINE_RETURN_IF_ERROR(Push(day, cancellation));
    }
    return true;
  }

  void Seek(std::string_view plate) override {
    for (DayWalk& day : days_) day.walk->Seek(plate);
    begun_ = false;
  }

  std::string_view plate() const override { return plate_; }
  std::span<const PlateReading> readings() const override { return readings_; }

  double progress() const override {
    double passed = 0;
    for (const DayWalk& day : days_) passed += static_cast<double>(day.rows) * day.walk->progress();
    return rows_ == 0 ? 1 : passed / static_cast<double>(rows_);
  }

 private:
  struct DayWalk {
    TimestampMs midnight;
    uint64_t rows = 0;
    std::unique_ptr<index::PlateWalk> walk;
  };

  Status Begin(const Cancellation& cancellation) {
    heap_.clear();
    for (size_t day = 0; day < days_.size(); ++day) {
      SIGHTLINE_RETURN_IF_ERROR(Push(day, cancellation));
    }
    begun_ = true;
    return Ok();
  }

  // Moves the day's walk on and takes it up again, unless it has ended.
  Status Push(size_t day, const Cancellation& cancellation) {
    auto found = days_[day].walk->Next(cancellation);
    if (!found) {
      begun_ = false;
      return found.error();
    }
    if (!*found) return Ok();
    heap_.push_back(day);
    std::push_heap(heap_.begin(), heap_.end(), comes_after_);
    return Ok();
  }

  std::string_view PlateOf(size_t day) const { return days_[day].walk->plate(); }

  std::vector<DayWalk> days_;  // ascending
  uint64_t rows_ = 0;
  bool begun_ = false;
  std::function<bool(size_t, size_t)> comes_after_ = [this](size_t a, size_t b) {
    const int order = PlateOf(a).compare(PlateOf(b));
    return order != 0 ? order > 0 : a > b;
  };
  std::vector<size_t> heap_;  // of days whose walks are at a plate, the first in front
  std::string plate_;
  std::vector<PlateReading> readings_;
};

}  // namespace

Result<std::vector<PlateReading>> ReadingsOfPlate(const Sources& sources, std::string_view plate,
                                                  Interval time, Sequence as_of,
                                                  const Cancellation& cancellation) {
  std::vector<PlateReading> readings;
  for (const Day day : DaysIn(sources.store, time)) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    if (sources.columns != nullptr) {
      SIGHTLINE_ASSIGN(const auto columns, sources.columns->Open(day, cancellation));
      if (columns == nullptr) continue;  // retention took it meanwhile
      const auto [from_ms, to_ms] = PartOf(day, time);
      SIGHTLINE_ASSIGN(const auto found, columns->ReadingsOf(plate, {from_ms, to_ms, as_of}));
      Append(day.start(), found, readings);
    } else {
      SIGHTLINE_ASSIGN(const auto reader, sources.store.OpenDay(day));
      if (reader == nullptr) continue;
      SIGHTLINE_RETURN_IF_ERROR(
          AppendStored(*reader, plate, time, as_of, cancellation, readings));
    }
  }
  return readings;
}

Result<std::vector<StoredSighting>> RecordsOf(const Sources& sources,
                                              std::span<const PlateReading> readings,
                                              Sequence as_of, const Cancellation& cancellation) {
  std::vector<StoredSighting> records;
  records.reserve(readings.size());
  std::vector<RowKey> keys;
  while (!readings.empty()) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const Day day = readings.front().day();
    keys.clear();
    while (keys.size() < std::min(readings.size(), kMaxReadAhead) &&
           readings[keys.size()].day() == day) {
      keys.push_back(readings[keys.size()].key());
    }
    readings = readings.subspan(keys.size());
    SIGHTLINE_ASSIGN(const auto reader, sources.store.OpenDay(day));
    if (reader == nullptr) continue;
    SIGHTLINE_ASSIGN(auto found, reader->Get(keys, as_of));
    for (std::optional<StoredSighting>& record : found) {
      if (record) records.push_back(std::move(*record));
    }
  }
  return records;
}

Result<std::unique_ptr<PlateSweep>> PlateSweep::Start(const Sources& sources, Interval time,
                                                      Sequence as_of,
                                                      const Cancellation& cancellation) {
  if (sources.columns == nullptr) return Internal("a sweep needs columns");
  auto sweep = std::make_unique<DaysSweep>();
  for (const Day day : DaysIn(sources.store, time)) {
    SIGHTLINE_ASSIGN(const auto columns, sources.columns->Open(day, cancellation));
    if (columns == nullptr) continue;
    const auto [from_ms, to_ms] = PartOf(day, time);
    sweep->Add(day.start(), columns->rows(), columns->WalkPlates({from_ms, to_ms, as_of}));
  }
  return std::unique_ptr<PlateSweep>(std::move(sweep));
}

}  // namespace sightline::query
