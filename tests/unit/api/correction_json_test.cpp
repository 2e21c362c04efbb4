// Corrections in and out.
#include "api/correction_json.h"

#include <gtest/gtest.h>

#include <string>

namespace sightline::api {
namespace {

TEST(CorrectionJson, PlateAttributesAndNoteAreRead) {
  const auto correction = ParseCorrection(
      R"({"plate":"京n·6ut45","attributes":{"year":2013,"brand":null,"color":"red"},)"
      R"("note":"the tail\nis a 5"})",
      {});
  ASSERT_TRUE(correction) << correction.error().message;
  EXPECT_EQ(*correction, (Correction{.plate = "京N6UT45",
                                     .attributes = {{"color", std::string("red")},
                                                    {"year", int64_t{2013}}},
                                     .removed_attributes = {"brand"},
                                     .note = "the tail\nis a 5"}));
}

TEST(CorrectionJson, NullAndEmptyPlatesMeanUnread) {
  for (const char* json : {R"({"plate":null})", R"({"plate":""})"}) {
    const auto correction = ParseCorrection(json, {});
    ASSERT_TRUE(correction) << json;
    EXPECT_EQ(correction->plate, "");
  }
  EXPECT_EQ(ParseCorrection(R"({"attributes":{"a":1}})", {})->plate, std::nullopt);
}

TEST(CorrectionJson, BadBodiesAreRefusedWithTheirPlace) {
  SightingLimits limits;
  limits.max_attributes = 2;
  limits.max_attribute_value_bytes = 4;
  const struct {
    std::string json, field, says;
  } cases[] = {
      {"", "", "empty"},
      {"{}", "", "corrects nothing"},
      {R"({"note":"x"})", "", "corrects nothing"},
      {R"({"attributes":{}})", "", "corrects nothing"},
      {R"({"plate":"A_1"})", "/plate", "is no plate"},
      {R"({"plate":5})", "/plate", "a string"},
      {R"({"time":5,"plate":"A1"})", "/time", "not a known member"},
      {R"({"plate":"A1","plate":"A2"})", "/plate", "twice"},
      {R"({"plate":"A1","note":null})", "/note", "null"},
      {R"({"attributes":{"a":[1]}})", "/attributes/a", "a string, a number or a boolean"},
      {R"({"attributes":{"a":"12345"}})", "/attributes/a", "max_attribute_value_bytes"},
      {R"({"attributes":{"a":1,"b":2,"c":null}})", "/attributes", "max_attributes"},
      {R"({"attributes":{"a":1,"a":null}})", "/attributes/a", "twice"},
      {R"({"attributes":{"":1}})", "/attributes", "empty name"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.json);
    const auto correction = ParseCorrection(bad.json, limits);
    ASSERT_FALSE(correction);
    EXPECT_EQ(correction.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(correction.error().field, bad.field) << correction.error().message;
    EXPECT_NE(correction.error().message.find(bad.says), std::string::npos)
        << correction.error().message;
  }
}

std::string Written(const StoredCorrection& stored) {
  std::string text;
  {
    JsonWriter json(text);
    WriteCorrection(json, stored);
  }
  return text;
}

TEST(CorrectionJson, AnswersSayWhatWasAndWhatIs) {
  const SightingId id{{1474424556120}, 1, 2};
  const StoredCorrection stored{
      .sighting = id,
      .sequence = 17,
      .corrected = {1474424557000},
      .correction = {.plate = "",
                     .attributes = {{"color", std::string("red")}, {"year", int64_t{2013}}},
                     .removed_attributes = {"brand"},
                     .note = "n",
                     .author = "night shift"},
      .camera_id = "K-1",
      .plate_before = "A1",
      .attributes_before = {{"brand", std::string("Audi")}, {"color", std::string("blue")}}};
  EXPECT_EQ(Written(stored),
            R"({"number":17,"sighting_id":")" + id.ToString() +
                R"(","camera_id":"K-1","time":"2016-09-21T02:22:36.120Z",)"
                R"("corrected_at":"2016-09-21T02:22:37.000Z","by":"night shift","note":"n",)"
                R"("plate_before":"A1","plate":null,)"
                R"("attributes_before":{"brand":"Audi","color":"blue","year":null},)"
                R"("attributes":{"color":"red","year":2013,"brand":null}})");
}

TEST(CorrectionJson, WhatWasNotCorrectedIsLeftOut) {
  const StoredCorrection stored{.sequence = 1,
                                .correction = {.plate = "A2", .author = "x"},
                                .camera_id = "K"};
  const std::string text = Written(stored);
  EXPECT_NE(text.find(R"("plate_before":null,"plate":"A2"})"), std::string::npos) << text;
  EXPECT_EQ(text.find("attributes"), std::string::npos) << text;
  EXPECT_EQ(text.find("note"), std::string::npos) << text;
}

}  // namespace
}  // namespace sightline::api
