// Jobs: their order, their ends, and what a restart makes of them.
#include "server/job_book.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "tests/support/memory_store.h"

namespace sightline::server {
namespace {

// A clock that a test sets.
class SetClock final : public Clock {
 public:
  TimestampMs Now() const override { return {now.load()}; }
  std::atomic<int64_t> now{1'474'416'000'000};
};

const Author kAuthor{"0123", "李雷"};

class JobBookTest : public ::testing::Test {
 protected:
  void Open(JobOptions options = {}) {
    book_.reset();
    auto opened = JobBook::Open(store_, clock_, options);
    ASSERT_TRUE(opened) << opened.error().message;
    book_ = std::move(*opened);
  }
  void Start(JobWork work) { book_->Start({{"count", std::move(work)}}); }

  std::string Add(std::string question = "{}", std::string_view kind = "count") {
    const auto job = book_->Add(kind, std::move(question), kAuthor);
    EXPECT_TRUE(job) << job.error().message;
    return (*job)->id;
  }
  // The job once it has ended.
  JobRecord Ended(const std::string& id) {
    for (;;) {
      const auto job = book_->Find(id);
      if (!job || (*job)->has_ended()) return **job;
      std::this_thread::yield();
    }
  }

  testing::MemoryStore store_;
  SetClock clock_;
  std::unique_ptr<JobBook> book_;
};

// Waits to be let go, or to be cancelled.
struct Gate {
  std::promise<void> entered;
  std::atomic<bool> open{false};

  Result<std::string> Pass(const JobRun& run) {
    entered.set_value();
    while (!open) {
      SIGHTLINE_RETURN_IF_ERROR(run.cancellation().Check());
      std::this_thread::yield();
    }
    return std::string(R"({"passed":true})");
  }
};

TEST_F(JobBookTest, RunsJobsInTheOrderInWhichTheyCame) {
  Open();
  std::vector<std::string> asked;
  const std::string first = Add("1");
  const std::string second = Add("2");
  Start([&](JobRun& run) -> Result<std::string> {
    asked.push_back(run.question());
    return std::string("{}");
  });
  const std::string third = Add("3");
  EXPECT_EQ(Ended(third).status, JobStatus::kDone);
  EXPECT_EQ(asked, (std::vector<std::string>{"1", "2", "3"}));
  const auto list = book_->List();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]->id, third);
  EXPECT_EQ(list[2]->id, first);
  EXPECT_EQ(list[1]->created_by, kAuthor);
  EXPECT_NE(first, second);
}

TEST_F(JobBookTest, AJobShowsHowFarItIsAndWhatItFound) {
  Open();
  std::promise<void> saved;
  std::promise<void> seen;
  Start([&](JobRun& run) -> Result<std::string> {
    SIGHTLINE_RETURN_IF_ERROR(run.Save(0.25, "state"));
    saved.set_value();
    seen.get_future().wait();
    return std::string(R"({"found":7})");
  });
  const std::string id = Add();
  saved.get_future().wait();
  const auto running = book_->Find(id);
  ASSERT_TRUE(running);
  EXPECT_EQ((*running)->status, JobStatus::kRunning);
  EXPECT_EQ((*running)->progress, 0.25);
  EXPECT_TRUE((*running)->started);
  seen.set_value();
  const JobRecord ended = Ended(id);
  EXPECT_EQ(ended.status, JobStatus::kDone);
  EXPECT_EQ(ended.progress, 1);
  EXPECT_EQ(ended.result, R"({"found":7})");
  EXPECT_FALSE(ended.error);
}

TEST_F(JobBookTest, AJobThatFailsSaysWhyAndTheNextOneRuns) {
  Open();
  Start([](JobRun& run) -> Result<std::string> {
    if (run.question() == "bad") return NotFound("no such thing");
    return std::string("{}");
  });
  const std::string bad = Add("bad");
  const std::string unknown = Add("{}", "other kind");
  const std::string good = Add("good");
  EXPECT_EQ(Ended(good).status, JobStatus::kDone);
  EXPECT_EQ(Ended(bad).status, JobStatus::kFailed);
  EXPECT_EQ(Ended(bad).error, NotFound("no such thing"));
  EXPECT_EQ(Ended(unknown).status, JobStatus::kFailed);
}

TEST_F(JobBookTest, CancellingEndsWhatWaitsAtOnceAndWhatRunsWhenItNotices) {
  Open();
  Gate gate;
  Start([&](JobRun& run) { return gate.Pass(run); });
  const std::string running = Add();
  gate.entered.get_future().wait();
  const std::string waiting = Add();
  const auto cancelled = book_->Cancel(waiting);
  ASSERT_TRUE(cancelled);
  EXPECT_EQ((*cancelled)->status, JobStatus::kCancelled);
  EXPECT_TRUE((*cancelled)->ended);
  ASSERT_TRUE(book_->Cancel(running));
  EXPECT_EQ(Ended(running).status, JobStatus::kCancelled);
  EXPECT_FALSE(Ended(running).cancelling);
  EXPECT_TRUE(book_->Cancel(running)) << "again";
  EXPECT_EQ(book_->Cancel("none").error().code, ErrorCode::kNotFound);
}

TEST_F(JobBookTest, WhatIsDoneCannotBeCancelled) {
  Open();
  Start([](JobRun&) -> Result<std::string> { return std::string("{}"); });
  const std::string id = Add();
  Ended(id);
  const auto cancelled = book_->Cancel(id);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kConflict);
  EXPECT_EQ(Ended(id).status, JobStatus::kDone);
}

TEST_F(JobBookTest, ShowsWhatWasFoundSoFarWhileItRuns) {
  Open();
  Gate gate;
  Start([&](JobRun& run) -> Result<std::string> {
    run.Report(0.25, R"({"found":3})");
    return gate.Pass(run);
  });
  const std::string id = Add();
  gate.entered.get_future().wait();
  const auto running = *book_->Find(id);
  EXPECT_EQ(running->progress, 0.25);
  EXPECT_EQ(running->partial, R"({"found":3})");
  gate.open = true;
  EXPECT_EQ(Ended(id).partial, "");
}

TEST_F(JobBookTest, ARestartGoesOnWhereTheJobSavedLast) {
  Open();
  Gate gate;
  Start([&](JobRun& run) -> Result<std::string> {
    SIGHTLINE_RETURN_IF_ERROR(run.Save(0.5, "half"));
    return gate.Pass(run);
  });
  const std::string id = Add("all");
  const std::string next = Add("next");
  gate.entered.get_future().wait();
  book_->Stop();
  Open();
  const auto cut = book_->Find(id);
  ASSERT_TRUE(cut);
  EXPECT_EQ((*cut)->status, JobStatus::kRunning);
  EXPECT_EQ((*cut)->progress, 0.5);
  std::vector<std::string> states;
  Start([&](JobRun& run) -> Result<std::string> {
    states.push_back(run.question() + " " + run.state());
    return std::string("{}");
  });
  EXPECT_EQ(Ended(next).status, JobStatus::kDone);
  EXPECT_EQ(Ended(id).status, JobStatus::kDone);
  EXPECT_EQ(states, (std::vector<std::string>{"all half", "next "}));
}

TEST_F(JobBookTest, ACancellationOutlivesARestart) {
  Open();
  const std::string id = Add();
  {
    // As a crash between the cancellation and its notice leaves it.
    JobRecord record = **book_->Find(id);
    record.status = JobStatus::kRunning;
    record.cancelling = true;
    ASSERT_TRUE(store_.PutEntry("jobs", id, EncodeJob(record)));
  }
  Open();
  Start([](JobRun& run) -> Result<std::string> {
    SIGHTLINE_RETURN_IF_ERROR(run.cancellation().Check());
    return std::string("{}");
  });
  EXPECT_EQ(Ended(id).status, JobStatus::kCancelled);
}

TEST_F(JobBookTest, OnlySoManyMayWait) {
  Open({.max_pending = 2});
  const std::string first = Add();
  Add();
  const auto third = book_->Add("count", "{}", kAuthor);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kTooManyRequests);
  EXPECT_NE(third.error().message.find("max_pending_jobs"), std::string::npos);
  ASSERT_TRUE(book_->Cancel(first));
  EXPECT_TRUE(book_->Add("count", "{}", kAuthor));
}

TEST_F(JobBookTest, EndedJobsAreForgottenAfterSomeDays) {
  Open({.keep_days = 2});
  const std::string ended = Add();
  ASSERT_TRUE(book_->Cancel(ended));
  const std::string waiting = Add();
  clock_.now += 2 * kMillisecondsPerDay;
  EXPECT_EQ(book_->List().size(), 2u);
  clock_.now += 1;
  ASSERT_EQ(book_->List().size(), 1u);
  EXPECT_EQ(book_->List()[0]->id, waiting);
  EXPECT_EQ(store_.Entries("jobs")->size(), 1u);
}

TEST_F(JobBookTest, ARecordReadsBackAsItWas) {
  const JobRecord record{.id = "1f",
                         .kind = "count",
                         .status = JobStatus::kFailed,
                         .progress = 0.125,
                         .number = 7,
                         .question = R"({"a":"京"})",
                         .state = "s",
                         .result = "",
                         .error = NotFound("gone"),
                         .created = {5},
                         .created_by = kAuthor,
                         .started = TimestampMs{6},
                         .ended = TimestampMs{7}};
  const auto read = DecodeJob("1f", EncodeJob(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, record);
  const std::string text = EncodeJob(record);
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(DecodeJob("1f", text.substr(0, size)));
  }
}

}  // namespace
}  // namespace sightline::server
