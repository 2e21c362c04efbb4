#include "index/plate_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "index/plate_table.h"

namespace sightline::index {
namespace {

// Plates about the length of a key: every way to be cut.
std::vector<std::string> PlatesOfAllLengths(uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::vector<std::string> characters = {"0", "9", "A", "B", "Ж", "京", "沪", "𠀋"};
  std::vector<std::string> plates;
  for (int i = 0; i < 3000; ++i) {
    std::string plate = i % 2 == 0 ? "" : "AAAAAAAAAAAA";
    for (size_t n = 1 + random() % 8; n > 0; --n) plate += characters[random() % characters.size()];
    plates.push_back(plate);
  }
  std::sort(plates.begin(), plates.end());
  plates.erase(std::unique(plates.begin(), plates.end()), plates.end());
  return plates;
}

TEST(PlateKey, OrdersAsBytesDoAsFarAsItGoes) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  const std::vector<std::string> plates = PlatesOfAllLengths(seed);
  for (size_t i = 0; i + 1 < plates.size(); ++i) {
    const PlateKey a = PlateKey::Of(plates[i]);
    const PlateKey b = PlateKey::Of(plates[i + 1]);
    EXPECT_LE(a, b) << plates[i] << " " << plates[i + 1];
    if (a == b) {
      EXPECT_FALSE(a.is_whole()) << plates[i] << " " << plates[i + 1];
    }
    EXPECT_EQ(a.is_whole(), plates[i].size() < PlateKey::kBytes) << plates[i];
  }
}

TEST(PlateKey, OfATableIsThatOfItsPlates) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  const std::vector<std::string> plates = PlatesOfAllLengths(seed);
  const std::string encoded = EncodePlateTable(plates);
  std::vector<uint64_t> aligned((encoded.size() + 7) / 8);
  std::copy(encoded.begin(), encoded.end(), reinterpret_cast<char*>(aligned.data()));
  const PlateTable table =
      PlateTable::View(std::as_bytes(std::span(aligned)).first(encoded.size())).value();
  const PlateKeys keys(table);
  for (uint32_t i = 0; i < plates.size(); ++i) {
    ASSERT_EQ(keys.Of(i), PlateKey::Of(plates[i])) << plates[i];
    const std::string& other = plates[(i * 7919ULL) % plates.size()];
    const int order = keys.Compare(i, PlateKey::Of(other), other);
    ASSERT_EQ(order < 0, plates[i] < other);
    ASSERT_EQ(order > 0, plates[i] > other);
    ASSERT_EQ(table.LowerBound(plates[i]), i);
    ASSERT_EQ(table.LowerBound(plates[i] + "0"),
              std::lower_bound(plates.begin(), plates.end(), plates[i] + "0") - plates.begin());
  }
  EXPECT_EQ(table.LowerBound(""), 0u);
}

}  // namespace
}  // namespace sightline::index
