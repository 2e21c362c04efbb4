// The program's commands counts, od and speeds.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/unit/client/command_fixture.h"

namespace sightline::client {
namespace {

TEST_F(Command, CountsAsksByGroupAndShowsTheClockOfTheAnswersZone) {
  FakeServer server = Answering(
      200, R"({"rows":[{"hour":"2016-09-21T00:00:00.000Z","color":null,"count":31,)"
           R"("distinct_plates":29}],"tz":"Asia/Shanghai","as_of":9})");
  const Ended ended = Run({"counts", "--by", "hour,color", "--plate", "A*", "--tz",
                           "Asia/Shanghai", "--no-fill", "--as-of", "9"},
                          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body,
            R"({"filter":{"plate":"A*"},"group_by":["hour","color"],"tz":"Asia/Shanghai",)"
            R"("as_of":9,"fill":false})");
  EXPECT_EQ(ended.out,
            "HOUR                            COLOR  COUNT  DISTINCT PLATES\n"
            "2016-09-21 08:00:00.000 +08:00  -         31               29\n");
}

TEST_F(Command, CountsPassesOnCsvAndJsonAsTheyCome) {
  FakeServer csv = Answering(200, "count,distinct_plates\r\n3,2\r\n");
  EXPECT_EQ(Run({"counts", "--csv"}, csv.url()).out, "count,distinct_plates\r\n3,2\r\n");
  const std::string answer = R"({"rows":[{"count":3,"distinct_plates":2}],"tz":"UTC","as_of":1})";
  FakeServer json = Answering(200, answer);
  EXPECT_EQ(Run({"counts", "--json"}, json.url()).out, answer + "\n");
  FakeServer other = Answering(200, "{}");
  EXPECT_EQ(Run({"counts"}, other.url()).code, 1);
}

TEST_F(Command, OdReadsItsZonesFromAFile) {
  FakeServer server = Answering(
      200, R"({"rows":[{"origin":null,"destination":"south","trips":4,"distinct_plates":3,)"
           R"("median_s":61.25}],"tz":"UTC","as_of":9})");
  const auto file = folder_.path() / "zones.json";
  std::ofstream(file) << R"([ {"name": "south", "cameras": ["K"]} ])";
  const Ended ended =
      Run({"od", "--zones", file.string(), "--from", "2016-09-21", "--tz", "UTC"}, server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body,
            R"({"zones":[{"name":"south","cameras":["K"]}],"min_readings":2,)"
            R"("from":"2016-09-21T00:00:00.000Z","group_by":[],"tz":"UTC"})");
  EXPECT_NE(ended.out.find("-       south            4                3      61.2\n"),
            std::string::npos)
      << ended.out;
  std::ofstream(file, std::ios::trunc) << "[";
  EXPECT_EQ(Run({"od", "--zones", file.string()}, server.url()).code, 2);
}

TEST_F(Command, SpeedsAsksOfOneWay) {
  FakeServer server = Answering(200, R"({"rows":[],"tz":"UTC","as_of":9})");
  const Ended ended = Run({"speeds", "--from-camera", "a", "--to-camera", "b", "--by",
                           "hour_of_day", "--min-count", "9"},
                          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body, R"({"from_camera":"a","to_camera":"b","min_count":9,)"
                                          R"("group_by":["hour_of_day"]})");
}

}  // namespace
}  // namespace sightline::client
