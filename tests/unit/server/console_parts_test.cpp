// What the console's answers are made of: ranges, origins, the policy, encodings, tags.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/accept_encoding.h"
#include "server/console/byte_range.h"
#include "server/console/options.h"
#include "server/console/policy.h"
#include "server/console/settings.h"
#include "server/entity_tag.h"

namespace sightline::server {
namespace {

using Kind = RangeAnswer::Kind;

TEST(ByteRange, AnswersOneRangeAndIgnoresWhatItNeedNotRead) {
  struct Case {
    std::string range;
    Kind kind;
    uint64_t offset = 0;
    uint64_t length = 0;
  };
  const Case cases[] = {
      {"", Kind::kWhole, 0, 1000},
      {"bytes=0-499", Kind::kPart, 0, 500},
      {"bytes=500-500", Kind::kPart, 500, 1},
      {"bytes=900-", Kind::kPart, 900, 100},
      {"bytes=900-5000", Kind::kPart, 900, 100},
      {"bytes=-10", Kind::kPart, 990, 10},
      {"bytes=-5000", Kind::kPart, 0, 1000},
      {"bytes=0-99999999999999999999999", Kind::kPart, 0, 1000},
      {"bytes=1000-", Kind::kUnsatisfiable},
      {"bytes=99999999999999999999999-", Kind::kUnsatisfiable},
      {"bytes=-0", Kind::kUnsatisfiable},
      {"bytes=5-4", Kind::kWhole, 0, 1000},
      {"bytes=0-1,5-6", Kind::kWhole, 0, 1000},
      {"bytes=-", Kind::kWhole, 0, 1000},
      {"bytes=a-b", Kind::kWhole, 0, 1000},
      {"bytes=+1-2", Kind::kWhole, 0, 1000},
      {"bytes=5", Kind::kWhole, 0, 1000},
      {"tiles=0-1", Kind::kWhole, 0, 1000},
  };
  for (const Case& c : cases) {
    const RangeAnswer answer = AnswerRange(c.range, 1000);
    EXPECT_EQ(answer.kind, c.kind) << c.range;
    EXPECT_EQ(answer.offset, c.offset) << c.range;
    EXPECT_EQ(answer.length, c.length) << c.range;
  }
  EXPECT_EQ(AnswerRange("bytes=0-", 0).kind, Kind::kUnsatisfiable);
  EXPECT_EQ(AnswerRange("bytes=-1", 0).kind, Kind::kUnsatisfiable);
}

TEST(AcceptEncoding, PrefersWhatWeighsNoLessThanNothing) {
  struct Case {
    std::string header;
    bool gzip;
    bool brotli;
  };
  const Case cases[] = {
      {"", false, false},
      {"gzip, deflate, br, zstd", true, true},
      {"GZIP;q=0.5", true, false},
      {"x-gzip", true, false},
      {"br;q=0, *", true, false},
      {"identity, gzip;q=0.5", false, false},
      {"*;q=0", false, false},
      {"br;q=high", false, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(PrefersEncoding(c.header, "gzip"), c.gzip) << c.header;
    EXPECT_EQ(PrefersEncoding(c.header, "br"), c.brotli) << c.header;
  }
}

TEST(EntityTags, AreFoundWeakOrStrong) {
  for (const char* list : {"*", "W/\"a\"", "\"a\"", "\"b\", W/\"a\"", " \"a\" ,"}) {
    EXPECT_TRUE(IfNoneMatchHits(list, "W/\"a\"")) << list;
    EXPECT_TRUE(IfNoneMatchHits(list, "\"a\"")) << list;
  }
  for (const char* list : {"", "\"b\"", "a", ",,", "\"a"}) {
    EXPECT_FALSE(IfNoneMatchHits(list, "W/\"a\"")) << list;
  }
}

TEST(Origins, AreWhatAPolicyCanHold) {
  EXPECT_EQ(*OriginOf("HTTPS://Maps.Example.org:8443/style.json?key=a;b"),
            "https://maps.example.org:8443");
  EXPECT_EQ(*OriginOf("http://[::1]:80"), "http://[::1]:80");
  EXPECT_EQ(*OriginOf("https://*.example.org"), "https://*.example.org");
  for (const char* url : {"", "maps.example.org", "ftp://example.org", "https://", "https:///x",
                          "https://a;b/", "https://a,b", "https://me:secret@a/", "https://a'b",
                          "https://a b", "https://*", "https://a*.org", "https://*.a.*",
                          "javascript://x/"}) {
    EXPECT_FALSE(OriginOf(url)) << url;
  }
  EXPECT_EQ(*ParseOrigins("  https://a.org http://b.org/ "),
            (std::vector<std::string>{"https://a.org", "http://b.org"}));
  EXPECT_FALSE(ParseOrigins("https://a.org/path"));
  EXPECT_FALSE(ParseOrigins("https://a.org; script-src *"));
}

TEST(Origins, OfABasemapMayBeOurOwn) {
  EXPECT_TRUE(CheckBasemapStyle(""));
  EXPECT_TRUE(CheckBasemapStyle("/maps/style.json"));
  EXPECT_TRUE(CheckBasemapStyle("https://a.org/{z}/{x}/{y}.png"));
  EXPECT_FALSE(CheckBasemapStyle("//a.org/style.json"));
  EXPECT_FALSE(CheckBasemapStyle("style.json"));
  EXPECT_FALSE(CheckBasemapStyle("https://a.org/a b"));
}

TEST(Policy, AllowsThisOriginAloneUnlessTheOptionsNameOthers) {
  const std::string strict = ContentSecurityPolicy({});
  EXPECT_EQ(strict.find("unsafe"), std::string::npos) << strict;
  EXPECT_EQ(strict.find("http"), std::string::npos) << strict;
  EXPECT_EQ(strict.find('*'), std::string::npos) << strict;
  for (const char* directive :
       {"default-src 'none';", "script-src 'self';", "style-src 'self';",
        "img-src 'self' data: blob:;", "connect-src 'self';", "worker-src 'self';",
        "font-src 'self';", "base-uri 'none';", "form-action 'none';", "frame-ancestors 'none'"}) {
    EXPECT_NE(strict.find(directive), std::string::npos) << strict << " lacks " << directive;
  }
  const std::string open = ContentSecurityPolicy({.image_origins = "https://pictures.org",
                                                  .basemap_style = "https://maps.org/style.json",
                                                  .basemap_origins = "https://tiles.org"});
  EXPECT_NE(open.find("connect-src 'self' https://tiles.org https://maps.org;"), std::string::npos)
      << open;
  EXPECT_NE(open.find("img-src 'self' data: blob: https://pictures.org https://tiles.org "
                      "https://maps.org;"),
            std::string::npos)
      << open;
  EXPECT_NE(open.find("script-src 'self';"), std::string::npos) << open;
  // A style of this origin adds none.
  EXPECT_EQ(ContentSecurityPolicy({.basemap_style = "/style.json"}), strict);
}

TEST(Settings, SayWhatKindOfBasemapThereIs) {
  EXPECT_NE(ConsoleSettings({}, "UTC").find(R"("basemap":null)"), std::string::npos);
  EXPECT_NE(ConsoleSettings({}, "Asia/Shanghai").find(R"("time_zone":"Asia/Shanghai")"),
            std::string::npos);
  const auto has = [](const ConsoleOptions& options, std::string_view basemap) {
    const std::string settings = ConsoleSettings(options, "UTC");
    EXPECT_NE(settings.find(basemap), std::string::npos) << settings;
  };
  has({.basemap_style = "https://a.org/style.json"},
      R"("basemap":{"style_url":"https://a.org/style.json","datum":"wgs84"})");
  has({.basemap_style = "https://a.org/{z}/{x}/{y}.png",
       .basemap_datum = "gcj02",
       .basemap_attribution = "A 地图"},
      R"("basemap":{"tiles_url":"https://a.org/{z}/{x}/{y}.png","datum":"gcj02",)"
      R"("attribution":"A 地图"})");
  has({.basemap_file = "city.pmtiles"},
      R"("basemap":{"pmtiles_url":"/console/basemap.pmtiles","datum":"wgs84"})");
}

}  // namespace
}  // namespace sightline::server
