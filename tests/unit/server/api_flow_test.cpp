// What takes more than one request to show.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "core/time.h"
#include "tests/support/memory_store.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

using testing::HttpHeaders;
using testing::HttpReply;
using testing::NumberAt;
using testing::RunningServer;
using testing::SizeAt;
using testing::TextAt;

constexpr TimestampMs kStart{1'474'416'000'000};  // 2016-09-21T00:00:00Z

// One line for each number in [from, to), a second apart, of one plate.
std::string Lines(int from, int to) {
  std::string lines;
  for (int i = from; i < to; ++i) {
    lines += R"({"camera_id":"bus","source_id":")" + std::to_string(i) +
             R"(","plate":"A1","time":")" + FormatTimestamp(kStart + int64_t{i} * 1000) + "\"}\n";
  }
  return lines;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// What a test needs of the server before anything else.
class ApiFlow : public ::testing::Test {
 protected:
  void Start(Config config = {}, std::unique_ptr<storage::Store> store = nullptr) {
    if (store == nullptr) store = std::make_unique<testing::MemoryStore>();
    server = std::make_unique<RunningServer>(std::move(config), std::move(store));
    ASSERT_EQ(server->CallJson("POST", "/v1/cameras", R"({"id":"bus","kind":"mobile"})").status,
              200);
  }

  HttpReply Search(const std::string& body, HttpHeaders headers = {}) {
    headers.emplace_back("Content-Type", "application/json");
    return server->Call("POST", "/v1/search/sightings", body, headers);
  }

  int64_t Accepted(const HttpReply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? NumberAt(reply.body, "/accepted") : -1;
  }

  std::unique_ptr<RunningServer> server;
};

// --- the start -----------------------------------------------------------------------------------

struct EmptyDirectory {
  EmptyDirectory() { std::filesystem::create_directory(path); }
  ~EmptyDirectory() { std::filesystem::remove_all(path); }

  const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                     ("sightline_start_test_" + std::to_string(getpid()));
};

TEST_F(ApiFlow, AMistakeInTheListenOptionsLeavesNoDirectoryAndNoToken) {
  const EmptyDirectory parent;
  const SystemClock clock;
  Config config;
  config.data = (parent.path / "data").string();
  config.admin_token_file = (parent.path / "owner.token").string();
  config.log_level = "off";
  Config off_loopback = config;
  off_loopback.http.listen = "0.0.0.0:0";
  Config malformed = config;
  malformed.http.listen = "nowhere";
  Config without_certificate = config;
  without_certificate.http.tls_certificate_file = (parent.path / "none.pem").string();
  without_certificate.http.tls_key_file = without_certificate.http.tls_certificate_file;
  for (const Config& bad : {off_loopback, malformed, without_certificate}) {
    std::ostringstream out;
    const auto started = Application::Start(bad, clock, out);
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::kInvalidArgument) << started.error().message;
    EXPECT_TRUE(std::filesystem::is_empty(parent.path)) << started.error().message;
  }
}

TEST_F(ApiFlow, AnAddressInUseAnnouncesNoToken) {
  Start();
  const EmptyDirectory parent;
  const SystemClock clock;
  Config config;
  config.data = (parent.path / "data").string();
  config.log_level = "off";
  config.http.listen = "127.0.0.1:" + std::to_string(server->port());
  std::ostringstream out;
  const auto failed = Application::Start(config, clock, out);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_EQ(out.str(), "");
  config.http.listen = "127.0.0.1:0";
  const auto started = Application::Start(config, clock, out);
  ASSERT_TRUE(started) << started.error().message;
  EXPECT_NE(out.str().find("sl_"), std::string::npos);
  const auto mode = std::filesystem::status(config.data).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_all);
}

// --- sightings in --------------------------------------------------------------------------------

TEST_F(ApiFlow, ALongBodyIsStoredWholeAndItsResendIsAllDuplicates) {
  Start();
  constexpr int kRows = 12'000;
  const std::string body = Lines(0, kRows);
  EXPECT_EQ(Accepted(server->Ingest(body)), kRows);
  const HttpReply again = server->Ingest(body);
  EXPECT_EQ(NumberAt(again.body, "/accepted"), 0);
  EXPECT_EQ(NumberAt(again.body, "/duplicates"), kRows);
}

// Of a known camera and of a new one: the latter is stored by another thread.
TEST_F(ApiFlow, SightingsMayComeOneByOne) {
  Start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Accepted(server->Ingest(Lines(i, i + 1))), 1);
  EXPECT_EQ(NumberAt(server->Ingest(Lines(4, 5)).body, "/duplicates"), 1);
  const HttpReply placed = server->CallJson(
      "POST", "/v1/sightings",
      R"({"camera_id":"new","time":1474416000000,"plate":"A1","location":{"lon":1,"lat":2}})");
  EXPECT_EQ(Accepted(placed), 1);
  EXPECT_EQ(server->Call("GET", "/v1/cameras/new").status, 200);
}

TEST_F(ApiFlow, GzipAndChunksAreUndone) {
  Start();
  constexpr int kRows = 9000;
  const std::string packed = Gzip(Lines(0, kRows));
  std::string request =
      "POST /v1/sightings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " +
      server->owner_token() +
      "\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  char size[16];
  for (size_t at = 0; at < packed.size(); at += 1000) {
    const std::string chunk = packed.substr(at, 1000);
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    request += size + chunk + "\r\n";
  }
  request += "0\r\n\r\n";
  HttpClient client(server->port());
  client.Send(request);
  EXPECT_EQ(Accepted(client.Receive().value_or(HttpReply())), kRows);
}

TEST_F(ApiFlow, ABodyCutOffInsideGzipKeepsWhatCameBefore) {
  Start();
  const std::string packed = Gzip(Lines(0, 9000));
  const HttpReply reply =
      server->Call("POST", "/v1/sightings", packed.substr(0, packed.size() / 2),
                   {{"Content-Type", "application/x-ndjson"}, {"Content-Encoding", "gzip"}});
  EXPECT_GT(Accepted(reply), 0);
  EXPECT_EQ(NumberAt(reply.body, "/rejected"), 1);
}

TEST_F(ApiFlow, AnArrayWhoseSyntaxBreaksKeepsWhatCameBefore) {
  Start();
  const HttpReply reply = server->CallJson(
      "POST", "/v1/sightings",
      R"([{"camera_id":"bus","source_id":"1","time":1474416000000}, {"camera_id" "bus"}])");
  EXPECT_EQ(Accepted(reply), 1);
  EXPECT_GE(NumberAt(reply.body, "/rejected"), 1);
  EXPECT_EQ(NumberAt(reply.body, "/errors/0/line"), 2);
}

TEST_F(ApiFlow, OnlyTheFirstThousandErrorsAreToldButAllAreCounted) {
  Start();
  std::string body;
  for (int i = 0; i < 1500; ++i) body += "nonsense\n";
  const HttpReply reply = server->Ingest(body + Lines(0, 10));
  EXPECT_EQ(Accepted(reply), 10);
  EXPECT_EQ(NumberAt(reply.body, "/rejected"), 1500);
  EXPECT_EQ(SizeAt(reply.body, "/errors"), 1000u);
  EXPECT_EQ(NumberAt(reply.body, "/errors/0/line"), 1);
  EXPECT_EQ(NumberAt(reply.body, "/errors/999/line"), 1000);
  EXPECT_NE(reply.body.find(R"("errors_truncated":true)"), std::string::npos);
  EXPECT_EQ(server->Ingest("nonsense\n").body.find("errors_truncated"), std::string::npos);
}

TEST_F(ApiFlow, ALineOverTheLimitCostsThatLineAndNamesTheOption) {
  Config config;
  config.max_line_bytes = 1024;
  Start(config);
  const HttpReply reply = server->Ingest(Lines(0, 1) + "{\"plate\":\"" + std::string(100'000, 'x') +
                                         "\"}\n" + Lines(1, 2));
  EXPECT_EQ(Accepted(reply), 2);
  EXPECT_EQ(NumberAt(reply.body, "/errors/0/line"), 2);
  EXPECT_NE(reply.body.find("max_line_bytes"), std::string::npos);
}

TEST_F(ApiFlow, AConnectionThatIsCutKeepsWhatCameBefore) {
  Start();
  const std::string lines = Lines(0, 4000);
  {
    HttpClient client(server->port());
    client.Send(
        "POST /v1/sightings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server->owner_token() +
        "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100000000\r\n\r\n" + lines);
  }
  // The server ends its work on the cut body within its own time: the counter tells when.
  for (int64_t accepted = 0; accepted < 4000;) {
    accepted = NumberAt(server->Call("GET", "/v1/status").body, "/ingest/accepted");
    std::this_thread::yield();
  }
  EXPECT_EQ(NumberAt(server->Ingest(lines).body, "/duplicates"), 4000);
}

// A store that refuses to append after so many batches.
class FillingStore final : public testing::MemoryStore {
 public:
  explicit FillingStore(int batches) : batches_left_(batches) {}
  Result<storage::AppendResult> Append(std::span<storage::EncodedSighting> batch) override {
    if (batches_left_.fetch_sub(1) <= 0) return Error{ErrorCode::kNoSpace, "the disk is full", {}};
    return MemoryStore::Append(batch);
  }
  Status Health() const override {
    return batches_left_ > 0 ? Ok() : Status(Error{ErrorCode::kNoSpace, "the disk is full", {}});
  }

 private:
  std::atomic<int> batches_left_;
};

TEST_F(ApiFlow, AFullDiskIsSaidInTheAnswerAndByTheProbe) {
  Start({}, std::make_unique<FillingStore>(1));
  EXPECT_EQ(server->Call("GET", "/readyz").status, 200);
  const HttpReply reply = server->Ingest(Lines(0, 9000));
  EXPECT_EQ(reply.status, 507) << reply.body;
  EXPECT_NE(reply.body.find("are stored"), std::string::npos) << reply.body;
  EXPECT_EQ(server->Call("GET", "/readyz").status, 503);
  EXPECT_EQ(server->Call("GET", "/healthz").status, 200);
}

// A store that has lost the end of a day.
class LosingStore final : public testing::MemoryStore {
 public:
  Result<Stats> GetStats() const override {
    SIGHTLINE_ASSIGN(Stats stats, MemoryStore::GetStats());
    stats.losses = {{.day = DayOf(kStart), .rows = 3}};
    return stats;
  }
};

TEST_F(ApiFlow, ALossIsSaidInTheStatus) {
  Start({}, std::make_unique<LosingStore>());
  const HttpReply status = server->Call("GET", "/v1/status");
  ASSERT_EQ(SizeAt(status.body, "/days/losses"), 1u) << status.body;
  EXPECT_EQ(TextAt(status.body, "/days/losses/0/day"), "2016-09-21");
  EXPECT_EQ(NumberAt(status.body, "/days/losses/0/rows"), 3);
}

// --- questions -----------------------------------------------------------------------------------

TEST_F(ApiFlow, PagesRepeatNothingAndSkipNothingWhileSightingsArrive) {
  Start();
  ASSERT_EQ(Accepted(server->Ingest(Lines(0, 100))), 100);
  for (const std::string order : {"time_asc", "time_desc"}) {
    std::set<std::string> seen;
    std::string token;
    int extra = 0;
    do {
      const HttpReply page =
          Search(R"({"limit":7,"order":")" + order + "\"" +
                 (token.empty() ? "" : R"(,"page_token":")" + token + "\"") + "}");
      ASSERT_EQ(page.status, 200) << page.body;
      for (size_t i = 0; i < SizeAt(page.body, "/sightings"); ++i) {
        const std::string id = TextAt(page.body, "/sightings/" + std::to_string(i) + "/id");
        EXPECT_TRUE(seen.insert(id).second) << "twice: " << id;
      }
      const bool more = page.body.find("next_page_token") != std::string::npos;
      token = more ? TextAt(page.body, "/next_page_token") : "";
      // Rows between those of the first page's time.
      server->Ingest(R"({"camera_id":"bus","source_id":"late )" + order + std::to_string(extra) +
                     R"(","time":)" + std::to_string(kStart.value + 500 + extra * 1000) + "}");
      ++extra;
    } while (!token.empty());
    EXPECT_GE(seen.size(), 100u);
    EXPECT_EQ(seen.size(), order == "time_asc" ? 100u : 115u);
  }
}

TEST_F(ApiFlow, TheSameQuestionAsOfThenGivesTheSameBytes) {
  Start();
  server->Ingest(Lines(0, 50));
  const HttpReply first = Search(R"({"limit":20})");
  const std::string as_of = std::to_string(NumberAt(first.body, "/as_of"));
  server->Ingest(Lines(50, 90));
  EXPECT_NE(Search(R"({"limit":20})").body, first.body);
  EXPECT_EQ(Search(R"({"limit":20,"as_of":)" + as_of + "}").body, first.body);
  const std::string token = TextAt(first.body, "/next_page_token");
  EXPECT_EQ(Search(R"({"limit":20,"as_of":)" + as_of + R"(,"page_token":")" + token + "\"}").status,
            200);
  const HttpReply contradiction = Search(R"({"limit":20,"as_of":1,"page_token":")" + token + "\"}");
  EXPECT_EQ(contradiction.status, 400);
  EXPECT_EQ(TextAt(contradiction.body, "/field"), "/as_of");
  EXPECT_EQ(Search(R"({"order":"time_asc","page_token":")" + token + "\"}").status, 400)
      << "a token is good for its own question only";
}

TEST_F(ApiFlow, LinesStreamEveryRowWithoutALimit) {
  Start();
  ASSERT_EQ(Accepted(server->Ingest(Lines(0, 2345))), 2345);
  const HttpReply reply = Search("{}", {{"Accept", "application/x-ndjson"}});
  ASSERT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(std::ranges::count(reply.body, '\n'), 2345);
  EXPECT_EQ(reply.Header("x-as-of"), "2345");
  const HttpReply page = Search(R"({"limit":10})", {{"Accept", "application/x-ndjson"}});
  EXPECT_EQ(std::ranges::count(page.body, '\n'), 10);
  const HttpReply rest = Search(R"({"page_token":")" + page.Header("x-next-page-token") + "\"}",
                                {{"Accept", "application/x-ndjson"}});
  EXPECT_EQ(std::ranges::count(rest.body, '\n'), 2335);
}

TEST_F(ApiFlow, ATrajectoryInPagesIsTheWhole) {
  Start();
  ASSERT_EQ(Accepted(server->Ingest(Lines(0, 1200))), 1200);
  const std::string path = "/v1/plates/A1/trajectory?format=csv";
  const HttpReply whole = server->Call("GET", path);
  ASSERT_EQ(whole.status, 200);
  EXPECT_TRUE(whole.complete);
  const std::string header_line = whole.body.substr(0, whole.body.find('\n') + 1);
  std::string joined = header_line;
  std::string token;
  do {
    const HttpReply page =
        server->Call("GET", path + "&limit=500" + (token.empty() ? "" : "&page_token=" + token));
    ASSERT_EQ(page.status, 200) << page.body;
    joined += page.body.substr(header_line.size());
    token = page.Header("x-next-page-token");
  } while (!token.empty());
  EXPECT_EQ(joined, whole.body);
  EXPECT_NE(whole.Header("content-disposition").find("trajectory.csv"), std::string::npos);
}

TEST_F(ApiFlow, PlatesAndTokensAndAuditComeInPages) {
  Start();
  server->Ingest(R"({"camera_id":"bus","time":1474416000000,"plate":"A1"}
{"camera_id":"bus","time":1474416000000,"plate":"A2"}
{"camera_id":"bus","time":1474416000000,"plate":"A3"})");
  server->MakeToken({"reader"});
  server->MakeToken({"writer"});
  for (const auto& [path, list] : {std::pair<std::string, std::string>("/v1/plates", "/plates"),
                                   {"/v1/tokens", "/tokens"},
                                   {"/v1/cameras", "/features"}}) {
    const HttpReply all = server->Call("GET", path);
    size_t seen = 0;
    std::string token;
    do {
      const HttpReply page =
          server->Call("GET", path + "?limit=1" + (token.empty() ? "" : "&page_token=" + token));
      ASSERT_EQ(page.status, 200) << page.body;
      seen += SizeAt(page.body, list);
      const bool more = page.body.find("next_page_token") != std::string::npos;
      token = more ? TextAt(page.body, "/next_page_token") : "";
    } while (!token.empty());
    EXPECT_EQ(seen, SizeAt(all.body, list)) << path;
  }
  const HttpReply newest = server->Call("GET", "/v1/audit?limit=2");
  const HttpReply older = server->Call(
      "GET", "/v1/audit?limit=1&page_token=" + TextAt(newest.body, "/next_page_token"));
  EXPECT_EQ(NumberAt(older.body, "/records/0/number"),
            NumberAt(newest.body, "/records/1/number") - 1);
}

// --- who may, and the trail ----------------------------------------------------------------------

TEST_F(ApiFlow, ARevokedTokenReadsNothingAnyMore) {
  Start();
  const std::string token = server->MakeToken({"reader"}, "night shift");
  const HttpHeaders headers = {{"Authorization", "Bearer " + token}};
  EXPECT_EQ(testing::Fetch(server->port(), "GET", "/v1/plates", headers).status, 200)
      << "the standing purpose stands in for X-Purpose";
  const std::string id = token.substr(3, 16);
  EXPECT_EQ(server->Call("DELETE", "/v1/tokens/" + id).status, 204);
  EXPECT_EQ(testing::Fetch(server->port(), "GET", "/v1/plates", headers).status, 401);
}

TEST_F(ApiFlow, EveryLookAtSightingsAndEveryAttemptIsOnTheTrail) {
  Start();
  const std::string writer = server->MakeToken({"writer"});
  Search(R"({"filter":{"plate":"A1"}})", {{"X-Case", "C%207"}});
  testing::Fetch(server->port(), "GET", "/v1/plates?match=A",
                 {{"Authorization", "Bearer " + writer}});
  testing::Fetch(server->port(), "GET", "/v1/plates");
  server->Call("GET", "/v1/sightings/none");
  const HttpReply trail = server->Call("GET", "/v1/audit?limit=4");
  ASSERT_EQ(SizeAt(trail.body, "/records"), 4u);
  EXPECT_EQ(TextAt(trail.body, "/records/0/path"), "/v1/sightings/none");
  EXPECT_EQ(TextAt(trail.body, "/records/1/outcome"), "unauthenticated");
  EXPECT_EQ(TextAt(trail.body, "/records/2/outcome"), "forbidden");
  EXPECT_EQ(TextAt(trail.body, "/records/2/parameters/0/value"), "A");
  EXPECT_EQ(TextAt(trail.body, "/records/3/outcome"), "allowed");
  EXPECT_EQ(TextAt(trail.body, "/records/3/body"), R"({"filter":{"plate":"A1"}})");
  EXPECT_EQ(TextAt(trail.body, "/records/3/purpose"), "test");
  EXPECT_EQ(TextAt(trail.body, "/records/3/case"), "C 7");
  EXPECT_EQ(TextAt(trail.body, "/records/3/token/name"), "owner");
}

TEST_F(ApiFlow, ReadingTheTrailIsOnTheTrailBehindWhatItShows) {
  Start();
  const std::string auditor = server->MakeToken({"auditor"});
  const HttpReply first = testing::Fetch(server->port(), "GET", "/v1/audit?limit=1",
                                         {{"Authorization", "Bearer " + auditor}});
  EXPECT_EQ(TextAt(first.body, "/records/0/path"), "/v1/tokens");
  const HttpReply second = server->Call("GET", "/v1/audit?limit=1");
  EXPECT_EQ(TextAt(second.body, "/records/0/path"), "/v1/audit");
  EXPECT_EQ(TextAt(second.body, "/records/0/parameters/0/value"), "1");
  EXPECT_EQ(TextAt(second.body, "/records/0/outcome"), "allowed");
}

// A store whose audit waits until it is let go.
class GatedAuditStore final : public testing::MemoryStore {
 public:
  Result<uint64_t> AppendAudit(std::span<const std::string> records) override {
    if (closed) {
      waiting.set_value();
      gate.get_future().wait();
      if (failing) return Error{ErrorCode::kNoSpace, "the disk is full", {}};
    }
    return MemoryStore::AppendAudit(records);
  }
  std::atomic<bool> closed{false};
  std::atomic<bool> failing{false};
  std::promise<void> waiting;
  std::promise<void> gate;
};

TEST_F(ApiFlow, NothingLeavesBeforeItsAuditRecordIsDurable) {
  auto owned = std::make_unique<GatedAuditStore>();
  GatedAuditStore& store = *owned;
  Start({}, std::move(owned));
  store.closed = true;
  auto reply = std::async(std::launch::async, [&] { return Search("{}"); });
  store.waiting.get_future().wait();
  EXPECT_EQ(reply.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  store.gate.set_value();
  EXPECT_EQ(reply.get().status, 200);
}

TEST_F(ApiFlow, WithoutAnAuditRecordThereIsNoAnswer) {
  auto owned = std::make_unique<GatedAuditStore>();
  GatedAuditStore& store = *owned;
  Start({}, std::move(owned));
  store.failing = true;
  store.closed = true;
  store.gate.set_value();
  const HttpReply reply = Search("{}", {{"Accept", "application/x-ndjson"}});
  EXPECT_EQ(reply.status, 507);
  EXPECT_EQ(reply.body.find("sightings"), std::string::npos);
}

}  // namespace
}  // namespace sightline::server
