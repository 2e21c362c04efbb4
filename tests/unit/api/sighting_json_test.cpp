// Sightings in and out of JSON: every good form, every kind of bad line, and the round trip.
#include "api/sighting_json.h"

#include <gtest/gtest.h>

#include <random>

#include "api/base64.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

const std::string kVehicleVector = EncodeBase64(std::string(128, 'v'));

std::string Written(const Sighting& sighting) {
  std::string text;
  JsonWriter json(text);
  WriteIncomingSighting(json, sighting);
  return text;
}

std::string Written(const StoredSighting& stored, const SightingFields& fields) {
  std::string text;
  JsonWriter json(text);
  WriteSighting(json, stored, fields);
  return text;
}

TEST(SightingParser, ReadsEveryMemberOfTheContractsExample) {
  const std::string text =
      R"({"source_id": "cam12-000481", "camera_id": "K-0012",
          "time": "2016-09-21T10:22:36.120+08:00",
          "plate": "京N·6ut45", "plate_color": "blue", "plate_confidence": 0.97,
          "attributes": {"type": "sedan", "year": 2013, "height": 1.45, "inspection_sticker": true},
          "location": {"lon": 116.33, "lat": 39.99}, "lane": 2, "speed_kmh": 41.5,
          "image": "https://host/481.jpg", "vectors": {"vehicle": ")" +
      kVehicleVector + "\"}}";
  const Sighting wanted{.source_id = "cam12-000481",
                        .camera_id = "K-0012",
                        .time = *ParseRfc3339("2016-09-21T02:22:36.120Z"),
                        .plate = "京N6UT45",
                        .plate_read = "京N·6ut45",
                        .plate_color = "blue",
                        .plate_confidence = 0.97,
                        .attributes = {{"height", 1.45},
                                       {"inspection_sticker", true},
                                       {"type", std::string("sedan")},
                                       {"year", int64_t{2013}}},
                        .location = Position{116.33, 39.99},
                        .lane = 2,
                        .speed_kmh = 41.5,
                        .image = "https://host/481.jpg",
                        .vectors = {{"vehicle", std::string(128, 'v')}}};
  const auto parsed = SightingParser({}).Parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(*parsed, wanted);
}

struct GoodLine {
  std::string name;
  std::string json;
  Sighting wanted;
};

class GoodLines : public testing::TestWithParam<GoodLine> {};

TEST_P(GoodLines, AreRead) {
  const auto parsed = SightingParser({}).Parse(GetParam().json);
  ASSERT_TRUE(parsed) << parsed.error().message << " at " << parsed.error().field;
  EXPECT_EQ(*parsed, GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    SightingParser, GoodLines,
    testing::Values(
        GoodLine{.name = "OnlyWhatIsRequired",
                 .json = R"({"camera_id":"K","time":0})",
                 .wanted = {.camera_id = "K", .time = {0}}},
        GoodLine{.name = "MillisecondsSinceTheEpoch",
                 .json = R"({"camera_id":"K","time":1474424556120})",
                 .wanted = {.camera_id = "K", .time = {1474424556120}}},
        GoodLine{.name = "NullStandsForAbsent",
                 .json = R"({"camera_id":"K","time":5,"plate":null,"source_id":null,"lane":null,
                             "location":null,"attributes":{"color":null,"year":1},"vectors":null})",
                 .wanted = {.camera_id = "K", .time = {5}, .attributes = {{"year", int64_t{1}}}}},
        GoodLine{.name = "EdgesOfEveryRange",
                 .json = R"({"camera_id":"K","time":5662223999999,"plate_confidence":1,
                             "location":{"lon":-180,"lat":90},"lane":255,"speed_kmh":0})",
                 .wanted = {.camera_id = "K",
                            .time = {5662223999999},
                            .plate_confidence = 1,
                            .location = Position{-180, 90},
                            .lane = 255,
                            .speed_kmh = 0}},
        GoodLine{.name = "EscapesAndWideCharacters",
                 .json = R"({"camera_id":"\u5b66\u9662 \"1\"","time":5,"plate":"\uff21\uff11",
                             "attributes":{"a/b~":"\ud83d\ude97"}})",
                 .wanted = {.camera_id = "学院 \"1\"",
                            .time = {5},
                            .plate = "A1",
                            .plate_read = "Ａ１",
                            .attributes = {{"a/b~", std::string("🚗")}}}}),
    [](const auto& test) { return test.param.name; });

struct BadLine {
  std::string name;
  std::string json;
  std::string field;
  std::string message_part;
};

class BadLines : public testing::TestWithParam<BadLine> {};

TEST_P(BadLines, AreRefusedWithFieldAndReason) {
  const auto parsed = SightingParser({}).Parse(GetParam().json);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(parsed.error().field, GetParam().field) << parsed.error().message;
  EXPECT_NE(parsed.error().message.find(GetParam().message_part), std::string::npos)
      << parsed.error().message;
  EXPECT_LT(parsed.error().message.size(), 400u);
}

// A sighting that is sound but for `members`.
std::string With(const std::string& members) {
  return R"({"camera_id":"K","time":"2016-09-21T02:22:36Z",)" + members + "}";
}

std::string ManyAttributes(int count) {
  std::string members;
  for (int i = 0; i < count; ++i) members += (i ? ",\"a" : "\"a") + std::to_string(i) + "\":1";
  return With("\"attributes\":{" + members + "}");
}

INSTANTIATE_TEST_SUITE_P(
    SightingParser, BadLines,
    testing::Values(
        BadLine{"Empty", "", "", "empty"}, BadLine{"NoJson", "hello", "", "not valid JSON"},
        BadLine{"CutOff", R"({"camera_id":"K","time":)", "", "JSON"},
        BadLine{"TwoValues", R"({"camera_id":"K","time":1} {"camera_id":"K","time":2})", "",
                "not valid JSON"},
        BadLine{"ScalarInsteadOfObject", "17", "", "object"},
        BadLine{"ArrayInsteadOfObject", "[]", "", "object"},
        BadLine{"InvalidUtf8", "{\"camera_id\":\"K\xC3\x28\",\"time\":1}", "", "UTF-8"},
        BadLine{"EncodedSurrogate", "{\"camera_id\":\"K\xED\xA0\x80\",\"time\":1}", "", "UTF-8"},
        BadLine{"LoneHighSurrogate", R"({"camera_id":"K\ud800","time":1})", "", "escape"},
        BadLine{"LoneLowSurrogate", R"({"camera_id":"K\udc00","time":1})", "", "escape"},
        BadLine{"HighSurrogateTwice", R"({"camera_id":"K\ud800\ud800","time":1})", "", "escape"},
        BadLine{"RawControlCharacter", "{\"camera_id\":\"K\n\",\"time\":1}", "",
                "control character"},
        BadLine{"DeepNesting", std::string(10'000, '[') + std::string(10'000, ']'), "", "nested"},
        BadLine{"NotANumber", With(R"("speed_kmh":NaN)"), "", "JSON"},
        BadLine{"Infinite", With(R"("speed_kmh":-Infinity)"), "", "NaN and Infinity"},
        BadLine{"NumberBeyondDouble", With(R"("speed_kmh":1e999)"), "", "64-bit"},
        BadLine{"UnknownMember", With(R"("colour":"red")"), "/colour", "colour is not a known"},
        BadLine{"UnknownMemberOfHugeName", With("\"" + std::string(100'000, 'x') + "\":1"),
                "/" + std::string(256, 'x'), "not a known"},
        BadLine{"RepeatedMember", With(R"("lane":1,"lane":1)"), "/lane", "twice"},
        BadLine{"RepeatedNull", With(R"("lane":null,"lane":1)"), "/lane", "twice"},
        BadLine{"NoCamera", R"({"time":1})", "/camera_id", "missing"},
        BadLine{"NullCamera", R"({"camera_id":null,"time":1})", "/camera_id", "missing"},
        BadLine{"EmptyCamera", R"({"camera_id":"","time":1})", "/camera_id", "empty"},
        BadLine{"NumericCamera", R"({"camera_id":12,"time":1})", "/camera_id",
                "string, not a number"},
        BadLine{"LongCamera", R"({"camera_id":")" + std::string(129, 'k') + R"(","time":1})",
                "/camera_id", "max_camera_id_bytes"},
        BadLine{"ControlCharacterInCamera", R"({"camera_id":"a\u0000b","time":1})", "/camera_id",
                "U+0000"},
        BadLine{"NoTime", R"({"camera_id":"K"})", "/time", "missing"},
        BadLine{"TimeWithoutOffset", R"({"camera_id":"K","time":"2016-09-21T02:22:36"})", "/time",
                "offset"},
        BadLine{"TimeNoSuchDay", R"({"camera_id":"K","time":"2016-02-30T02:22:36Z"})", "/time",
                "calendar"},
        BadLine{"TimeOfAnotherForm", R"({"camera_id":"K","time":"20160921022236"})", "/time",
                "RFC 3339"},
        BadLine{"TimeBefore1970", R"({"camera_id":"K","time":-1})", "/time", "1970"},
        BadLine{"TimeInTheFarFuture", R"({"camera_id":"K","time":"9999-01-01T00:00:00Z"})", "/time",
                "2149"},
        BadLine{"TimeInMicroseconds", R"({"camera_id":"K","time":1474424556120000})", "/time",
                "2149"},
        BadLine{"TimeWithFraction", R"({"camera_id":"K","time":1.5})", "/time",
                "whole milliseconds"},
        BadLine{"TimeIsBoolean", R"({"camera_id":"K","time":true})", "/time", "not a boolean"},
        BadLine{"EmptySourceId", With(R"("source_id":"")"), "/source_id", "empty"},
        BadLine{"LongSourceId", With(R"("source_id":")" + std::string(257, 's') + "\""),
                "/source_id", "max_source_id_bytes"},
        BadLine{"EmptyPlate", With(R"("plate":"")"), "/plate", "leave it out"},
        BadLine{"PlateOfSeparators", With(R"("plate":"- .")"), "/plate", "no letters or digits"},
        BadLine{"PlateWithAStar", With(R"("plate":"A*1")"), "/plate", "letters and digits"},
        BadLine{"LongPlate", With(R"("plate":")" + std::string(65, 'A') + "\""), "/plate", "64"},
        BadLine{"HugePlate", With(R"("plate":")" + std::string(100'000, 'A') + "\""), "/plate",
                "256"},
        BadLine{"NumericPlate", With(R"("plate":12345)"), "/plate", "string"},
        BadLine{"LongPlateColor", With(R"("plate_color":")" + std::string(33, 'b') + "\""),
                "/plate_color", "32"},
        BadLine{"ConfidenceAboveOne", With(R"("plate_confidence":1.7)"), "/plate_confidence",
                "plate_confidence must lie between 0 and 1, not 1.7"},
        BadLine{"ConfidenceBelowZero", With(R"("plate_confidence":-0.1)"), "/plate_confidence",
                "between 0 and 1"},
        BadLine{"ConfidenceIsText", With(R"("plate_confidence":"0.9")"), "/plate_confidence",
                "a number, not a string"},
        BadLine{"AttributesAreAList", With(R"("attributes":["red"])"), "/attributes",
                "an object, not an array"},
        BadLine{"NestedAttribute", With(R"("attributes":{"a/b":{"c":1}})"), "/attributes/a~1b",
                "a string, a number or a boolean"},
        BadLine{"RepeatedAttribute", With(R"("attributes":{"b":1,"a":2,"b":3})"), "/attributes/b",
                "twice"},
        BadLine{"NamelessAttribute", With(R"("attributes":{"":1})"), "/attributes", "empty name"},
        BadLine{"LongAttributeName", With(R"("attributes":{")" + std::string(65, 'n') + "\":1}"),
                "/attributes/" + std::string(65, 'n'), "max_attribute_name_bytes"},
        BadLine{"LongAttributeValue",
                With(R"("attributes":{"a":")" + std::string(100'000, 'v') + "\"}"), "/attributes/a",
                "max_attribute_value_bytes"},
        BadLine{"HugeWholeNumber", With(R"("attributes":{"a":18446744073709551615})"),
                "/attributes/a", "send it as a string"},
        BadLine{"TooManyAttributes", ManyAttributes(65), "/attributes", "max_attributes"},
        BadLine{"LocationIsAList", With(R"("location":[116,39])"), "/location", "an object"},
        BadLine{"LocationWithoutLat", With(R"("location":{"lon":116})"), "/location/lat",
                "missing"},
        BadLine{"LocationOffTheGlobe", With(R"("location":{"lon":116,"lat":90.5})"),
                "/location/lat", "between -90 and 90"},
        BadLine{"LocationWithMore", With(R"("location":{"lon":1,"lat":2,"alt":3})"),
                "/location/alt", "not a known"},
        BadLine{"LocationWithNull", With(R"("location":{"lon":1,"lat":null})"), "/location/lat",
                "not null"},
        BadLine{"LaneWithFraction", With(R"("lane":1.5)"), "/lane", "whole number"},
        BadLine{"LaneBelowZero", With(R"("lane":-1)"), "/lane", "not -1"},
        BadLine{"LaneBeyondAllNumbers", With(R"("lane":18446744073709551615)"), "/lane",
                "not 18446744073709551615"},
        BadLine{"SpeedBelowZero", With(R"("speed_kmh":-3)"), "/speed_kmh", "between 0 and 1000"},
        BadLine{"SpeedOfARocket", With(R"("speed_kmh":28000)"), "/speed_kmh", "between 0 and 1000"},
        BadLine{"LongImage", With(R"("image":")" + std::string(2049, 'i') + "\""), "/image",
                "max_image_bytes"},
        BadLine{"UnknownSpace", With(R"("vectors":{"face":"AAAA"})"), "/vectors/face",
                "not a known space"},
        BadLine{"ShortVector", With(R"("vectors":{"vehicle":"AAAA"})"), "/vectors/vehicle",
                "has 128 bytes, not 3"},
        BadLine{"BadBase64", With(R"("vectors":{"vehicle":"A?AA"})"), "/vectors/vehicle", "base64"},
        BadLine{"Base64WithoutPadding", With(R"("vectors":{"vehicle":"AAA"})"), "/vectors/vehicle",
                "base64"},
        BadLine{"UrlBase64", With(R"("vectors":{"vehicle":"A-_A"})"), "/vectors/vehicle", "base64"},
        BadLine{"VectorAsList", With(R"("vectors":{"vehicle":[1,2,3]})"), "/vectors/vehicle",
                "base64"}),
    [](const auto& test) { return test.param.name; });

TEST(SightingParser, GoesOnAfterABadLine) {
  SightingParser parser({});
  EXPECT_FALSE(parser.Parse(std::string(100'000, '{')));
  EXPECT_TRUE(parser.Parse(R"({"camera_id":"K","time":1})"));
}

TEST(SightingParser, HoldsToTheLimitsThatItIsGiven) {
  SightingLimits limits;
  limits.max_camera_id_bytes = 2;
  SightingParser parser(limits);
  EXPECT_TRUE(parser.Parse(R"({"camera_id":"ab","time":1})"));
  EXPECT_FALSE(parser.Parse(R"({"camera_id":"abc","time":1})"));
}

std::string LineWithVector(std::string_view space, std::string_view bytes) {
  return R"({"camera_id":"K","time":1,"vectors":{")" + std::string(space) + R"(":")" +
         EncodeBase64(bytes) + R"("}})";
}

TEST(SightingParser, KnowsASpaceOnceItIsThere) {
  std::vector<VectorSpace> spaces = DefaultSpaces();
  SightingParser parser({}, [&] { return spaces; });
  const std::string line = LineWithVector("face", std::string(512, '\0'));
  EXPECT_TRUE(parser.Parse(LineWithVector("vehicle", std::string(128, 'v'))));
  EXPECT_FALSE(parser.Parse(line));
  spaces.push_back({.name = "face", .bytes = 512, .element = VectorElement::kF32});
  EXPECT_TRUE(parser.Parse(line));
}

TEST(SightingParser, RefusesComponentsThatAreNotFinite) {
  const VectorSpace face = {.name = "face", .bytes = 512, .element = VectorElement::kF32};
  SightingParser parser({}, [&] { return std::vector{face}; });
  std::string bytes(512, '\0');
  bytes.replace(8, 4, "\x00\x00\xC0\x7F", 4);  // component 2: not a number
  const auto parsed = parser.Parse(LineWithVector("face", bytes));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().field, "/vectors/face");
  EXPECT_NE(parsed.error().message.find("component 2"), std::string::npos);
}

TEST(SightingParser, TakesVectorsAsTheyAreWhereNoSpacesAreNamed) {
  EXPECT_TRUE(SightingParser({}, nullptr).Parse(LineWithVector("any", "abc")));
}

std::string RandomText(std::mt19937_64& random, size_t max_characters) {
  static constexpr std::string_view kCharacters[] = {"a", "Z", "7", " ", "\"", "\\", "/", "é",
                                                     "京", "🚗", "<", "&", "'", ","};
  std::string text;
  for (size_t left = 1 + random() % max_characters; left > 0; --left) {
    text += kCharacters[random() % std::size(kCharacters)];
  }
  return text;
}

std::string RandomBytes(std::mt19937_64& random, size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

Sighting RandomSighting(std::mt19937_64& random) {
  const auto chance = [&] { return random() % 2 == 0; };
  std::uniform_real_distribution<double> unit(0, 1);
  Sighting sighting;
  if (chance()) sighting.source_id = RandomText(random, 12);
  sighting.camera_id = RandomText(random, 12);
  sighting.time = {static_cast<int64_t>(random() % static_cast<uint64_t>(kMaxTimestamp.value))};
  if (chance()) {
    sighting.plate_read = chance() ? "京a·12 345" : "abc-" + std::to_string(random() % 1000);
    sighting.plate = *NormalizePlate(sighting.plate_read);
  }
  if (chance()) sighting.plate_color = RandomText(random, 4);
  if (chance()) sighting.plate_confidence = unit(random);
  for (char name = 'a'; name < 'f'; ++name) {
    const AttributeValue values[] = {RandomText(random, 20), static_cast<int64_t>(random()),
                                     unit(random) * 1e6 + 0.5, chance()};
    if (chance()) sighting.attributes.push_back({std::string(1, name), values[random() % 4]});
  }
  if (chance()) sighting.location = Position{unit(random) * 360 - 180, unit(random) * 180 - 90};
  if (chance()) sighting.lane = static_cast<int64_t>(random() % 256);
  if (chance()) sighting.speed_kmh = unit(random) * 1000;
  if (chance()) sighting.image = RandomText(random, 40);
  if (chance()) sighting.vectors.push_back({"detail", RandomBytes(random, 512)});
  if (chance()) sighting.vectors.push_back({"vehicle", RandomBytes(random, 128)});
  return sighting;
}

TEST(SightingJson, WhatIsWrittenReadsBackEqual) {
  const uint64_t seed = 20160921;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  SightingParser parser({});
  for (int round = 0; round < 2'000; ++round) {
    const Sighting sighting = RandomSighting(random);
    const std::string text = Written(sighting);
    const auto parsed = parser.Parse(text);
    ASSERT_TRUE(parsed) << text << "\n" << parsed.error().message;
    ASSERT_EQ(*parsed, sighting) << text;
  }
}

StoredSighting Example() {
  StoredSighting stored;
  stored.sighting = {.source_id = "s1",
                     .camera_id = "K-0012",
                     .time = {1474424556120},
                     .plate = "京N6UT45",
                     .plate_read = "京N·6ut45",
                     .plate_color = "blue",
                     .plate_confidence = 0.97,
                     .attributes = {{"color", std::string("silver")}, {"year", int64_t{2013}}},
                     .location = Position{116.33, 39.99},
                     .lane = 2,
                     .speed_kmh = 41.5,
                     .image = "https://host/481.jpg",
                     .vectors = {{"vehicle", "abc"}}};
  stored.id = {stored.sighting.time, 0x01020304, 0x0a0b0c0d0e0f1011};
  stored.received = {1474424557000};
  stored.sequence = 9;
  return stored;
}

TEST(SightingJson, AnswersBearAllThatWasStoredButVectors) {
  EXPECT_EQ(
      Written(Example(), {}),
      R"({"id":")" + Example().id.ToString() +
          R"(","received":"2016-09-21T02:22:37.000Z","source_id":"s1","camera_id":"K-0012",)"
          R"("time":"2016-09-21T02:22:36.120Z","plate":"京N6UT45","plate_read":"京N·6ut45",)"
          R"("plate_color":"blue","plate_confidence":0.97,)"
          R"("attributes":{"color":"silver","year":2013},)"
          R"("location":{"lon":116.33,"lat":39.99},"lane":2,"speed_kmh":41.5,)"
          R"("image":"https://host/481.jpg"})");
}

TEST(SightingJson, ACorrectedSightingSaysSoBesideWhatWasRead) {
  StoredSighting stored = Example();
  stored.sighting.plate = "京N6UT46";
  stored.corrected = 12;
  const auto fields = ParseSightingFields("", "plate,plate_read,corrected");
  ASSERT_TRUE(fields);
  EXPECT_EQ(Written(stored, *fields),
            R"({"id":")" + Example().id.ToString() +
                R"(","plate":"京N6UT46","plate_read":"京N·6ut45","corrected":true})");
}

TEST(SightingJson, AMatchIsWrittenUnlessFieldsLeaveItOut) {
  const auto written = [](const SightingFields& fields) {
    std::string text;
    {
      JsonWriter json(text);
      json.BeginObject();
      WriteMatchMember(json, 0.25, 2, fields);
      json.EndObject();
    }
    return text;
  };
  EXPECT_EQ(written({}), R"({"match":{"probability":0.25,"differences":2}})");
  EXPECT_EQ(written(*ParseSightingFields("", "match")), written({}));
  EXPECT_EQ(written(*ParseSightingFields("", "plate")), "{}");
}

// What an answer bears can be sent as it is; the reading stays apart from its correction.
TEST(SightingJson, AnExportedRowIsReadAgain) {
  StoredSighting stored = Example();
  stored.sighting.plate = "京N6UT46";
  stored.sighting.vectors = {{"vehicle", std::string(128, 'v')}};
  stored.corrected = 12;
  SightingParser parser({});
  const auto read = parser.Parse(Written(stored, {.vectors = true}));
  ASSERT_TRUE(read) << read.error().message << " at " << read.error().field;
  EXPECT_EQ(*read, stored.sighting);

  stored.sighting.plate.clear();  // corrected to unread
  const auto unread = parser.Parse(Written(stored, {.vectors = true}));
  ASSERT_TRUE(unread) << unread.error().message;
  EXPECT_EQ(*unread, stored.sighting);

  const auto matched = parser.Parse(
      R"({"camera_id":"K","time":5,"plate":"A1","match":{"probability":1,"differences":0}})");
  ASSERT_TRUE(matched);
  EXPECT_EQ(matched->plate_read, "A1");
}

TEST(SightingJson, MembersWithoutAValueAreLeftOut) {
  StoredSighting stored;
  stored.sighting.camera_id = "K";
  EXPECT_EQ(Written(stored, {.vectors = true}),
            R"({"id":"000000000000000000000000000000000000","received":"1970-01-01T00:00:00.000Z",)"
            R"("camera_id":"K","time":"1970-01-01T00:00:00.000Z"})");
}

struct FieldsCase {
  std::string include;
  std::string fields;
  std::string wanted;  // behind the id
};

TEST(SightingJson, FieldsNarrowAndIncludeAddsVectors) {
  const FieldsCase cases[] = {
      {.include = "", .fields = "plate", .wanted = R"("plate":"京N6UT45"})"},
      {.include = "", .fields = "time, camera_id",
       .wanted = R"("camera_id":"K-0012","time":"2016-09-21T02:22:36.120Z"})"},
      {.include = "", .fields = "vectors", .wanted = R"("vectors":{"vehicle":"YWJj"}})"},
      {.include = "vectors", .fields = "lane,vectors",
       .wanted = R"("lane":2,"vectors":{"vehicle":"YWJj"}})"},
  };
  for (const FieldsCase& example : cases) {
    SCOPED_TRACE(example.include + " " + example.fields);
    const auto fields = ParseSightingFields(example.include, example.fields);
    ASSERT_TRUE(fields) << fields.error().message;
    EXPECT_EQ(Written(Example(), *fields),
              R"({"id":")" + Example().id.ToString() + "\"," + example.wanted);
  }
}

TEST(SightingJson, UnknownFieldNamesAreRefused) {
  for (const auto& [include, fields, parameter] : {std::tuple{"images", "", "include"},
                                                   {"", "plate,colour", "fields"},
                                                   {"", "plate,,time", "fields"}}) {
    const auto parsed = ParseSightingFields(include, fields);
    ASSERT_FALSE(parsed) << include << fields;
    EXPECT_EQ(parsed.error().field, parameter);
  }
}

}  // namespace
}  // namespace sightline::api
