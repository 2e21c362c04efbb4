#include "storage/recovery.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>
#include <tuple>
#include <utility>

#include "core/log.h"
#include "core/mutex.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_status.h"
#include "storage/row_key.h"

namespace sightline::storage {
namespace {

// Readings in memory at once while the dictionary is rebuilt.
constexpr size_t kRebuildReadings = 500'000;
constexpr size_t kOpeningThreads = 4;

Status RebuildFromDay(const DayDatabase& day, PlateDictionary& dictionary) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> row(
      day.database().db().NewIterator(options, day.database().table(kDayByPlate)));
  std::vector<PlateReading> readings;
  for (row->SeekToFirst(); row->Valid(); row->Next()) {
    const auto key = DecodePlateKey(ToView(row->key()));
    const auto sequence = ParsePlateSequence(ToView(row->value()));
    if (!key || !sequence) continue;
    readings.push_back({.plate = std::string(key->plate),
                        .day = day.day(),
                        .ms_of_day = key->key.ms_of_day,
                        .sequence = *sequence,
                        .corrected = day.corrections().Contains(key->key)});
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
  SIGHTLINE_RETURN_IF_ERROR(parts.dictionary.BeginRebuild());
  // Rows that wait are moved first, so that each reading is found in one place only.
  for (const auto& [day, rows] : parts.inbox.Counts()) {
    const Status moved = writer.Drain(day);
    if (!moved && moved.error().code != ErrorCode::kCorruption) return moved;
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

// Reads the notes of days, several at once: opening a day replays its log, which is mostly
// waiting for the disk.
class NoteReader {
 public:
  NoteReader(DayDirectory& directory, std::vector<Day> days, Sequence counted)
      : directory_(directory), days_(std::move(days)), counted_(counted) {}

  Result<std::vector<PlateReading>> Read() SIGHTLINE_EXCLUDES(mutex_) {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < std::min(kOpeningThreads, days_.size()); ++i) {
      threads.emplace_back([this] { ReadSome(); });
    }
    for (std::thread& thread : threads) thread.join();
    const MutexLock lock(mutex_);
    SIGHTLINE_RETURN_IF_ERROR(status_);
    return std::move(readings_);
  }

 private:
  void ReadSome() SIGHTLINE_EXCLUDES(mutex_) {
    for (size_t i = next_++; i < days_.size(); i = next_++) {
      auto readings = ReadDay(days_[i]);
      const MutexLock lock(mutex_);
      if (readings) {
        readings_.insert(readings_.end(), std::make_move_iterator(readings->begin()),
                         std::make_move_iterator(readings->end()));
      } else if (status_) {
        status_ = readings.error();
      }
    }
  }

  Result<std::vector<PlateReading>> ReadDay(Day day) const {
    SIGHTLINE_ASSIGN(const auto database, OpenUnlessDamaged(directory_, day));
    if (database == nullptr) return std::vector<PlateReading>();
    return database->UncountedReadings(counted_);
  }

  DayDirectory& directory_;
  const std::vector<Day> days_;
  const Sequence counted_;
  std::atomic<size_t> next_ = 0;
  Mutex mutex_;
  std::vector<PlateReading> readings_ SIGHTLINE_GUARDED_BY(mutex_);
  Status status_ SIGHTLINE_GUARDED_BY(mutex_) = Ok();
};

}  // namespace

Status Recover(const RowWriter::Parts& parts, RowWriter& writer) {
  if (!parts.dictionary.complete()) return Rebuild(parts, writer);
  const auto marks = parts.marks.All();
  std::vector<Day> dirty;
  for (const Day day : parts.days.Days()) {
    const auto mark = marks.find(day);
    if (mark == marks.end() || mark->second.dirty) dirty.push_back(day);
  }
  SIGHTLINE_ASSIGN(std::vector<PlateReading> readings,
                   NoteReader(parts.days, std::move(dirty), parts.dictionary.counted()).Read());
  std::vector<PlateReading> held = parts.inbox.TakeUncounted();
  readings.insert(readings.end(), std::make_move_iterator(held.begin()),
                  std::make_move_iterator(held.end()));
  // A row that was being moved when the process died is in its day and in the inbox.
  // (A correction gives its sequence to two plates.)
  const auto identity = [](const PlateReading& reading) {
    return std::tie(reading.sequence, reading.plate);
  };
  std::ranges::sort(readings, {}, identity);
  readings.erase(std::unique(readings.begin(), readings.end(),
                             [&](const PlateReading& a, const PlateReading& b) {
                               return identity(a) == identity(b);
                             }),
                 readings.end());
  parts.dictionary.Add(std::move(readings));
  return Ok();
}

}  // namespace sightline::storage
