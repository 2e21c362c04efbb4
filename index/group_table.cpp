#include "index/group_table.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "index/value_dictionary.h"

namespace sightline::index {
namespace {

bool ComesBefore(const GroupValue& a, const GroupValue& b) {
  if (!a || !b) return !a && b.has_value();
  return ValueLess(*a, *b);
}

}  // namespace

GroupValue GroupValueOf(const AttributeValue& value) {
  const auto* const fraction = std::get_if<double>(&value);
  // The integers of 64 bits as fractions: both ends are exact.
  if (fraction == nullptr || !(*fraction >= -0x1p63 && *fraction < 0x1p63) ||
      std::trunc(*fraction) != *fraction) {
    return value;
  }
  return AttributeValue(static_cast<int64_t>(*fraction));
}

bool GroupTable::Less::operator()(const GroupValue& a, const GroupValue& b) const {
  return ComesBefore(a, b);
}

uint32_t GroupTable::ValueNumber(size_t key, const GroupValue& value) {
  KeyValues& known = values_[key];
  const auto [entry, is_new] =
      known.numbers.try_emplace(value, static_cast<uint32_t>(known.values.size()));
  if (is_new) known.values.push_back(value);
  return entry->second;
}

Result<uint32_t> GroupTable::GroupNumber(uint32_t cell, std::span<const uint32_t> value_numbers) {
  uint32_t number = stages_[0].Of(cell);
  for (size_t key = 0; key < value_numbers.size(); ++key) {
    number = stages_[key + 1].Of(uint64_t{number} << 32 | value_numbers[key]);
  }
  if (number == groups_.size()) {
    if (groups_.size() == max_groups_) return TooManyGroups(max_groups_);
    Group& group = groups_.emplace_back();
    group.cell = cell;
    for (size_t key = 0; key < value_numbers.size(); ++key) {
      group.values.push_back(values_[key].values[value_numbers[key]]);
    }
  }
  return number;
}

Error TooManyGroups(size_t max_groups) {
  return {ErrorCode::kTooLarge,
          "the sightings fall into more than " + std::to_string(max_groups) +
              " groups; ask for fewer keys, a shorter time or a narrower filter",
          {}};
}

bool GroupLess(const Group& a, const Group& b) {
  if (a.cell != b.cell) return a.cell < b.cell;
  return std::lexicographical_compare(a.values.begin(), a.values.end(), b.values.begin(),
                                      b.values.end(), ComesBefore);
}

}  // namespace sightline::index
