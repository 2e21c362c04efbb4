// The program's commands around a case: plates that may be meant, corrections, exports, reports.
#include <gtest/gtest.h>

#include <string>

#include "core/sighting_id.h"
#include "tests/unit/client/command_fixture.h"

namespace sightline::client {
namespace {

TEST_F(Command, PlateLikeRanksAndShowsHowEachRowFits) {
  const std::string id = SightingId{{1474424556120}, 1, 2}.ToString();
  FakeServer server = Answering(
      200, R"({"sightings":[{"id":")" + id + R"(","camera_id":"K","plate":"A1",)"
           R"("time":"2016-09-21T02:22:36.120Z","match":{"probability":0.25,"differences":1}}],)"
           R"("as_of":3,"explain":{"path":"plates","days":2,"paths":[{"path":"time"}]}})");
  const Ended ended =
      Run({"search", "--plate-like", "A?", "--max-distance", "2", "--explain", "--csv"},
          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body,
            R"({"filter":{"plate_like":{"text":"A?","max_distance":2}},"limit":100,)"
            R"("explain":true})");
  EXPECT_NE(ended.out.find(",id,probability,differences\r\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find(id + ",0.2500,1\r\n"), std::string::npos) << ended.out;
  EXPECT_NE(ended.err.find("plates"), std::string::npos) << ended.err;
}

TEST_F(Command, ACorrectionIsSent) {
  const std::string id = SightingId{{1474424556120}, 1, 2}.ToString();
  FakeServer server =
      Answering(200, R"({"id":")" + id + R"(","camera_id":"K","plate":"A1","plate_read":"A7",)"
                     R"("time":"2016-09-21T02:22:36.120Z","corrected":true,"as_of":3})");
  const Ended ended = Run({"sighting", "correct", id, "--plate", "A1", "--attribute", "year=2013",
                           "--attribute", "color=red", "--note", "by day"},
                          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).method, "PATCH");
  EXPECT_EQ(server.requests().at(0).body,
            R"({"plate":"A1","attributes":{"year":2013,"color":"red"},"note":"by day"})");
  EXPECT_NE(ended.out.find("corrected        yes"), std::string::npos) << ended.out;
  EXPECT_EQ(Run({"sighting", id}, server.url()).code, 0);
  EXPECT_EQ(server.requests().back().method, "GET");
}

TEST_F(Command, AnExportLeavesAFileAndItsManifest) {
  const std::string id = SightingId{{1474424556120}, 1, 2}.ToString();
  const std::string row = R"({"id":")" + id + R"(","camera_id":"K",)"
                          R"("time":"2016-09-21T02:22:36.120Z"})";
  FakeServer server([&](const FakeRequest& request) {
    const bool as_lines = request.headers.at("accept") == "application/x-ndjson";
    return FakeAnswer{.body = as_lines ? row + "\n" : R"({"sightings":[],"as_of":42})"};
  });
  const std::string out = (folder_.path() / "rows.ndjson").string();
  const Ended ended = Run({"export", "--out", out, "--plate", "A*", "--include", "vectors",
                           "--purpose", "archive"},
                          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ReadFile(out), row + "\n");
  EXPECT_EQ(server.requests().back().target, "/v1/search/sightings?include=vectors");
  const std::string manifest = ReadFile(out + ".manifest.json");
  for (const std::string part :
       {R"("file":"rows.ndjson")", R"("rows":1)", R"("as_of":42)", R"("filter":{"plate":"A*"})",
        R"("purpose":"archive")", R"("sha256":")", R"("user":")"}) {
    EXPECT_NE(manifest.find(part), std::string::npos) << manifest;
  }
  EXPECT_EQ(Run({"export", "--out", out}, server.url()).code, 2) << "nothing is overwritten";
}

TEST_F(Command, AReportThatWasChangedIsToldApart) {
  const std::string report = folder_.Write("report.json", R"({"format":"sightline-case-report-1",)"
                                           R"("part_sha256":{},"case":{"name":"x"},"queries":[],)"
                                           R"("sightings":[],"notes":[],"corrections":[]})");
  const Ended ended = Run({"case", "verify", report}, "http://127.0.0.1:1");
  EXPECT_EQ(ended.code, 1) << ended.err;
  EXPECT_NE(ended.out.find("CHANGED"), std::string::npos) << ended.out;
  EXPECT_EQ(Run({"case", "verify", folder_.Write("other", "{}")}, "http://127.0.0.1:1").code, 2);
}

}  // namespace
}  // namespace sightline::client
