#include "tests/unit/index/memory_feed.h"

#include <stdlib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace sightline::index {

namespace fs = std::filesystem;

class MemoryFeed::OpenDay final : public DayFeed {
 public:
  OpenDay(Day day, std::shared_ptr<State> state, fs::path directory)
      : day_(day), state_(std::move(state)), directory_(std::move(directory)) {}

  Day day() const override { return day_; }
  uint64_t sealed_to() const override {
    MutexLock lock(state_->mutex);
    return state_->sealed_to;
  }
  uint64_t log_end() const override {
    MutexLock lock(state_->mutex);
    return state_->log.size();
  }
  Result<std::vector<IndexRow>> Read(uint64_t from, size_t limit) const override {
    MutexLock lock(state_->mutex);
    const auto& log = state_->log;
    if (from < state_->sealed_to || from >= log.size()) return std::vector<IndexRow>();
    const size_t end = std::min<size_t>(log.size(), from + limit);
    return std::vector<IndexRow>(log.begin() + static_cast<ptrdiff_t>(from),
                                 log.begin() + static_cast<ptrdiff_t>(end));
  }
  Result<std::vector<IndexRow>> ReadVersions(
      std::span<const std::pair<RowKey, Sequence>> versions) const override {
    MutexLock lock(state_->mutex);
    std::vector<IndexRow> rows;
    for (const auto& [key, sequence] : versions) {
      const auto found =
          std::find_if(state_->log.begin(), state_->log.end(), [&](const IndexRow& row) {
            return row.key == key && row.sequence == sequence;
          });
      if (found == state_->log.end()) return Error{ErrorCode::kCorruption, "no such version", {}};
      rows.push_back(*found);
    }
    return rows;
  }
  std::vector<ListedSegment> Segments() const override {
    MutexLock lock(state_->mutex);
    return state_->segments;
  }
  fs::path directory() const override { return directory_; }
  bool IsInForce(const RowKey& key, Sequence version, Sequence as_of) const override {
    MutexLock lock(state_->mutex);
    const auto found = state_->versions.find(key);
    if (found == state_->versions.end()) return false;
    Sequence in_force = 0;
    for (const Sequence sequence : found->second) {
      if (sequence <= as_of) in_force = std::max(in_force, sequence);
    }
    return version == in_force;
  }
  bool HasCorrections() const override {
    MutexLock lock(state_->mutex);
    return state_->corrected;
  }

 private:
  const Day day_;
  const std::shared_ptr<State> state_;
  const fs::path directory_;
};

MemoryFeed::MemoryFeed() {
  std::string name = (fs::temp_directory_path() / "sightline-feed-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory: " + name);
  directory_ = name;
}

MemoryFeed::~MemoryFeed() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void MemoryFeed::Append(Day day, std::vector<IndexRow> versions) {
  MutexLock lock(mutex_);
  std::shared_ptr<State>& state = days_[day];
  if (state == nullptr) {
    state = std::make_shared<State>();
    fs::create_directories(Directory(day));
  }
  MutexLock state_lock(state->mutex);
  for (IndexRow& row : versions) {
    std::vector<Sequence>& versions_of_row = state->versions[row.key];
    state->corrected |= !versions_of_row.empty();
    versions_of_row.push_back(row.sequence);
    state->log.push_back(std::move(row));
  }
}

void MemoryFeed::Delete(Day day) {
  MutexLock lock(mutex_);
  days_.erase(day);
  fs::remove_all(Directory(day));
}

void MemoryFeed::FailCommits(Failure failure) {
  MutexLock lock(mutex_);
  failure_ = failure;
}

void MemoryFeed::SetSpaces(std::vector<VectorSpace> spaces) {
  MutexLock lock(mutex_);
  spaces_ = std::move(spaces);
}

std::vector<VectorSpace> MemoryFeed::Spaces() const {
  MutexLock lock(mutex_);
  return spaces_;
}

fs::path MemoryFeed::Directory(Day day) const { return directory_ / FormatDay(day); }

size_t MemoryFeed::ResetCount() const {
  MutexLock lock(mutex_);
  return resets_;
}

Result<std::shared_ptr<const DayFeed>> MemoryFeed::Open(Day day) {
  MutexLock lock(mutex_);
  const auto found = days_.find(day);
  if (found == days_.end()) return std::shared_ptr<const DayFeed>();
  return std::shared_ptr<const DayFeed>(
      std::make_shared<OpenDay>(day, found->second, Directory(day)));
}

Status MemoryFeed::Commit(Day day, uint64_t sealed_to, std::span<const ListedSegment> added,
                          std::span<const std::string> removed) {
  MutexLock lock(mutex_);
  if (failure_ == Failure::kBefore) return Error{ErrorCode::kNoSpace, "full", {}};
  State& state = *days_.at(day);
  MutexLock state_lock(state.mutex);
  state.sealed_to = sealed_to;
  for (const std::string& name : removed) {
    std::erase_if(state.segments, [&](const ListedSegment& listed) { return listed.name == name; });
    fs::remove(Directory(day) / name);
  }
  state.segments.insert(state.segments.end(), added.begin(), added.end());
  if (failure_ == Failure::kAfter) return Error{ErrorCode::kIo, "unknown outcome", {}};
  return Ok();
}

Status MemoryFeed::Reset(Day day) {
  MutexLock lock(mutex_);
  ++resets_;
  State& state = *days_.at(day);
  MutexLock state_lock(state.mutex);
  for (const ListedSegment& listed : state.segments) fs::remove(Directory(day) / listed.name);
  state.segments.clear();
  state.sealed_to = 0;
  return Ok();
}

}  // namespace sightline::index
