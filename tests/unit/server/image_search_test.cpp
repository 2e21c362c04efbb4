// Image search over HTTP, from the space to the answer and the trail; jobs of the index.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/base64.h"
#include "api/openapi.h"
#include "api/sha256.h"
#include "tests/unit/server/openapi_checker.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

using testing::DoubleAt;
using testing::HttpReply;
using testing::NumberAt;
using testing::SizeAt;
using testing::TextAt;

constexpr const char* kImage = "/v1/search/image";

// 128 components of 0 but for the first.
std::string Vector(uint8_t first) {
  std::string bytes(128, '\0');
  bytes[0] = static_cast<char>(first);
  return api::EncodeBase64(bytes);
}

std::string Line(int number, const std::string& plate, uint8_t first) {
  return R"({"camera_id":"bus","source_id":")" + std::to_string(number) + R"(","time":)" +
         std::to_string(1'474'416'000'000 + number) +
         (plate.empty() ? "" : R"(,"plate":")" + plate + "\"") + R"(,"vectors":{"vehicle":")" +
         Vector(first) + "\"}}\n";
}

class ImageSearch : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<testing::RunningServer>();
    server_->CallJson("POST", "/v1/cameras", R"({"id":"bus","kind":"mobile"})");
  }

  // A request with a JSON body; its reply is held against the OpenAPI document's `path`.
  HttpReply Send(const std::string& method, const std::string& target, const std::string& path,
                 const std::string& body = {}) {
    HttpReply reply = body.empty() ? server_->Call(method, target)
                                   : server_->CallJson(method, target, body);
    EXPECT_EQ(openapi_.Complaint(method, path, reply), "") << target << "\n" << reply.body;
    return reply;
  }
  HttpReply Search(const std::string& body) { return Send("POST", kImage, kImage, body); }

  void Ingest(const std::string& lines, int64_t accepted) {
    const HttpReply stored = server_->Ingest(lines);
    ASSERT_EQ(NumberAt(stored.body, "/accepted"), accepted) << stored.body;
  }

  std::string EndOfJob(const std::string& id) {
    for (;;) {
      const HttpReply reply = Send("GET", "/v1/jobs/" + id, "/v1/jobs/{id}");
      const std::string status = TextAt(reply.body, "/status");
      if (status != "queued" && status != "running") return reply.body;
      std::this_thread::yield();
    }
  }

  testing::OpenApiChecker openapi_{api::OpenApiDocument()};
  std::unique_ptr<testing::RunningServer> server_;
};

TEST_F(ImageSearch, FindsTheNearestFirstPageByPage) {
  std::string lines;
  for (int i = 0; i < 9; ++i) lines += Line(i, "A" + std::to_string(i), static_cast<uint8_t>(i));
  Ingest(lines, 9);
  std::vector<double> distances;
  std::string token;
  do {
    const HttpReply page =
        Search(R"({"like":{"vector":")" + Vector(0) + R"("},"k":4)" +
               (token.empty() ? "" : R"(,"page_token":")" + token + "\"") + "}");
    ASSERT_EQ(page.status, 200) << page.body;
    for (size_t i = 0; i < SizeAt(page.body, "/matches"); ++i) {
      distances.push_back(DoubleAt(page.body, "/matches/" + std::to_string(i) + "/distance"));
    }
    const bool more = page.body.find("next_page_token") != std::string::npos;
    token = more ? TextAt(page.body, "/next_page_token") : "";
  } while (!token.empty());
  EXPECT_EQ(distances, (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(ImageSearch, APageTokenIsGoodForItsQuestionAlone) {
  Ingest(Line(1, "A1", 1) + Line(2, "A2", 2), 2);
  const std::string like = R"({"like":{"vector":")" + Vector(0) + R"("},"k":1)";
  const std::string token = TextAt(Search(like + "}").body, "/next_page_token");
  const std::string behind = R"(,"page_token":")" + token + "\"}";
  EXPECT_EQ(Search(like + behind).status, 200);
  for (const std::string& other :
       {std::string(R"(,"exact":true)"), std::string(R"(,"max_distance":5)"),
        std::string(R"(,"filter":{"plate":"A*"})"), std::string(R"(,"group_by":"plate")")}) {
    const HttpReply refused = Search(like + other + behind);
    EXPECT_EQ(refused.status, 400) << other;
    EXPECT_EQ(TextAt(refused.body, "/field"), "/page_token");
  }
}

TEST_F(ImageSearch, AStreamHoldsEveryMatch) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += Line(i, "A1", static_cast<uint8_t>(i));
  Ingest(lines, 30);
  const HttpReply stream =
      server_->Call("POST", kImage, R"({"like":{"vector":")" + Vector(0) + R"("}})",
                    {{"Content-Type", "application/json"}, {"Accept", "application/x-ndjson"}});
  EXPECT_EQ(stream.status, 200) << stream.body;
  EXPECT_EQ(std::count(stream.body.begin(), stream.body.end(), '\n'), 30);
  EXPECT_FALSE(stream.Header("x-as-of").empty());
}

TEST_F(ImageSearch, TheTrailHasTheQuestionAndAVectorsDigest) {
  Ingest(Line(1, "A1", 1), 1);
  const HttpReply found = Search(R"({"like":{"vector":")" + Vector(3) +
                                 R"("},"filter":{"plate":"A*"},"k":7})");
  const std::string id = TextAt(found.body, "/matches/0/sighting/id");
  Search(R"({"like":[{"sighting_id":")" + id + R"("}]})");
  Send("POST", "/v1/search/image/batch", "/v1/search/image/batch",
       R"({"queries":[{"like":{"vector":")" + Vector(3) + R"("}}]})");
  const HttpReply trail = server_->Call("GET", "/v1/audit?limit=3");
  const std::string digest = api::Sha256Hex(*api::DecodeBase64(Vector(3)));
  const std::string by_vector = TextAt(trail.body, "/records/2/body");
  EXPECT_EQ(by_vector, R"({"like":[{"vector_sha256":")" + digest +
                           R"("}],"space":"vehicle","filter":{"plate":"A*"},"k":7})");
  EXPECT_NE(TextAt(trail.body, "/records/1/body").find(id), std::string::npos);
  EXPECT_NE(TextAt(trail.body, "/records/0/body").find(digest), std::string::npos);
  EXPECT_EQ(trail.body.find(Vector(3)), std::string::npos);
  EXPECT_EQ(TextAt(trail.body, "/records/0/outcome"), "allowed");
}

TEST_F(ImageSearch, ARefusedQuestionIsOnTheTrailToo) {
  Search(R"({"like":[]})");
  const HttpReply trail = server_->Call("GET", "/v1/audit?limit=1");
  EXPECT_EQ(TextAt(trail.body, "/records/0/path"), kImage);
  EXPECT_EQ(TextAt(trail.body, "/records/0/body"), R"({"like":[]})");
}

TEST_F(ImageSearch, ASpaceIsThereForTheNextLine) {
  const std::string line = R"({"camera_id":"bus","source_id":"f","time":1474416000000,)"
                           R"("plate":"F1","vectors":{"face":")" +
                           Vector(1) + "\"}}\n";
  const HttpReply refused = server_->Ingest(line);
  EXPECT_EQ(TextAt(refused.body, "/errors/0/field"), "/vectors/face") << refused.body;
  EXPECT_EQ(NumberAt(refused.body, "/errors/0/line"), 1);
  const std::string space = R"({"bytes":128,"element":"i8","metric":"ip","model":"m"})";
  const std::string path = "/v1/spaces/{name}";
  EXPECT_EQ(Send("PUT", "/v1/spaces/face", path, space).status, 201);
  EXPECT_EQ(Send("PUT", "/v1/spaces/face", path, space).status, 200);
  EXPECT_EQ(Send("PUT", "/v1/spaces/face", path, R"({"bytes":128,"element":"u8","metric":"ip"})")
                .status,
            409);
  Ingest(line, 1);
  const HttpReply found =
      Search(R"({"space":"face","like":{"vector":")" + Vector(5) + R"("}})");
  EXPECT_EQ(DoubleAt(found.body, "/matches/0/distance"), -5) << found.body;
  const HttpReply spaces = Send("GET", "/v1/spaces", "/v1/spaces");
  EXPECT_EQ(TextAt(spaces.body, "/spaces/1/name"), "face");
  EXPECT_EQ(NumberAt(spaces.body, "/spaces/1/index/vectors"), 1);
}

TEST_F(ImageSearch, ARebuildIsAJobThatChangesNoAnswer) {
  std::string lines;
  for (int i = 0; i < 50; ++i) lines += Line(i, "A1", static_cast<uint8_t>(i));
  Ingest(lines, 50);
  const std::string question = R"({"like":{"vector":")" + Vector(9) + R"("},"exact":true})";
  const std::string before = Search(question).body;
  const HttpReply begun = Send("POST", "/v1/index/rebuild", "/v1/index/rebuild", "{}");
  ASSERT_EQ(begun.status, 202) << begun.body;
  const std::string id = TextAt(begun.body, "/id");
  EXPECT_EQ(begun.Header("location"), "/v1/jobs/" + id);
  const std::string ended = EndOfJob(id);
  EXPECT_EQ(TextAt(ended, "/status"), "done") << ended;
  EXPECT_EQ(DoubleAt(ended, "/progress"), 1);
  EXPECT_EQ(Search(question).body, before);
  const HttpReply jobs = Send("GET", "/v1/jobs?kind=index_rebuild", "/v1/jobs");
  EXPECT_EQ(TextAt(jobs.body, "/jobs/0/id"), id);
  EXPECT_EQ(Send("DELETE", "/v1/jobs/" + id, "/v1/jobs/{id}").status, 409);
}

}  // namespace
}  // namespace sightline::server
