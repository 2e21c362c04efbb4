// Counts of random sightings by random groups against a map and a loop, while sightings arrive, are
// corrected, and segments are sealed.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "query/counts.h"
#include "query/sighting_search.h"
#include "tests/model/model_fixture.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"
#include "tests/support/wall_clock.h"

namespace sightline::query {
namespace {

using testing::ColumnsKind;
using testing::StoreKind;
using testing::ValueByWallClock;

using Value = CountRow::Value;
using Kind = CountKey::Kind;

const CountKey kKeys[] = {
    {Kind::kCamera, {}, {}},
    {Kind::kPlate, {}, {}},
    {Kind::kPlateColor, {}, {}},
    {Kind::kAttribute, "color", {}},
    {Kind::kAttribute, "doors", {}},
    {Kind::kAttribute, "never", {}},
    {Kind::kTime, {}, TimeUnit::kMinute},
    {Kind::kTime, {}, TimeUnit::kHour},
    {Kind::kTime, {}, TimeUnit::kDay},
    {Kind::kTime, {}, TimeUnit::kWeek},
    {Kind::kTime, {}, TimeUnit::kHourOfDay},
    {Kind::kTime, {}, TimeUnit::kWeekday},
    {Kind::kTime, {}, TimeUnit::kHourClass},
};

Value TextOrNone(const std::string& text) {
  return text.empty() ? Value() : Value(AttributeValue(text));
}

// Numbers are one value where they are equal.
Value ValueOfAttribute(const AttributeValue& value) {
  if (const auto* fraction = std::get_if<double>(&value)) {
    const auto whole = static_cast<int64_t>(*fraction);
    if (static_cast<double>(whole) == *fraction) return AttributeValue(whole);
  }
  return value;
}

// Looking minute by minute is slow, and the same few minutes come again.
int64_t TimeValueOf(TimeUnit unit, const TimeZone& zone, TimestampMs time) {
  static std::map<std::tuple<std::string, TimeUnit, int64_t>, int64_t> known;
  const auto [entry, is_new] =
      known.try_emplace({zone.name(), unit, time.value / kMillisecondsPerMinute});
  if (is_new) entry->second = ValueByWallClock(zone, unit, time);
  return entry->second;
}

Value ValueOf(const CountKey& key, const TimeZone& zone, const Sighting& sighting) {
  switch (key.kind) {
    case Kind::kCamera: return AttributeValue(sighting.camera_id);
    case Kind::kPlate: return TextOrNone(sighting.plate);
    case Kind::kPlateColor: return TextOrNone(sighting.plate_color);
    case Kind::kAttribute:
      for (const Attribute& attribute : sighting.attributes) {
        if (attribute.name == key.attribute) return ValueOfAttribute(attribute.value);
      }
      return {};
    case Kind::kTime: break;
  }
  const int64_t value = TimeValueOf(key.unit, zone, sighting.time);
  if (key.unit == TimeUnit::kHourClass) {
    static const char* const kNames[] = {"night", "day", "rush", "weekend"};
    return AttributeValue(std::string(kNames[value]));
  }
  return IsInterval(key.unit) ? Value(TimestampMs{value}) : Value(AttributeValue(value));
}

struct Tally {
  uint64_t count = 0;
  std::set<std::string> plates;
};

class CountsModelTest : public testing::ModelFixture {
 protected:
  void AddSome(int count) {
    std::vector<Sighting> sightings;
    for (int i = 0; i < count; ++i) {
      sightings.push_back(SomeSighting());
      if (OneIn(3)) sightings.back().plate_color = OneIn(2) ? "blue" : "yellow";
      for (Attribute& attribute : sightings.back().attributes) {
        if (attribute.name == "doors" && OneIn(3)) attribute.value = OneIn(2) ? 2.0 : 2.5;
      }
    }
    filled_.Add(sightings);
  }

  // Auckland puts its clocks forward on the last of the days.
  TimeZone SomeZone() {
    static const char* const kZones[] = {"UTC", "Asia/Shanghai", "Asia/Kathmandu",
                                         "Pacific/Auckland", "America/Los_Angeles"};
    return TimeZone::Named(kZones[Below(std::size(kZones))]).value();
  }

  std::map<std::vector<Value>, Tally> BruteForce(const CountRequest& request, Sequence as_of) {
    std::map<std::vector<Value>, Tally> groups;
    for (const StoredSighting& row : filled_.Accepted(as_of)) {
      const Sighting& sighting = row.sighting;
      if (!Matches(request.filter, sighting)) continue;
      std::vector<Value> values;
      for (const CountKey& key : request.group_by) {
        values.push_back(ValueOf(key, request.zone, sighting));
      }
      Tally& tally = groups[values];
      ++tally.count;
      if (!sighting.plate.empty()) tally.plates.insert(sighting.plate);
    }
    if (request.group_by.empty()) groups.try_emplace({});
    return groups;
  }
};

TEST_P(CountsModelTest, CountsEqualBruteForce) {
  AddSome(1000);
  for (int i = 0; i < 60; ++i) CorrectOne();
  columns_.Seal();
  AddSome(300);
  int too_many = 0;  // with the rows of 0
  for (int question = 0; question < 150; ++question) {
    CountRequest request{.filter = SomeFilter(question), .zone = SomeZone(), .fills = false};
    for (const CountKey& key : kKeys) {
      if (OneIn(4)) request.group_by.push_back(key);
    }
    std::shuffle(request.group_by.begin(), request.group_by.end(), std::mt19937(Below(1000)));
    if (OneIn(4)) request.as_of = Below(static_cast<int>(store_.VisibleSequence()) + 1);
    const CountAnswer answer = CountSightings(sources_, request, {}).value();
    const auto expected = BruteForce(request, answer.as_of);
    ASSERT_EQ(answer.rows.size(), expected.size()) << "question " << question;
    std::set<std::vector<Value>> seen;
    for (const CountRow& row : answer.rows) {
      const auto group = expected.find(row.key);
      ASSERT_NE(group, expected.end()) << "question " << question;
      ASSERT_EQ(row.count, group->second.count) << "question " << question;
      ASSERT_EQ(row.distinct_plates, group->second.plates.size()) << "question " << question;
      ASSERT_TRUE(seen.insert(row.key).second) << "question " << question;
    }

    // Rows of 0 are added to these, and no others.
    request.as_of = answer.as_of;
    request.fills = true;
    const Result<CountAnswer> filled = CountSightings(sources_, request, {});
    if (filled) {
      std::vector<CountRow> with_sightings;
      for (const CountRow& row : filled->rows) {
        if (row.count > 0 || request.group_by.empty()) with_sightings.push_back(row);
      }
      ASSERT_EQ(with_sightings, answer.rows) << "question " << question;
    } else {
      ASSERT_EQ(filled.error().code, ErrorCode::kUnacceptable);
      ++too_many;
    }

    if (OneIn(3)) AddSome(1 + Below(4));
    if (OneIn(4)) CorrectOne();
    if (OneIn(30)) columns_.Seal();
  }
  EXPECT_LT(too_many, 75);
}

TEST_P(CountsModelTest, EveryHourOfTheFiltersTimeHasARowForEachGroup) {
  AddSome(400);
  for (int question = 0; question < 20; ++question) {
    const TimestampMs from = SomeTime();
    CountRequest request{.filter = {.time = {from, from + Below(200'000'000)}},
                         .group_by = {kKeys[7], kKeys[3]},
                         .zone = SomeZone()};
    const CountAnswer answer = CountSightings(sources_, request, {}).value();
    std::set<Value> colors;
    std::map<std::vector<Value>, Tally> found = BruteForce(request, answer.as_of);
    for (const auto& [key, tally] : found) colors.insert(key[1]);
    std::set<Value> hours;
    const int64_t first = ValueByWallClock(request.zone, TimeUnit::kMinute, from);
    for (int64_t at = first; at < request.filter.time.to.value; at += kMillisecondsPerMinute) {
      hours.insert(TimestampMs{ValueByWallClock(request.zone, TimeUnit::kHour,
                                                {std::max(at, from.value)})});
    }
    ASSERT_EQ(answer.rows.size(), hours.size() * colors.size()) << "question " << question;
    auto row = answer.rows.begin();
    for (const Value& hour : hours) {
      for (const Value& color : colors) {
        ASSERT_EQ(row->key, (std::vector<Value>{hour, color}))
            << "rows come in order of their keys";
        ASSERT_EQ(row->count, found[row->key].count);
        ++row;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stores, CountsModelTest,
    ::testing::Values(std::tuple(StoreKind::kMemory, ColumnsKind::kNone),
                      std::tuple(StoreKind::kMemory, ColumnsKind::kIndex),
                      std::tuple(StoreKind::kRocksDb, ColumnsKind::kIndex)),
    [](const auto& test) {
      return testing::StoreKindName(std::get<0>(test.param)) +
             testing::ColumnsKindName(std::get<1>(test.param));
    });

}  // namespace
}  // namespace sightline::query
