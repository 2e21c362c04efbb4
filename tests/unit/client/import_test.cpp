#include <gtest/gtest.h>
#include <simdjson.h>

#include <atomic>

#include "client/import/duplicates.h"
#include "client/import/gzip.h"
#include "client/import/import_file.h"
#include "client/import/importer.h"
#include "client/import/resume_file.h"
#include "tests/unit/client/fake_server.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

std::string Rows(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) {
    text += R"({"camera_id":"K1","time":"2016-09-21T00:00:00Z","plate":"P)" + std::to_string(i) +
            "\"}\n";
  }
  return text;
}

std::string Accepted(size_t rows) {
  return R"({"accepted":)" + std::to_string(rows) + R"(,"duplicates":0,"rejected":0,"errors":[]})";
}

size_t LinesOf(const std::string& body) {
  return static_cast<size_t>(std::ranges::count(body, '\n'));
}

FakeAnswer AcceptAll(const FakeRequest& request) {
  return {.body = Accepted(LinesOf(request.body))};
}

struct Seen final : ImportObserver {
  Status OnBatch(const BatchOutcome& outcome) override {
    batches.push_back(outcome);
    if (stop != nullptr && batches.size() == stop_after) *stop = true;
    return Ok();
  }
  void OnTick() override {}

  std::vector<BatchOutcome> batches;
  std::atomic<bool>* stop = nullptr;
  size_t stop_after = 0;
};

ImportOptions Options(const FakeServer& server, uint64_t batch_rows) {
  ImportOptions options;
  options.client = {
      .url = server.url(), .max_attempts = 2, .retry_wait = std::chrono::milliseconds(1)};
  options.batch_rows = batch_rows;
  return options;
}

std::unique_ptr<BatchReader> Reader(const std::string& path) {
  return MakeNdjsonBatches(ByteSource::Open(path).value());
}

TEST(Importer, ErrorsBearTheLinesOfTheFile) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (!request.body.starts_with(Rows(5, 5))) return AcceptAll(request);
    return {.body = R"({"accepted":2,"duplicates":1,"rejected":1,
                        "errors":[{"line":3,"detail":"no such time","field":"/time"}]})"};
  });
  const TemporaryFolder folder;
  Seen seen;
  const auto reader = Reader(folder.Write("a.ndjson", Rows(1, 10)));
  ASSERT_TRUE(ImportBatches(*reader, Options(server, 4), seen));
  ASSERT_EQ(seen.batches.size(), 3U);
  EXPECT_EQ(seen.batches[1].first_line, 5U);
  EXPECT_EQ(seen.batches[1].last_line, 8U);
  EXPECT_EQ(seen.batches[1].accepted, 2U);
  EXPECT_EQ(seen.batches[1].duplicates, 1U);
  EXPECT_EQ(seen.batches[1].errors, (std::vector<RowError>{{7, "no such time", "/time"}}));
  EXPECT_EQ(seen.batches[2].accepted, 2U);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.requests()[0].headers.at("content-type"), "application/x-ndjson");
}

TEST(Importer, OutcomesComeInTheOrderOfTheFileFromManyConnections) {
  FakeServer server(AcceptAll);
  const TemporaryFolder folder;
  Seen seen;
  ImportOptions options = Options(server, 1);
  options.connections = 4;
  const auto reader = Reader(folder.Write("a.ndjson", Rows(1, 50)));
  ASSERT_TRUE(ImportBatches(*reader, options, seen));
  ASSERT_EQ(seen.batches.size(), 50U);
  for (size_t i = 0; i < 50; ++i) EXPECT_EQ(seen.batches[i].first_line, i + 1);
}

TEST(Importer, AFullServerIsAskedAgain) {
  std::atomic<int> calls = 0;
  FakeServer server([&](const FakeRequest& request) -> FakeAnswer {
    if (++calls % 2 == 0) return AcceptAll(request);
    return {.status = 503,
            .body = R"({"type":"about:blank","title":"busy","status":503,"detail":"try later"})",
            .headers = {{"Retry-After", "0"}}};
  });
  const TemporaryFolder folder;
  Seen seen;
  const auto reader = Reader(folder.Write("a.ndjson", Rows(1, 6)));
  ASSERT_TRUE(ImportBatches(*reader, Options(server, 3), seen));
  EXPECT_EQ(seen.batches.size(), 2U);
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_EQ(server.requests()[0].body, server.requests()[1].body);
}

TEST(Importer, AnErrorEndsTheImportAndWhatWasAcknowledgedStands) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (request.body.find("\"P3\"") == std::string::npos) return AcceptAll(request);
    return {
        .status = 507,
        .body =
            R"({"type":"about:blank","title":"full","status":507,"detail":"the disk is full"})"};
  });
  const TemporaryFolder folder;
  Seen seen;
  const auto reader = Reader(folder.Write("a.ndjson", Rows(1, 9)));
  const Status imported = ImportBatches(*reader, Options(server, 1), seen);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(seen.batches.size(), 2U);
}

TEST(Importer, AStopWaitsForWhatIsUnderWay) {
  FakeServer server(AcceptAll);
  const TemporaryFolder folder;
  std::atomic<bool> stop = false;
  Seen seen;
  seen.stop = &stop;
  seen.stop_after = 2;
  ImportOptions options = Options(server, 1);
  options.stop = &stop;
  const auto reader = Reader(folder.Write("a.ndjson", Rows(1, 100)));
  const Status imported = ImportBatches(*reader, options, seen);
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(seen.batches.size(), server.requests().size());
  EXPECT_LT(seen.batches.size(), 5U);
}

TEST(Importer, CamerasThatTheServerDoesNotKnowAreMadeFirst) {
  FakeServer server([](const FakeRequest& request) -> FakeAnswer {
    if (request.method == "GET") {
      return {.body = R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,
                          "properties":{"id":"KNOWN","kind":"mobile"}}]})"};
    }
    if (request.target == "/v1/cameras")
      return {.body = R"({"created":1,"replaced":0,"rejected":0})"};
    return AcceptAll(request);
  });
  const TemporaryFolder folder;
  const std::string path = folder.Write("a.csv",
                                        "camera,time\nKNOWN,2016-09-21T00:00:00Z\n"
                                        "NEW,2016-09-21T00:00:01Z\nNEW,2016-09-21T00:00:02Z\n");
  const auto file = OpenSightings(path, {});
  Seen seen;
  ImportOptions options = Options(server, 2);
  options.camera_kind = CameraKind::kMobile;
  ASSERT_TRUE(ImportBatches(*file->reader, options, seen));
  std::vector<std::string> camera_bodies;
  for (const FakeRequest& request : server.requests()) {
    if (request.method == "POST" && request.target == "/v1/cameras") {
      camera_bodies.push_back(request.body);
    }
  }
  EXPECT_EQ(camera_bodies, std::vector<std::string>{"{\"id\":\"NEW\",\"kind\":\"mobile\"}\n"});
}

TEST(Importer, CompressedRequestsHoldTheSameRows) {
  FakeServer server([](const FakeRequest&) -> FakeAnswer { return {.body = Accepted(3)}; });
  const TemporaryFolder folder;
  Seen seen;
  ImportOptions options = Options(server, 10);
  options.compress = true;
  ASSERT_TRUE(ImportBatches(*Reader(folder.Write("a.ndjson", Rows(1, 3))), options, seen));
  const FakeRequest request = server.requests().at(0);
  EXPECT_EQ(request.headers.at("content-encoding"), "gzip");
  const auto unpacked = ByteSource::Open(folder.Write("body.gz", request.body));
  EXPECT_EQ(ReadAll(**unpacked, 1 << 20).value(), Rows(1, 3));
}

TEST(ResumeFile, KeepsItsMarkForItsImportAlone) {
  const TemporaryFolder folder;
  const std::string data = folder.Write("a.ndjson", Rows(1, 3));
  const auto identity = ImportIdentity::Of(data, "http://a", "csv");
  ASSERT_TRUE(identity);
  const ResumeFile file(folder.path() / "state" / "mark.json", *identity);
  EXPECT_EQ(file.Load().value(), std::nullopt);
  const ResumeMark mark{.line = 40'000, .file_position = 123, .totals = {39'000, 900, 100, 5}};
  ASSERT_TRUE(file.Save(mark));
  EXPECT_EQ(file.Load().value(), mark);

  const ResumeFile of_another(file.path(), *ImportIdentity::Of(data, "http://b", "csv"));
  EXPECT_EQ(of_another.Load().error().code, ErrorCode::kConflict);
  folder.Write("a.ndjson", Rows(1, 4));
  const ResumeFile of_changed(file.path(), *ImportIdentity::Of(data, "http://a", "csv"));
  EXPECT_EQ(of_changed.Load().error().code, ErrorCode::kConflict);

  folder.Write("state/mark.json", "not ours");
  EXPECT_EQ(file.Load().error().code, ErrorCode::kConflict);
  file.Remove();
  EXPECT_EQ(file.Load().value(), std::nullopt);
  EXPECT_FALSE(ImportIdentity::Of("-", "http://a", ""));
}

// "4=2" line 4 is the twin of line 2; "4!" line 4 was stored already; "1-4:2" two rows of 1 to 4.
std::vector<std::string> Explain(const std::string& text, const std::vector<SentRange>& ranges,
                                 const std::set<uint64_t>& rejected, DuplicateSummary& summary) {
  const TemporaryFolder folder;
  std::vector<std::string> notes;
  const auto explained = ExplainDuplicates(
      *Reader(folder.Write("a.ndjson", text)), ranges, rejected, [&](const DuplicateNote& note) {
        if (note.earlier_line != 0) {
          notes.push_back(std::to_string(note.line) + "=" + std::to_string(note.earlier_line));
        } else if (note.line == note.last_line) {
          notes.push_back(std::to_string(note.line) + "!");
        } else {
          notes.push_back(std::to_string(note.line) + "-" + std::to_string(note.last_line) + ":" +
                          std::to_string(note.count));
        }
      });
  summary = explained.value();
  return notes;
}

TEST(Duplicates, AreFoundWithinTheFileAndToldFromThoseStoredBefore) {
  const std::string twice = Rows(1, 2) + Rows(1, 1);
  const std::string same_plate =
      R"({"camera_id":"K1","time":"2016-09-21T08:00:00+08:00","plate":"p-1"})";
  using Notes = std::vector<std::string>;
  const struct {
    const char* name;
    std::string text;
    std::vector<SentRange> ranges;
    std::set<uint64_t> rejected;
    Notes notes;
    uint64_t within_file;
    uint64_t already_stored;
  } kCases[] = {
      {"a twin in one request", twice, {{1, 3, 2, 1}}, {}, {"3=1"}, 1, 0},
      {"a twin in an earlier request", twice, {{1, 2, 2, 0}, {3, 3, 0, 1}}, {}, {"3=1"}, 1, 0},
      {"the same instant and plate, written otherwise", Rows(1, 1) + same_plate + "\n",
       {{1, 2, 1, 1}}, {}, {"2=1"}, 1, 0},
      {"a rejected line is no twin", twice, {{1, 3, 2, 0}}, {1}, {}, 0, 0},
      {"everything was stored before", Rows(1, 3), {{1, 3, 0, 3}}, {}, {"1!", "2!", "3!"}, 0, 3},
      {"stored before and twins", twice, {{1, 3, 0, 3}}, {}, {"3=1", "1!", "2!"}, 1, 2},
      {"some were stored before", Rows(1, 3), {{1, 3, 1, 2}}, {}, {"1-3:2"}, 0, 2},
      {"a run that went on from line 2", twice, {{3, 3, 0, 1}}, {}, {"3=1"}, 1, 0},
  };
  for (const auto& test : kCases) {
    DuplicateSummary summary;
    EXPECT_EQ(Explain(test.text, test.ranges, test.rejected, summary), test.notes) << test.name;
    EXPECT_EQ(summary.within_file, test.within_file) << test.name;
    EXPECT_EQ(summary.already_stored, test.already_stored) << test.name;
  }
}

}  // namespace
}  // namespace sightline::client
