#include "ingest/graph_builder.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/mutex.h"

namespace sightline::ingest {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Everything else goes first.
constexpr int kNice = 19;
constexpr int64_t kRetryMs = 60'000;
// A thread that rests looks this often whether it need not any more.
constexpr milliseconds kLook{20};
// Days that are pending, in the store's entries.
constexpr std::string_view kPendingTable = "graphs";

int ThreadCount(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

nanoseconds ThreadCpuTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

uint64_t UngraphedVectors(const index::ColumnIndex::DayStats& day) {
  uint64_t vectors = 0;
  for (const auto& [name, space] : day.spaces) {
    vectors += space.sealed_vectors - std::min(space.sealed_vectors, space.graphed_vectors);
  }
  return vectors;
}

}  // namespace

GraphBuilder::GraphBuilder(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
                           const GraphBuilderOptions& options, std::function<bool()> questions_run)
    : store_(store),
      index_(index),
      clock_(clock),
      options_(options),
      threads_(ThreadCount(options.threads)),
      load_(store, std::move(questions_run)),
      background_({.period = milliseconds(options.period_ms), .nice = kNice}, [this] { Work(); }) {}

GraphBuilder::Stats GraphBuilder::GetStats() const {
  return {.graphs_built = graphs_built_.load(std::memory_order_relaxed),
          .failures = failures_.load(std::memory_order_relaxed),
          .build_seconds =
              static_cast<double>(build_microseconds_.load(std::memory_order_relaxed)) / 1e6,
          .days_pending = days_pending_.load(std::memory_order_relaxed)};
}

void GraphBuilder::Load() {
  const auto entries = store_.Entries(kPendingTable);
  if (!entries) {
    Log(LogLevel::kWarning, "index.graphs_pending_unknown", {{"reason", entries.error().message}});
    return;
  }
  for (const auto& [name, value] : *entries) {
    if (const auto day = ParseDay(name)) pending_[*day] = {.changed = clock_.Now()};
  }
}

void GraphBuilder::Work() {
  if (!std::exchange(loaded_, true)) Load();
  NoteChanges(clock_.Now());
  std::vector<Day> days;
  for (auto day = pending_.rbegin(); day != pending_.rend(); ++day) days.push_back(day->first);
  for (const Day day : days) {
    Pending& pending = pending_[day];
    while (clock_.Now() >= pending.not_before && BuildOne(day, pending)) {
    }
    if (!background_.cancellation().Check()) return;
    ForgetSettled(day, clock_.Now());
  }
}

void GraphBuilder::NoteChanges(TimestampMs now) {
  for (const Day day : store_.UnsealedDays()) Remember(day, now);
  std::map<Day, uint64_t> counted;
  for (const index::ColumnIndex::DayStats& day : index_.GetStats()) {
    const uint64_t ungraphed = UngraphedVectors(day);
    counted[day.day] = ungraphed;
    const auto before = ungraphed_.find(day.day);
    if (ungraphed > (before == ungraphed_.end() ? 0 : before->second)) Remember(day.day, now);
  }
  ungraphed_ = std::move(counted);
  days_pending_.store(pending_.size(), std::memory_order_relaxed);
}

void GraphBuilder::Remember(Day day, TimestampMs now) {
  const auto [pending, is_new] = pending_.try_emplace(day);
  pending->second.changed = now;
  if (!is_new) return;
  // What a crash forgets is found again when the day is opened.
  if (const Status put = NotePendingGraphs(store_, day); !put) {
    Log(LogLevel::kWarning, "index.graphs_pending_not_noted", {{"reason", put.error().message}});
  }
}

void GraphBuilder::ForgetSettled(Day day, TimestampMs now) {
  const auto pending = pending_.find(day);
  if (now - std::max(pending->second.changed, pending->second.not_before) < options_.settle_ms) {
    return;
  }
  pending_.erase(pending);
  if (const Status deleted = store_.DeleteEntry(kPendingTable, FormatDay(day)); !deleted) {
    Log(LogLevel::kWarning, "index.graphs_pending_not_noted",
        {{"reason", deleted.error().message}});
  }
}

bool GraphBuilder::BuildOne(Day day, Pending& pending) {
  const Steady::time_point began = Steady::now();
  const Result<bool> built =
      index_.BuildGraphOnce(day, clock_.Now(), /*force=*/false, threads_,
                            [this](double /*share*/) { Pace(); }, background_.cancellation());
  if (!built) {
    if (built.error().code == ErrorCode::kCancelled) return false;
    failures_.fetch_add(1, std::memory_order_relaxed);
    pending.not_before = clock_.Now() + kRetryMs;
    Log(LogLevel::kWarning, "index.graph_failed",
        {{"day", FormatDay(day)}, {"reason", built.error().message}});
    return false;
  }
  if (!*built) return false;
  const Steady::duration took = Steady::now() - began;
  build_microseconds_.fetch_add(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count(),
      std::memory_order_relaxed);
  graphs_built_.fetch_add(1, std::memory_order_relaxed);
  pending.changed = clock_.Now();
  return true;
}

void GraphBuilder::Pace() {
  thread_local nanoseconds paced{0};
  const nanoseconds used = ThreadCpuTime();
  const nanoseconds worked = used - std::exchange(paced, used);
  if (!load_.IsBusy()) return;
  const Steady::time_point until =
      Steady::now() + std::chrono::duration_cast<Steady::duration>(
                          worked * (threads_ / options_.busy_share - 1));
  while (load_.IsBusy()) {
    const Steady::duration left = until - Steady::now();
    if (left <= Steady::duration::zero()) return;
    if (!background_.Rest(std::min<Steady::duration>(left, kLook))) return;
  }
}

Status NotePendingGraphs(storage::Store& store, Day day) {
  return store.PutEntry(kPendingTable, FormatDay(day), "");
}

Status BuildAllGraphs(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
                      int threads, const std::function<void(const GraphProgress&)>& progress,
                      const Cancellation& cancellation) {
  Mutex mutex;
  GraphProgress now;
  for (const Day day : store.Days()) {
    now.day = day;
    const auto pace = [&](double share) {
      if (progress == nullptr) return;
      const MutexLock lock(mutex);
      now.share = share;
      progress(now);
    };
    bool more = true;
    while (more) {
      SIGHTLINE_ASSIGN(more, index.BuildGraphOnce(day, clock.Now(), /*force=*/true,
                                                  ThreadCount(threads), pace, cancellation));
      if (more) ++now.graphs_built;
    }
    SIGHTLINE_RETURN_IF_ERROR(store.DeleteEntry(kPendingTable, FormatDay(day)));
  }
  return Ok();
}

}  // namespace sightline::ingest
