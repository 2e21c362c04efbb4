// Counting by the records of storage, where there are no columns.
#include <cmath>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "query/count_groups.h"
#include "query/sighting_search.h"

namespace sightline::query {
namespace {

constexpr size_t kBatchRows = 4096;

AttributeValue Canonical(const AttributeValue& value) {
  const double* fraction = std::get_if<double>(&value);
  // 2^63 is the first double past int64_t.
  if (fraction == nullptr || !(*fraction >= -0x1p63 && *fraction < 0x1p63) ||
      std::trunc(*fraction) != *fraction) {
    return value;
  }
  return static_cast<int64_t>(*fraction);
}

index::GroupValue TextOrNone(const std::string& text) {
  return text.empty() ? index::GroupValue() : index::GroupValue(text);
}

index::GroupValue ValueOf(const index::GroupKey& key, const Sighting& sighting) {
  switch (key.kind) {
    case index::GroupKey::Kind::kCamera: return sighting.camera_id;
    case index::GroupKey::Kind::kPlate: return TextOrNone(sighting.plate);
    case index::GroupKey::Kind::kPlateColor: return TextOrNone(sighting.plate_color);
    case index::GroupKey::Kind::kAttribute: break;
  }
  for (const Attribute& attribute : sighting.attributes) {
    if (attribute.name == key.attribute) return Canonical(attribute.value);
  }
  return std::nullopt;
}

struct Tally {
  uint64_t count = 0;
  std::unordered_set<std::string> plates;
};

}  // namespace

Result<std::vector<index::Group>> CountByRecords(const CountQuestion& question,
                                                 CountCells& cells) {
  std::map<std::pair<uint32_t, std::vector<index::GroupValue>>, Tally> tallies;
  SightingSearch search(question.sources,
                        {.filter = question.filter,
                         .order = ResultOrder::kTimeAscending,
                         .as_of = question.as_of},
                        question.cancellation);
  CountCells::Stretch stretch{.time = {kMinTimestamp, kMinTimestamp}};
  for (;;) {
    SIGHTLINE_ASSIGN(const std::vector<FoundSighting> rows, search.Next(kBatchRows));
    if (rows.empty()) break;
    for (const FoundSighting& row : rows) {
      const Sighting& sighting = row.sighting.sighting;
      if (!stretch.time.Contains(sighting.time)) {
        stretch = cells.Next(sighting.time, question.time.to);
      }
      std::vector<index::GroupValue> values;
      for (const index::GroupKey& key : question.keys) values.push_back(ValueOf(key, sighting));
      Tally& tally = tallies[{stretch.cell, std::move(values)}];
      ++tally.count;
      if (!sighting.plate.empty()) tally.plates.insert(sighting.plate);
    }
    if (tallies.size() > question.max_groups) {
      return Error{ErrorCode::kTooLarge, "there are too many groups", {}};
    }
  }
  std::vector<index::Group> groups;
  groups.reserve(tallies.size());
  for (const auto& [key, tally] : tallies) {
    groups.push_back({.cell = key.first,
                      .values = key.second,
                      .count = tally.count,
                      .distinct_plates = tally.plates.size()});
  }
  return groups;
}

}  // namespace sightline::query
