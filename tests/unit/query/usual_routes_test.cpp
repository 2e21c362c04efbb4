// Usual routes of random trips against a plain reading of their definition.
#include "query/usual_routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace sightline::query {
namespace {

constexpr TimestampMs kStart{int64_t{17'000} * kMillisecondsPerDay};

struct Life {
  std::vector<PlateReading> readings;
  std::vector<TripRange> trips;
  std::vector<TripEnds> ends;
};

// Trips along a few ways, with passes that were not read and detours.
Life SomeLife(std::mt19937_64& random) {
  const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
  std::vector<std::vector<uint32_t>> ways(2 + below(3));
  for (auto& way : ways) {
    for (size_t i = 0, length = 3 + below(6); i < length; ++i) way.push_back(below(12));
  }
  Life life;
  TimestampMs time = kStart;
  for (int trip = 0, count = 5 + static_cast<int>(below(25)); trip < count; ++trip) {
    time = time + int64_t{1 + below(20)} * 3'600'000;
    const size_t begin = life.readings.size();
    for (const uint32_t camera : ways[below(ways.size())]) {
      if (below(6) == 0) continue;
      time = time + 1'000 * (30 + below(300));
      life.readings.push_back({.time = time,
                               .camera_number = below(10) == 0 ? 20 + below(5) : camera});
    }
    if (life.readings.size() == begin) continue;
    life.trips.push_back({begin, life.readings.size()});
    const auto place = [&]() -> std::optional<uint32_t> {
      if (below(4) == 0) return std::nullopt;
      return below(3);
    };
    life.ends.push_back({.from = place(), .to = place()});
  }
  return life;
}

std::vector<uint32_t> CamerasOf(const Life& life, size_t trip) {
  std::vector<uint32_t> cameras;
  for (size_t i = life.trips[trip].begin; i < life.trips[trip].end; ++i) {
    const uint32_t camera = life.readings[i].camera_number;
    if (cameras.empty() || cameras.back() != camera) cameras.push_back(camera);
  }
  return cameras;
}

// By the recursion that defines it.
size_t Common(const std::vector<uint32_t>& a, size_t i, const std::vector<uint32_t>& b, size_t j,
              std::map<std::pair<size_t, size_t>, size_t>& known) {
  if (i == a.size() || j == b.size()) return 0;
  const auto [at, is_new] = known.try_emplace({i, j}, 0);
  if (!is_new) return at->second;
  const size_t common = a[i] == b[j] ? 1 + Common(a, i + 1, b, j + 1, known)
                                     : std::max(Common(a, i + 1, b, j, known),
                                                Common(a, i, b, j + 1, known));
  return known[{i, j}] = common;
}

bool Alike(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::map<std::pair<size_t, size_t>, size_t> known;
  return static_cast<double>(Common(a, 0, b, 0, known)) >=
         kSameRoute * static_cast<double>(a.size() + b.size()) / 2;
}

// The trips of each route: the longest trips first, each joins the first route that it is like.
std::vector<std::vector<size_t>> Groups(const Life& life) {
  std::vector<std::vector<size_t>> groups;
  for (size_t length = life.readings.size(); length >= 3; --length) {
    for (size_t trip = 0; trip < life.trips.size(); ++trip) {
      const std::vector<uint32_t> cameras = CamerasOf(life, trip);
      if (cameras.size() != length) continue;
      bool joined = false;
      for (auto& group : groups) {
        if (joined || !Alike(CamerasOf(life, group.front()), cameras)) continue;
        group.push_back(trip);
        joined = true;
      }
      if (!joined) groups.push_back({trip});
    }
  }
  return groups;
}

int64_t DayOfTrip(const Life& life, size_t trip, const TimeZone& zone) {
  return zone.LocalMomentOf(life.readings[life.trips[trip].begin].time).day;
}

// How often each value occurs.
template <typename Values>
auto Counts(const Values& values) {
  std::map<typename Values::value_type, size_t> counts;
  for (const auto& value : values) ++counts[value];
  return counts;
}

void ExpectMostFrequent(const std::vector<std::optional<uint32_t>>& values,
                        const std::optional<uint32_t>& told) {
  const auto counts = Counts(values);
  ASSERT_TRUE(counts.contains(told));
  for (const auto& [value, count] : counts) EXPECT_LE(count, counts.at(told));
}

void ExpectDescribes(const Life& life, const std::vector<size_t>& trips, const UsualRoute& route,
                     const TimeZone& zone) {
  std::set<int64_t> days;
  std::map<uint32_t, size_t> passed;
  std::vector<double> seconds;
  std::vector<std::optional<uint32_t>> from;
  std::vector<std::optional<uint32_t>> to;
  std::vector<int64_t> departs;
  for (const size_t trip : trips) {
    days.insert(DayOfTrip(life, trip, zone));
    const std::vector<uint32_t> cameras = CamerasOf(life, trip);
    for (const uint32_t camera : std::set(cameras.begin(), cameras.end())) ++passed[camera];
    const TimestampMs begin = life.readings[life.trips[trip].begin].time;
    seconds.push_back(
        static_cast<double>(life.readings[life.trips[trip].end - 1].time - begin) / 1000);
    departs.push_back(zone.LocalMomentOf(begin).ms_of_day);
    from.push_back(life.ends[trip].from);
    to.push_back(life.ends[trip].to);
  }
  EXPECT_EQ(route.trips, trips.size());
  EXPECT_EQ(route.days, days.size());
  std::ranges::sort(seconds);
  EXPECT_EQ(route.median_s, seconds[seconds.size() / 2]);
  ExpectMostFrequent(from, route.from);
  ExpectMostFrequent(to, route.to);
  const auto around_the_clock = [&](int64_t time) {
    int64_t sum = 0;
    for (const int64_t other : departs) {
      const int64_t apart = std::abs(time - other);
      sum += std::min(apart, kMillisecondsPerDay - apart);
    }
    return sum;
  };
  for (const int64_t other : departs) {
    EXPECT_LE(around_the_clock(route.departs_ms), around_the_clock(other));
  }
  // The cameras of one of its trips that half of the trips passed, of no other trip are there more.
  size_t most = 0;
  bool is_of_a_trip = false;
  for (const size_t trip : trips) {
    std::vector<uint32_t> usual = CamerasOf(life, trip);
    std::erase_if(usual, [&](uint32_t camera) { return 2 * passed[camera] < trips.size(); });
    most = std::max(most, usual.size());
    is_of_a_trip |= usual == route.cameras;
  }
  EXPECT_TRUE(is_of_a_trip);
  EXPECT_EQ(route.cameras.size(), most);
}

TEST(UsualRoutes, AreThoseOfTheirDefinition) {
  size_t found = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const TimeZone zone =
        TimeZone::Named(seed % 2 == 0 ? "Asia/Shanghai" : "America/Los_Angeles").value();
    const Life life = SomeLife(random);
    const auto least_days = static_cast<uint32_t>(1 + random() % 3);
    std::map<std::vector<size_t>, bool> expected;  // sorted trips, told
    for (std::vector<size_t>& group : Groups(life)) {
      std::set<int64_t> days;
      for (const size_t trip : group) days.insert(DayOfTrip(life, trip, zone));
      std::ranges::sort(group);
      if (days.size() >= least_days) expected.emplace(group, false);
    }
    const std::vector<UsualRoute> routes =
        FindUsualRoutes(life.readings, life.trips, life.ends, zone,
                        {.least_days = least_days, .most = 1'000});
    ASSERT_EQ(routes.size(), expected.size());
    for (size_t i = 0; i < routes.size(); ++i) {
      ASSERT_TRUE(expected.contains(routes[i].trip_numbers));
      EXPECT_FALSE(std::exchange(expected[routes[i].trip_numbers], true)) << "told twice";
      ExpectDescribes(life, routes[i].trip_numbers, routes[i], zone);
      if (i == 0) continue;
      EXPECT_GE(std::pair(routes[i - 1].days, routes[i - 1].trips),
                std::pair(routes[i].days, routes[i].trips));
    }
    found += routes.size();
    const std::vector<UsualRoute> first =
        FindUsualRoutes(life.readings, life.trips, life.ends, zone,
                        {.least_days = least_days, .most = 2});
    EXPECT_EQ(first, std::vector(routes.begin(),
                                 routes.begin() + static_cast<ptrdiff_t>(
                                                      std::min<size_t>(2, routes.size()))));
  }
  EXPECT_GT(found, 200u);
}

}  // namespace
}  // namespace sightline::query
