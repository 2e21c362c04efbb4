// Public ids and the identity behind them.
#include "core/sighting_id.h"

#include <gtest/gtest.h>

#include <cctype>
#include <random>
#include <set>
#include <vector>

namespace sightline {
namespace {

constexpr TimestampMs kTime{1474424556120};

TEST(SightingId, IsWrittenAndReadBackInOrder) {
  const uint64_t seed = 36;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::vector<SightingId> ids;
  for (int round = 0; round < 2'000; ++round) {
    ids.push_back({{static_cast<int64_t>(random() % static_cast<uint64_t>(kMaxTimestamp.value))},
                   static_cast<uint32_t>(random()), random()});
    const auto read = ParseSightingId(ids.back().ToString());
    ASSERT_TRUE(read) << ids.back().ToString();
    ASSERT_EQ(*read, ids.back());
    if (round > 0) {
      const SightingId& before = ids[ids.size() - 2];
      ASSERT_EQ(before < ids.back(), before.ToString() < ids.back().ToString());
    }
  }
}

TEST(SightingId, TextThatNoIdHasIsRefused) {
  const std::string good = SightingId{kTime, 0xabcdef01, 0xabcdef0123456789}.ToString();
  ASSERT_TRUE(ParseSightingId(good));
  std::string upper = good;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const std::string bad[] = {"", good.substr(1), good + "0", upper, std::string(36, 'g'),
                             std::string(36, ' '), "-" + good.substr(1), "+" + good.substr(1),
                             "0x" + good.substr(2),
                             // Millisecond 86 400 000 of a day, and the day after the last one.
                             "0000"
                             "05265c00" +
                                 std::string(24, '0'),
                             "ffff" + std::string(32, '0')};
  for (const std::string& text : bad) EXPECT_FALSE(ParseSightingId(text)) << text;
}

// Ids and storage keys stand on these numbers: they may never change.
TEST(SightingId, HashesAreStable) {
  EXPECT_EQ(HashCameraId("K-0012"), 0x4c38df45u);
  EXPECT_EQ(HashIdentity("K-0012", kTime, "cam12-000481", "京N6UT45", 7), 0xbd041838e0b619cfu);
  EXPECT_EQ(HashIdentity("K-0012", kTime, std::nullopt, "京N6UT45", 7), 0xabcb697fcf0f2659u);
  EXPECT_EQ(HashIdentity("K-0012", kTime, std::nullopt, "", 7), 0x913620b608e5ac4fu);
}

TEST(Identity, IsTheSourceIdElseThePlateElseItself) {
  const auto with_source = [](std::string_view source, std::string_view plate, uint64_t nonce) {
    return HashIdentity("K", kTime, std::string(source), plate, nonce);
  };
  const auto without = [](std::string_view plate, uint64_t nonce) {
    return HashIdentity("K", kTime, std::nullopt, plate, nonce);
  };
  EXPECT_EQ(with_source("s", "A1", 1), with_source("s", "B2", 2)) << "the source id alone decides";
  EXPECT_EQ(without("A1", 1), without("A1", 2)) << "the plate decides";
  EXPECT_NE(without("", 1), without("", 2)) << "unread plates are never merged";
  const std::set<uint64_t> all = {with_source("s", "A1", 1),
                                  with_source("t", "A1", 1),
                                  with_source("A1", "A1", 1),
                                  without("A1", 1),
                                  without("B2", 1),
                                  without("", 1),
                                  HashIdentity("L", kTime, std::nullopt, "A1", 1),
                                  HashIdentity("K", kTime + 1, std::nullopt, "A1", 1)};
  EXPECT_EQ(all.size(), 8u);
}

TEST(Identity, FieldsDoNotRunIntoEachOther) {
  EXPECT_NE(HashIdentity("ab", kTime, "c", "", 0), HashIdentity("a", kTime, "bc", "", 0));
  EXPECT_NE(HashIdentity("a", kTime, "", "", 0), HashIdentity("a", kTime, std::nullopt, "", 0));
}

}  // namespace
}  // namespace sightline
