// Rows of days counted by group, and how many distinct plates each group has: what dashboards ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/sighting.h"
#include "index/column_index.h"

namespace sightline::index {

// What rows are told apart by, besides time.
struct GroupKey {
  enum class Kind : uint8_t {
    kCamera,      // its number, as an integer
    kPlate,       // absent: unread
    kPlateColor,  // absent: unknown
    kAttribute,   // the one named `attribute`
  };
  Kind kind = Kind::kCamera;
  std::string attribute;
};

// Absent: the row has no such value. Numbers are one value where they are equal: a fraction that is
// a whole number in the range of integers is given as the integer.
using GroupValue = std::optional<AttributeValue>;

// From `from_ms` of day up to the next one's (the last: to the end of day) rows are counted in
// `cell`. Cells are the caller's: the same one may stand for several stretches, of several days too
// (an hour of every day, a local day that begins at 16:00 UTC).
struct TimeCell {
  uint32_t from_ms = 0;
  uint32_t cell = 0;
};
inline constexpr uint32_t kNoCell = 0xFFFF'FFFF;  // rows there are not counted

// One day of a question. Only rows that surely pass `rows` are counted (`place` and `as_of` count
// too; `order` does not).
struct GroupDay {
  std::shared_ptr<const DayColumns> columns;
  ColumnQuery rows;
  std::vector<TimeCell> cells;  // ascending; what is before the first is kNoCell; empty: cell 0
};

struct GroupBy {
  std::vector<GroupKey> keys;      // may be empty: by time alone
  bool distinct_plates = true;     // else Group::distinct_plates is 0
  size_t max_groups = 1'000'000;   // more of them: kTooLarge
};

// A group that has rows.
struct Group {
  uint32_t cell = 0;
  std::vector<GroupValue> values;  // one for each key
  uint64_t count = 0;
  uint64_t distinct_plates = 0;  // of rows with a plate that is read

  bool operator==(const Group&) const = default;
};

// Counts the rows of some days, each given once, in ascending order. Exact: a plate that a group
// has on several days is one. Groups come in ascending order of cell, then of their values (absent
// first, then ValueLess). Days whose cells no other day has are counted one by one, in parallel by
// segments; the others plate by plate over all of them.
// Memory: 1 to 4 bytes for each row of a day (of days that share cells: for each of their rows
// there, cells with 64 million rows at a time), and the groups.
// Errors: kTooLarge, kCancelled, kUnavailable (deadline).
Result<std::vector<Group>> CountGroups(std::span<const GroupDay> days, const GroupBy& by,
                                       const Cancellation& cancellation);

// --- what a day does for it ----------------------------------------------------------------------

// The plates of a day's groups in byte order, each once, unread ones left out. Not thread-safe.
class GroupWalk {
 public:
  virtual ~GroupWalk() = default;
  virtual Result<bool> Next(const Cancellation& cancellation) = 0;  // false: the end
  // Of the plate at hand; valid until the next call of Next.
  virtual std::string_view plate() const = 0;
  // Places in DayGroups::groups(), each once, in no particular order; never empty.
  virtual std::span<const uint32_t> groups() const = 0;
};

// A day's rows by group. Immutable, thread-safe; keeps the day open.
class DayGroups {
 public:
  virtual ~DayGroups() = default;
  // In no particular order; distinct_plates is 0.
  virtual std::span<const Group> groups() const = 0;
  // How many distinct plates each of groups() has.
  virtual Result<std::vector<uint64_t>> CountPlates(const Cancellation& cancellation) const = 0;
  // Of the plates [from, to) in byte order; empty `to`: no end. The groups outlive the walk.
  virtual std::unique_ptr<GroupWalk> Walk(std::string_view from, std::string_view to) const = 0;
};

}  // namespace sightline::index
