#include "server/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace sightline::server {
namespace {

// A TOML file that goes when the test ends.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("sightline_config_test_" + std::to_string(getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(Config, DefaultsHoldWhereNothingIsGiven) {
  const auto config = LoadConfig({}, {"HOME=/root"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->http.listen, "127.0.0.1:8080");
  EXPECT_EQ(config->max_line_bytes, 262'144u);
  EXPECT_EQ(config->store.retention_days, 0);
  EXPECT_EQ(config->origins.at("listen"), "default");
}

TEST(Config, FlagsWinOverEnvironmentWinsOverFile) {
  const ConfigFile file("data = \"from-file\"\nlisten = \"127.0.0.1:1\"\nmax_line_bytes = 1000\n");
  const auto config = LoadConfig({"--config", file.path(), "--data", "from-flag"},
                                 {"SIGHTLINE_DATA=from-env", "SIGHTLINE_LISTEN=127.0.0.1:2"});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->data, "from-flag");
  EXPECT_EQ(config->http.listen, "127.0.0.1:2");
  EXPECT_EQ(config->max_line_bytes, 1000u);
  EXPECT_EQ(config->origins.at("data"), "--data");
  EXPECT_EQ(config->origins.at("listen"), "SIGHTLINE_LISTEN");
  EXPECT_EQ(config->origins.at("max_line_bytes"), file.path() + ":3");
}

TEST(Config, TheFileMayBeNamedInTheEnvironment) {
  const ConfigFile file("retention_days = 30\n");
  const auto config = LoadConfig({}, {"SIGHTLINE_CONFIG=" + file.path()});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->store.retention_days, 30);
}

TEST(Config, ABooleanFlagNeedsNoValue) {
  const auto on = LoadConfig({"--allow-plaintext-off-loopback"}, {});
  ASSERT_TRUE(on) << on.error().message;
  EXPECT_TRUE(on->http.allow_plaintext_off_loopback);
  const auto off = LoadConfig({"--allow-plaintext-off-loopback=false"}, {});
  ASSERT_TRUE(off) << off.error().message;
  EXPECT_FALSE(off->http.allow_plaintext_off_loopback);
}

TEST(Config, OtherProgramsVariablesArePassedOver) {
  EXPECT_TRUE(LoadConfig({}, {"SIGHTLINE_TOKEN=x", "SIGHTLINE_URL=y", "SIGHTLINE_TEST_DATA=z"}));
  EXPECT_TRUE(LoadConfig({}, {"SIGHTLINE_TOKEN_FILE=x", "SIGHTLINE_PURPOSE=y", "SIGHTLINE_CASE=z",
                              "SIGHTLINE_CA_FILE=c"}));
}

struct Refusal {
  std::string name;
  std::string file;  // empty: none
  std::vector<std::string> environment;
  std::vector<std::string> arguments;
  std::vector<std::string> says;  // parts of the message; FILE stands for the file's path
};

class ConfigRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(ConfigRefusal, SaysWhereAndWhat) {
  const Refusal& refusal = GetParam();
  const ConfigFile file(refusal.file);
  std::vector<std::string> arguments = refusal.arguments;
  if (!refusal.file.empty()) arguments.insert(arguments.begin(), {"--config", file.path()});
  const auto config = LoadConfig(arguments, refusal.environment);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::kInvalidArgument);
  for (std::string part : refusal.says) {
    if (part.starts_with("FILE")) part.replace(0, 4, file.path());
    EXPECT_NE(config.error().message.find(part), std::string::npos)
        << config.error().message << " lacks " << part;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigRefusal,
    ::testing::Values(Refusal{.name = "UnknownKey",
                              .file = "\ndata = \"d\"\nmax_line_byte = 5\n",
                              .says = {"FILE:3", "max_line_byte'", "did you mean max_line_bytes?"}},
                      Refusal{.name = "SyntaxError", .file = "data = \n", .says = {"FILE:1"}},
                      Refusal{.name = "WrongType",
                              .file = "max_line_bytes = \"many\"\n",
                              .says = {"FILE:1", "max_line_bytes must be an integer"}},
                      Refusal{.name = "FractionForInteger",
                              .file = "max_line_bytes = 1.5\n",
                              .says = {"FILE:1", "must be an integer"}},
                      Refusal{.name = "OutOfRange",
                              .file = "io_threads = 0\n",
                              .says = {"FILE:1", "io_threads must be 1 to 256"}},
                      Refusal{.name = "UnknownVariable",
                              .environment = {"SIGHTLINE_LISTN=127.0.0.1:1"},
                              .says = {"SIGHTLINE_LISTN", "did you mean SIGHTLINE_LISTEN?"}},
                      Refusal{.name = "VariableNotANumber",
                              .environment = {"SIGHTLINE_IO_THREADS=two"},
                              .says = {"SIGHTLINE_IO_THREADS", "'two' is not an integer"}},
                      Refusal{.name = "UnknownFlag",
                              .arguments = {"--lisen", "127.0.0.1:1"},
                              .says = {"--lisen", "did you mean --listen?"}},
                      Refusal{.name = "FarFlagGetsNoSuggestion",
                              .arguments = {"--zzzzzzzz"},
                              .says = {"there is no flag --zzzzzzzz"}},
                      Refusal{.name = "StrayWord", .arguments = {"start"}, .says = {"start"}},
                      Refusal{.name = "FlagNotANumber",
                              .arguments = {"--query-timeout-s", "soon"},
                              .says = {"--query-timeout-s", "'soon' is not a number"}},
                      Refusal{.name = "InfiniteNumber",
                              .arguments = {"--query-timeout-s", "inf"},
                              .says = {"--query-timeout-s"}},
                      Refusal{.name = "UnknownLogLevel",
                              .arguments = {"--log-level", "loud"},
                              .says = {"--log-level"}},
                      Refusal{.name = "UnknownTimeZone",
                              .arguments = {"--time-zone", "../passwd"},
                              .says = {"'../passwd' is not a time zone"}},
                      Refusal{.name = "HalfOfTls",
                              .arguments = {"--tls-key", "key.pem"},
                              .says = {"tls_certificate and tls_key go together"}},
                      Refusal{.name = "ConsoleNeitherOnNorOff",
                              .arguments = {"--console", "maybe"},
                              .says = {"--console", "must be on or off"}},
                      Refusal{.name = "TwoBasemaps",
                              .arguments = {"--basemap", "a.pmtiles", "--basemap-style", "/s.json"},
                              .says = {"basemap and basemap_style"}},
                      Refusal{.name = "PolicyInAnOrigin",
                              .arguments = {"--console-image-origins", "https://a.org;script-src"},
                              .says = {"--console-image-origins", "is not a URL"}},
                      Refusal{.name = "DirectoryForFile",
                              .arguments = {"--config", "/tmp"},
                              .says = {"/tmp", "directory"}},
                      Refusal{.name = "MissingFile",
                              .arguments = {"--config", "/nonexistent/sightline.toml"},
                              .says = {"cannot open /nonexistent/sightline.toml: No such file"}}),
    [](const auto& test) { return test.param.name; });

TEST(PrintConfig, ReadsBackToTheSameConfiguration) {
  const auto config = LoadConfig({"--data", "a \"quoted\" \\ 目录", "--query-timeout-s", "0.25",
                                  "--max-line-bytes", "4096", "--allow-plaintext-off-loopback"},
                                 {"SIGHTLINE_RETENTION_DAYS=90"});
  ASSERT_TRUE(config) << config.error().message;
  const std::string printed = PrintConfig(*config);
  const ConfigFile file(printed);
  const auto again = LoadConfig({"--config", file.path()}, {});
  ASSERT_TRUE(again) << again.error().message << "\n" << printed;
  EXPECT_EQ(again->data, config->data);
  EXPECT_EQ(again->query_timeout_s, 0.25);
  EXPECT_EQ(again->max_line_bytes, 4096u);
  EXPECT_TRUE(again->http.allow_plaintext_off_loopback);
  EXPECT_EQ(again->store.retention_days, 90);
  EXPECT_NE(printed.find("From: SIGHTLINE_RETENTION_DAYS."), std::string::npos);
  EXPECT_NE(printed.find("From: --data."), std::string::npos);
}

TEST(PrintConfig, HoldsEveryOptionWithItsDocumentation) {
  const std::string printed = PrintConfig(*LoadConfig({}, {}));
  for (const OptionInfo& option : DescribeOptions()) {
    EXPECT_NE(printed.find("\n" + option.key + " = " + option.default_value + "\n"),
              std::string::npos)
        << option.key;
    EXPECT_NE(printed.find(option.doc), std::string::npos) << option.key;
  }
}

}  // namespace
}  // namespace sightline::server
