#include "server/audit_log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <future>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/memory_store.h"

namespace sightline::server {
namespace {

// A store whose audit waits until it is let go, and then does as it is told.
class GatedStore final : public testing::MemoryStore {
 public:
  Result<uint64_t> AppendAudit(std::span<const std::string> records) override {
    ++calls;
    if (calls == 1) entered.set_value();
    open.wait();
    if (!outcome) return outcome.error();
    return MemoryStore::AppendAudit(records);
  }
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::promise<void> entered;  // once the first call is there
  int calls = 0;
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

TEST(AuditLog, WhatComesDuringASyncSharesTheNext) {
  GatedStore store;
  AuditLog log(store);
  std::vector<PendingAudit> pending = {log.Append("0")};
  store.entered.get_future().wait();
  for (int i = 1; i < 50; ++i) pending.push_back(log.Append(std::to_string(i)));
  store.gate.set_value();
  for (PendingAudit& audit : pending) EXPECT_TRUE(Await(audit));
  EXPECT_EQ(store.calls, 2);
  const auto records = *store.ReadAudit(0, 100);
  ASSERT_EQ(records.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(records[i].second, std::to_string(49 - i)) << "in order";
}

TEST(AuditLog, AFailureReachesEveryWaiterOfTheSync) {
  GatedStore store;
  store.outcome = Error{ErrorCode::kNoSpace, "full", {}};
  AuditLog log(store);
  std::vector<PendingAudit> pending = {log.Append("0")};
  store.entered.get_future().wait();
  pending.push_back(log.Append("1"));
  pending.push_back(log.Append("2"));
  store.gate.set_value();
  for (PendingAudit& audit : pending) EXPECT_EQ(Await(audit).error().code, ErrorCode::kNoSpace);
}

TEST(AuditLog, DestructionWritesWhatIsQueued) {
  GatedStore store;
  std::optional<AuditLog> log(std::in_place, store);
  log->Append("0");
  store.entered.get_future().wait();
  log->Append(std::string(5u << 20, 'x'));  // a batch by itself
  log->Append("2");
  std::thread destroyer([&] { log.reset(); });
  store.gate.set_value();
  destroyer.join();
  const auto records = *store.ReadAudit(0, 10);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].second, "2");
  EXPECT_EQ(store.calls, 3);
}

TEST(AuditLog, RecordsOfManyThreadsAreAllWrittenEachThreadsInOrder) {
  testing::MemoryStore store;
  AuditLog log(store);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        PendingAudit audit = log.Append(fmt::format("{} {:03}", t, i));
        if (i % 10 == 0) {
          EXPECT_TRUE(Await(audit));
        }
      }
      EXPECT_TRUE(Await(log.Append(fmt::format("{} {:03}", t, 100))));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto records = *store.ReadAudit(0, 1000);
  ASSERT_EQ(records.size(), 404u);
  std::map<char, std::string> earliest;
  for (const auto& [number, record] : records) {
    std::string& next = earliest[record.front()];
    EXPECT_TRUE(next.empty() || record < next) << record << " was written after " << next;
    next = record;
  }
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
