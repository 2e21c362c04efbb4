// Misreads among the plates of scenes against a plain search over all pairs.
#include "query/scene_misreads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/plate_distance.h"

namespace sightline::query {
namespace {

constexpr uint32_t kScenes = 4;

struct Seen {
  std::set<uint32_t> visits;
  std::map<uint32_t, Looks> looks;
  size_t readings = 0;
};

using World = std::map<std::string, Seen>;

World SomeWorld(std::mt19937_64& random) {
  const auto below = [&](uint64_t bound) { return random() % bound; };
  World world;
  for (size_t i = 0, count = 20 + below(40); i < count; ++i) {
    std::string plate;
    for (size_t character = 0, length = 3 + below(3); character < length; ++character) {
      plate += "AB8"[below(3)];
    }
    Seen seen{.visits = {}, .looks = {}, .readings = 1 + below(6)};
    for (uint32_t visit = 0; visit < kScenes; ++visit) {
      if (below(3) > 0) continue;
      Looks looks;
      if (below(4) > 0) looks[0] = std::string(below(2) > 0 ? "sedan" : "truck");
      if (below(4) > 0) looks[3] = static_cast<int64_t>(below(3));
      seen.visits.insert(visit);
      seen.looks.emplace(visit, looks);
    }
    if (!seen.visits.empty()) world.insert_or_assign(plate, seen);
  }
  return world;
}

// 1: alike, -1: different, 0: nothing to compare.
int Compare(const Looks& a, const Looks& b) {
  int alike = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!a[i] || !b[i]) continue;
    if (*a[i] != *b[i]) return -1;
    alike = 1;
  }
  return alike;
}

int Compare(const Seen& a, const Seen& b) {
  bool all_differ = true;
  for (const auto& [one, of_a] : a.looks) {
    for (const auto& [other, of_b] : b.looks) {
      const int compared = Compare(of_a, of_b);
      if (compared > 0) return 1;
      all_differ &= compared < 0;
    }
  }
  return all_differ ? -1 : 0;
}

// Plates from the one read most often: each takes what may be a misread of it and is still free.
std::map<std::string, std::string> Expected(const World& world, uint32_t min_visits) {
  std::vector<std::string> order;
  for (const auto& [plate, seen] : world) order.push_back(plate);
  std::ranges::stable_sort(order, [&](const std::string& a, const std::string& b) {
    return world.at(a).readings > world.at(b).readings;
  });
  std::map<std::string, std::string> truth_of;
  std::set<std::string> truths;
  for (const std::string& truth : order) {
    if (truth_of.contains(truth)) continue;
    for (const auto& [read, seen] : world) {
      const Seen& other = world.at(truth);
      if (read == truth || truth_of.contains(read) || truths.contains(read)) continue;
      if (read.size() < 4 || truth.size() < 4 || PlateDistance(read, truth) != 1) continue;
      if (seen.readings > 3 || seen.visits.size() >= min_visits) continue;
      if (seen.readings > other.readings) continue;
      if (seen.readings == other.readings) {
        if (seen.visits.size() > other.visits.size()) continue;
        if (seen.visits.size() == other.visits.size() && read < truth) continue;
      }
      if (std::ranges::includes(other.visits, seen.visits)) continue;
      if (Compare(seen, other) != 1) continue;
      truth_of[read] = truth;
      truths.insert(truth);
    }
  }
  return truth_of;
}

SceneMisreads Find(const World& world, std::vector<ScenePlate>& plates, uint32_t min_visits) {
  plates.clear();
  for (const auto& [plate, seen] : world) {
    ScenePlate& there = plates.emplace_back(ScenePlate{plate, {}, {}});
    for (const auto& [visit, looks] : seen.looks) {
      there.visits.push_back(visit);
      there.looks.push_back(looks);
    }
  }
  const auto readings_of = [&](std::string_view plate) -> Result<size_t> {
    return world.at(std::string(plate)).readings;
  };
  return FindSceneMisreads(plates, kScenes, min_visits, readings_of, {}).value();
}

TEST(SceneMisreads, AreThoseThatAPlainSearchFinds) {
  size_t found = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const World world = SomeWorld(random);
    std::vector<ScenePlate> plates;
    const SceneMisreads answer = Find(world, plates, 2);
    std::map<std::string, std::string> told;
    for (const SceneMisread& one : answer.misreads) {
      const std::string read(plates[one.read].plate);
      const std::string truth(plates[one.truth].plate);
      EXPECT_TRUE(told.emplace(read, truth).second) << read << " is merged twice";
      EXPECT_EQ(one.readings, world.at(read).readings);
      EXPECT_EQ(one.truth_readings, world.at(truth).readings);
      EXPECT_FALSE(one.agreed.empty());
    }
    EXPECT_EQ(told, Expected(world, 2));
    found += told.size();
    for (const auto& [read, truth] : told) EXPECT_FALSE(told.contains(truth)) << truth;
  }
  EXPECT_GT(found, 200u);
}

// Where strings near one another are of strangers, as many of them look alike as any two plates do:
// the chances say how many plates get such a neighbour.
TEST(SceneMisreads, ChancesAreThoseOfStrangersThatLookAlike) {
  std::mt19937_64 random(7);
  World world;
  size_t merged = 0;
  double expected = 0;
  for (int round = 0; round < 40; ++round) {
    world.clear();
    for (int i = 0; i < 400; ++i) {
      std::string plate;
      for (int character = 0; character < 4; ++character) plate += "0123456789"[random() % 10];
      Looks looks;
      looks[3] = static_cast<int64_t>(random() % 5);
      const auto visit = static_cast<uint32_t>(random() % kScenes);
      world.insert_or_assign(plate, Seen{{visit}, {{visit, looks}}, 1 + random() % 3});
    }
    std::vector<ScenePlate> plates;
    const SceneMisreads answer = Find(world, plates, 2);
    std::set<std::pair<uint32_t, uint32_t>> taken;  // plate and scene
    for (const SceneMisread& one : answer.misreads) {
      for (const uint32_t visit : plates[one.read].visits) taken.emplace(one.truth, visit);
    }
    merged += taken.size();
    for (const double chance : answer.chances) {
      expected += chance * static_cast<double>(plates.size());
    }
  }
  // A string is given to one of the plates near it alone: the chances are on the safe side.
  EXPECT_LT(static_cast<double>(merged), 1.1 * expected);
  EXPECT_GT(static_cast<double>(merged), 0.3 * expected);
}

}  // namespace
}  // namespace sightline::query
