#include "storage/day_corrections.h"

#include <algorithm>
#include <utility>

namespace sightline::storage {
namespace {

using Versions = std::vector<DayCorrections::Version>;

// Behind the version in force at `as_of`.
Versions::const_iterator EndAt(const Versions& versions, Sequence as_of) {
  return std::ranges::upper_bound(versions, as_of, {}, &DayCorrections::Version::sequence);
}

}  // namespace

// The identity is a hash already.
size_t DayCorrections::MarkOf(const RowKey& key) { return std::hash<RowKey>()(key) % kMarks; }

void DayCorrections::Add(const RowKey& key, const Version& first, Version corrected) {
  const MutexLock lock(mutex_);
  Versions& versions = rows_[key];
  if (versions.empty()) versions.push_back(first);
  versions.push_back(std::move(corrected));
  const size_t mark = MarkOf(key);
  marks_[mark / 64].fetch_or(uint64_t{1} << (mark % 64), std::memory_order_relaxed);
  // Who may see the correction, since its sequence was made visible behind this, sees the mark.
  size_.fetch_add(1, std::memory_order_release);
}

bool DayCorrections::MayContain(const RowKey& key) const {
  const size_t mark = MarkOf(key);
  return (marks_[mark / 64].load(std::memory_order_relaxed) >> (mark % 64) & 1) != 0;
}

bool DayCorrections::Contains(const RowKey& key) const {
  if (empty()) return false;
  const MutexLock lock(mutex_);
  return rows_.contains(key);
}

std::optional<DayCorrections::InForce> DayCorrections::Find(const RowKey& key,
                                                            Sequence as_of) const {
  if (empty()) return std::nullopt;
  const MutexLock lock(mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return std::nullopt;
  const Versions& versions = row->second;
  const auto end = EndAt(versions, as_of);
  const auto count = end - versions.begin();
  return InForce{.version = count > 0 ? end[-1] : Version(),
                 .before = count > 1 ? end[-2] : Version()};
}

std::vector<Sequence> DayCorrections::UpTo(const RowKey& key, Sequence as_of) const {
  std::vector<Sequence> sequences;
  if (empty()) return sequences;
  const MutexLock lock(mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return sequences;
  const auto end = EndAt(row->second, as_of);
  for (auto version = row->second.begin() + 1; version < end; ++version) {
    sequences.push_back(version->sequence);
  }
  return sequences;
}

bool DayCorrections::EverBore(const RowKey& key, std::string_view plate) const {
  const MutexLock lock(mutex_);
  const auto row = rows_.find(key);
  return row != rows_.end() &&
         std::ranges::find(row->second, plate, &Version::plate) != row->second.end();
}

bool DayCorrections::IsInForce(const RowKey& key, Sequence sequence, Sequence as_of) const {
  if (sequence > as_of) return false;
  if (empty() || !MayContain(key)) return true;
  const MutexLock lock(mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return true;
  const auto end = EndAt(row->second, as_of);
  return end != row->second.begin() && end[-1].sequence == sequence;
}

}  // namespace sightline::storage
