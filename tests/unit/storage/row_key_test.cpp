#include "storage/row_key.h"

#include <gtest/gtest.h>

#include <vector>

namespace sightline::storage {
namespace {

std::string_view View(const RowKeyBytes& bytes) { return {bytes.data(), bytes.size()}; }

const std::vector<RowKey> kAscending = {
    {.ms_of_day = 0, .camera_number = 1, .identity_hash = 0},
    {.ms_of_day = 0, .camera_number = 1, .identity_hash = ~uint64_t{0}},
    {.ms_of_day = 59'999, .camera_number = 1, .identity_hash = 0},
    {.ms_of_day = 0, .camera_number = 2, .identity_hash = 0},
    {.ms_of_day = 5, .camera_number = 256, .identity_hash = 7},
    {.ms_of_day = 60'000, .camera_number = 0, .identity_hash = 0},
    {.ms_of_day = 86'399'999, .camera_number = ~uint32_t{0}, .identity_hash = ~uint64_t{0}},
};

TEST(RowKey, BytesSortByMinuteCameraMillisecondHash) {
  for (size_t a = 0; a < kAscending.size(); ++a) {
    for (size_t b = 0; b < kAscending.size(); ++b) {
      const RowKeyBytes left = EncodeRowKey(kAscending[a]);
      const RowKeyBytes right = EncodeRowKey(kAscending[b]);
      EXPECT_EQ(View(left) < View(right), a < b) << a << " " << b;
      EXPECT_EQ(RowKeyLess(kAscending[a], kAscending[b]), a < b) << a << " " << b;
    }
  }
}

TEST(RowKey, ComesBackFromItsBytes) {
  for (const RowKey& key : kAscending) {
    const RowKeyBytes bytes = EncodeRowKey(key);
    EXPECT_EQ(DecodeRowKey(View(bytes)), key);
    const InboxKeyBytes inbox = EncodeInboxKey(Day{258}, key);
    EXPECT_EQ(std::string_view(inbox.data(), 2), "\x01\x02");
    EXPECT_EQ(DecodeRowKey(std::string_view(inbox.data() + 2, kRowKeyBytes)), key);
  }
}

TEST(RowKey, RefusesOtherBytes) {
  EXPECT_EQ(DecodeRowKey(""), std::nullopt);
  EXPECT_EQ(DecodeRowKey(std::string(15, '\0')), std::nullopt);
  // Minute 1440.
  EXPECT_EQ(DecodeRowKey(std::string("\x05\xA0", 2) + std::string(14, '\0')), std::nullopt);
  // Millisecond 60 000 of the minute.
  EXPECT_EQ(DecodeRowKey(std::string(6, '\0') + "\xEA\x60" + std::string(8, '\0')), std::nullopt);
}

TEST(PlateKey, RowsOfAPlateAreTogetherInTimeOrder) {
  const auto key = [](std::string_view plate, uint32_t ms) {
    std::string out;
    AppendPlateKey(plate, {.ms_of_day = ms, .camera_number = 9, .identity_hash = 3}, out);
    return out;
  };
  EXPECT_LT(key("A1", 5), key("A1", 256));
  EXPECT_LT(key("A1", 86'399'999), key("A12", 0));
  EXPECT_LE(PlateSeekKey("A1", 5), key("A1", 5));
  EXPECT_GT(PlateSeekKey("A1", 6), key("A1", 5));
  const std::string bytes = key("京A1", 77);
  const auto decoded = DecodePlateKey(bytes);
  ASSERT_TRUE(decoded.has_value());
  const RowKey expected{.ms_of_day = 77, .camera_number = 9, .identity_hash = 3};
  EXPECT_EQ(decoded->plate, "京A1");
  EXPECT_EQ(decoded->key, expected);
  EXPECT_FALSE(DecodePlateKey("A1").has_value());
}

TEST(DictionaryKey, ComesBackFromItsBytes) {
  std::string key;
  AppendDictionaryKey("京A1", Day{0}, key);
  const auto decoded = DecodeDictionaryKey(key);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->plate, "京A1");
  EXPECT_EQ(decoded->day, Day{0});
  EXPECT_FALSE(DecodeDictionaryKey("ab").has_value());
  EXPECT_FALSE(DecodeDictionaryKey("abcd").has_value());
}

}  // namespace
}  // namespace sightline::storage
