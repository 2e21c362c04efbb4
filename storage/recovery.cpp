#include "storage/recovery.h"

#include "core/log.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

// Readings in memory at once while the dictionary is rebuilt.
constexpr size_t kRebuildReadings = 500'000;

Status RebuildFromDay(const DayDatabase& day, PlateDictionary& dictionary) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> row(
      day.database().db().NewIterator(options, day.database().table(DayDatabase::kByPlate)));
  std::vector<PlateReading> readings;
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    const auto key = DecodePlateKey(ToView(row->key()));
    const auto sequence = ParsePlateSequence(ToView(row->value()));
    if (!key || !sequence) continue;
    readings.push_back({.plate = std::string(key->plate),
                        .day = day.day(),
                        .ms_of_day = key->key.ms_of_day,
                        .sequence = *sequence});
    if (readings.size() < kRebuildReadings) continue;
    SIGHTLINE_RETURN_IF_ERROR(dictionary.AddRebuilt(std::move(readings)));
    readings.clear();
  }
  SIGHTLINE_RETURN_IF_ERROR(ToStatus(row->status(), day.database().path()));
  return dictionary.AddRebuilt(std::move(readings));
}

// A day that cannot be opened is set aside and reported by the directory; the others go on.
Result<std::shared_ptr<DayDatabase>> OpenUnlessDamaged(DayDirectory& days, Day day) {
  auto opened = days.Open(day, /*create=*/false);
  if (!opened && opened.error().code == ErrorCode::kCorruption) {
    return std::shared_ptr<DayDatabase>();
  }
  return opened;
}

Status Rebuild(const RowWriter::Parts& parts, RowWriter& writer) {
  // Rows that wait are moved first, so that each reading is found in one place only.
  for (const auto& [day, rows] : parts.inbox.Counts()) {
    SIGHTLINE_RETURN_IF_ERROR(writer.Drain(day));
  }
  const std::vector<Day> days = parts.days.Days();
  if (!days.empty()) Log(LogLevel::kWarning, "plate_dictionary_rebuild", {{"days", days.size()}});
  for (const Day day : days) {
    SIGHTLINE_ASSIGN(const auto database, OpenUnlessDamaged(parts.days, day));
    if (database == nullptr) continue;
    if (const Status read = RebuildFromDay(*database, parts.dictionary); !read) {
      if (read.error().code != ErrorCode::kCorruption) return read;
      Log(LogLevel::kError, "day_not_readable", {{"reason", read.error().message}});
    }
  }
  parts.inbox.TakeUncounted();
  return parts.dictionary.FinishRebuild(writer.visible());
}

}  // namespace

Status Recover(const RowWriter::Parts& parts, RowWriter& writer) {
  const auto marks = parts.marks.All();
  const Sequence counted = parts.dictionary.counted();
  for (const Day day : parts.days.Days()) {
    const auto mark = marks.find(day);
    if (mark != marks.end() && !mark->second.dirty) continue;
    SIGHTLINE_ASSIGN(const auto database, OpenUnlessDamaged(parts.days, day));
    // Its held rows may be in the day already; moved now, each is found in one place only.
    if (database == nullptr) continue;
    SIGHTLINE_RETURN_IF_ERROR(writer.Drain(day));
    if (!parts.dictionary.complete()) continue;
    SIGHTLINE_ASSIGN(auto readings, database->PendingReadings(counted));
    parts.dictionary.Add(std::move(readings));
  }
  if (!parts.dictionary.complete()) return Rebuild(parts, writer);

  parts.dictionary.Add(parts.inbox.TakeUncounted());
  return Ok();
}

}  // namespace sightline::storage
