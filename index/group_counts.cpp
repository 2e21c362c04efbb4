#include "index/group_counts.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "index/group_table.h"
#include "index/walks_by_plate.h"

namespace sightline::index {
namespace {

// Rows of which groups are held at once while days are merged.
constexpr uint64_t kRowsAtOnce = 64'000'000;

using Cells = std::set<uint32_t>;

constexpr TimeCell kWholeDay{.from_ms = 0, .cell = 0};

std::span<const TimeCell> CellsOf(const GroupDay& day) {
  return day.cells.empty() ? std::span(&kWholeDay, 1) : std::span(day.cells);
}

class Counting {
 public:
  Counting(std::span<const GroupDay> days, const GroupBy& by, const Cancellation& cancellation)
      : days_(days), by_(by), cancellation_(cancellation), table_(by.keys.size(), by.max_groups) {}

  Result<std::vector<Group>> Run() {
    const Cells shared = by_.distinct_plates ? SharedCells() : Cells();
    for (const GroupDay& day : days_) {
      SIGHTLINE_RETURN_IF_ERROR(CountDay(day, shared));
    }
    for (const Cells& cells : Batches(shared)) {
      SIGHTLINE_RETURN_IF_ERROR(CountOverDays(cells));
    }
    std::vector<Group> groups = std::move(table_).TakeGroups();
    std::sort(groups.begin(), groups.end(), GroupLess);
    return groups;
  }

 private:
  // The groups of a day and their places in the table.
  struct NumberedGroups {
    std::unique_ptr<DayGroups> groups;
    std::vector<uint32_t> numbers;
  };

  // The cells of more than one day.
  Cells SharedCells() const {
    std::map<uint32_t, size_t> days_of;
    for (const GroupDay& day : days_) {
      Cells cells;
      for (const TimeCell& at : CellsOf(day)) cells.insert(at.cell);
      for (const uint32_t cell : cells) ++days_of[cell];
    }
    Cells shared;
    for (const auto& [cell, days] : days_of) {
      if (days > 1 && cell != kNoCell) shared.insert(cell);
    }
    return shared;
  }

  // The cells in pieces with kRowsAtOnce rows each, or one cell.
  std::vector<Cells> Batches(const Cells& cells) const {
    if (cells.empty()) return {};
    std::map<uint32_t, uint64_t> rows;
    for (const GroupDay& day : days_) {
      const auto of_day = CellsOf(day);
      for (size_t i = 0; i < of_day.size(); ++i) {
        if (!cells.contains(of_day[i].cell)) continue;
        ColumnQuery stretch{.from_ms = of_day[i].from_ms, .as_of = day.rows.as_of};
        if (i + 1 < of_day.size()) stretch.to_ms = of_day[i + 1].from_ms;
        rows[of_day[i].cell] += day.columns->EstimateRows(stretch);
      }
    }
    std::vector<Cells> batches(1);
    uint64_t batch_rows = 0;
    for (const uint32_t cell : cells) {
      if (batch_rows + rows[cell] > kRowsAtOnce && !batches.back().empty()) {
        batches.emplace_back();
        batch_rows = 0;
      }
      batches.back().insert(cell);
      batch_rows += rows[cell];
    }
    return batches;
  }

  // The day's rows in the cells that `wants` is true of; null: it has no such cell.
  template <typename Wants>
  Result<NumberedGroups> GroupRows(const GroupDay& day, const Wants& wants) {
    NumberedGroups numbered;
    std::vector<TimeCell> cells;
    ColumnQuery rows = day.rows;
    std::optional<uint32_t> begin;
    uint32_t end = 0;
    const auto of_day = CellsOf(day);
    for (size_t i = 0; i < of_day.size(); ++i) {
      const bool wanted = of_day[i].cell != kNoCell && wants(of_day[i].cell);
      cells.push_back({of_day[i].from_ms, wanted ? of_day[i].cell : kNoCell});
      if (!wanted) continue;
      if (!begin) begin = of_day[i].from_ms;
      end = i + 1 < of_day.size() ? of_day[i + 1].from_ms : rows.to_ms;
    }
    if (!begin) return numbered;
    rows.from_ms = std::max(rows.from_ms, *begin);
    rows.to_ms = std::min(rows.to_ms, end);
    SIGHTLINE_ASSIGN(numbered.groups, day.columns->GroupRows(rows, cells, by_, cancellation_));
    std::vector<uint32_t> values(by_.keys.size());
    for (const Group& group : numbered.groups->groups()) {
      for (size_t key = 0; key < values.size(); ++key) {
        values[key] = table_.ValueNumber(key, group.values[key]);
      }
      SIGHTLINE_ASSIGN(const uint32_t number, table_.GroupNumber(group.cell, values));
      table_.groups()[number].count += group.count;
      numbered.numbers.push_back(number);
    }
    return numbered;
  }

  // What no other day has a part in.
  Status CountDay(const GroupDay& day, const Cells& shared) {
    SIGHTLINE_ASSIGN(const NumberedGroups numbered,
                     GroupRows(day, [&](uint32_t cell) { return !shared.contains(cell); }));
    if (numbered.numbers.empty() || !by_.distinct_plates) return Ok();
    SIGHTLINE_ASSIGN(const std::vector<uint64_t> plates,
                     numbered.groups->CountPlates(cancellation_));
    for (size_t i = 0; i < plates.size(); ++i) {
      table_.groups()[numbered.numbers[i]].distinct_plates += plates[i];
    }
    return Ok();
  }

  Status CountOverDays(const Cells& cells) {
    std::vector<NumberedGroups> days;
    for (const GroupDay& day : days_) {
      SIGHTLINE_ASSIGN(NumberedGroups numbered,
                       GroupRows(day, [&](uint32_t cell) { return cells.contains(cell); }));
      if (!numbered.numbers.empty()) days.push_back(std::move(numbered));
    }
    WalksByPlate<GroupWalk> walks;
    for (const NumberedGroups& day : days) walks.Add(day.groups->Walk({}, {}));
    std::vector<uint64_t> last_plate(table_.groups().size());
    for (uint64_t plate = 1;; ++plate) {
      SIGHTLINE_ASSIGN(const bool found, walks.Next(cancellation_));
      if (!found) return Ok();
      for (const size_t day : walks.at()) {
        for (const uint32_t group : walks[day].groups()) {
          const uint32_t number = days[day].numbers[group];
          if (std::exchange(last_plate[number], plate) == plate) continue;
          ++table_.groups()[number].distinct_plates;
        }
      }
    }
  }

  const std::span<const GroupDay> days_;
  const GroupBy& by_;
  const Cancellation& cancellation_;
  GroupTable table_;
};

}  // namespace

Result<std::vector<Group>> CountGroups(std::span<const GroupDay> days, const GroupBy& by,
                                       const Cancellation& cancellation) {
  return Counting(days, by, cancellation).Run();
}

}  // namespace sightline::index
