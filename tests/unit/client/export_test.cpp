// Bulk exports: whole files, files that were cut off and gone on with, and what is refused.
#include "client/export/exporter.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <atomic>
#include <string>
#include <vector>

#include "api/sha256.h"
#include "client/input/byte_source.h"
#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

// Three rows to an instant, in the order of an answer.
std::vector<std::string> AllRows(int count) {
  std::vector<std::string> rows;
  for (int i = 0; i < count; ++i) {
    const TimestampMs time{1'474'416'000'000 + i / 3 * 1000};
    const SightingId id{.time = time, .camera_hash = 1, .identity_hash = static_cast<uint64_t>(i)};
    rows.push_back(R"({"id":")" + id.ToString() + R"(","camera_id":"K","time":")" +
                   FormatTimestamp(time) + R"(","n":)" + std::to_string(i) + "}");
  }
  return rows;
}

std::string Joined(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

// A server that holds `rows` and heeds filter.time.from; the first `cuts` streams break midway.
class RowServer {
 public:
  RowServer(std::vector<std::string> rows, int cuts)
      : rows_(std::move(rows)), cuts_(cuts), server_([this](const FakeRequest& request) {
          return Answer(request);
        }) {}

  FakeServer& server() { return server_; }
  Client Connect() {
    ClientOptions options;
    options.url = server_.url();
    options.token = "secret";
    options.retry_wait = std::chrono::milliseconds(1);
    return Client::Create(options).value();
  }

 private:
  FakeAnswer Answer(const FakeRequest& request) {
    if (request.headers.at("accept") != "application/x-ndjson") {
      return {.body = R"({"sightings":[],"as_of":42})"};
    }
    simdjson::dom::parser parser;
    const simdjson::dom::element body = parser.parse(request.body);
    uint64_t as_of = 0;
    std::string_view order;
    if (body["as_of"].get(as_of) || as_of != 42 || body["order"].get(order) ||
        order != "time_asc") {
      return {.status = 400, .body = "{}"};
    }
    std::string_view from;
    const bool is_all = body["filter"]["time"]["from"].get(from) != simdjson::SUCCESS;
    std::vector<std::string> passing;
    for (const std::string& row : rows_) {
      const std::string_view time = std::string_view(row).substr(row.find("\"time\":\"") + 8, 24);
      if (is_all || time >= from) passing.push_back(row);
    }
    return {.body = Joined(passing), .cut = cuts_-- > 0};
  }

  const std::vector<std::string> rows_;
  std::atomic<int> cuts_;
  FakeServer server_;
};

std::unique_ptr<ExportFile> Open(const std::string& path, const std::string& question = "q") {
  auto file = ExportFile::Open(path, question);
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return file ? std::move(*file) : nullptr;
}

Status ExportAll(RowServer& rows, ExportFile& file) {
  Client client = rows.Connect();
  return Export(client, {}, file, [](uint64_t) {});
}

std::string Unpacked(const std::string& path) {
  const auto source = ByteSource::Open(path);
  return source ? *ReadAll(**source, size_t{1} << 30) : "";
}

TEST(Export, HoldsEveryRowAndTellsItsHash) {
  const TemporaryFolder folder;
  const std::vector<std::string> rows = AllRows(100);
  for (const std::string name : {"a.ndjson", "a.ndjson.gz"}) {
    RowServer server(rows, 0);
    const std::string path = (folder.path() / name).string();
    const auto file = Open(path);
    ASSERT_TRUE(ExportAll(server, *file));
    EXPECT_EQ(file->mark().rows, 100u);
    EXPECT_EQ(file->mark().as_of, 42u);
    const auto sealed = file->Finish();
    ASSERT_TRUE(sealed) << sealed.error().message;
    EXPECT_EQ(Unpacked(path), Joined(rows));
    EXPECT_EQ(sealed->sha256, api::Sha256Hex(ReadFile(path)));
    EXPECT_EQ(sealed->bytes, std::filesystem::file_size(path));
    EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
    EXPECT_FALSE(std::filesystem::exists(path + ".state.json"));
  }
}

TEST(Export, GoesOnBehindABrokenConnectionWithoutARowTwice) {
  const TemporaryFolder folder;
  const std::vector<std::string> rows = AllRows(500);
  RowServer server(rows, 5);
  const std::string path = (folder.path() / "a.ndjson.gz").string();
  const auto file = Open(path);
  const Status exported = ExportAll(server, *file);
  ASSERT_TRUE(exported) << exported.error().message;
  ASSERT_TRUE(file->Finish());
  EXPECT_EQ(Unpacked(path), Joined(rows));
}

TEST(Export, AnotherRunGoesOnWhereTheFileWasCutOff) {
  const TemporaryFolder folder;
  const std::vector<std::string> rows = AllRows(50);
  for (const std::string name : {"a.ndjson", "a.ndjson.gz"}) {
    const std::string path = (folder.path() / name).string();
    {
      const auto file = Open(path);
      file->Begin(42);
      for (int i = 0; i < 20; ++i) ASSERT_TRUE(file->Append(rows[static_cast<size_t>(i)]));
      ASSERT_TRUE(file->Checkpoint());
      ASSERT_TRUE(file->Append(rows[20])) << "lost with the process";
    }
    std::ofstream(path + ".partial", std::ios::app) << "half a blo";
    RowServer server(rows, 0);
    const auto file = Open(path);
    EXPECT_TRUE(file->resumed());
    EXPECT_EQ(file->mark().rows, 20u);
    ASSERT_TRUE(ExportAll(server, *file));
    const auto sealed = file->Finish();
    ASSERT_TRUE(sealed);
    EXPECT_EQ(Unpacked(path), Joined(rows));
    EXPECT_EQ(sealed->sha256, api::Sha256Hex(ReadFile(path)));
    EXPECT_EQ(server.server().requests().size(), 1u) << "as_of is known";
  }
}

TEST(Export, WithoutProgressTheErrorIsTold) {
  const TemporaryFolder folder;
  RowServer server({}, 0);
  Client client = Client::Create({.url = RefusedUrl(), .token = "x", .max_attempts = 1}).value();
  const auto file = Open((folder.path() / "a").string());
  const Status exported = Export(client, {}, *file, [](uint64_t) {});
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().code, ErrorCode::kIo);
}

TEST(Export, ARowThatSaysNotWhereItStandsIsRefused) {
  const TemporaryFolder folder;
  RowServer server({R"({"time":"2016-09-21T00:00:00.000Z","x":1})"}, 0);
  const auto file = Open((folder.path() / "a").string());
  EXPECT_FALSE(ExportAll(server, *file));
}

TEST(Export, NothingIsOverwritten) {
  const TemporaryFolder folder;
  const std::string done = folder.Write("done.ndjson", "x");
  const auto there = ExportFile::Open(done, "q");
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().code, ErrorCode::kConflict);

  const std::string path = (folder.path() / "a.ndjson").string();
  ASSERT_TRUE(Open(path, "one question")->Checkpoint());
  const auto other = ExportFile::Open(path, "another");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);

  std::ofstream(path + ".state.json") << "nonsense";
  EXPECT_FALSE(ExportFile::Open(path, "one question"));
  EXPECT_FALSE(ExportFile::Open(folder.path() / "nowhere" / "a", "q"));
}

TEST(Export, APartialFileThatIsTooShortIsNotGoneOnWith) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "a.ndjson").string();
  {
    const auto file = Open(path);
    file->Begin(42);
    ASSERT_TRUE(file->Append(AllRows(1).front()));
    ASSERT_TRUE(file->Checkpoint());
  }
  std::filesystem::resize_file(path + ".partial", 3);
  EXPECT_FALSE(ExportFile::Open(path, "q"));
}

}  // namespace
}  // namespace sightline::client
