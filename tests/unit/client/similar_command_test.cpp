// The program's commands around image search: similar, spaces, index and jobs.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/sighting_id.h"
#include "tests/unit/client/command_fixture.h"

namespace sightline::client {
namespace {

const std::string kId = SightingId{{1474424556120}, 1, 2}.ToString();

std::string Answer() {
  return R"({"matches":[{"distance":12.5,"similarity":0.75,"sighting":{"id":")" + kId +
         R"(","camera_id":"K","time":"2016-09-21T02:22:36.120Z","attributes":{"color":"red"}},)"
         R"("others":3,"travel":{"possible":false,"gap_s":2.0,"reason":"too far"}}],)"
         R"("space":"vehicle","next_page_token":"tok","as_of":9,)"
         R"("explain":{"paths":[{"path":"graph","segments":2}],"days":1}})";
}

TEST_F(Command, SimilarShowsRankedMatches) {
  FakeServer server = Answering(200, Answer());
  const Ended ended = Run({"similar", "--sighting", kId, "--unlike", "2f", "-k", "5", "--group-by",
                           "plate", "--travel", "--exact", "--max-distance", "30", "--plate", "A*",
                           "--explain"},
                          server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).body,
            R"({"like":[{"sighting_id":")" + kId + R"("}],"unlike":[{"sighting_id":"2f"}],)"
            R"("space":"vehicle","filter":{"plate":"A*"},"max_distance":30.0,"group_by":"plate",)"
            R"("exact":true,"travel":true,"k":5,"explain":true})");
  for (const char* part : {"RANK", "SIMILARITY", "0.750", "12.5", "(unread)", "color=red", "OTHERS",
                           "too far", "2016-09-21 02:22:36"}) {
    EXPECT_NE(ended.out.find(part), std::string::npos) << part << "\n" << ended.out;
  }
  EXPECT_NE(ended.err.find("--page-token tok"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find(R"("segments":2)"), std::string::npos) << ended.err;
}

TEST_F(Command, SimilarTakesVectorsAsBytesOrAsBase64) {
  FakeServer server = Answering(200, R"({"matches":[],"space":"vehicle","as_of":1})");
  const std::string encoded = std::string(170, 'A') + "==";  // 127 bytes of 0
  const auto file = folder_.path() / "vector";
  std::ofstream(file) << std::string(128, '\0');
  ASSERT_EQ(Run({"similar", "--vector", file.string()}, server.url()).code, 0);
  EXPECT_NE(server.requests().back().body.find(R"({"vector":")" + std::string(171, 'A') + "=\"}"),
            std::string::npos);
  std::ofstream(file, std::ios::trunc) << encoded << "\n";
  input_ = file.string();
  const Ended ended = Run({"similar", "--vector", "-", "--csv"}, server.url());
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_NE(server.requests().back().body.find(encoded), std::string::npos);
  EXPECT_EQ(ended.out, "rank,similarity,distance,plate,time,camera_id,attributes,id\r\n");
  std::ofstream(file, std::ios::trunc) << "no vector";
  EXPECT_EQ(Run({"similar", "--vector", file.string()}, server.url()).code, 2);
}

TEST_F(Command, SimilarWantsAnExampleAndSaysWhatIsNotThere) {
  FakeServer server = Answering(404, R"({"type":"/problems/not-found","title":"t","status":404,)"
                                     R"("detail":"no such sighting"})");
  const Ended without = Run({"similar", "--space", "face"}, server.url());
  EXPECT_EQ(without.code, 2);
  EXPECT_NE(without.err.find("--sighting"), std::string::npos) << without.err;
  EXPECT_EQ(Run({"similar", "--sighting", kId}, server.url()).code, 5);
  EXPECT_EQ(Run({"similar", "--sighting", kId, "-k", "1001"}, server.url()).code, 2);
  EXPECT_EQ(Run({"similar", "--sighting", kId, "--group-by", "camera"}, server.url()).code, 2);
}

TEST_F(Command, SpacesAreListedAndMade) {
  FakeServer server = Answering(
      200, R"({"spaces":[{"name":"vehicle","bytes":128,"element":"u8","metric":"l2",)"
           R"("index":{"vectors":7,"sealed_vectors":6,"graphed_vectors":5}}],"as_of":1})");
  const Ended listed = Run({"spaces", "list", "--csv"}, server.url());
  EXPECT_EQ(listed.out, "name,bytes,element,metric,model,vectors,sealed,graphed\r\n"
                        "vehicle,128,u8,l2,,7,6,5\r\n");
  const Ended made = Run({"spaces", "put", "face", "--bytes", "512", "--element", "f32", "--metric",
                          "cosine", "--model", "m"},
                         server.url());
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(server.requests().back().target, "/v1/spaces/face");
  EXPECT_EQ(server.requests().back().body,
            R"({"bytes":512,"element":"f32","metric":"cosine","model":"m"})");
  EXPECT_EQ(Run({"spaces", "put", "face", "--bytes", "100", "--element", "u8", "--metric", "l2"},
                server.url())
                .code,
            2);
}

TEST_F(Command, AnIndexRebuildIsWaitedFor) {
  int asked = 0;
  FakeServer server([&](const FakeRequest& request) {
    const bool is_done = request.method == "GET" && ++asked == 3;
    return FakeAnswer{
        .status = request.method == "POST" ? 202 : 200,
        .body = std::string(R"({"id":"j1","kind":"index_rebuild","status":")") +
                (is_done ? "done" : "running") +
                R"(","progress":0.5,"question":{},"created":"2016-09-21T02:22:36.120Z")" +
                (is_done ? R"(,"ended":"2016-09-21T02:22:37.120Z","result":{"segments":2})" : "") +
                "}"};
  });
  const Ended ended =
      Run({"index", "rebuild", "--day", "2016-09-21", "--wait", "--csv"}, server.url());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(server.requests().at(0).target, "/v1/index/rebuild");
  EXPECT_EQ(server.requests().size(), 4u);
  EXPECT_NE(ended.out.find("status,done\r\n"), std::string::npos) << ended.out;
  EXPECT_EQ(Run({"index", "rebuild", "--segment", "x"}, server.url()).code, 2);
}

TEST_F(Command, TheIndexIsShownDayByDay) {
  FakeServer server = Answering(
      200, R"({"segments":1,"sealed_rows":10,"unsealed_rows":2,"bytes":99,"spaces":{},)"
           R"("backlog":{"days_unsealed":1,"vectors_without_graph":4},"stored_days":9,)"
           R"("days":[{"day":"2016-09-21","segments":1,"sealed_rows":10,"unsealed_rows":2,)"
           R"("bytes":99,"spaces":{"vehicle":{"vectors":12,"graphed_vectors":8,"graphs":1}}}],)"
           R"("as_of":1})");
  const Ended ended = Run({"index", "status", "--csv"}, server.url());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.out,
            "day,segments,sealed_rows,unsealed_rows,bytes,vectors,graphed_vectors,graphs\r\n"
            "2016-09-21,1,10,2,99,12,8,1\r\n");
  EXPECT_NE(ended.err.find("4 vectors in no graph"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("1 of 9 days"), std::string::npos) << ended.err;
}

TEST_F(Command, AJobThatFailedFailsTheWait) {
  FakeServer server = Answering(
      200, R"({"id":"j1","kind":"index_rebuild","status":"failed","progress":0.5,"question":{},)"
           R"("created":"2016-09-21T02:22:36.120Z","ended":"2016-09-21T02:22:37.120Z",)"
           R"("error":{"detail":"the disk is full"}})");
  const Ended ended = Run({"index", "rebuild", "--wait"}, server.url());
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.out.find("the disk is full"), std::string::npos) << ended.out;
  EXPECT_EQ(Run({"jobs", "show", "j1"}, server.url()).code, 0);
  EXPECT_EQ(Run({"jobs", "cancel", "j1"}, server.url()).code, 0);
  EXPECT_EQ(server.requests().back().method, "DELETE");
}

}  // namespace
}  // namespace sightline::client
