#include "storage/upkeep.h"

#include <algorithm>

#include "core/log.h"

namespace sightline::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 100ms;
// The plate dictionary is merged when this many readings wait, or the first one this long.
constexpr size_t kMergeReadings = 200'000;
constexpr auto kMergeAge = 2s;
constexpr auto kSaveAge = 1s;
// Without an append for so long, the inbox is emptied.
constexpr auto kIdle = 3s;
constexpr auto kResumeAge = 2s;
// Fewer replayed rows are left to be replayed again after the next crash.
constexpr uint64_t kReplayedRows = 1000;
// Days with fewer rows in memory are not worth a file; the fullest few, which grow on, are flushed by
// RocksDB when it is time.
constexpr uint64_t kRowsWorthAFile = 256;
constexpr size_t kLeftToRocksDb = 4;

void LogFailure(std::string_view what, const Status& status) {
  if (status) return;
  Log(LogLevel::kWarning, "storage_upkeep_failed",
      {{"doing", what}, {"reason", status.error().message}});
}

}  // namespace

Upkeep::Upkeep(const RowWriter::Parts& parts, RowWriter& writer, SharedResources& shared,
               const StoreOptions& options)
    : parts_(parts), writer_(writer), shared_(shared), options_(options) {
  const Instant now = std::chrono::steady_clock::now();
  last_merge_ = last_save_ = last_resume_ = last_append_ = now;
  thread_ = std::thread([this] { Run(); });
}

void Upkeep::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

bool Upkeep::stopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

void Upkeep::Run() {
  FlushReplayed();
  while (true) {
    {
      const MutexLock lock(mutex_);
      if (!stopping_) stop_.WaitFor(mutex_, kTick);
      if (stopping_) return;
    }
    const Instant now = std::chrono::steady_clock::now();
    if (writer_.visible() != last_seen_) {
      last_seen_ = writer_.visible();
      last_append_ = now;
    }
    MergePlates(now);
    SaveMarks(now);
    ResumeWrites(now);
    MoveHeldRows(now);
    FreeMemory();
  }
}

void Upkeep::FlushReplayed() {
  for (const auto& day : parts_.days.OpenDays()) {
    if (stopping()) return;
    Database& database = day->database();
    if (database.MemtableRows(kDaySightings) < kReplayedRows) continue;
    LogFailure("flush what the start has replayed", database.Flush());
  }
}

void Upkeep::MergePlates(Instant now) {
  const size_t pending = parts_.dictionary.pending();
  if (pending == 0) {
    last_merge_ = now;
    return;
  }
  if (pending < kMergeReadings && now - last_merge_ < kMergeAge) return;
  LogFailure("merge the plate dictionary", parts_.dictionary.Merge());
  last_merge_ = now;
}

void Upkeep::SaveMarks(Instant now) {
  if (now - last_save_ < kSaveAge) return;
  LogFailure("settle the days", writer_.Settle());
  LogFailure("save the marks of the days", parts_.marks.Save());
  last_save_ = now;
}

void Upkeep::ResumeWrites(Instant now) {
  if (now - last_resume_ < kResumeAge || shared_.background_errors.First()) return;
  last_resume_ = now;
  for (Database* database : {&parts_.catalog.database(), &parts_.inbox.database(),
                             &parts_.dictionary.database()}) {
    if (shared_.background_errors.Has(database->path())) LogFailure("resume", database->Resume());
  }
  for (const auto& day : parts_.days.OpenDays()) {
    if (shared_.background_errors.Has(day->database().path())) {
      LogFailure("resume", day->database().Resume());
    }
  }
}

void Upkeep::MoveHeldRows(Instant now) {
  const size_t rows = parts_.inbox.rows();
  if (rows == 0) {
    if (!inbox_to_compact_) return;
    inbox_to_compact_ = false;
    LogFailure("compact the inbox", parts_.inbox.Compact());
    return;
  }
  inbox_to_compact_ = true;
  if (rows > options_.inbox_rows) {
    LogFailure("move rows out of the inbox", MoveFullest(options_.inbox_rows / 2));
  } else if (now - last_append_ >= kIdle) {
    LogFailure("move rows out of the inbox", MoveFullest(0));
  }
}

Status Upkeep::MoveFullest(size_t down_to) {
  // Counted first, so that the days need no notes of what is not counted.
  SIGHTLINE_RETURN_IF_ERROR(parts_.dictionary.Merge());
  return writer_.DrainFullest(down_to, [this] {
    // Between two days: what cannot wait until all have moved.
    const Instant now = std::chrono::steady_clock::now();
    MergePlates(now);
    SaveMarks(now);
    FreeMemory();
    return stopping();
  });
}

void Upkeep::FreeMemory() {
  // RocksDB flushes a full budget from the database that is being written to, however little that
  // one holds; many days with a little each would never be flushed.
  if (shared_.write_buffers->mutable_memtable_memory_usage() < shared_.memtable_bytes / 2) return;
  std::vector<std::pair<uint64_t, std::shared_ptr<DayDatabase>>> fullest;
  for (auto& day : parts_.days.OpenDays()) {
    const uint64_t rows = day->database().MemtableRows(kDaySightings);
    if (rows >= kRowsWorthAFile) fullest.emplace_back(rows, std::move(day));
  }
  std::sort(fullest.begin(), fullest.end(),
            [](const auto& a, const auto& b) { return a.first > b.first; });
  for (size_t i = kLeftToRocksDb; i < fullest.size(); ++i) {
    if (shared_.write_buffers->mutable_memtable_memory_usage() < shared_.memtable_bytes / 4) break;
    LogFailure("flush a day", fullest[i].second->database().Flush());
  }
}

}  // namespace sightline::storage
