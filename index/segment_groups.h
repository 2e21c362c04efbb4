// The rows of one segment by group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/code_column.h"
#include "index/column_index.h"
#include "index/group_counts.h"
#include "index/row_admission.h"
#include "index/segment.h"

namespace sightline::index {

// What is asked of a day's segments alike. All outlive what is made of it.
struct GroupQuestion {
  const ColumnQuery& rows;
  std::span<const TimeCell> cells;
  const GroupBy& by;
};

// The values of a key in one segment, as codes: 0 for none.
class GroupCodes {
 public:
  GroupCodes(const Segment& segment, const GroupKey& key);

  uint32_t size() const { return size_; }  // of codes, with 0
  GroupValue ValueOf(uint32_t code) const;

  // Null where no row has a value; then, unless it is of plates, column() is null too.
  const CodeColumn* column() const { return column_; }
  // A code for each row, unless column()->sparse().
  const CodeArray& codes() const { return codes_; }

 private:
  const Segment* segment_;
  GroupKey::Kind kind_;
  const AttributeColumn* attribute_ = nullptr;
  const CodeColumn* column_ = nullptr;
  CodeArray codes_;
  uint32_t size_ = 1;
};

// A number for each of some rows, in as few bytes as it takes.
class RowNumbers {
 public:
  RowNumbers() = default;
  // All 0; for numbers below `limit`.
  RowNumbers(size_t rows, uint64_t limit);
  RowNumbers(RowNumbers&&) = default;
  RowNumbers& operator=(RowNumbers&&) = default;

  uint32_t operator[](size_t at) const { return codes_[at]; }
  void Set(size_t at, uint32_t number);
  bool empty() const { return bytes_.empty(); }

 private:
  std::vector<std::byte> bytes_;
  CodeArray codes_;  // into bytes_, whose place does not change when it is moved
};

// Operation: rows lie in order of time, so a cell is a range of them. A row's id is its cell and
// the codes of its keys in mixed radix. Where there are not many more ids than rows they are counted
// in an array, else in a hash table.
//
// The segment outlives it. Thread-safe but for Renumber.
class SegmentGroups {
 public:
  // Errors: kTooLarge, kCancelled, kUnavailable.
  static Result<SegmentGroups> Of(const Segment& segment, const RowAdmission& admission,
                                  const GroupQuestion& question, const Cancellation& cancellation);

  const Segment& segment() const { return *segment_; }
  std::span<const GroupCodes> keys() const { return keys_; }

  // A group that has rows.
  struct LocalGroup {
    uint32_t cell = 0;
    uint64_t count = 0;
    std::vector<uint32_t> codes;  // one for each key
  };
  // In order of their numbers; none after Renumber.
  std::span<const LocalGroup> groups() const { return groups_; }

  static constexpr uint32_t kNoGroup = 0xFFFF'FFFF;

  // The rows in the question's time, [begin, end), and the group's number of each, kNoGroup where
  // it is not counted. Where GroupBy::distinct_plates.
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return end_; }
  uint32_t GroupOf(uint32_t row) const { return group_of_number_[row_numbers_[row - begin_]]; }

  // From then on GroupOf gives numbers[group].
  void Renumber(std::vector<uint32_t> numbers);
  std::span<const uint32_t> numbers() const { return numbers_; }

 private:
  friend class GroupCounter;

  explicit SegmentGroups(const Segment& segment) : segment_(&segment) {}

  const Segment* segment_;
  std::vector<GroupCodes> keys_;
  std::vector<LocalGroup> groups_;
  std::vector<uint32_t> numbers_;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  RowNumbers row_numbers_;
  std::vector<uint32_t> group_of_number_;  // [0]: of rows that are not counted
};

}  // namespace sightline::index
