// sightline travel-times
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/client/command_fixture.h"

namespace sightline::client {
namespace {

TEST_F(Command, TravelTimesShowAWayByHours) {
  FakeServer server = Answering(
      200, R"({"from_camera":"K 1","to_camera":"K-2","distance_m":1703.4,"fastest_s":66.1,)"
           R"("bound_s":30.1,"fastest_is_learned":true,"at_fault":["K-2"],"hours":[)"
           R"({"hour_class":"night","samples":12,"direct":true,"via":[],"median_s":101.5,)"
           R"("slow_s":140,"median_kmh":60.4},{"hour_class":"rush","samples":0,"direct":false,)"
           R"("via":["K-7","K-8"],"median_s":null,"slow_s":null,"median_kmh":null}],"as_of":1})");
  const Ended ended =
      Run({"travel-times", "--from", "K 1", "--to", "K-2", "--csv"}, server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).target,
            "/v1/travel-times?from_camera=K%201&to_camera=K-2");
  EXPECT_EQ(ended.out, "hour_class,samples,median_s,slow_s,median_kmh,via\r\n"
                       "night,12,101.5,140.0,60.4,direct\r\n"
                       "rush,0,,,,K-7 K-8\r\n");
  EXPECT_NE(ended.err.find("1703 m; the fastest credible time is 66.1 s"), std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("K-2 contradicts its neighbours"), std::string::npos) << ended.err;
}

TEST_F(Command, TravelTimesListTheLinksOfACamera) {
  FakeServer server = Answering(
      200, R"({"from_camera":"K-1","links":[{"to_camera":"K-2","distance_m":500,"fastest_s":20,)"
           R"("samples":9,"median_s":40,"slow_s":90.04,"median_kmh":45,"hours":[]}],)"
           R"("next_page_token":"tok","as_of":1})");
  const Ended ended = Run({"travel-times", "--from", "K-1", "--limit", "1", "--csv"}, server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).target, "/v1/travel-times?from_camera=K-1&limit=1");
  EXPECT_EQ(ended.out,
            "to_camera,distance_m,samples,fastest_s,median_s,slow_s,median_kmh\r\n"
            "K-2,500,9,20.0,40.0,90.0,45.0\r\n");
  EXPECT_NE(ended.err.find("--all"), std::string::npos) << ended.err;
}

TEST_F(Command, TravelTimesWantACamera) {
  FakeServer server = Answering(404, R"({"type":"/problems/not-found","title":"t","status":404,)"
                                     R"("detail":"no camera 'K-9'"})");
  EXPECT_EQ(Run({"travel-times"}, server.url()).code, 2);
  EXPECT_EQ(Run({"travel-times", "--from", "K-1", "--hours", "rush"}, server.url()).code, 2);
  EXPECT_EQ(Run({"travel-times", "--from", "K-1", "--to", "K-2", "--hours", "noon"}, server.url())
                .code,
            2);
  const Ended unknown = Run({"travel-times", "--from", "K-9"}, server.url());
  EXPECT_EQ(unknown.code, 5);
  EXPECT_NE(unknown.err.find("K-9"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace sightline::client
