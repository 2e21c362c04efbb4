#include "storage/day_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "core/log.h"
#include "storage/directory.h"

namespace sightline::storage {

namespace fs = std::filesystem;

DayDirectory::DayDirectory(fs::path path, std::shared_ptr<SharedResources> shared,
                           size_t max_open_days, DayMarks& marks)
    : path_(std::move(path)),
      shared_(std::move(shared)),
      max_open_days_(std::max<size_t>(1, max_open_days)),
      marks_(marks) {}

Status DayDirectory::Scan() {
  SIGHTLINE_RETURN_IF_ERROR(CreateDirectory(path_));
  const MutexLock lock(mutex_);
  for (const auto& [day, mark] : marks_.All()) {
    if (!mark.deleting) continue;
    SIGHTLINE_RETURN_IF_ERROR(RemoveDirectory(PathOf(day)));
    unpurged_.insert(day);
  }
  std::error_code code;
  for (fs::directory_iterator entry(path_, code), end; !code && entry != end;
       entry.increment(code)) {
    if (const auto day = ParseDay(entry->path().filename().string())) on_disk_.insert(*day);
  }
  if (code) {
    return Error{ErrorCode::kIo,
                 fmt::format("{}: cannot list it: {}", path_.string(), code.message()), {}};
  }
  for (const auto& [day, mark] : marks_.All()) {
    if (mark.state.rows == 0 || mark.deleting || on_disk_.contains(day)) continue;
    losses_[day] = mark.state.rows;
    Log(LogLevel::kError, "day_missing", {{"day", FormatDay(day)}, {"rows", mark.state.rows}});
  }
  return Ok();
}

void DayDirectory::WaitUntilSettled(Day day) {
  for (auto entry = entries_.find(day); entry != entries_.end() && !entry->second.database;
       entry = entries_.find(day)) {
    settled_.Wait(mutex_);
  }
}

Result<std::shared_ptr<DayDatabase>> DayDirectory::FindOrClaim(Day day, bool create,
                                                               bool& claimed) {
  claimed = false;
  Closing victims;
  {
    const MutexLock lock(mutex_);
    WaitUntilSettled(day);
    if (const auto entry = entries_.find(day); entry != entries_.end()) {
      entry->second.last_used = ++uses_;
      return entry->second.database;
    }
    if (const auto reason = set_aside_.find(day); reason != set_aside_.end()) {
      return Error{ErrorCode::kCorruption,
                   fmt::format("the day {} is set aside: {}", FormatDay(day), reason->second), {}};
    }
    if (!on_disk_.contains(day)) {
      if (!create) return std::shared_ptr<DayDatabase>();
      std::error_code code;
      if (unpurged_.contains(day) || fs::exists(PathOf(day), code)) {
        return Error{ErrorCode::kUnavailable,
                     fmt::format("the day {} is being deleted, or was and is still being read; try "
                                 "again later",
                                 FormatDay(day)),
                     {}};
      }
    }
    entries_[day].last_used = ++uses_;
    claimed = true;
    victims = TakeVictims(max_open_days_);
  }
  Close(std::move(victims));
  return std::shared_ptr<DayDatabase>();
}

Result<std::shared_ptr<DayDatabase>> DayDirectory::Open(Day day, bool create) {
  bool claimed = false;
  auto found = FindOrClaim(day, create, claimed);
  if (!claimed) return found;

  auto opened = OpenDatabase(day);
  if (opened) CompareMark(**opened);
  const MutexLock lock(mutex_);
  if (opened) {
    on_disk_.insert(day);
    entries_[day].database = *opened;
  } else {
    entries_.erase(day);
    // What the attempt left behind is this day's, and the next one goes on from there.
    std::error_code code;
    if (fs::exists(PathOf(day), code)) on_disk_.insert(day);
    if (opened.error().code == ErrorCode::kCorruption) {
      set_aside_[day] = opened.error().message;
      Log(LogLevel::kError, "day_set_aside",
          {{"day", FormatDay(day)}, {"reason", opened.error().message}});
    }
  }
  settled_.NotifyAll();
  return opened;
}

Result<std::shared_ptr<DayDatabase>> DayDirectory::OpenDatabase(Day day) {
  // A day that comes back after its deletion starts anew.
  if (const auto mark = marks_.Find(day); mark && mark->deleting) {
    SIGHTLINE_RETURN_IF_ERROR(marks_.Forget(day));
  }
  return DayDatabase::Open(day, PathOf(day), shared_);
}

void DayDirectory::CompareMark(const DayDatabase& database) {
  const DayState state = database.state();
  const auto mark = marks_.Find(database.day());
  if (mark && (state.rows < mark->state.rows || state.last_sequence < mark->state.last_sequence)) {
    const uint64_t rows = mark->state.rows - std::min(state.rows, mark->state.rows);
    Log(LogLevel::kError, "day_lost_rows", {{"day", FormatDay(database.day())}, {"rows", rows}});
    const MutexLock lock(mutex_);
    losses_[database.day()] += rows;
  }
  marks_.Update(database.day(), state);
  marks_.MarkSealed(database.day(), database.IsSealed());
}

DayDirectory::Closing DayDirectory::TakeVictims(size_t keep) {
  // Nobody else can take a copy while the mutex is held, so a use count of one stays one.
  std::vector<std::map<Day, Entry>::iterator> idle;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->second.database.use_count() == 1) idle.push_back(entry);
  }
  Closing victims;
  if (entries_.size() <= keep) return victims;
  std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) {
    return a->second.last_used < b->second.last_used;
  });
  idle.resize(std::min(idle.size(), entries_.size() - keep));
  for (const auto& entry : idle) victims[entry->first] = std::move(entry->second.database);
  return victims;
}

void DayDirectory::Close(Closing victims) {
  if (victims.empty()) return;
  for (auto& [day, database] : victims) {
    // Without this the next opening would replay the log.
    if (const Status flushed = database->database().Flush(); !flushed) {
      Log(LogLevel::kWarning, "day_not_flushed", {{"reason", flushed.error().message}});
    }
    const bool clean = !database->log().HasUncounted();
    database.reset();
    if (clean) marks_.MarkClean(day);
  }
  const MutexLock lock(mutex_);
  for (const auto& [day, database] : victims) entries_.erase(day);
  settled_.NotifyAll();
}

Status DayDirectory::Remove(Day day) {
  std::shared_ptr<DayDatabase> database;
  {
    const MutexLock lock(mutex_);
    WaitUntilSettled(day);
    if (const auto entry = entries_.find(day); entry != entries_.end()) {
      database = std::move(entry->second.database);
      entries_.erase(entry);
    }
    on_disk_.erase(day);
    unpurged_.insert(day);
  }
  // Nobody opens the day any more, so that what its mark says of it is not found either.
  if (Status marked = marks_.MarkDeleting(day); !marked) {
    const MutexLock lock(mutex_);
    on_disk_.insert(day);
    unpurged_.erase(day);
    if (database != nullptr) entries_[day].database = std::move(database);
    return marked;
  }
  {
    const MutexLock lock(mutex_);
    set_aside_.erase(day);
    losses_.erase(day);
  }
  if (database != nullptr) {
    database->Doom();
    const bool read_still = database.use_count() > 1;
    database.reset();
    if (read_still) return Ok();
  }
  return RemoveDirectory(PathOf(day));
}

std::vector<Day> DayDirectory::Unpurged() const {
  const MutexLock lock(mutex_);
  return {unpurged_.begin(), unpurged_.end()};
}

Status DayDirectory::Purged(std::span<const Day> days) {
  const MutexLock lock(mutex_);
  for (const Day day : days) {
    // The mark of one that is still being read stays until the next start, which removes what a crash
    // leaves of it.
    std::error_code code;
    if (!fs::exists(PathOf(day), code)) SIGHTLINE_RETURN_IF_ERROR(marks_.Forget(day));
    unpurged_.erase(day);
  }
  return Ok();
}

std::vector<Day> DayDirectory::Days() const {
  const MutexLock lock(mutex_);
  std::vector<Day> days;
  for (const Day day : on_disk_) {
    if (!set_aside_.contains(day)) days.push_back(day);
  }
  return days;
}

std::vector<std::shared_ptr<DayDatabase>> DayDirectory::OpenDays() const {
  const MutexLock lock(mutex_);
  std::vector<std::shared_ptr<DayDatabase>> open;
  for (const auto& [day, entry] : entries_) {
    if (entry.database) open.push_back(entry.database);
  }
  return open;
}

std::vector<Store::SetAsideDay> DayDirectory::SetAside() const {
  const MutexLock lock(mutex_);
  std::vector<Store::SetAsideDay> days;
  for (const auto& [day, reason] : set_aside_) days.push_back({.day = day, .reason = reason});
  return days;
}

std::vector<Store::Loss> DayDirectory::Losses() const {
  const MutexLock lock(mutex_);
  std::vector<Store::Loss> losses;
  for (const auto& [day, rows] : losses_) losses.push_back({.day = day, .rows = rows});
  return losses;
}

void DayDirectory::CloseAll() {
  Closing victims;
  {
    const MutexLock lock(mutex_);
    victims = TakeVictims(0);
  }
  Close(std::move(victims));
}

}  // namespace sightline::storage
