// Which rows of a day were corrected, and what plate each bore when.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/mutex.h"
#include "core/row_key.h"
#include "core/sighting.h"

namespace sightline::storage {

// In memory for as long as the day is open; the corrections themselves are read when they are needed.
// Days without corrections pay one look at a flag, and rows that were not corrected one at a mark:
// counts ask about every row of a day. Thread-safe.
class DayCorrections {
 public:
  // A version of a corrected row, the first being the row as it came.
  struct Version {
    Sequence sequence = 0;
    std::string plate;  // empty: unread
  };

  // `first` is the row as it came, up to its first correction. A row's sequences ascend.
  void Add(const RowKey& key, const Version& first, Version corrected) SIGHTLINE_EXCLUDES(mutex_);

  bool empty() const { return size() == 0; }
  // How many corrections there are.
  size_t size() const { return size_.load(std::memory_order_acquire); }

  bool Contains(const RowKey& key) const SIGHTLINE_EXCLUDES(mutex_);
  // The version in force at `as_of`, and the one before it: nullopt for a row that was never
  // corrected; a sequence of 0 where there is none.
  struct InForce {
    Version version;
    Version before;
  };
  std::optional<InForce> Find(const RowKey& key, Sequence as_of) const SIGHTLINE_EXCLUDES(mutex_);
  // The sequences of the row's corrections up to `as_of`, ascending.
  std::vector<Sequence> UpTo(const RowKey& key, Sequence as_of) const SIGHTLINE_EXCLUDES(mutex_);
  // Whether any version of the corrected row bore the plate.
  bool EverBore(const RowKey& key, std::string_view plate) const SIGHTLINE_EXCLUDES(mutex_);

  // As DayReader::IsInForce.
  bool IsInForce(const RowKey& key, Sequence sequence, Sequence as_of) const
      SIGHTLINE_EXCLUDES(mutex_);

 private:
  // Set for the hashes of corrected rows (a Bloom filter of one function): 7 % of a day's other rows
  // meet one where 10,000 are corrected.
  static constexpr size_t kMarks = size_t{1} << 17;
  static size_t MarkOf(const RowKey& key);
  bool MayContain(const RowKey& key) const;

  std::atomic<size_t> size_ = 0;
  std::array<std::atomic<uint64_t>, kMarks / 64> marks_ = {};
  mutable Mutex mutex_;
  std::unordered_map<RowKey, std::vector<Version>> rows_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
