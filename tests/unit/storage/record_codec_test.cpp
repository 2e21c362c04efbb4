#include "storage/record_codec.h"

#include <gtest/gtest.h>

#include <limits>

#include "storage/record.pb.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

Sighting ThereAndBack(const Sighting& sighting) {
  return DecodeRecord(EncodeRecord(sighting, {5}), sighting.camera_id, sighting.time).value();
}

TEST(RecordCodec, KeepsEveryMember) {
  const Sighting full = FullSighting("京N6UT45", "K-0012", kDay, 37'336'120);
  EXPECT_EQ(ThereAndBack(full), full);
}

TEST(RecordCodec, KeepsWhatIsAbsentAbsent) {
  Sighting bare;
  bare.camera_id = "K";
  bare.time = kDay.start();
  EXPECT_EQ(ThereAndBack(bare), bare);
  Sighting empty_source = bare;
  empty_source.source_id = "";
  empty_source.plate_confidence = 0.0;
  empty_source.lane = 0;
  empty_source.speed_kmh = 0.0;
  empty_source.location = Position{};
  EXPECT_EQ(ThereAndBack(empty_source), empty_source);
}

TEST(RecordCodec, KeepsNumbersExactly) {
  Sighting sighting = Seen("A1", "K", kDay, 0);
  sighting.speed_kmh = std::numeric_limits<double>::denorm_min();
  sighting.lane = std::numeric_limits<int64_t>::min();
  sighting.attributes = {{"a", std::numeric_limits<int64_t>::max()},
                         {"b", 0.1},
                         {"c", -0.0},
                         {"d", false},
                         {"e", std::string()}};
  EXPECT_EQ(ThereAndBack(sighting), sighting);
}

TEST(RecordCodec, KeepsThePlateAsReadOnlyWhereItDiffers) {
  Sighting same = Seen("A1", "K", kDay, 0);
  Sighting differs = same;
  differs.plate_read = "a-1";
  Sighting none = same;
  none.plate_read = "";
  for (const Sighting& sighting : {same, differs, none}) EXPECT_EQ(ThereAndBack(sighting), sighting);
  EXPECT_LT(EncodeRecord(same, {5}).size(), EncodeRecord(differs, {5}).size());
}

TEST(RecordCodec, StampsTheSequenceIntoBothValues) {
  const Sighting full = FullSighting("A1", "K", kDay, 0);
  std::string value = EncodeRecord(full, {1'474'416'000'123});
  std::string by_plate = EncodePlateValue(full);
  StampSequence(0x1122334455667788, value);
  StampSequence(0x1122334455667788, by_plate);
  const auto header = ParseRecordHeader(value);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->sequence, 0x1122334455667788u);
  EXPECT_EQ(header->received.value, 1'474'416'000'123);
  EXPECT_EQ(ParsePlateSequence(by_plate), 0x1122334455667788u);
  EXPECT_EQ(DecodeRecord(value, "K", full.time).value(), full);
}

TEST(RecordCodec, ReadsPastFieldsOfALaterVersion) {
  const Sighting full = FullSighting("A1", "K", kDay, 0);
  std::string value = EncodeRecord(full, {5});
  value += std::string("\xF8\x07\x2A", 3);  // field 127, a number
  EXPECT_EQ(DecodeRecord(value, "K", full.time).value(), full);

  proto::SightingRecord record;
  record.set_plate("A1");
  record.add_attributes()->set_name("of a kind not known here");
  const std::string later = EncodeRecord(Sighting{}, {5}).substr(0, kRecordHeaderBytes) +
                            record.SerializeAsString();
  const auto decoded = DecodeRecord(later, "K", full.time);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->plate, "A1");
  EXPECT_TRUE(decoded->attributes.empty());
}

TEST(RecordCodec, RefusesOtherFormatsAndTornValues) {
  const Sighting full = FullSighting("A1", "K", kDay, 0);
  const std::string value = EncodeRecord(full, {5});
  std::string other = value;
  other[0] = 2;
  for (const std::string& bad : {std::string(), value.substr(0, 16), other, value + "\xFF"}) {
    const auto decoded = DecodeRecord(bad, "K", full.time);
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error().code, ErrorCode::kCorruption);
  }
  EXPECT_FALSE(ParsePlateSequence("12345678").has_value());
}

TEST(RecordCodec, KeepsACameraWithItsPast) {
  CameraRecord record{.number = 7};
  record.history.push_back({.recorded = {1}, .camera = {.id = "K-1", .name = "学院路"}});
  record.history.push_back({.recorded = {2},
                            .camera = {.id = "K-1",
                                       .name = "学院路",
                                       .location = Position{.lon = 1.5, .lat = 2.5},
                                       .heading_deg = 90.0,
                                       .kind = CameraKind::kMobile},
                            .retired = true});
  const auto entry = DecodeCameraEntry(EncodeCameraEntry(record, true));
  ASSERT_TRUE(entry.has_value());
  EXPECT_TRUE(entry->used);
  EXPECT_EQ(entry->record.number, 7u);
  ASSERT_EQ(entry->record.history.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(entry->record.history[i].camera, record.history[i].camera);
    EXPECT_EQ(entry->record.history[i].recorded, record.history[i].recorded);
    EXPECT_EQ(entry->record.history[i].retired, record.history[i].retired);
  }
}

}  // namespace
}  // namespace sightline::storage
