#include "ingest/sealer.h"

#include <chrono>

#include "core/log.h"
#include "ingest/graph_builder.h"

namespace sightline::ingest {
namespace {

using Steady = std::chrono::steady_clock;

// Queries and ingest go first.
constexpr int kNice = 10;

}  // namespace

Sealer::Sealer(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
               const SealerOptions& options)
    : store_(store),
      index_(index),
      clock_(clock),
      options_(options),
      background_({.period = std::chrono::milliseconds(options.period_ms), .nice = kNice},
                  [this] { Work(); }) {}

Sealer::Stats Sealer::GetStats() const {
  return {.segments_written = segments_written_.load(std::memory_order_relaxed),
          .failures = failures_.load(std::memory_order_relaxed),
          .busy_seconds =
              static_cast<double>(busy_microseconds_.load(std::memory_order_relaxed)) / 1e6};
}

void Sealer::Work() {
  for (const Day day : store_.UnsealedDays()) {
    if (!background_.cancellation().Check()) return;
    WorkOn(day);
  }
}

void Sealer::WorkOn(Day day) {
  bool more = true;
  while (more) {
    const Steady::time_point began = Steady::now();
    const Result<bool> sealed = index_.SealOnce(day, clock_.Now(), /*force=*/false,
                                                background_.cancellation());
    const Steady::duration took = Steady::now() - began;
    busy_microseconds_.fetch_add(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count(),
        std::memory_order_relaxed);
    if (!sealed) {
      if (sealed.error().code == ErrorCode::kCancelled) return;
      failures_.fetch_add(1, std::memory_order_relaxed);
      Log(LogLevel::kWarning, "index.seal_failed",
          {{"day", FormatDay(day)}, {"reason", sealed.error().message}});
      return;
    }
    more = *sealed;
    if (more) segments_written_.fetch_add(1, std::memory_order_relaxed);
    const Sequence visible = store_.VisibleSequence();
    const bool rows_arrive = visible != last_seen_;
    last_seen_ = visible;
    if (rows_arrive && !background_.Rest(std::chrono::duration_cast<Steady::duration>(
                           took * (1 / options_.busy_share - 1)))) {
      return;
    }
  }
}

Status SealAll(storage::Store& store, index::ColumnIndex& index, const Clock& clock,
               const Cancellation& cancellation) {
  // Rows that wait in the inbox make no day unsealed until they are moved: opening it moves them.
  for (const Day day : store.Days()) {
    SIGHTLINE_RETURN_IF_ERROR(NotePendingGraphs(store, day));
    bool more = true;
    while (more) {
      SIGHTLINE_ASSIGN(more, index.SealOnce(day, clock.Now(), /*force=*/true, cancellation));
    }
  }
  return Ok();
}

}  // namespace sightline::ingest
