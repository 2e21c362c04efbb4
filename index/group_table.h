// Groups told apart by their values, whichever segment or day they come from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "index/group_counts.h"
#include "index/id_numbers.h"

namespace sightline::index {

// The value as groups bear it: whole fractions as integers.
GroupValue GroupValueOf(const AttributeValue& value);

// Not thread-safe.
class GroupTable {
 public:
  // At most `max_groups`.
  GroupTable(size_t keys, size_t max_groups)
      : max_groups_(max_groups), values_(keys), stages_(keys + 1) {}

  // The number of a key's value.
  uint32_t ValueNumber(size_t key, const GroupValue& value);

  // The number of the group with these values, its place in groups(). Errors: kTooLarge.
  Result<uint32_t> GroupNumber(uint32_t cell, std::span<const uint32_t> value_numbers);

  std::span<Group> groups() { return groups_; }
  std::span<const Group> groups() const { return groups_; }
  std::vector<Group> TakeGroups() && { return std::move(groups_); }

 private:
  struct Less {
    bool operator()(const GroupValue& a, const GroupValue& b) const;
  };
  struct KeyValues {
    std::map<GroupValue, uint32_t, Less> numbers;
    std::vector<GroupValue> values;
  };

  const size_t max_groups_;
  std::vector<KeyValues> values_;
  // The first numbers cells; each further one pairs of a number of the one before and a value's.
  std::vector<IdNumbers> stages_;
  std::vector<Group> groups_;
};

// The error of more groups than that.
Error TooManyGroups(size_t max_groups);

// The order of an answer: by cell, then by values, absent ones first.
bool GroupLess(const Group& a, const Group& b);

}  // namespace sightline::index
