#include "server/audit_log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <future>
#include <optional>
#include <string>

#include "tests/support/memory_store.h"

namespace sightline::server {
namespace {

// A store whose audit waits until it is let go, and then does as it is told.
class GatedStore final : public testing::MemoryStore {
 public:
  Result<uint64_t> AppendAudit(std::string_view record) override {
    gate.get_future().wait();
    if (!outcome) return outcome.error();
    return MemoryStore::AppendAudit(record);
  }
  std::promise<void> gate;
  Status outcome;
};

// Runs the coroutine to its end on this thread.
Status Await(PendingAudit audit) {
  boost::asio::io_context context;
  std::optional<Status> written;
  boost::asio::co_spawn(context, audit.Written(),
                        [&](std::exception_ptr, Status status) { written = status; });
  context.run();
  return *written;
}

TEST(AuditLog, WrittenMeansStored) {
  testing::MemoryStore store;
  AuditLog log(store);
  const PendingAudit first = log.Append("{\"n\":1}");
  EXPECT_TRUE(Await(first));
  EXPECT_TRUE(Await(first)) << "awaited again";
  EXPECT_TRUE(Await(log.Append("{\"n\":2}")));
  const auto records = *store.ReadAudit(0, 10);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].second, "{\"n\":2}");
}

TEST(AuditLog, AWaiterGoesOnOnlyWhenTheRecordIsStored) {
  GatedStore store;
  AuditLog log(store);
  PendingAudit audit = log.Append("{}");
  boost::asio::io_context context;
  bool done = false;
  boost::asio::co_spawn(context, audit.Written(),
                        [&](std::exception_ptr, Status status) { done = status.has_value(); });
  context.poll();
  EXPECT_FALSE(done);
  store.gate.set_value();
  context.run();
  EXPECT_TRUE(done);
}

TEST(AuditLog, AFailureReachesTheWaiter) {
  GatedStore store;
  store.outcome = Error{ErrorCode::kNoSpace, "full", {}};
  store.gate.set_value();
  AuditLog log(store);
  EXPECT_EQ(Await(log.Append("{}")).error().code, ErrorCode::kNoSpace);
}

TEST(AuditRecord, BearsWhatWasAskedAndWhy) {
  const std::vector<std::pair<std::string, std::string>> parameters = {{"match", "京A*"}};
  const std::string text = AuditRecordJson({.time = {1'474'424'556'120},
                                            .request_id = "r1",
                                            .token_id = "t1",
                                            .token_name = "desk",
                                            .remote = "127.0.0.1:5",
                                            .method = "GET",
                                            .path = "/v1/plates",
                                            .parameters = parameters,
                                            .body = {},
                                            .purpose = "stolen car",
                                            .case_reference = "C-7",
                                            .outcome = "allowed"});
  simdjson::dom::parser parser;
  const simdjson::dom::element record = parser.parse(text);
  EXPECT_EQ(std::string_view(record["time"]), "2016-09-21T02:22:36.120Z");
  EXPECT_EQ(std::string_view(record["token"]["id"]), "t1");
  EXPECT_EQ(std::string_view(record["parameters"].at(0)["value"]), "京A*");
  EXPECT_EQ(std::string_view(record["purpose"]), "stolen car");
  EXPECT_EQ(std::string_view(record["case"]), "C-7");
  EXPECT_EQ(std::string_view(record["outcome"]), "allowed");
}

TEST(AuditRecord, BodiesAreCutAndAlwaysUtf8) {
  const std::vector<std::pair<std::string, std::string>> none;
  AuditEntry entry{.parameters = none, .outcome = "allowed"};
  const std::string broken = "\"\xFF\x01";
  entry.body = broken;
  simdjson::dom::parser parser;
  const std::string escaped = AuditRecordJson(entry);
  EXPECT_EQ(std::string_view(parser.parse(escaped)["body"]), "\"\\xFF\x01");

  const std::string long_body = std::string(65'535, 'a').append("京京");
  entry.body = long_body;
  const std::string cut = AuditRecordJson(entry);
  const simdjson::dom::element record = parser.parse(cut);
  EXPECT_EQ(std::string_view(record["body"]).size(), 65'535u) << "not cut inside a character";
  EXPECT_EQ(uint64_t(record["body_bytes"]), long_body.size());
}

}  // namespace
}  // namespace sightline::server
