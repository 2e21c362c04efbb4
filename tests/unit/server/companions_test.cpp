// Companions over HTTP: what is answered of vehicles that travel together.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "api/openapi.h"
#include "core/time.h"
#include "tests/unit/server/openapi_checker.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

using testing::HttpReply;
using testing::NumberAt;
using testing::SizeAt;
using testing::TextAt;

constexpr int kDays = 5;
constexpr int kCameras = 8;
constexpr TimestampMs kMonday{int64_t{17'067} * kMillisecondsPerDay};

std::string Line(int camera, TimestampMs time, const std::string& plate) {
  return R"({"camera_id":"K)" + std::to_string(camera) + R"(","time":)" +
         std::to_string(time.value) + R"(,"plate":")" + plate + "\"}\n";
}

// V1 follows T1 by 6 s, each day at another hour; others share a stretch with one of the two.
std::string Readings() {
  std::string lines;
  for (int day = 0; day < kDays; ++day) {
    TimestampMs time = kMonday + day * kMillisecondsPerDay + (6 + 3 * day) * 3'600'000;
    for (int camera = 0; camera < kCameras; ++camera, time = time + 60'000) {
      lines += Line(camera, time, "T1");
      lines += Line(camera, time + 6'000, "V1");
      for (int other = camera - 1; other <= camera; ++other) {
        lines += Line(camera, time + 9'000,
                      "S" + std::to_string(100 * day + 10 * camera + other - camera + 1));
      }
    }
  }
  return lines;
}

class CompanionCalls : public ::testing::Test {
 protected:
  CompanionCalls() : openapi_(api::OpenApiDocument()) {
    std::string cameras = "[";
    for (int camera = 0; camera < kCameras; ++camera) {
      cameras += (camera > 0 ? "," : "") + (R"({"id":"K)" + std::to_string(camera)) +
                 R"(","location":{"lon":116.)" + std::to_string(10 + camera) + R"(,"lat":40}})";
    }
    EXPECT_EQ(server_.CallJson("POST", "/v1/cameras", cameras + "]").status, 200);
    EXPECT_EQ(server_.Ingest(Readings()).status, 200);
  }

  HttpReply Send(const std::string& method, const std::string& target, const std::string& path,
                 const std::string& body = {}) {
    HttpReply reply = body.empty() ? server_.Call(method, target)
                                   : server_.CallJson(method, target, body);
    EXPECT_EQ(openapi_.Complaint(method, path, reply), "") << reply.body;
    return reply;
  }

  testing::RunningServer server_;
  const testing::OpenApiChecker openapi_;
};

TEST_F(CompanionCalls, TheCompanionComesFirstWithItsEvidence) {
  const HttpReply reply =
      Send("GET", "/v1/plates/T1/companions", "/v1/plates/{plate}/companions");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(TextAt(reply.body, "/companions/0/plate"), "V1");
  EXPECT_NE(reply.body.find(R"("significant":true,"order":"behind","median_gap_s":6.0)"),
            std::string::npos) << reply.body;
  EXPECT_EQ(NumberAt(reply.body, "/companions/0/trips"), kDays);
  EXPECT_EQ(SizeAt(reply.body, "/companions/0/evidence"), size_t{kDays * kCameras});
  const std::string other = TextAt(reply.body, "/companions/0/evidence/0/ids/1");
  EXPECT_EQ(TextAt(server_.Call("GET", "/v1/sightings/" + other).body, "/plate"), "V1");

  const HttpReply posted = Send("POST", "/v1/analyses/companions", "/v1/analyses/companions",
                                R"({"target":{"filter":{"plate":"T?"}},"within_s":20})");
  EXPECT_EQ(TextAt(posted.body, "/companions/0/plate"), "V1");
}

TEST_F(CompanionCalls, AnEarlierAnswerIsGivenAgain) {
  const HttpReply before =
      Send("GET", "/v1/plates/T1/companions", "/v1/plates/{plate}/companions");
  const std::string as_of = std::to_string(NumberAt(before.body, "/as_of"));
  ASSERT_EQ(server_.Ingest(Line(0, kMonday, "T1")).status, 200);
  EXPECT_EQ(server_.Call("GET", "/v1/plates/T1/companions?as_of=" + as_of).body, before.body);
  EXPECT_NE(server_.Call("GET", "/v1/plates/T1/companions").body, before.body);
}

TEST_F(CompanionCalls, AJobFindsEveryGroup) {
  const HttpReply begun = Send("POST", "/v1/analyses/companions", "/v1/analyses/companions",
                               R"({"from":"2016-09-01T00:00:00Z","to":"2016-10-01T00:00:00Z"})");
  ASSERT_EQ(begun.status, 202) << begun.body;
  const std::string id = TextAt(begun.body, "/id");
  HttpReply job;
  do {
    std::this_thread::yield();
    job = server_.Call("GET", "/v1/jobs/" + id);
  } while (TextAt(job.body, "/status") == "queued" || TextAt(job.body, "/status") == "running");
  ASSERT_EQ(TextAt(job.body, "/status"), "done") << job.body;
  ASSERT_EQ(SizeAt(job.body, "/result/groups"), 1) << job.body;
  EXPECT_EQ(TextAt(job.body, "/result/groups/0/plates/0"), "T1");
  EXPECT_EQ(TextAt(job.body, "/result/groups/0/plates/1"), "V1");
  EXPECT_EQ(TextAt(job.body, "/result/groups/0/pairs/0/other"), "V1");
}

}  // namespace
}  // namespace sightline::server
