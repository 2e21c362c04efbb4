// Drops the plate dictionary's entries of deleted days while its files are rewritten.
#pragma once

#include <rocksdb/compaction_filter.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/time.h"

namespace sightline::storage {

// The days whose entries compactions drop. Thread-safe.
class PurgedDays {
 public:
  void Add(Day day) { words_[day.number / 64] |= uint64_t{1} << (day.number % 64); }
  void Remove(Day day) { words_[day.number / 64] &= ~(uint64_t{1} << (day.number % 64)); }
  bool Contains(Day day) const { return (words_[day.number / 64] >> (day.number % 64)) & 1; }

 private:
  std::array<std::atomic<uint64_t>, 1024> words_{};
};

class PurgedDaysFilter final : public rocksdb::CompactionFilter {
 public:
  explicit PurgedDaysFilter(std::shared_ptr<const PurgedDays> days) : days_(std::move(days)) {}

  const char* Name() const override { return "sightline.PurgedDays"; }
  Decision FilterV2(int level, const rocksdb::Slice& key, ValueType type,
                    const rocksdb::Slice& existing_value, std::string* new_value,
                    std::string* skip_until) const override;

 private:
  std::shared_ptr<const PurgedDays> days_;
};

}  // namespace sightline::storage
