// Plate tables: what is put in comes out, whatever the alphabet; damage is refused or harmless.
#include "index/plate_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/utf8.h"
#include "index/plate_encoding.h"
#include "tests/unit/index/plate_sets.h"

namespace sightline::index {
namespace {

std::span<const std::byte> BytesOf(const std::string& bytes) {
  return std::as_bytes(std::span(bytes));
}

TEST(PlateTable, HoldsItsPlatesInTheirOrder) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    for (const PlateKind kind : kPlateKinds) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " kind " +
                   std::to_string(static_cast<int>(kind)));
      std::mt19937_64 random(seed);
      const auto plates = RandomPlates(random, kind, 500);
      const std::string bytes = EncodePlateTable(plates);
      const auto table = PlateTable::View(BytesOf(bytes));
      ASSERT_TRUE(table) << table.error().message;
      ASSERT_EQ(table->size(), plates.size());
      for (uint32_t i = 0; i < plates.size(); ++i) {
        ASSERT_EQ(table->Plate(i), plates[i]);
        ASSERT_EQ(table->Find(plates[i]), i);
      }
      for (int round = 0; round < 500; ++round) {
        const std::string text = RandomText(random, plates);
        const auto at = std::ranges::lower_bound(plates, text);
        const bool is_known = at != plates.end() && *at == text;
        ASSERT_EQ(table->Find(text).has_value(), is_known) << text;
      }
    }
  }
}

// The widths are those of docs/segment-format.md.
TEST(PlateTable, HasCodesAsWideAsItsAlphabetNeeds) {
  struct Case {
    uint32_t characters;
    uint32_t code_bytes;
  };
  for (const Case example :
       {Case{1, 1}, Case{255, 1}, Case{256, 2}, Case{65'535, 2}, Case{65'536, 4}}) {
    std::vector<std::string> plates;
    for (uint32_t i = 0; i < example.characters; ++i) {
      // No surrogates on the way from here.
      AppendUtf8(0x20000 + i, plates.emplace_back());
    }
    const std::string bytes = EncodePlateTable(plates);
    PlateTableHead head;
    std::memcpy(&head, bytes.data(), sizeof head);
    EXPECT_EQ(head.code_bytes, example.code_bytes) << example.characters;
    const auto table = PlateTable::View(BytesOf(bytes));
    ASSERT_TRUE(table);
    EXPECT_EQ(table->Find(plates.back()), plates.size() - 1);
    EXPECT_EQ(table->Plate(0), plates.front());
    EXPECT_EQ(table->Matching("?", {})->size(), plates.size());
    EXPECT_EQ(table->PlatesNear({plates.front(), 0}, {})->size(), 1u);
  }
}

TEST(PlateTable, MayBeEmptyOrHoldOnePlate) {
  const std::string nothing = EncodePlateTable({});
  const auto empty = PlateTable::View(BytesOf(nothing));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->size(), 0u);
  EXPECT_EQ(empty->Find("A"), std::nullopt);
  for (const std::string pattern : {"", "*", "?", "A*", "*A"}) {
    EXPECT_TRUE(empty->Matching(pattern, {})->empty()) << pattern;
  }
  EXPECT_TRUE(empty->PlatesNear({"A", 3}, {})->empty());

  const std::string single = EncodePlateTable(std::vector<std::string>{"京A12345"});
  const auto one = PlateTable::View(BytesOf(single));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->Plate(0), "京A12345");
  EXPECT_EQ(one->Find(""), std::nullopt);
  EXPECT_EQ(one->Find("京A1234"), std::nullopt);
  EXPECT_EQ(one->Find("京A123455"), std::nullopt);
  EXPECT_EQ(one->Find("津A12345"), std::nullopt);
}

TEST(PlateTable, OfAnotherLengthIsRefused) {
  std::mt19937_64 random(1);
  for (const PlateKind kind : kPlateKinds) {
    const std::string bytes = EncodePlateTable(RandomPlates(random, kind, 5));
    for (size_t size = 0; size < bytes.size(); ++size) {
      const std::string cut = bytes.substr(0, size);
      const auto table = PlateTable::View(BytesOf(cut));
      ASSERT_FALSE(table) << size;
      ASSERT_EQ(table.error().code, ErrorCode::kCorruption);
    }
    EXPECT_FALSE(PlateTable::View(BytesOf(bytes + std::string(8, '\0'))));
  }
}

// Run under the address sanitizer, which is what would find a read outside the bytes.
TEST(PlateTable, IsSafeToReadWhateverItHolds) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    int accepted = 0;
    for (int round = 0; round < 1'500; ++round) {
      const auto plates = RandomPlates(random, kPlateKinds[random() % 5], 20);
      std::string bytes = EncodePlateTable(plates);
      // Either anywhere or in the parts behind the alphabet, which View() cannot judge.
      for (size_t flips = 1 + random() % 8; flips > 0; --flips) {
        const size_t reach = random() % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 200);
        bytes[bytes.size() - 1 - random() % reach] = static_cast<char>(random());
      }
      const auto table = PlateTable::View(BytesOf(bytes));
      if (!table) continue;
      ++accepted;
      for (uint32_t i = 0; i < table->size(); ++i) {
        ASSERT_LE(table->Plate(i).size(), 4 * 64u);
      }
      table->Find(plates[random() % plates.size()]);
      ASSERT_TRUE(table->Matching(RandomPattern(random, plates), {}));
      ASSERT_TRUE(table->Matching("*", {}));
      ASSERT_TRUE(table->PlatesNear({RandomText(random, plates), 3}, {}));
    }
    EXPECT_GT(accepted, 500);
  }
}

}  // namespace
}  // namespace sightline::index
