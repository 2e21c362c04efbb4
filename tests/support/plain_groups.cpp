#include "tests/support/plain_groups.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace sightline::testing {
namespace {

using index::Group;
using index::GroupKey;
using index::GroupValue;

GroupValue Text(const std::string& text) {
  return text.empty() ? GroupValue() : GroupValue(AttributeValue(text));
}

GroupValue Plain(const AttributeValue& value) {
  const auto* fraction = std::get_if<double>(&value);
  if (fraction == nullptr || std::abs(*fraction) > 9e18 || std::rint(*fraction) != *fraction) {
    return value;
  }
  return AttributeValue(static_cast<int64_t>(std::llrint(*fraction)));
}

GroupValue ValueOf(const GroupedRow& row, const GroupKey& key) {
  switch (key.kind) {
    case GroupKey::Kind::kCamera: return AttributeValue(int64_t{row.camera_number});
    case GroupKey::Kind::kPlate: return Text(row.plate);
    case GroupKey::Kind::kPlateColor: return Text(row.plate_color);
    case GroupKey::Kind::kAttribute: break;
  }
  for (const Attribute& attribute : row.attributes) {
    if (attribute.name == key.attribute) return Plain(attribute.value);
  }
  return std::nullopt;
}

uint32_t CellOf(uint32_t ms_of_day, std::span<const index::TimeCell> cells) {
  uint32_t cell = cells.empty() ? 0 : index::kNoCell;
  for (const index::TimeCell& at : cells) {
    if (at.from_ms <= ms_of_day) cell = at.cell;
  }
  return cell;
}

using PlateGroups = std::map<std::string, std::set<uint32_t>>;

class PlainWalk final : public index::GroupWalk {
 public:
  PlainWalk(PlateGroups::const_iterator from, PlateGroups::const_iterator to)
      : next_(from), end_(to) {}

  Result<bool> Next(const Cancellation& cancellation) override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    if (next_ == end_) return false;
    plate_ = next_->first;
    groups_.assign(next_->second.begin(), next_->second.end());
    ++next_;
    return true;
  }
  std::string_view plate() const override { return plate_; }
  std::span<const uint32_t> groups() const override { return groups_; }

 private:
  PlateGroups::const_iterator next_;
  const PlateGroups::const_iterator end_;
  std::string_view plate_;
  std::vector<uint32_t> groups_;
};

class PlainGroups final : public index::DayGroups {
 public:
  PlainGroups(std::vector<Group> groups, PlateGroups plates)
      : groups_(std::move(groups)), plates_(std::move(plates)) {}

  std::span<const Group> groups() const override { return groups_; }
  Result<std::vector<uint64_t>> CountPlates(const Cancellation& cancellation) const override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    std::vector<uint64_t> counts(groups_.size());
    for (const auto& [plate, groups] : plates_) {
      for (const uint32_t group : groups) ++counts[group];
    }
    return counts;
  }
  std::unique_ptr<index::GroupWalk> Walk(std::string_view from,
                                         std::string_view to) const override {
    return std::make_unique<PlainWalk>(
        plates_.lower_bound(std::string(from)),
        to.empty() ? plates_.end() : plates_.lower_bound(std::string(to)));
  }

 private:
  const std::vector<Group> groups_;
  const PlateGroups plates_;
};

}  // namespace

Result<std::unique_ptr<index::DayGroups>> GroupPlainRows(std::span<const GroupedRow> rows,
                                                         std::span<const index::TimeCell> cells,
                                                         const index::GroupBy& by) {
  std::vector<Group> groups;
  std::map<std::pair<uint32_t, std::vector<GroupValue>>, uint32_t> numbers;
  PlateGroups plates;
  for (const GroupedRow& row : rows) {
    const uint32_t cell = CellOf(row.ms_of_day, cells);
    if (cell == index::kNoCell) continue;
    std::vector<GroupValue> values;
    for (const GroupKey& key : by.keys) values.push_back(ValueOf(row, key));
    const auto [entry, is_new] =
        numbers.try_emplace({cell, values}, static_cast<uint32_t>(groups.size()));
    if (is_new) {
      if (groups.size() == by.max_groups) return Error{ErrorCode::kTooLarge, "too many groups", {}};
      groups.push_back({.cell = cell, .values = std::move(values)});
    }
    ++groups[entry->second].count;
    if (!row.plate.empty()) plates[row.plate].insert(entry->second);
  }
  return std::unique_ptr<index::DayGroups>(
      std::make_unique<PlainGroups>(std::move(groups), std::move(plates)));
}

}  // namespace sightline::testing
