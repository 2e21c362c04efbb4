// Cases over HTTP: what they hold, who may change them, and their reports.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "api/case_report.h"
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

constexpr const char* kCase = "/v1/cases/{id}";

class Cases : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = std::make_unique<testing::MemoryStore>();
    server_ = std::make_unique<testing::RunningServer>(Config{}, std::move(store));
    server_->CallJson("POST", "/v1/cameras", R"({"id":"bus","kind":"mobile"})");
    const HttpReply stored = server_->Ingest(
        R"({"camera_id":"bus","source_id":"a","time":1474416000000,"plate":"京A·1",)"
        R"("vectors":{"vehicle":")" +
        std::string(171, 'A') + "=\"}}\n" +
        R"({"camera_id":"bus","source_id":"b","time":1474416001000,"plate":"B2"})");
    ASSERT_EQ(NumberAt(stored.body, "/accepted"), 2) << stored.body;
    const HttpReply found = server_->CallJson("POST", "/v1/search/sightings",
                                              R"({"order":"time_asc"})");
    first_ = TextAt(found.body, "/sightings/0/id");
    second_ = TextAt(found.body, "/sightings/1/id");
    const HttpReply made = Send("POST", "/v1/cases", "/v1/cases",
                                R"({"name":"Stolen","reference":"17","description":"a\nb"})");
    ASSERT_EQ(made.status, 201) << made.body;
    id_ = TextAt(made.body, "/id");
    EXPECT_EQ(made.Header("location"), "/v1/cases/" + id_);
    EXPECT_EQ(made.Header("etag"), "\"1\"");
  }

  // A request with a JSON body, or none where it is empty; its reply is held against the OpenAPI
  // document's `path`.
  HttpReply Send(const std::string& method, const std::string& target, const std::string& path,
                 const std::string& body = {}, HttpHeaders headers = {}) {
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    HttpReply reply = server_->Call(method, target, body, headers);
    EXPECT_EQ(openapi_.Complaint(method, path, reply), "") << target << "\n" << reply.body;
    return reply;
  }
  HttpReply Get(const std::string& below = {}, const std::string& path = kCase) {
    return Send("GET", "/v1/cases/" + id_ + below, path);
  }
  HttpReply Post(const std::string& kind, const std::string& body, HttpHeaders headers = {}) {
    return Send("POST", "/v1/cases/" + id_ + "/" + kind, "/v1/cases/{id}/" + kind, body, headers);
  }
  HttpReply Patch(const std::string& body, HttpHeaders headers = {}) {
    return Send("PATCH", "/v1/cases/" + id_, kCase, body, headers);
  }
  HttpReply Tick(const std::string& sighting, const std::string& note = "x") {
    return Post("sightings",
                R"({"sightings":[{"id":")" + sighting + R"(","note":")" + note + R"("}]})");
  }
  HttpReply Correct(const std::string& sighting, const std::string& body) {
    return Send("PATCH", "/v1/sightings/" + sighting, "/v1/sightings/{id}", body);
  }

  std::unique_ptr<testing::RunningServer> server_;
  const testing::OpenApiChecker openapi_{api::OpenApiDocument()};
  std::string id_;
  std::string first_;
  std::string second_;
};

TEST_F(Cases, ShowWhoMadeThemAndCountWhatTheyHold) {
  Tick(first_);
  Post("notes", R"({"text":"line\nline"})");
  const HttpReply shown = Get();
  ASSERT_EQ(shown.status, 200);
  EXPECT_EQ(TextAt(shown.body, "/name"), "Stolen");
  EXPECT_EQ(TextAt(shown.body, "/description"), "a\nb");
  EXPECT_EQ(TextAt(shown.body, "/status"), "open");
  EXPECT_EQ(TextAt(shown.body, "/created_by/name"), "owner");
  EXPECT_EQ(NumberAt(shown.body, "/counts/queries"), 0);
  EXPECT_EQ(NumberAt(shown.body, "/counts/sightings"), 1);
  EXPECT_EQ(NumberAt(shown.body, "/counts/notes"), 1);
  EXPECT_EQ(NumberAt(shown.body, "/revision"), 3);
  EXPECT_EQ(shown.Header("etag"), "\"3\"");
}

TEST_F(Cases, AreListedNewestFirstInPagesAndByStatus) {
  const std::string closed = TextAt(
      Send("POST", "/v1/cases", "/v1/cases", R"({"name":"second"})").body, "/id");
  Send("PATCH", "/v1/cases/" + closed, kCase, R"({"status":"closed"})");
  const HttpReply all = Send("GET", "/v1/cases", "/v1/cases");
  ASSERT_EQ(SizeAt(all.body, "/cases"), 2u);
  const HttpReply page = Send("GET", "/v1/cases?limit=1", "/v1/cases");
  ASSERT_EQ(SizeAt(page.body, "/cases"), 1u);
  EXPECT_EQ(TextAt(page.body, "/cases/0/id"), TextAt(all.body, "/cases/0/id"));
  const HttpReply next = Send(
      "GET", "/v1/cases?limit=1&page_token=" + TextAt(page.body, "/next_page_token"), "/v1/cases");
  ASSERT_EQ(SizeAt(next.body, "/cases"), 1u);
  EXPECT_EQ(TextAt(next.body, "/cases/0/id"), TextAt(all.body, "/cases/1/id"));
  EXPECT_EQ(next.body.find("next_page_token"), std::string::npos);
  const HttpReply open = Send("GET", "/v1/cases?status=open", "/v1/cases");
  ASSERT_EQ(SizeAt(open.body, "/cases"), 1u);
  EXPECT_EQ(TextAt(open.body, "/cases/0/id"), id_);
  EXPECT_EQ(Send("GET", "/v1/cases?status=shut", "/v1/cases").status, 400);
}

TEST_F(Cases, AChangeOfAnotherRevisionIsRefused) {
  EXPECT_EQ(Patch(R"({"name":"a"})", {{"If-Match", "\"1\""}}).status, 200);
  const HttpReply stale = Patch(R"({"name":"b"})", {{"If-Match", "\"1\""}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(TextAt(stale.body, "/title"), "Precondition Failed");
  EXPECT_EQ(TextAt(Get().body, "/name"), "a");
  EXPECT_EQ(Post("notes", R"({"text":"x"})", {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(Post("notes", R"({"text":"x"})", {{"If-Match", "\"7\", \"2\""}}).status, 201);
  EXPECT_EQ(Patch(R"({"reference":null})", {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(Get().body.find("reference"), std::string::npos);
}

TEST_F(Cases, AClosedCaseKeepsWhatItHoldsUntilItIsOpened) {
  ASSERT_EQ(Tick(first_).status, 200);
  const HttpReply closed = Patch(R"({"status":"closed"})");
  EXPECT_EQ(TextAt(closed.body, "/status"), "closed");
  EXPECT_EQ(TextAt(closed.body, "/closed_by/name"), "owner");
  EXPECT_EQ(Tick(second_).status, 409);
  EXPECT_EQ(Post("notes", R"({"text":"x"})").status, 409);
  EXPECT_EQ(Send("DELETE", "/v1/cases/" + id_ + "/sightings/" + first_,
                 "/v1/cases/{id}/sightings/{sighting}")
                .status,
            409);
  EXPECT_EQ(Patch(R"({"name":"may be renamed"})").status, 200);
  EXPECT_EQ(Patch(R"({"status":"open"})").body.find("closed"), std::string::npos);
  EXPECT_EQ(Tick(second_).status, 200);
}

TEST_F(Cases, QueriesAreCheckedWhenTheyAreSaved) {
  const struct {
    std::string body;
    int status;
    std::string field;
  } cases[] = {
      {R"({"name":"q","target":"/v1/search/sightings","body":{"filter":{"plate":"A*"}}})", 201, ""},
      {R"({"name":"q","target":"/v1/search/sightings?include=vectors","body":{}})", 201, ""},
      {R"({"name":"q","target":"/v1/plates?match=A*&limit=5"})", 201, ""},
      {R"({"name":"q","target":"/v1/plates?like=A1"})", 201, ""},
      {R"({"name":"q","target":"/v1/plates/京A1/trajectory?from=1474416000000"})", 201, ""},
      {R"({"name":"q","target":"/v1/search/sightings","body":{"filter":{"plate":7}}})", 400,
       "/body/filter/plate"},
      {R"({"name":"q","target":"/v1/search/sightings","body":{"order":"relevance"}})", 400,
       "/body/order"},
      {R"({"name":"q","target":"/v1/search/sightings?x=1","body":{}})", 400, "/target"},
      {R"({"name":"q","target":"/v1/search/sightings"})", 400, "/target"},
      {R"({"name":"q","target":"/v1/plates","body":{}})", 400, "/target"},
      {R"({"name":"q","target":"/v1/plates?page_token=x"})", 400, "/target"},
      {R"({"name":"q","target":"/v1/plates/A1/trajectory?format=shp"})", 400, "/target"},
      {R"({"name":"q","target":"/v1/tokens"})", 400, "/target"},
      {R"({"name":"q","target":"/v1/cases"})", 400, "/target"},
      {R"({"name":"q","target":"http://elsewhere/v1/plates"})", 400, "/target"},
      {R"({"name":"q","target":"/v1/plates?match=%ZZ"})", 400, "/target"},
      {R"({"name":"q","target":"plates"})", 400, "/target"},
  };
  size_t saved = 0;
  for (const auto& one : cases) {
    const HttpReply reply = Post("queries", one.body);
    EXPECT_EQ(reply.status, one.status) << one.body << "\n" << reply.body;
    if (one.status == 201) {
      ++saved;
    } else {
      EXPECT_EQ(TextAt(reply.body, "/field"), one.field) << one.body << reply.body;
    }
  }
  const HttpReply list = Get("/queries", "/v1/cases/{id}/queries");
  EXPECT_EQ(SizeAt(list.body, "/queries"), saved);
}

TEST_F(Cases, ASavedQueryIsAskedAsItStands) {
  const HttpReply saved = Post(
      "queries",
      R"({"name":"q","target":"/v1/search/sightings","body":{"filter":{"plate":"京*"}}})");
  const std::string below = "/queries/" + TextAt(saved.body, "/id");
  EXPECT_EQ(saved.Header("location"), "/v1/cases/" + id_ + below);
  const HttpReply query = Get(below, "/v1/cases/{id}/queries/{query}");
  EXPECT_EQ(TextAt(query.body, "/method"), "POST");
  EXPECT_EQ(TextAt(query.body, "/body/filter/plate"), "京*");
  const HttpReply asked = server_->CallJson("POST", TextAt(query.body, "/target"),
                                            R"({"filter":{"plate":"京*"}})");
  EXPECT_EQ(SizeAt(asked.body, "/sightings"), 1u);
  EXPECT_EQ(
      Send("DELETE", "/v1/cases/" + id_ + below, "/v1/cases/{id}/queries/{query}").status, 204);
  EXPECT_EQ(Get(below, "/v1/cases/{id}/queries/{query}").status, 404);
}

TEST_F(Cases, TickingTwiceKeepsTheFirstCopyAndTakesTheNewNote) {
  EXPECT_EQ(NumberAt(Tick(first_, "old").body, "/added"), 1);
  ASSERT_EQ(Correct(first_, R"({"plate":"C3"})").status, 200);
  const HttpReply again = Tick(first_, "new");
  EXPECT_EQ(NumberAt(again.body, "/added"), 0);
  EXPECT_EQ(NumberAt(again.body, "/already"), 1);
  const HttpReply list = Get("/sightings", "/v1/cases/{id}/sightings");
  ASSERT_EQ(SizeAt(list.body, "/sightings"), 1u);
  EXPECT_EQ(TextAt(list.body, "/sightings/0/note"), "new");
  EXPECT_EQ(TextAt(list.body, "/sightings/0/sighting/plate"), "C3");
  EXPECT_EQ(list.body.find("\"seen\":"), std::string::npos);
  const HttpReply before = Get("/sightings?as_of=2", "/v1/cases/{id}/sightings");
  EXPECT_EQ(TextAt(before.body, "/sightings/0/sighting/plate"), "京A1");
}

TEST_F(Cases, AnUnknownSightingTicksNothing) {
  std::string unknown = first_;
  unknown.back() = unknown.back() == '0' ? '1' : '0';
  const HttpReply reply = Post("sightings", R"({"sightings":[{"id":")" + first_ +
                                                R"("},{"id":")" + unknown + R"("}]})");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(TextAt(reply.body, "/field"), "/sightings/1/id");
  EXPECT_EQ(NumberAt(Get().body, "/counts/sightings"), 0);
}

TEST_F(Cases, ItemsComeInPages) {
  for (const char* text : {"1", "2", "3"}) {
    Post("notes", R"({"text":")" + std::string(text) + "\"}");
  }
  std::string joined;
  std::string token;
  do {
    const HttpReply page = Get("/notes?limit=2" + (token.empty() ? "" : "&page_token=" + token),
                               "/v1/cases/{id}/notes");
    for (size_t i = 0; i < SizeAt(page.body, "/notes"); ++i) {
      joined += TextAt(page.body, "/notes/" + std::to_string(i) + "/text");
    }
    const bool more = page.body.find("next_page_token") != std::string::npos;
    token = more ? TextAt(page.body, "/next_page_token") : "";
  } while (!token.empty());
  std::string sorted = joined;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, "123") << "notes of one millisecond may change places: " << joined;
}

TEST_F(Cases, TheReportHoldsEverythingAndItsHashesAreOnTheTrail) {
  Tick(first_, "the car");
  Tick(second_);
  Post("notes", R"({"text":"n"})");
  Post("queries", R"({"name":"q","target":"/v1/plates"})");
  Correct(first_, R"({"plate":"C3","note":"blurred"})");
  Correct(first_, R"({"plate":"D4"})");
  const HttpReply report = Get("/report", "/v1/cases/{id}/report");
  ASSERT_EQ(report.status, 200) << report.body;
  EXPECT_EQ(TextAt(report.body, "/purpose"), "test");
  EXPECT_EQ(TextAt(report.body, "/exported_by/name"), "owner");
  EXPECT_EQ(TextAt(report.body, "/case/id"), id_);
  EXPECT_EQ(SizeAt(report.body, "/queries"), 1u);
  EXPECT_EQ(SizeAt(report.body, "/notes"), 1u);
  ASSERT_EQ(SizeAt(report.body, "/sightings"), 2u);
  const bool is_first = TextAt(report.body, "/sightings/0/id") == first_;
  const std::string ticked = is_first ? "/sightings/0" : "/sightings/1";
  EXPECT_EQ(TextAt(report.body, ticked + "/seen/plate"), "京A1");
  EXPECT_EQ(TextAt(report.body, ticked + "/sighting/plate"), "D4");
  EXPECT_EQ(TextAt(report.body, ticked + "/sighting/plate_read"), "京A·1");
  EXPECT_EQ(TextAt(report.body, ticked + "/seen/vectors/vehicle").size(), 172u);
  ASSERT_EQ(SizeAt(report.body, "/corrections"), 2u);
  EXPECT_EQ(TextAt(report.body, "/corrections/0/plate"), "C3") << "oldest first";

  const auto check = api::CheckCaseReport(report.body);
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->intact());
  const HttpReply trail = server_->Call("GET", "/v1/audit?limit=1");
  EXPECT_EQ(TextAt(trail.body, "/records/0/detail/report_sha256"),
            TextAt(report.body, "/sha256"));
}

TEST_F(Cases, TheReportIsAlsoAPage) {
  Post("notes", R"({"text":"<script>alert(1)</script>"})");
  const HttpReply page = Get("/report?format=html", "/v1/cases/{id}/report");
  ASSERT_EQ(page.status, 200);
  EXPECT_TRUE(page.Header("content-type").starts_with("text/html"));
  EXPECT_NE(page.Header("content-security-policy").find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>alert"), std::string::npos);
  const auto inside = api::ReportInHtml(page.body);
  ASSERT_TRUE(inside);
  EXPECT_TRUE(api::CheckCaseReport(*inside)->intact());
  const HttpReply accepted = Send("GET", "/v1/cases/" + id_ + "/report", "/v1/cases/{id}/report",
                                  {}, {{"Accept", "text/html"}});
  EXPECT_TRUE(accepted.Header("content-type").starts_with("text/html"));
  EXPECT_EQ(Get("/report?format=pdf", "/v1/cases/{id}/report").status, 400);
}

TEST_F(Cases, AreDeletedByTheOwnerAloneWithEverythingInThem) {
  Tick(first_);
  const std::string reader = server_->MakeToken({"reader"}, "night shift");
  const HttpHeaders headers = {{"Authorization", "Bearer " + reader}};
  const std::string target = "/v1/cases/" + id_;
  EXPECT_EQ(testing::Fetch(server_->port(), "GET", target, headers).status, 200);
  EXPECT_EQ(testing::Fetch(server_->port(), "DELETE", target, headers).status, 403);
  EXPECT_EQ(Send("DELETE", target, kCase, {}, {{"If-Match", "\"9\""}}).status, 412);
  EXPECT_EQ(Send("DELETE", target, kCase).status, 204);
  for (const std::string below : {"", "/queries", "/sightings", "/notes", "/report"}) {
    EXPECT_EQ(Get(below, std::string(kCase) + below).status, 404) << below;
  }
  EXPECT_EQ(Tick(first_).status, 404);
}

TEST_F(Cases, WantAPurposeAndAFittingRole) {
  const std::string reader = server_->MakeToken({"reader"});
  const std::string writer = server_->MakeToken({"writer", "corrector", "operator", "auditor"},
                                                "all but reading");
  EXPECT_EQ(testing::Fetch(server_->port(), "GET", "/v1/cases",
                           {{"Authorization", "Bearer " + reader}})
                .status,
            422);
  EXPECT_EQ(testing::Fetch(server_->port(), "GET", "/v1/cases",
                           {{"Authorization", "Bearer " + writer}})
                .status,
            403);
}

}  // namespace
}  // namespace sightline::server
