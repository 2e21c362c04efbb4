#include "query/plate_readings.h"

#include <algorithm>
#include <utility>

#include "index/walks_by_plate.h"
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
                     "day " + FormatDay(day.day()) + ": the plate index names a missing row",
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
  // Days in ascending order.
  void Add(TimestampMs midnight, uint64_t rows, std::unique_ptr<index::PlateWalk> walk) {
    days_.push_back({.midnight = midnight, .rows = rows});
    walks_.Add(std::move(walk));
    rows_ += rows;
  }

  Result<bool> Next(const Cancellation& cancellation) override {
    readings_.clear();
    SIGHTLINE_ASSIGN(const bool found, walks_.Next(cancellation));
    for (const size_t day : walks_.at()) {
      Append(days_[day].midnight, walks_[day].readings(), readings_);
    }
    return found;
  }

  void Seek(std::string_view plate) override {
    for (size_t day = 0; day < walks_.size(); ++day) walks_[day].Seek(plate);
    walks_.Restart();
  }

  std::string_view plate() const override { return walks_.plate(); }
  std::span<const PlateReading> readings() const override { return readings_; }

  double progress() const override {
    double passed = 0;
    for (size_t day = 0; day < walks_.size(); ++day) {
      passed += static_cast<double>(days_[day].rows) * walks_[day].progress();
    }
    return rows_ == 0 ? 1 : passed / static_cast<double>(rows_);
  }

 private:
  struct SweptDay {
    TimestampMs midnight;
    uint64_t rows = 0;
  };

  std::vector<SweptDay> days_;
  index::WalksByPlate<index::PlateWalk> walks_;  // of each
  uint64_t rows_ = 0;
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
