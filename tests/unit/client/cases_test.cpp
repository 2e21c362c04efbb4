// The client library's calls about cases and corrections.
#include "client/cases.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/client/fake_server.h"

namespace sightline::client {
namespace {

constexpr const char* kCaseJson =
    R"({"id":"c1","name":"n","reference":"17","status":"open",)"
    R"("created":"2016-09-21T00:00:00.000Z","created_by":{"id":"t","name":"李雷"},)"
    R"("changed":"2016-09-21T00:00:01.000Z","changed_by":{"id":"t","name":"x"},"revision":3,)"
    R"("as_of":7})";

class CasesClient : public testing::Test {
 protected:
  CasesClient()
      : server_([this](const FakeRequest&) { return answer_; }),
        client_(Client::Create({.url = server_.url(), .token = "secret"}).value()),
        cases_(client_) {}

  FakeRequest Last() { return server_.requests().back(); }

  FakeAnswer answer_{.body = kCaseJson};
  FakeServer server_;
  Client client_;
  Cases cases_;
};

TEST_F(CasesClient, ACaseIsMadeReadAndChanged) {
  const auto made = cases_.Create({.name = "n", .reference = "17"});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(Last().method, "POST");
  EXPECT_EQ(Last().target, "/v1/cases");
  EXPECT_EQ(Last().body, R"({"name":"n","reference":"17"})");
  EXPECT_EQ(made->info.id, "c1");
  EXPECT_EQ(made->info.created_by, "李雷");
  EXPECT_EQ(made->info.revision, 3u);
  EXPECT_EQ(made->info.created.value, 1474416000000);
  ASSERT_TRUE(cases_.Find("c/1"));
  EXPECT_EQ(Last().target, "/v1/cases/c%2F1");
  ASSERT_TRUE(cases_.Change("c1", {.status = api::CaseStatus::kClosed}, 3));
  EXPECT_EQ(Last().method, "PATCH");
  EXPECT_EQ(Last().headers.at("if-match"), "\"3\"");
  EXPECT_EQ(Last().body, R"({"status":"closed"})");
  ASSERT_TRUE(cases_.Delete("c1"));
  EXPECT_EQ(Last().method, "DELETE");
  EXPECT_EQ(Last().body, "");
}

TEST_F(CasesClient, AStaleRevisionIsAConflict) {
  answer_ = {.status = 412,
             .body = R"({"type":"about:blank","title":"Precondition Failed","status":412,)"
                     R"("detail":"changed since"})"};
  const auto changed = cases_.Change("c1", {.name = "x"}, 1);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kConflict);
}

TEST_F(CasesClient, ListsGoOnWithTheirToken) {
  answer_.body = std::string(R"({"cases":[)") + kCaseJson + R"(],"next_page_token":"t 2"})";
  const auto list = cases_.List("open", 5, "t=1");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(Last().target, "/v1/cases?limit=5&status=open&page_token=t%3D1");
  ASSERT_EQ(list->cases.size(), 1u);
  EXPECT_EQ(list->next_page_token, "t 2");
}

TEST_F(CasesClient, ItemsAreAddedAndTakenAway) {
  answer_.body = R"({"id":"i1"})";
  EXPECT_EQ(cases_.AddNote("c1", "a\nb").value(), "i1");
  EXPECT_EQ(Last().body, R"({"text":"a\nb"})");
  EXPECT_EQ(cases_.AddQuery("c1", {"q", "/v1/x", R"({"a":1})"}).value(), "i1");
  EXPECT_EQ(Last().body, R"({"name":"q","target":"/v1/x","body":{"a":1}})");
  EXPECT_EQ(cases_.AddQuery("c1", {"q", "/v1/x", ""}).value(), "i1");
  EXPECT_EQ(Last().body, R"({"name":"q","target":"/v1/x"})");

  answer_.body = R"({"added":1,"already":2})";
  const SightingId id{{1}, 2, 3};
  const api::TickedSighting ticked[] = {{id, "n"}, {id, ""}};
  const auto outcome = cases_.AddSightings("c1", ticked);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->added, 1u);
  EXPECT_EQ(outcome->already, 2u);
  EXPECT_EQ(Last().body, R"({"sightings":[{"id":")" + id.ToString() + R"(","note":"n"},{"id":")" +
                             id.ToString() + R"("}]})");
  ASSERT_TRUE(cases_.Remove("c1", CaseItemKind::kSighting, "s1"));
  EXPECT_EQ(Last().target, "/v1/cases/c1/sightings/s1");

  answer_.body = R"({"name":"q","method":"POST","target":"/v1/x","body":{"b": 2}})";
  const auto query = cases_.FindQuery("c1", "q1");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->body, R"({"b":2})");
  EXPECT_EQ(query->method, "POST");
}

TEST_F(CasesClient, AnAnswerThatIsNoCaseIsSaidToBeNone) {
  answer_.body = "[]";
  EXPECT_FALSE(cases_.Find("c1"));
  EXPECT_FALSE(cases_.List());
  EXPECT_FALSE(cases_.AddNote("c1", "x"));
}

TEST_F(CasesClient, ACorrectionIsAMergePatch) {
  const SightingId id{{1474416000000}, 2, 3};
  answer_.body = R"({"id":")" + id.ToString() +
                 R"(","camera_id":"K","time":"2016-09-21T00:00:00.000Z","plate":"A2",)"
                 R"("plate_read":"A1","corrected":true,"as_of":9})";
  const auto corrected = client_.CorrectSighting(
      "x", {.plate = "", .attributes = {{"year", int64_t{2013}}}, .removed_attributes = {"brand"},
            .note = "n"});
  ASSERT_TRUE(corrected) << corrected.error().message;
  EXPECT_EQ(Last().method, "PATCH");
  EXPECT_EQ(Last().target, "/v1/sightings/x");
  EXPECT_EQ(Last().body, R"({"plate":"","attributes":{"year":2013,"brand":null},"note":"n"})");
  EXPECT_NE(corrected->sighting.corrected, 0u);
}

TEST_F(CasesClient, CorrectionsAreRead) {
  answer_.body =
      R"({"corrections":[{"number":5,"sighting_id":"s","camera_id":"K",)"
      R"("time":"2016-09-21T00:00:00.000Z","corrected_at":"2016-09-22T00:00:00.000Z","by":"x",)"
      R"("plate_before":null,"plate":"A2","attributes":{"a":1}}],"as_of":9})";
  const auto page = client_.ListCorrections({.from = TimestampMs{0}, .limit = 5, .as_of = 9});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(Last().target,
            "/v1/corrections?from=1970-01-01T00%3A00%3A00.000Z&as_of=9&limit=5");
  ASSERT_EQ(page->corrections.size(), 1u);
  EXPECT_TRUE(page->corrections[0].names_plate);
  EXPECT_EQ(page->corrections[0].plate_before, "");
  EXPECT_EQ(page->corrections[0].plate, "A2");
  EXPECT_EQ(page->corrections[0].attributes, R"({"a":1})");
}

TEST_F(CasesClient, PlatesNearOneAreAskedForWithTheirMatch) {
  answer_.body =
      R"({"plates":[{"plate":"A1","first_seen":"2016-09-21T00:00:00.000Z",)"
      R"("last_seen":"2016-09-21T00:00:00.000Z","count":1,)"
      R"("match":{"probability":0.5,"differences":1}}],"as_of":9})";
  const auto page = client_.ListPlates({.like = PlateLike{"A?", 2}});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(Last().target, "/v1/plates?like=A%3F&max_distance=2&limit=100");
  ASSERT_TRUE(page->plates.at(0).match);
  EXPECT_EQ(page->plates[0].match->probability, 0.5);
  EXPECT_EQ(page->plates[0].match->differences, 1);
}

}  // namespace
}  // namespace sightline::client
