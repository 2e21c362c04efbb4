// Corrections over HTTP, and the rows that came of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "api/openapi.h"
#include "tests/support/memory_store.h"
#include "tests/unit/server/openapi_checker.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

using testing::HttpHeaders;
using testing::HttpReply;
using testing::NumberAt;
using testing::SizeAt;
using testing::TextAt;

class Corrections : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = std::make_unique<testing::MemoryStore>();
    server_ = std::make_unique<testing::RunningServer>(Config{}, std::move(store));
    server_->CallJson("POST", "/v1/cameras", R"({"id":"bus","kind":"mobile"})");
    const HttpReply stored = server_->Ingest(
        R"({"camera_id":"bus","source_id":"a","time":1474416000000,"plate":"京A·1",)"
        R"("attributes":{"brand":"Audi","color":"blue"}})"
        "\n"
        R"({"camera_id":"bus","source_id":"b","time":1474416001000,"plate":"B2"})");
    ASSERT_EQ(NumberAt(stored.body, "/accepted"), 2) << stored.body;
    const HttpReply found = Search(R"({"order":"time_asc"})");
    id_ = TextAt(found.body, "/sightings/0/id");
    other_ = TextAt(found.body, "/sightings/1/id");
  }

  HttpReply Search(const std::string& body) {
    return server_->CallJson("POST", "/v1/search/sightings", body);
  }
  HttpReply Correct(const std::string& id, const std::string& body,
                    const std::string& type = "application/merge-patch+json") {
    HttpReply reply =
        server_->Call("PATCH", "/v1/sightings/" + id, body, {{"Content-Type", type}});
    EXPECT_EQ(openapi_.Complaint("PATCH", "/v1/sightings/{id}", reply), "") << reply.body;
    return reply;
  }
  HttpReply List(const std::string& parameters = {}, HttpHeaders headers = {}) {
    HttpReply reply = server_->Call("GET", "/v1/corrections" + parameters, {}, headers);
    EXPECT_EQ(openapi_.Complaint("GET", "/v1/corrections", reply), "") << reply.body;
    return reply;
  }

  std::unique_ptr<testing::RunningServer> server_;
  const testing::OpenApiChecker openapi_{api::OpenApiDocument()};
  std::string id_;
  std::string other_;
};

TEST_F(Corrections, EveryQuestionUsesThemAndTheReadingIsKept) {
  const HttpReply corrected = Correct(
      id_, R"({"plate":"京a-7","attributes":{"color":"red","brand":null},"note":"seen by day"})");
  ASSERT_EQ(corrected.status, 200) << corrected.body;
  EXPECT_EQ(TextAt(corrected.body, "/plate"), "京A7");
  EXPECT_EQ(TextAt(corrected.body, "/plate_read"), "京A·1");
  EXPECT_NE(corrected.body.find(R"("corrected":true)"), std::string::npos);
  EXPECT_NE(corrected.body.find(R"("attributes":{"color":"red"})"), std::string::npos);
  EXPECT_EQ(NumberAt(corrected.body, "/as_of"), 3);

  EXPECT_EQ(SizeAt(Search(R"({"filter":{"plate":"京A7"}})").body, "/sightings"), 1u);
  EXPECT_EQ(SizeAt(Search(R"({"filter":{"plate":"京A1"}})").body, "/sightings"), 0u);
  EXPECT_EQ(SizeAt(Search(R"({"filter":{"plate":"京A1"},"as_of":2})").body, "/sightings"), 1u);
  EXPECT_EQ(TextAt(server_->Call("GET", "/v1/sightings/" + id_ + "?as_of=2").body, "/plate"),
            "京A1");
  EXPECT_EQ(Search(R"({"filter":{"plate":"B2"}})").body.find("corrected"), std::string::npos);
}

TEST_F(Corrections, AreListedNewestFirstAsTrainingData) {
  Correct(id_, R"({"plate":"C3","note":"first"})");
  Correct(id_, R"({"plate":null})", "application/json");
  Correct(other_, R"({"attributes":{"year":2013}})");
  const HttpReply list = List();
  ASSERT_EQ(SizeAt(list.body, "/corrections"), 3u) << list.body;
  EXPECT_EQ(TextAt(list.body, "/corrections/0/sighting_id"), other_);
  EXPECT_EQ(TextAt(list.body, "/corrections/1/plate_before"), "C3");
  EXPECT_NE(list.body.find(R"("plate_before":"C3","plate":null)"), std::string::npos) << list.body;
  EXPECT_EQ(TextAt(list.body, "/corrections/2/plate_before"), "京A1");
  EXPECT_EQ(TextAt(list.body, "/corrections/2/note"), "first");
  EXPECT_EQ(TextAt(list.body, "/corrections/2/by"), "owner");
  EXPECT_EQ(TextAt(list.body, "/corrections/2/camera_id"), "bus");
  EXPECT_EQ(TextAt(list.body, "/corrections/2/time"), "2016-09-21T00:00:00.000Z");
}

TEST_F(Corrections, PagesAndStreamsHoldTheSameRows) {
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(Correct(id_, R"({"plate":"X)" + std::to_string(i) + "\"}").status, 200);
  }
  const HttpReply lines = List("", {{"Accept", "application/x-ndjson"}});
  EXPECT_EQ(std::ranges::count(lines.body, '\n'), 7);
  EXPECT_EQ(lines.Header("x-as-of"), "9");
  std::string joined;
  std::string token;
  do {
    const HttpReply page = List("?limit=3" + (token.empty() ? "" : "&page_token=" + token),
                                {{"Accept", "application/x-ndjson"}});
    joined += page.body;
    token = page.Header("x-next-page-token");
    Correct(other_, R"({"plate":"Y)" + std::to_string(joined.size()) + "\"}");
  } while (!token.empty());
  EXPECT_EQ(joined, lines.body) << "corrections that came meanwhile are on no later page";
  EXPECT_EQ(SizeAt(List("?as_of=9").body, "/corrections"), 7u);
  EXPECT_EQ(SizeAt(List("?as_of=2").body, "/corrections"), 0u);
  const std::string oldest = TextAt(List("?as_of=3").body, "/corrections/0/corrected_at");
  EXPECT_EQ(SizeAt(List("?to=" + oldest).body, "/corrections"), 0u);
  EXPECT_EQ(SizeAt(List("?as_of=9&from=" + oldest).body, "/corrections"), 7u);
  EXPECT_EQ(SizeAt(List("?limit=2&from=" + oldest).body, "/corrections"), 2u);
  EXPECT_EQ(List("?from=2&to=1").status, 400);
  EXPECT_EQ(List("?limit=0").status, 400);
}

TEST_F(Corrections, AreRefusedWhereTheySayNothingOrNothingIsThere) {
  std::string unknown = id_;
  unknown.back() = unknown.back() == '0' ? '1' : '0';
  EXPECT_EQ(Correct(unknown, R"({"plate":"A1"})").status, 404);
  EXPECT_EQ(Correct("nonsense", R"({"plate":"A1"})").status, 404);
  EXPECT_EQ(Correct(id_, "{}").status, 400);
  EXPECT_EQ(TextAt(Correct(id_, R"({"plate":"_"})").body, "/field"), "/plate");
  EXPECT_EQ(Correct(id_, R"({"plate":"京A1"})").status, 400) << "it changes nothing";
  EXPECT_EQ(Correct(id_, R"({"plate":"A1"})", "text/plain").status, 415);
  EXPECT_EQ(SizeAt(List().body, "/corrections"), 0u);
}

TEST_F(Corrections, AskForTheirRoleAndAPurposeAndAreOnTheTrail) {
  const auto as = [&](const std::string& token, const HttpHeaders& more) {
    HttpHeaders headers = {{"Authorization", "Bearer " + token},
                           {"Content-Type", "application/json"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return testing::Fetch(server_->port(), "PATCH", "/v1/sightings/" + id_, headers,
                          R"({"plate":"D4"})")
        .status;
  };
  const HttpHeaders purpose = {{"X-Purpose", "quality%20control"}};
  EXPECT_EQ(as(server_->MakeToken({"reader", "writer"}), purpose), 403);
  const std::string corrector = server_->MakeToken({"corrector"});
  EXPECT_EQ(as(corrector, {}), 422);
  EXPECT_EQ(as(corrector, purpose), 200);
  const HttpReply trail = server_->Call("GET", "/v1/audit?limit=1");
  EXPECT_EQ(TextAt(trail.body, "/records/0/method"), "PATCH");
  EXPECT_EQ(TextAt(trail.body, "/records/0/purpose"), "quality control");
  EXPECT_EQ(TextAt(trail.body, "/records/0/body"), R"({"plate":"D4"})");
  EXPECT_EQ(TextAt(trail.body, "/records/0/detail/correction/plate_before"), "京A1");
  EXPECT_EQ(TextAt(trail.body, "/records/0/detail/correction/plate"), "D4");
}

TEST_F(Corrections, ExportedRowsComeBackAsTheyWere) {
  Correct(id_, R"({"plate":"C3"})");
  const HttpHeaders lines = {{"Content-Type", "application/json"},
                             {"Accept", "application/x-ndjson"}};
  const std::string target = "/v1/search/sightings?include=vectors";
  const HttpReply rows = server_->Call("POST", target, "{}", lines);
  EXPECT_EQ(NumberAt(server_->Ingest(rows.body).body, "/duplicates"), 2);

  testing::RunningServer elsewhere({}, std::make_unique<testing::MemoryStore>());
  elsewhere.CallJson("POST", "/v1/cameras", R"({"id":"bus","kind":"mobile"})");
  EXPECT_EQ(NumberAt(elsewhere.Ingest(rows.body).body, "/accepted"), 2);
  const std::string fields = "&fields=source_id,camera_id,time,plate,plate_read,attributes";
  EXPECT_EQ(elsewhere.Call("POST", target + fields, "{}", lines).body,
            server_->Call("POST", target + fields, "{}", lines).body);
}

}  // namespace
}  // namespace sightline::server
