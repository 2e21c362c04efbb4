#include "client/client.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

constexpr const char* kId = "0157db1a24c8a1b2c3d40123456789abcdef";

ClientOptions Options(const std::string& url) {
  ClientOptions options;
  options.url = url;
  options.token = "secret";
  options.retry_wait = std::chrono::milliseconds(1);
  return options;
}

Client Connect(const FakeServer& server) { return Client::Create(Options(server.url())).value(); }

FakeServer Answering(int status, std::string body) {
  return FakeServer([=](const FakeRequest&) { return FakeAnswer{.status = status, .body = body}; });
}

std::string SightingJson() {
  const SightingId id{.time = {1474424556120}, .camera_hash = 7, .identity_hash = 9};
  return R"({"id":")" + id.ToString() + R"(","received":"2016-09-21T02:22:37.000Z",
    "source_id":"s1","camera_id":"K-0012","time":"2016-09-21T02:22:36.120Z","plate":"京N6UT45",
    "plate_read":"京N·6UT45","plate_confidence":0.97,"attributes":{"brand":"Audi","year":2013,
    "sticker":true,"score":0.5},"location":{"lon":116.33,"lat":39.99},"lane":2,"speed_kmh":41.5,
    "new_member":[1]})";
}

TEST(Client, SendsCredentialsPurposeAndCase) {
  FakeServer server = Answering(200, "{}");
  ClientOptions options = Options(server.url() + "/");
  options.purpose = "案件 17";
  options.case_number = "A/1";
  Client client = Client::Create(options).value();
  ASSERT_TRUE(client.ServerStatus());
  const FakeRequest request = server.requests().at(0);
  EXPECT_EQ(request.target, "/v1/status");
  EXPECT_EQ(request.headers.at("authorization"), "Bearer secret");
  EXPECT_EQ(request.headers.at("x-purpose"), "%E6%A1%88%E4%BB%B6%2017");
  EXPECT_EQ(request.headers.at("x-case"), "A%2F1");
}

TEST(Client, SearchSendsTheWholeFilterAndReadsRows) {
  FakeServer server = Answering(200, R"({"sightings":[)" + SightingJson() +
                                         R"(],"next_page_token":"t2","as_of":42})");
  Client client = Connect(server);
  SearchQuery query;
  query.filter.time.from = {1474387200000};
  query.filter.plate_pattern = "京*";
  query.filter.cameras = {{"K-0012"}};
  query.filter.area = Area{{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}};
  query.filter.near = Circle{{116.31, 39.98}, {800}};
  query.filter.attributes = {{"color", {AttributeValue("red"), AttributeValue(int64_t{7})}}};
  query.order = ResultOrder::kTimeAscending;
  query.limit = 5;
  query.as_of = 41;
  const auto page = client.Search(query);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(server.requests().at(0).body,
            R"({"filter":{"time":{"from":"2016-09-20T16:00:00.000Z"},"plate":"京*",)"
            R"("cameras":["K-0012"],"area":{"type":"MultiPolygon","coordinates":)"
            R"([[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]]]},)"
            R"("near":{"lon":116.31,"lat":39.98,"radius_m":800.0},)"
            R"("attributes":{"color":["red",7]}},"order":"time_asc","as_of":41,"limit":5})");
  EXPECT_EQ(page->next_page_token, "t2");
  EXPECT_EQ(page->as_of, 42U);
  ASSERT_EQ(page->sightings.size(), 1U);
  const Sighting& sighting = page->sightings[0].sighting;
  EXPECT_EQ(sighting.plate, "京N6UT45");
  EXPECT_EQ(sighting.plate_read, "京N·6UT45");
  EXPECT_EQ(FormatTimestamp(sighting.time), "2016-09-21T02:22:36.120Z");
  EXPECT_EQ(sighting.location, (Position{116.33, 39.99}));
  EXPECT_EQ(sighting.lane, 2);
  EXPECT_EQ(sighting.source_id, "s1");
  const std::vector<Attribute> attributes = {{"brand", "Audi"}, {"year", int64_t{2013}},
                                             {"sticker", true}, {"score", 0.5}};
  EXPECT_EQ(sighting.attributes, attributes);
}

TEST(Client, EveryPageIsFetchedUntilThereIsNoToken) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (request.body.find("page_token") == std::string::npos) {
      return {.body = R"({"sightings":[],"next_page_token":"two","as_of":1})"};
    }
    return {.body = R"({"sightings":[],"as_of":1})"};
  });
  Client client = Connect(server);
  int pages = 0;
  ASSERT_TRUE(client.SearchEachPage({}, [&](const SightingPage&) {
    ++pages;
    return Ok();
  }));
  EXPECT_EQ(pages, 2);
  EXPECT_NE(server.requests().at(1).body.find(R"("page_token":"two")"), std::string::npos);
  EXPECT_EQ(server.connections(), 1U) << "the connection is kept";
}

TEST(Client, ASinkThatFailsEndsTheStream) {
  FakeServer server = Answering(200, "{}\n{}\n");
  const Status streamed = Connect(server).SearchNdjson(
      {}, [](std::string_view) { return Status(InvalidArgument("enough")); });
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().message, "enough");
}

TEST(Client, ProblemsComeBackAsErrors) {
  FakeServer server = Answering(422, R"({"type":"about:blank","title":"Unacceptable","status":422,
                                         "detail":"say why in X-Purpose","field":"X-Purpose"})");
  const auto answer = Connect(server).GetSighting(kId);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnacceptable);
  EXPECT_EQ(answer.error().message, "say why in X-Purpose");
  EXPECT_EQ(answer.error().field, "X-Purpose");
}

TEST(Client, AProblemIsNotWrittenIntoTheSink) {
  FakeServer server =
      Answering(404, R"({"type":"about:blank","title":"x","status":404,"detail":"no such plate"})");
  std::string written;
  const Status streamed =
      Connect(server).Trajectory({.plate = "京A/1"}, [&](std::string_view piece) {
        written += piece;
        return Ok();
      });
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(written, "");
  EXPECT_EQ(server.requests().at(0).target, "/v1/plates/%E4%BA%ACA%2F1/trajectory?format=geojson");
}

TEST(Client, AnAnswerThatIsNotUnderstoodIsAnError) {
  for (const char* body :
       {"", "not json", "[]", R"({"plates":[{"plate":"A"}]})", R"({"plates":7})"}) {
    FakeServer server = Answering(200, body);
    const auto page = Connect(server).ListPlates({});
    if (std::string_view(body) == "[]") continue;  // no member, no plates
    ASSERT_FALSE(page) << body;
    EXPECT_EQ(page.error().code, ErrorCode::kInternal);
  }
}

TEST(Client, NobodyListening) {
  const auto status = Client::Create(Options(RefusedUrl()))->ServerStatus();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_NE(status.error().message.find("(connection refused)"), std::string::npos)
      << status.error().message;
}

TEST(Client, AskedAgainAfterABrokenConnectionButNotToldAgain) {
  std::atomic<int> calls = 0;
  FakeServer server([&](const FakeRequest&) -> FakeAnswer {
    ++calls;
    return {.body = R"({"accepted":1,"duplicates":0,"rejected":0})", .cut = calls % 2 == 1};
  });
  Client client = Connect(server);
  EXPECT_TRUE(client.ServerStatus());
  EXPECT_EQ(calls, 2);
  TextBody body("{}\n");
  const auto outcome = client.UploadSightings(body, {});
  ASSERT_FALSE(outcome)
      << "what became of the rows is not known, so they are not sent again unasked";
  EXPECT_EQ(outcome.error().code, ErrorCode::kIo);
  EXPECT_EQ(calls, 3);
}

TEST(Client, GivesUpAfterMaxAttempts) {
  FakeServer server([](const FakeRequest&) -> FakeAnswer {
    return {
        .status = 503,
        .body =
            R"({"type":"about:blank","title":"busy","status":503,"detail":"the queue is full"})",
        .headers = {{"retry-after", "0"}}};
  });
  ClientOptions options = Options(server.url());
  options.max_attempts = 3;
  const auto status = Client::Create(options)->ServerStatus();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(status.error().message, "the queue is full");
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(Client, CancelledWhileWaiting) {
  std::atomic<bool> cancelled = false;
  FakeServer server([&](const FakeRequest&) -> FakeAnswer {
    cancelled = true;
    return {.status = 503, .body = "{}", .headers = {{"Retry-After", "60"}}};
  });
  ClientOptions options = Options(server.url());
  options.cancelled = &cancelled;
  const auto status = Client::Create(options)->ServerStatus();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
}

// A source of unknown length, which can be read once.
class OnceSource final : public BodySource {
 public:
  Result<size_t> Read(std::span<char> buffer) override {
    if (left_ == 0) return 0;
    const size_t size = std::min(buffer.size(), left_);
    std::fill_n(buffer.begin(), size, 'x');
    left_ -= size;
    return size;
  }
  bool Rewind() override { return false; }

 private:
  size_t left_ = 3'000'000;
};

TEST(Client, StreamsABodyOfUnknownLength) {
  FakeServer server = Answering(200, R"({"accepted":3,"duplicates":2,"rejected":1,"errors":
      [{"line":17,"detail":"bad","field":"/time"}]})");
  OnceSource source;
  uint64_t sent = 0;
  const auto outcome = Connect(server).UploadSightings(
      source, {.gzip = true, .progress = [&](uint64_t bytes) { sent = bytes; }});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->accepted, 3U);
  EXPECT_EQ(outcome->duplicates, 2U);
  EXPECT_EQ(outcome->errors, (std::vector<RowError>{{17, "bad", "/time"}}));
  EXPECT_EQ(sent, 3'000'000U);
  EXPECT_EQ(server.requests().at(0).body.size(), 3'000'000U);
  EXPECT_EQ(server.requests().at(0).headers.at("content-encoding"), "gzip");
}

TEST(Client, ReadsATrajectory) {
  FakeServer server = Answering(200, R"({"type":"FeatureCollection","features":[
      {"type":"Feature","geometry":null,"properties":{"trip":1,)" + SightingJson().substr(1) + R"(},
      {"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},
       "properties":{"trip":1,"from":"2016-09-21T02:22:36.120Z","to":"2016-09-21T03:00:00.000Z",
                     "length_m":1234.5}}]})");
  const auto trajectory = Connect(server).ReadTrajectory({.plate = "A"});
  ASSERT_TRUE(trajectory) << trajectory.error().message;
  ASSERT_EQ(trajectory->points.size(), 1U);
  EXPECT_EQ(trajectory->points[0].trip, 1U);
  ASSERT_EQ(trajectory->trips.size(), 1U);
  EXPECT_EQ(trajectory->trips[0].length.value, 1234.5);
}

TEST(Client, MakesListsAndRevokesTokens) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (request.method == "DELETE") return {.status = 204, .body = ""};
    const std::string token = R"({"id":"t1","name":"n","roles":["reader"],
        "created":"2026-01-01T00:00:00.000Z","expires":"2027-01-01T00:00:00.000Z"})";
    if (request.method == "GET") return {.body = R"({"tokens":[)" + token + "]}"};
    return {.status = 201, .body = token.substr(0, token.size() - 1) + R"(,"token":"shown once"})"};
  });
  Client client = Connect(server);
  const auto made =
      client.CreateToken({.name = "n", .roles = {"reader"}, .expires = {{1798761600000}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->token.secret, "shown once");
  EXPECT_EQ(server.requests().at(0).body,
            R"({"name":"n","roles":["reader"],"expires":"2027-01-01T00:00:00.000Z"})");
  EXPECT_EQ(client.ListTokens()->tokens.at(0).expires, TimestampMs{1798761600000});
  EXPECT_TRUE(client.RevokeToken("t1"));
  EXPECT_EQ(server.requests().at(2).target, "/v1/tokens/t1");
}

TEST(Client, ListsCameras) {
  FakeServer server = Answering(200, R"({"type":"FeatureCollection","features":[
      {"type":"Feature","geometry":{"type":"Point","coordinates":[116.33,39.99]},
       "properties":{"id":"K-0012","name":"学院路","heading_deg":90,"kind":"checkpoint"}},
      {"type":"Feature","geometry":null,"properties":{"id":"M1",
       "kind":"mobile","retired":true}}]})");
  const auto list = Connect(server).ListCameras({.with_retired = true});
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->cameras.size(), 2U);
  EXPECT_EQ(list->cameras[0].camera.location, (Position{116.33, 39.99}));
  EXPECT_EQ(list->cameras[0].camera.heading_deg, 90);
  EXPECT_TRUE(list->cameras[1].retired);
  EXPECT_EQ(server.requests().at(0).target, "/v1/cameras?include=retired");
}

TEST(Client, OptionsThatMakeNoSenseAreRefused) {
  const TemporaryFolder folder;
  for (const char* url : {"", "ftp://x", "127.0.0.1:8080", "http://"}) {
    EXPECT_FALSE(Client::Create({.url = url})) << url;
  }
  EXPECT_FALSE(Client::Create({.token = "two\nlines"}));
  EXPECT_FALSE(Client::Create({.token_file = (folder.path() / "absent").string()}));
  EXPECT_TRUE(Client::Create({.token_file = folder.Write("token", "abc\n")}));
}

TEST(PercentEncode, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a b/京%"), "a%20b%2F%E4%BA%AC%25");
}

}  // namespace
}  // namespace sightline::client
