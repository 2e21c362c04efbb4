// Cameras in and out of JSON and GeoJSON.
#include "api/camera_json.h"

#include <gtest/gtest.h>

#include <functional>

namespace sightline::api {
namespace {

struct GoodCamera {
  std::string name;
  std::string json;
  Camera wanted;
};

class GoodCameras : public testing::TestWithParam<GoodCamera> {};

TEST_P(GoodCameras, AreRead) {
  const auto camera = ParseCamera(GetParam().json);
  ASSERT_TRUE(camera) << camera.error().message << " at " << camera.error().field;
  EXPECT_EQ(*camera, GetParam().wanted);
}

const Camera kFull{.id = "K-0012",
                   .name = "学院路",
                   .location = Position{116.33, 39.99},
                   .heading_deg = 90,
                   .kind = CameraKind::kCheckpoint};

INSTANTIATE_TEST_SUITE_P(
    CameraJson, GoodCameras,
    testing::Values(
        GoodCamera{"Plain",
                   R"({"id":"K-0012","name":"学院路","location":{"lon":116.33,"lat":39.99},
                       "heading_deg":90,"kind":"checkpoint"})",
                   kFull},
        GoodCamera{"OnlyWhatIsRequired",
                   R"({"id":"K","location":{"lon":1,"lat":2}})",
                   {.id = "K", .location = Position{1, 2}}},
        GoodCamera{"MobileWithoutPlace",
                   R"({"id":"car-7","kind":"mobile"})",
                   {.id = "car-7", .kind = CameraKind::kMobile}},
        GoodCamera{"NullStandsForAbsent",
                   R"({"id":"K","name":null,"heading_deg":null,"location":{"lon":1,"lat":2}})",
                   {.id = "K", .location = Position{1, 2}}},
        GoodCamera{"Feature",
                   R"({"type":"Feature","id":"K-0012","bbox":[1,2,3,4],
                       "geometry":{"type":"Point","coordinates":[116.33,39.99,52.1]},
                       "properties":{"name":"学院路","heading_deg":90,"kind":"checkpoint"}})",
                   kFull},
        GoodCamera{"FeatureWithIdInBothPlaces",
                   R"({"type":"Feature","id":"K","geometry":{"type":"Point","coordinates":[1,2]},
                       "properties":{"id":"K"}})",
                   {.id = "K", .location = Position{1, 2}}},
        GoodCamera{"FeatureWithNumericId",
                   R"({"type":"Feature","id":12,"geometry":{"type":"Point","coordinates":[1,2]},
                       "properties":null})",
                   {.id = "12", .location = Position{1, 2}}},
        GoodCamera{"RetiredWhenExported",
                   R"({"id":"car","kind":"mobile","retired":true})",
                   {.id = "car", .kind = CameraKind::kMobile}},
        GoodCamera{
            "RetiredWhenExportedAsFeature",
            R"({"type":"Feature","properties":{"id":"car","kind":"mobile","retired":false}})",
            {.id = "car", .kind = CameraKind::kMobile}},
        GoodCamera{
            "MobileFeatureWithoutPlace",
            R"({"type":"Feature","geometry":null,"properties":{"id":"car","kind":"mobile"}})",
            {.id = "car", .kind = CameraKind::kMobile}}),
    [](const auto& test) { return test.param.name; });

struct BadCamera {
  std::string name;
  std::string json;
  std::string field;
  std::string message_part;
};

class BadCameras : public testing::TestWithParam<BadCamera> {};

TEST_P(BadCameras, AreRefusedWithFieldAndReason) {
  const auto camera = ParseCamera(GetParam().json);
  ASSERT_FALSE(camera);
  EXPECT_EQ(camera.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(camera.error().field, GetParam().field) << camera.error().message;
  EXPECT_NE(camera.error().message.find(GetParam().message_part), std::string::npos)
      << camera.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    CameraJson, BadCameras,
    testing::Values(
        BadCamera{"NoJson", "K-0012", "", "not valid JSON"},
        BadCamera{"NoObject", "[]", "", "object"},
        BadCamera{"NoId", R"({"location":{"lon":1,"lat":2}})", "/id", "missing"},
        BadCamera{"EmptyId", R"({"id":"","location":{"lon":1,"lat":2}})", "/id", "empty"},
        BadCamera{"LongId", R"({"id":")" + std::string(129, 'x') + "\"}", "/id", "at most 128"},
        BadCamera{"CheckpointWithoutPlace", R"({"id":"K"})", "/location", "mobile"},
        BadCamera{"HeadingOfAFullTurn", R"({"id":"K","kind":"mobile","heading_deg":360})",
                  "/heading_deg", "below 360"},
        BadCamera{"HeadingBelowZero", R"({"id":"K","kind":"mobile","heading_deg":-1})",
                  "/heading_deg", "between 0"},
        BadCamera{"UnknownKind", R"({"id":"K","kind":"dome"})", "/kind", "'dome'"},
        BadCamera{"UnknownMember", R"({"id":"K","kind":"mobile","city":"Beijing"})", "/city",
                  "not a known member"},
        BadCamera{"RetiredAsText", R"({"id":"K","kind":"mobile","retired":"yes"})", "/retired",
                  "true or false"},
        BadCamera{"FeatureWithoutPlace", R"({"type":"Feature","id":"K","properties":{}})",
                  "/geometry", "mobile"},
        BadCamera{
            "FeatureWithALine",
            R"({"type":"Feature","id":"K","geometry":{"type":"LineString","coordinates":[[1,2]]}})",
            "/geometry/type", "'Point'"},
        BadCamera{
            "FeatureOffTheGlobe",
            R"({"type":"Feature","id":"K","geometry":{"type":"Point","coordinates":[39.9,116.3]}})",
            "/geometry/coordinates/1", "between -90 and 90"},
        BadCamera{"FeatureWithTwoIds",
                  R"({"type":"Feature","id":"K","geometry":{"type":"Point","coordinates":[1,2]},
                      "properties":{"id":"L"}})",
                  "/properties/id", "differs"},
        BadCamera{"FeatureWithLocation",
                  R"({"type":"Feature","id":"K","geometry":{"type":"Point","coordinates":[1,2]},
                      "properties":{"location":{"lon":1,"lat":2}}})",
                  "/properties/location", "geometry"},
        BadCamera{"FeatureWithUnknownProperty",
                  R"({"type":"Feature","id":"K","geometry":{"type":"Point","coordinates":[1,2]},
                      "properties":{"surveillance":"public"}})",
                  "/properties/surveillance", "not a known member"}),
    [](const auto& test) { return test.param.name; });

TEST(CameraJson, BodiesOfEveryShapeGiveTheirCamerasAndTheirErrors) {
  const std::string one = R"({"id":"a","kind":"mobile"})";
  const std::string feature =
      R"({"type":"Feature","id":"f","geometry":{"type":"Point","coordinates":[1,2]}})";
  const std::pair<std::string, std::vector<std::string>> cases[] = {
      {one, {"1 a"}},
      {feature, {"1 f"}},
      {"[]", {}},
      {"[" + one + ",{\"id\":\"b\"}," + feature + "]", {"1 a", "2 /location", "3 f"}},
      {R"({"type":"FeatureCollection","name":"roads","crs":null,"features":[)" + feature + ",7]}",
       {"1 f", "2 "}},
      {"{\"id\":7}", {"1 /id"}}};
  for (const auto& [body, wanted] : cases) {
    const auto cameras = ParseCameraBody(body);
    ASSERT_TRUE(cameras) << body;
    std::vector<std::string> got;
    for (const CameraOrError& element : *cameras) {
      got.push_back(std::to_string(element.line) + " " +
                    (element.camera ? element.camera->id : element.camera.error().field));
    }
    EXPECT_EQ(got, wanted) << body;
  }
}

TEST(CameraJson, BodiesWithoutCamerasAreRefused) {
  for (const std::string body : {"", "7", "{\"id\":", R"({"type":"FeatureCollection"})",
                                 R"({"type":"FeatureCollection","features":{}})"}) {
    EXPECT_FALSE(ParseCameraBody(body)) << body;
  }
}

std::string Written(const std::function<void(JsonWriter&)>& write) {
  std::string text;
  JsonWriter json(text);
  write(json);
  return text;
}

CameraRecord Record() {
  Camera before = kFull;
  before.name.clear();
  before.heading_deg.reset();
  return {.number = 3,
          .history = {{.recorded = {0}, .camera = before},
                      {.recorded = {1474424556120}, .camera = kFull, .retired = true}}};
}

TEST(CameraJson, IsWrittenPlainWithHistoryAndAsAFeature) {
  EXPECT_EQ(Written([](JsonWriter& json) { WriteCamera(json, Record()); }),
            R"({"id":"K-0012","name":"学院路","location":{"lon":116.33,"lat":39.99},)"
            R"("heading_deg":90.0,"kind":"checkpoint","retired":true})");
  EXPECT_EQ(Written([](JsonWriter& json) { WriteCameraWithHistory(json, Record()); }),
            R"({"id":"K-0012","name":"学院路","location":{"lon":116.33,"lat":39.99},)"
            R"("heading_deg":90.0,"kind":"checkpoint","retired":true,"history":[)"
            R"({"recorded":"1970-01-01T00:00:00.000Z","location":{"lon":116.33,"lat":39.99},)"
            R"("kind":"checkpoint"},)"
            R"({"recorded":"2016-09-21T02:22:36.120Z","name":"学院路",)"
            R"("location":{"lon":116.33,"lat":39.99},"heading_deg":90.0,"kind":"checkpoint",)"
            R"("retired":true}]})");
  EXPECT_EQ(Written([](JsonWriter& json) { WriteCameraFeature(json, Record()); }),
            R"({"type":"Feature","id":"K-0012",)"
            R"("geometry":{"type":"Point","coordinates":[116.33,39.99]},)"
            R"("properties":{"id":"K-0012","name":"学院路","heading_deg":90.0,"kind":"checkpoint",)"
            R"("retired":true}})");
}

TEST(CameraJson, WhatIsWrittenReadsBackEqual) {
  const Camera cameras[] = {kFull, {.id = "a\"\\/", .kind = CameraKind::kMobile}};
  for (const Camera& camera : cameras) {
    const CameraRecord record{.number = 1, .history = {{.recorded = {1}, .camera = camera}}};
    const auto plain = ParseCamera(Written([&](JsonWriter& json) { WriteCamera(json, record); }));
    ASSERT_TRUE(plain);
    EXPECT_EQ(*plain, camera);
    const auto feature =
        ParseCamera(Written([&](JsonWriter& json) { WriteCameraFeature(json, record); }));
    ASSERT_TRUE(feature) << feature.error().message;
    EXPECT_EQ(*feature, camera);
  }
}

}  // namespace
}  // namespace sightline::api
