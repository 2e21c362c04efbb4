// The client library's calls about image search, spaces, the index and jobs.
#include "client/image_search.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/index.h"
#include "client/jobs.h"
#include "core/sighting_id.h"
#include "tests/unit/client/fake_server.h"

namespace sightline::client {
namespace {

const std::string kId = SightingId{{1474424556120}, 1, 2}.ToString();

const std::string kMatch =
    R"({"distance":12.5,"similarity":0.75,"sighting":{"id":")" + kId +
    R"(","camera_id":"K","time":"2016-09-21T02:22:36.120Z","plate":"A1"},"others":3,)"
    R"("travel":{"possible":false,"distance_m":100.5,"gap_s":2.0,"required_kmh":180.9,)"
    R"("reason":"too far"}})";

constexpr const char* kJobJson =
    R"({"id":"j1","kind":"index_rebuild","status":"failed","progress":0.5,)"
    R"("question":{"day":"2016-09-21"},"result":{"segments":2},)"
    R"("error":{"type":"x","detail":"the disk is full"},"created":"2016-09-21T00:00:00.000Z",)"
    R"("created_by":{"id":"t","name":"李雷"},"started":"2016-09-21T00:00:01.000Z",)"
    R"("ended":"2016-09-21T00:00:02.000Z","as_of":7})";

class ImageClient : public testing::Test {
 protected:
  ImageClient()
      : server_([this](const FakeRequest&) { return answer_; }),
        client_(Client::Create({.url = server_.url(), .token = "secret"}).value()) {}

  FakeRequest Last() { return server_.requests().back(); }

  FakeAnswer answer_{.body = R"({"matches":[)" + kMatch +
                             R"(],"space":"vehicle","next_page_token":"t","as_of":9})"};
  FakeServer server_;
  Client client_;
};

TEST_F(ImageClient, AsksAndReadsMatches) {
  const auto page = ImageSearch(client_).Find({.like = {{.sighting_id = kId}}});
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(Last().method, "POST");
  EXPECT_EQ(Last().target, "/v1/search/image");
  EXPECT_EQ(Last().body, R"({"like":[{"sighting_id":")" + kId +
                             R"("}],"space":"vehicle","filter":{},"k":20})");
  ASSERT_EQ(page->matches.size(), 1u);
  const ImageMatch& match = page->matches[0];
  EXPECT_EQ(match.distance, 12.5);
  EXPECT_EQ(match.similarity, 0.75);
  EXPECT_EQ(match.others, 3u);
  EXPECT_EQ(match.sighting.sighting.plate, "A1");
  EXPECT_EQ(match.sighting.id.ToString(), kId);
  ASSERT_TRUE(match.travel);
  EXPECT_FALSE(match.travel->possible);
  EXPECT_EQ(match.travel->distance_m, 100.5);
  EXPECT_EQ(match.travel->required_kmh, 180.9);
  EXPECT_EQ(match.travel->reason, "too far");
  EXPECT_EQ(page->space, "vehicle");
  EXPECT_EQ(page->next_page_token, "t");
  EXPECT_EQ(page->as_of, 9u);
}

TEST_F(ImageClient, SendsEveryOption) {
  const ImageQuery query{.like = {{.vector = "abc"}, {.sighting_id = "1f"}},
                         .unlike = {{.sighting_id = "2f"}},
                         .space = "face",
                         .filter = {.plate_pattern = "A*"},
                         .k = 7,
                         .max_distance = 0.5,
                         .group_by_plate = true,
                         .exact = true,
                         .travel = true,
                         .max_speed_kmh = 90,
                         .page_token = "t",
                         .as_of = 5,
                         .explain = true,
                         .with_vectors = true};
  ASSERT_TRUE(ImageSearch(client_).Find(query));
  EXPECT_EQ(Last().target, "/v1/search/image?include=vectors");
  EXPECT_EQ(Last().body,
            R"({"like":[{"vector":"YWJj"},{"sighting_id":"1f"}],"unlike":[{"sighting_id":"2f"}],)"
            R"("space":"face","filter":{"plate":"A*"},"max_distance":0.5,"group_by":"plate",)"
            R"("exact":true,"travel":{"max_speed_kmh":90.0},"k":7,"explain":true,)"
            R"("page_token":"t","as_of":5})");
}

TEST_F(ImageClient, AStreamIsHandedOnAsItCame) {
  answer_.body = kMatch + "\n";
  std::string lines;
  ASSERT_TRUE(ImageSearch(client_).FindNdjson({.like = {{.vector = "abc"}}, .travel = false},
                                              [&](std::string_view piece) {
                                                lines += piece;
                                                return Ok();
                                              }));
  EXPECT_EQ(lines, kMatch + "\n");
  EXPECT_EQ(Last().headers.at("accept"), "application/x-ndjson");
  EXPECT_EQ(Last().body, R"({"like":[{"vector":"YWJj"}],"space":"vehicle","filter":{}})");
}

TEST_F(ImageClient, ABatchHasAPageOrAProblemForEachQuestion) {
  answer_.body = R"({"answers":[{"matches":[)" + kMatch +
                 R"(],"space":"vehicle"},{"error":{"type":"/problems/not-found","title":"t",)"
                 R"("status":404,"detail":"no such sighting","field":"/like"}}],"as_of":4})";
  const std::vector<ImageQuery> queries = {{.like = {{.vector = "abc"}}},
                                           {.like = {{.sighting_id = "1f"}}, .k = 3}};
  const auto pages = ImageSearch(client_).FindMany(queries);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(Last().target, "/v1/search/image/batch");
  EXPECT_EQ(Last().body,
            R"({"queries":[{"like":[{"vector":"YWJj"}],"space":"vehicle","filter":{},"k":20},)"
            R"({"like":[{"sighting_id":"1f"}],"space":"vehicle","filter":{},"k":3}]})");
  ASSERT_EQ(pages->size(), 2u);
  ASSERT_TRUE((*pages)[0]);
  EXPECT_EQ((*pages)[0]->matches.size(), 1u);
  EXPECT_EQ((*pages)[0]->as_of, 4u);
  ASSERT_FALSE((*pages)[1]);
  EXPECT_EQ((*pages)[1].error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*pages)[1].error().field, "/like");
}

TEST_F(ImageClient, AnAnswerWithoutMatchesIsNotUnderstood) {
  for (const char* body : {"{}", R"({"matches":[{}]})", R"({"matches":7})", "[]"}) {
    answer_.body = body;
    EXPECT_FALSE(ImageSearch(client_).Find({.like = {{.vector = "abc"}}})) << body;
  }
}

TEST_F(ImageClient, SpacesAreListedAndMade) {
  answer_.body = R"({"spaces":[{"name":"face","bytes":512,"dimensions":128,"element":"f32",)"
                 R"("metric":"cosine","model":"m","index":{"vectors":5,"sealed_vectors":4,)"
                 R"("graphed_vectors":3,"graphs":2,"graph_bytes":1}}],"as_of":3})";
  Index index(client_);
  const auto list = index.Spaces();
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->spaces.size(), 1u);
  const VectorSpace face{.name = "face",
                         .bytes = 512,
                         .element = VectorElement::kF32,
                         .metric = VectorMetric::kCosine,
                         .model = "m"};
  EXPECT_EQ(list->spaces[0].space, face);
  EXPECT_EQ(list->spaces[0].counts.graphed_vectors, 3u);
  ASSERT_TRUE(index.PutSpace(face));
  EXPECT_EQ(Last().method, "PUT");
  EXPECT_EQ(Last().target, "/v1/spaces/face");
  EXPECT_EQ(Last().body, R"({"bytes":512,"element":"f32","metric":"cosine","model":"m"})");
}

TEST_F(ImageClient, TheIndexIsReadAndRebuilt) {
  answer_.body =
      R"({"segments":2,"sealed_rows":10,"unsealed_rows":1,"bytes":99,"spaces":{"vehicle":)"
      R"({"vectors":11,"sealed_vectors":10,"graphed_vectors":9,"graphs":1,"graph_bytes":8}},)"
      R"("backlog":{"days_unsealed":1,"unsealed_rows":1,"vectors_without_graph":2},)"
      R"("stored_days":4,"days":[{"day":"2016-09-21","segments":1,"sealed_rows":10,)"
      R"("unsealed_rows":0,"bytes":99,"spaces":{},"segment_list":[{"name":"1.seg","rows":10,)"
      R"("bytes":99,"spaces":{"vehicle":{"vectors":10}}}]}],"as_of":3})";
  Index index(client_);
  const auto state = index.State("2016-09-21");
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(Last().target, "/v1/index?day=2016-09-21");
  EXPECT_EQ(state->sum.spaces.at("vehicle").graphed_vectors, 9u);
  EXPECT_EQ(state->vectors_without_graph, 2u);
  EXPECT_EQ(state->stored_days, 4u);
  ASSERT_EQ(state->days.size(), 1u);
  ASSERT_EQ(state->days[0].segments.size(), 1u);
  EXPECT_EQ(state->days[0].segments[0].spaces.at("vehicle").vectors, 10u);
  answer_ = {.status = 202, .body = kJobJson};
  const auto begun = index.Rebuild({.day = "2016-09-21"});
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_EQ(Last().target, "/v1/index/rebuild");
  EXPECT_EQ(Last().body, R"({"day":"2016-09-21"})");
  EXPECT_EQ(begun->job.id, "j1");
}

TEST_F(ImageClient, JobsAreListedShownAndCancelled) {
  answer_.body = kJobJson;
  Jobs jobs(client_);
  const auto shown = jobs.Find("j/1");
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(Last().target, "/v1/jobs/j%2F1");
  EXPECT_EQ(shown->job.status, "failed");
  EXPECT_EQ(shown->job.progress, 0.5);
  EXPECT_EQ(shown->job.error, "the disk is full");
  EXPECT_EQ(shown->job.result, R"({"segments":2})");
  EXPECT_EQ(shown->job.created_by, "李雷");
  EXPECT_TRUE(shown->job.has_ended());
  ASSERT_TRUE(jobs.Cancel("j1"));
  EXPECT_EQ(Last().method, "DELETE");
  answer_.body = std::string(R"({"jobs":[)") + kJobJson + R"(],"next_page_token":"t 2"})";
  const auto list = jobs.List("failed", 5, "t=1");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(Last().target, "/v1/jobs?limit=5&status=failed&page_token=t%3D1");
  EXPECT_EQ(list->jobs.size(), 1u);
  EXPECT_EQ(list->next_page_token, "t 2");
}

}  // namespace
}  // namespace sightline::client
