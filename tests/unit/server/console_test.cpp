// The console over HTTP: files, conditions, encodings, ranges, and what is refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "server/console/static_files.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

namespace fs = std::filesystem;
using testing::HttpHeaders;
using testing::HttpReply;
using testing::RunningServer;

constexpr size_t kBasemapBytes = 700'000;  // several slices

// A folder with a console as Vite would leave it, a basemap, and a secret beside them.
class ConsoleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() /
            ("sightline_console_" + std::to_string(getpid()) + "_" + test->name());
    fs::create_directories(console() / "assets");
    Write("secret", "a secret");
    Write("web/index.html", "<!doctype html><title>Sightline</title>");
    Write("web/icon.svg", "<svg/>");
    Write("web/.hidden", "hidden");
    Write("web/assets/app-1a2b.js", "console.log('plain')");
    Write("web/assets/app-1a2b.js.br", "brotli bytes");
    Write("web/assets/app-1a2b.js.gz", "gzip bytes");
    Write("web/assets/large-3c4d.js", std::string(100'000, 'x'));
    basemap_ = std::string("PMTiles\x03", 8);
    for (size_t i = 0; basemap_.size() < kBasemapBytes; ++i) {
      basemap_ += static_cast<char>(i * 31 % 251);
    }
    Write("city.pmtiles", basemap_);
    config_.console.directory = console().string();
  }
  void TearDown() override {
    server_.reset();
    fs::remove_all(root_);
  }

  fs::path console() const { return root_ / "web"; }
  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(root_ / name, std::ios::binary) << content;
  }
  void Start() { server_ = std::make_unique<RunningServer>(config_); }
  HttpReply Get(const std::string& target, const HttpHeaders& headers = {}) const {
    return testing::Fetch(server_->port(), "GET", target, headers);
  }
  HttpReply Head(const std::string& target, const HttpHeaders& headers = {}) const {
    return testing::Fetch(server_->port(), "HEAD", target, headers);
  }

  fs::path root_;
  std::string basemap_;
  Config config_;
  std::unique_ptr<RunningServer> server_;
};

TEST_F(ConsoleTest, ServesFilesToEverybody) {
  Start();
  const HttpReply page = Get("/console/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.Header("cache-control"), "no-cache");
  EXPECT_NE(page.body.find("Sightline"), std::string::npos);
  const HttpReply script = Get("/console/assets/app-1a2b.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.Header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.Header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script.body, "console.log('plain')");
  EXPECT_EQ(Get("/console/icon.svg").Header("content-type"), "image/svg+xml");
}

TEST_F(ConsoleTest, EveryAnswerBearsThePolicy) {
  config_.console.basemap_file = (root_ / "city.pmtiles").string();
  Start();
  for (const char* path : {"/console/", "/console/search", "/console/assets/app-1a2b.js",
                           "/console/assets/none.js", "/console/config.json",
                           "/console/basemap.pmtiles"}) {
    const HttpReply reply = Get(path);
    EXPECT_TRUE(reply.Header("content-security-policy").starts_with("default-src 'none'; "))
        << path;
    EXPECT_EQ(reply.Header("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(reply.Header("referrer-policy"), "no-referrer") << path;
    EXPECT_EQ(reply.Header("cross-origin-opener-policy"), "same-origin") << path;
    EXPECT_FALSE(reply.Header("permissions-policy").empty()) << path;
  }
}

TEST_F(ConsoleTest, EveryViewIsTheOnePage) {
  Start();
  const std::string page = Get("/console/").body;
  for (const char* path : {"/console/search", "/console/search?plate=%E4%BA%ACA1",
                           "/console/replay/today", "/console/index.html"}) {
    const HttpReply reply = Get(path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body, page) << path;
  }
  for (const char* path : {"/console/nothing.js", "/console/assets/nothing", "/console/assets/"}) {
    const HttpReply reply = Get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.Header("content-type"), "application/problem+json") << path;
  }
}

TEST_F(ConsoleTest, TheRootLeadsThere) {
  Start();
  for (const char* path : {"/", "/console"}) {
    const HttpReply reply = Get(path);
    EXPECT_EQ(reply.status, 302) << path;
    EXPECT_EQ(reply.Header("location"), "/console/") << path;
  }
  EXPECT_EQ(testing::Fetch(server_->port(), "POST", "/console/").status, 405);
}

TEST_F(ConsoleTest, NothingOutsideTheFolderIsServed) {
  Start();
  for (const char* path :
       {"/console/../secret", "/console/%2e%2e/secret", "/console/..%2fsecret",
        "/console/%2e%2e%2fsecret", "/console/assets/../../secret", "/console/..%5csecret",
        "/console//etc/passwd", "/console/%2fetc%2fpasswd", "/console/.hidden",
        "/console/assets/./app-1a2b.js", "/console/assets%00.js", "/console/index.html%00.js",
        "/console/.%2e/secret.js", "/console/../secret.js"}) {
    const HttpReply reply = Get(path);
    EXPECT_TRUE(reply.status == 404 || reply.status == 400 ||
                reply.body.find("<!doctype html>") != std::string::npos)
        << path << ": " << reply.status << " " << reply.body;
    EXPECT_EQ(reply.body.find("secret\n"), std::string::npos) << path;
    EXPECT_NE(reply.body, "a secret") << path;
    EXPECT_EQ(reply.body.find("root:"), std::string::npos) << path;
    EXPECT_NE(reply.body, "hidden") << path;
  }
}

TEST_F(ConsoleTest, AClientThatHasAFileIsToldSo) {
  Start();
  const HttpReply first = Get("/console/assets/app-1a2b.js");
  const std::string tag = first.Header("etag");
  ASSERT_FALSE(tag.empty());
  const HttpReply again = Get("/console/assets/app-1a2b.js", {{"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.Header("etag"), tag);
  EXPECT_EQ(again.Header("cache-control"), first.Header("cache-control"));
  EXPECT_EQ(Get("/console/assets/app-1a2b.js", {{"If-None-Match", "\"x\""}}).status, 200);

  const std::string page_tag = Get("/console/").Header("etag");
  Write("web/index.html", "<!doctype html><title>A new Sightline</title>");
  const HttpReply built_anew = Get("/console/", {{"If-None-Match", page_tag}});
  EXPECT_EQ(built_anew.status, 200);
  EXPECT_NE(built_anew.body.find("A new"), std::string::npos);
}

TEST_F(ConsoleTest, WhatIsCompressedAlreadyIsSentAsItIs) {
  Start();
  struct Case {
    std::string accepted, encoding, body;
  };
  for (const Case& c : {Case{"gzip, deflate, br", "br", "brotli bytes"},
                        Case{"gzip", "gzip", "gzip bytes"},
                        Case{"br;q=0, gzip", "gzip", "gzip bytes"},
                        Case{"identity", "", "console.log('plain')"}}) {
    const HttpReply reply =
        Get("/console/assets/app-1a2b.js", {{"Accept-Encoding", c.accepted}});
    EXPECT_EQ(reply.Header("content-encoding"), c.encoding) << c.accepted;
    EXPECT_EQ(reply.body, c.body) << c.accepted;
    EXPECT_EQ(reply.Header("content-type"), "text/javascript; charset=utf-8") << c.accepted;
    EXPECT_EQ(reply.Header("vary"), "Accept-Encoding") << c.accepted;
  }
}

TEST_F(ConsoleTest, HeadSaysWhatGetWould) {
  config_.console.basemap_file = (root_ / "city.pmtiles").string();
  Start();
  for (const char* path : {"/console/", "/console/assets/large-3c4d.js",
                           "/console/basemap.pmtiles", "/console/config.json"}) {
    const HttpReply got = Get(path);
    const HttpReply head = Head(path);
    EXPECT_EQ(head.status, 200) << path;
    EXPECT_EQ(head.body, "") << path;
    EXPECT_EQ(head.Header("content-length"), std::to_string(got.body.size())) << path;
    EXPECT_EQ(head.Header("etag"), got.Header("etag")) << path;
  }
}

TEST_F(ConsoleTest, TheBasemapIsReadByRanges) {
  config_.console.basemap_file = (root_ / "city.pmtiles").string();
  config_.console.basemap_datum = "gcj02";
  Start();
  const std::string path = "/console/basemap.pmtiles";
  EXPECT_NE(Get("/console/config.json").body.find(
                R"("basemap":{"pmtiles_url":"/console/basemap.pmtiles","datum":"gcj02"})"),
            std::string::npos);
  const HttpReply whole = Get(path, {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.Header("accept-ranges"), "bytes");
  EXPECT_EQ(whole.Header("content-encoding"), "");
  EXPECT_TRUE(whole.body == basemap_);

  const HttpReply part = Get(path, {{"Range", "bytes=8-600007"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.Header("content-range"), "bytes 8-600007/" + std::to_string(kBasemapBytes));
  EXPECT_EQ(part.Header("content-length"), "600000");
  EXPECT_TRUE(part.body == basemap_.substr(8, 600'000));

  const HttpReply beyond = Get(path, {{"Range", "bytes=9999999-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.Header("content-range"), "bytes */" + std::to_string(kBasemapBytes));

  const std::string tag = whole.Header("etag");
  EXPECT_EQ(Get(path, {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(Get(path, {{"Range", "bytes=0-7"}, {"If-Range", tag}}).status, 206);
  EXPECT_EQ(Get(path, {{"Range", "bytes=0-7"}, {"If-Range", "\"old\""}}).status, 200);
}

TEST_F(ConsoleTest, ABasemapThatBecomesShorterIsCutOff) {
  config_.console.basemap_file = (root_ / "city.pmtiles").string();
  Start();
  fs::resize_file(root_ / "city.pmtiles", kBasemapBytes / 2);
  EXPECT_FALSE(Get("/console/basemap.pmtiles").complete);
  EXPECT_EQ(Get("/console/basemap.pmtiles", {{"Range", "bytes=0-7"}}).body, basemap_.substr(0, 8));
}

TEST_F(ConsoleTest, WithoutABasemapThereIsNone) {
  Start();
  EXPECT_NE(Get("/console/config.json").body.find(R"("basemap":null)"), std::string::npos);
  EXPECT_EQ(Get("/console/basemap.pmtiles").status, 404);
}

TEST_F(ConsoleTest, AFileThatIsNoBasemapIsRefusedAtTheStart) {
  for (const char* name : {"secret", "nothing.pmtiles", "web"}) {
    config_.console.basemap_file = (root_ / name).string();
    EXPECT_THROW(Start(), std::runtime_error) << name;
  }
}

TEST_F(ConsoleTest, WhenItWasNotBuiltItSaysHow) {
  config_.console.directory = (root_ / "nowhere").string();
  Start();
  for (const char* path : {"/console/", "/console/search"}) {
    const HttpReply reply = Get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_NE(reply.body.find("scripts/build console"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(Get("/console/assets/app.js").status, 404);
  EXPECT_EQ(Get("/healthz").status, 200);
  // It need not start again once it was built.
  fs::rename(console(), root_ / "nowhere");
  EXPECT_EQ(Get("/console/").status, 200);
}

TEST_F(ConsoleTest, CanBeTurnedOff) {
  config_.console.served = "off";
  Start();
  for (const char* path : {"/", "/console", "/console/", "/console/config.json"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(ConsoleTest, NoneOfItIsOnTheAuditTrail) {
  Start();
  const HttpReply before = server_->Call("GET", "/v1/audit");
  for (const char* path : {"/console/", "/console/config.json", "/"}) Get(path);
  const HttpReply after = server_->Call("GET", "/v1/audit");
  // Reading the trail is on it, nothing else is.
  EXPECT_EQ(testing::SizeAt(after.body, "/records"), testing::SizeAt(before.body, "/records") + 1);
}

TEST(DefaultConsoleDirectories, LieBesideTheProgram) {
  const auto directories = DefaultConsoleDirectories("/opt/sightline/bin/sightline-server");
  EXPECT_EQ(directories, (std::vector<fs::path>{"/opt/sightline/web",
                                                "/opt/sightline/share/sightline/console"}));
}

}  // namespace
}  // namespace sightline::server
