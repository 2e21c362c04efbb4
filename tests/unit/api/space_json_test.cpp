#include "api/space_json.h"

#include <gtest/gtest.h>

#include <string>

#include "api/index_json.h"

namespace sightline::api {
namespace {

TEST(SpaceJson, ReadsWhatASpaceIs) {
  const auto space = ParseSpace(
      "face", R"({"bytes":512,"element":"f32","metric":"cosine","model":"arcface r50"})");
  ASSERT_TRUE(space) << space.error().message;
  EXPECT_EQ(*space, (VectorSpace{.name = "face",
                                 .bytes = 512,
                                 .element = VectorElement::kF32,
                                 .metric = VectorMetric::kCosine,
                                 .model = "arcface r50"}));
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  WriteSpaceMembers(json, *space);
  json.EndObject();
  EXPECT_EQ(text, R"({"name":"face","bytes":512,"dimensions":128,"element":"f32",)"
                  R"("metric":"cosine","model":"arcface r50"})");
}

struct BadSpace {
  std::string name;
  std::string json;
  std::string field;
};

TEST(SpaceJson, SaysWhatIsWrong) {
  const std::string good = R"({"bytes":128,"element":"u8","metric":"l2"})";
  EXPECT_TRUE(ParseSpace("a", good));
  const BadSpace cases[] = {
      {"", good, "name"},
      {"Face", good, "name"},
      {"a", R"({"element":"u8","metric":"l2"})", "/bytes"},
      {"a", R"({"bytes":128,"metric":"l2"})", "/element"},
      {"a", R"({"bytes":128,"element":"u8"})", "/metric"},
      {"a", R"({"bytes":127,"element":"u8","metric":"l2"})", "/bytes"},
      {"a", R"({"bytes":"128","element":"u8","metric":"l2"})", "/bytes"},
      {"a", R"({"bytes":128,"element":"u16","metric":"l2"})", "/element"},
      {"a", R"({"bytes":128,"element":"u8","metric":"hamming"})", "/metric"},
      {"a", R"({"bytes":128,"element":"u8","metric":null})", "/metric"},
      {"a", R"({"bytes":128,"element":"u8","metric":"l2","name":"a"})", "/name"},
      {"a", R"({"bytes":128,"element":"u8","metric":"l2","model":")" + std::string(257, 'm') +
                R"("})",
       "/model"},
  };
  for (const BadSpace& bad : cases) {
    const auto space = ParseSpace(bad.name, bad.json);
    ASSERT_FALSE(space) << bad.json;
    EXPECT_EQ(space.error().field, bad.field) << bad.json;
    EXPECT_EQ(space.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(RebuildJson, ReadsBackWhatItWrites) {
  const auto all = ParseRebuild("{}");
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->space.empty() && all->segment.empty() && !all->day);
  const std::string one = R"({"space":"vehicle","day":"2016-09-21","segment":"000001.seg"})";
  const auto body = ParseRebuild(one);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(WriteRebuild(*body), one);
  EXPECT_EQ(WriteRebuild(*all), "{}");
}

TEST(RebuildJson, SaysWhatIsWrong) {
  EXPECT_EQ(ParseRebuild(R"({"day":"21.9.2016"})").error().field, "/day");
  EXPECT_EQ(ParseRebuild(R"({"segment":"1"})").error().field, "/segment");
  EXPECT_EQ(ParseRebuild(R"({"space":7})").error().field, "/space");
  EXPECT_EQ(ParseRebuild(R"({"days":[]})").error().field, "/days");
}

}  // namespace
}  // namespace sightline::api
