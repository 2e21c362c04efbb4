// A log line is one JSON object, whatever is in it.
#include "core/log.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <limits>

namespace sightline {
namespace {

class LogTest : public testing::Test {
 protected:
  void TearDown() override { SetLogLevel(LogLevel::kInfo); }

  // What `write` logged.
  template <typename Write>
  std::string Logged(Write write) {
    testing::internal::CaptureStderr();
    write();
    return testing::internal::GetCapturedStderr();
  }

  simdjson::dom::parser parser_;
};

TEST_F(LogTest, ALineIsOneJsonObjectWithItsFields) {
  const std::string line = Logged([] {
    Log(LogLevel::kWarning, "day_set_aside",
        {{"path", "a\"b\\c\n\x01京"}, {"rows", 17}, {"share", 0.5}, {"again", true}});
  });
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  simdjson::dom::element root;
  ASSERT_EQ(parser_.parse(line).get(root), simdjson::SUCCESS) << line;
  EXPECT_EQ(std::string_view(root["level"]), "warning");
  EXPECT_EQ(std::string_view(root["event"]), "day_set_aside");
  EXPECT_EQ(std::string_view(root["path"]), "a\"b\\c\n\x01京");
  EXPECT_EQ(int64_t(root["rows"]), 17);
  EXPECT_EQ(double(root["share"]), 0.5);
  EXPECT_EQ(bool(root["again"]), true);
  EXPECT_TRUE(std::string_view(root["time"]).ends_with("Z"));
}

TEST_F(LogTest, ALineStaysJsonWithBrokenTextAndNumbers) {
  const std::string line = Logged([] {
    Log(LogLevel::kError, "odd",
        {{"text", "a\xC3(\xFF"}, {"nan", std::numeric_limits<double>::quiet_NaN()},
         {"infinite", std::numeric_limits<double>::infinity()}});
  });
  simdjson::dom::element root;
  ASSERT_EQ(parser_.parse(line).get(root), simdjson::SUCCESS) << line;
  EXPECT_EQ(std::string_view(root["text"]), "a\uFFFD(\uFFFD");
  EXPECT_TRUE(root["nan"].is_null());
  EXPECT_TRUE(root["infinite"].is_null());
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  SetLogLevel(LogLevel::kWarning);
  EXPECT_EQ(Logged([] { Log(LogLevel::kInfo, "quiet"); }), "");
  EXPECT_NE(Logged([] { Log(LogLevel::kError, "loud"); }), "");
  SetLogLevel(LogLevel::kOff);
  EXPECT_EQ(Logged([] { Log(LogLevel::kError, "off"); }), "");
  SetLogLevel(LogLevel::kDebug);
  EXPECT_NE(Logged([] { Log(LogLevel::kDebug, "detail"); }), "");
}

TEST_F(LogTest, LevelsHaveNames) {
  const std::pair<std::string_view, LogLevel> cases[] = {{"debug", LogLevel::kDebug},
                                                         {"info", LogLevel::kInfo},
                                                         {"warning", LogLevel::kWarning},
                                                         {"error", LogLevel::kError},
                                                         {"off", LogLevel::kOff}};
  for (const auto& [name, level] : cases) {
    const auto parsed = ParseLogLevel(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(*parsed, level);
  }
  EXPECT_FALSE(ParseLogLevel("INFO"));
  EXPECT_FALSE(ParseLogLevel(""));
}

}  // namespace
}  // namespace sightline
