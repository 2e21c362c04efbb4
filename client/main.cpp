// The `sightline` command line. Here alone it meets the rooms behind the server: to write a
// simulated city into a data directory without one.
#include <fmt/format.h>

#include <exception>
#include <optional>

#include "client/commands/commands.h"
#include "client/interrupt.h"
#include "client/output/terminal.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/ingestor.h"
#include "ingest/sealer.h"
#include "ingest/store_feed.h"
#include "storage/store.h"

namespace {

using namespace sightline;
using client::ExitCode;
using client::Outcome;

// What a server does with sightings, without the server: the same way in, durable and sealed.
class DataDirectory final : public client::DirectWriter {
 public:
  static Result<std::unique_ptr<client::DirectWriter>> Open(const std::string& path) {
    static const SystemClock clock;
    auto store = storage::Store::Open(path, {}, clock);
    if (!store) return Local(store.error());
    return std::make_unique<DataDirectory>(std::move(*store), clock);
  }

  DataDirectory(std::unique_ptr<storage::Store> store, const Clock& clock)
      : clock_(clock),
        store_(std::move(store)),
        feed_(*store_),
        columns_(index::ColumnIndex::Create(feed_, {})),
        sealer_(std::in_place, *store_, *columns_, clock, ingest::SealerOptions{}),
        ingestor_(std::in_place, *store_, clock, ingest::IngestOptions{}) {}

  Status PutCameras(std::span<const Camera> cameras) override {
    const auto created = store_->PutCameras(cameras);
    if (!created) return Local(created.error());
    return Ok();
  }

  Status Write(std::vector<Sighting> batch) override SIGHTLINE_EXCLUDES(mutex_) {
    std::vector<ingest::IncomingSighting> incoming;
    incoming.reserve(batch.size());
    for (Sighting& sighting : batch) incoming.push_back({++line_, std::move(sighting)});
    while (!incoming.empty()) {
      const Status submitted = ingestor_->Submit(
          incoming, [this](Result<ingest::BatchOutcome> outcome) { Settle(std::move(outcome)); });
      MutexLock lock(mutex_);
      if (submitted) {
        ++submitted_;
        return status_;
      }
      if (submitted.error().code != ErrorCode::kUnavailable) return Local(submitted.error());
      // The queue is full: until some of it is on disk.
      const uint64_t settled = settled_;
      while (settled_ == settled && settled_ < submitted_) changed_.Wait(mutex_);
    }
    return Ok();
  }

  Result<Totals> Close(const GraphObserver& graphs) override SIGHTLINE_EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      while (settled_ < submitted_) changed_.Wait(mutex_);
      if (!status_) return status_.error();
    }
    ingestor_.reset();
    sealer_.reset();
    const Status sealed = ingest::SealAll(*store_, *columns_, clock_, Cancellation{});
    if (!sealed) return Local(sealed.error());
    if (graphs) {
      const Status built = BuildGraphs(graphs);
      if (!built && built.error().code != ErrorCode::kCancelled) return Local(built.error());
    }
    if (const Status closed = store_->Close(); !closed) return Local(closed.error());
    MutexLock lock(mutex_);
    return totals_;
  }

 private:
  // kIo speaks of the network elsewhere in the client.
  static Error Local(Error error) {
    if (error.code == ErrorCode::kIo) error.code = ErrorCode::kInternal;
    return error;
  }

  Status BuildGraphs(const GraphObserver& observer) {
    Cancellation cancellation;
    return ingest::BuildAllGraphs(
        *store_, *columns_, clock_, /*threads=*/0,
        [&](const ingest::GraphProgress& progress) {
          if (!observer(progress.graphs_built, progress.share)) cancellation.Cancel();
        },
        cancellation);
  }

  void Settle(Result<ingest::BatchOutcome> outcome) SIGHTLINE_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ++settled_;
    if (!outcome) {
      if (status_) status_ = Local(outcome.error());
    } else {
      totals_.accepted += outcome->accepted;
      totals_.duplicates += outcome->duplicates;
      totals_.rejected += outcome->rejected.size();
    }
    changed_.NotifyAll();
  }

  const Clock& clock_;
  const std::unique_ptr<storage::Store> store_;
  ingest::StoreFeed feed_;
  const std::unique_ptr<index::ColumnIndex> columns_;

  Mutex mutex_;
  ConditionVariable changed_;
  uint64_t submitted_ SIGHTLINE_GUARDED_BY(mutex_) = 0;  // batches
  uint64_t settled_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  Totals totals_ SIGHTLINE_GUARDED_BY(mutex_);
  Status status_ SIGHTLINE_GUARDED_BY(mutex_);

  uint64_t line_ = 0;
  std::optional<ingest::Sealer> sealer_;
  std::optional<ingest::Ingestor> ingestor_;  // last: it settles what is queued when it goes
};

int End(const Outcome& outcome) {
  if (!outcome.message.empty()) {
    const bool color = sightline::client::UseColor(stderr);
    fmt::print(stderr, "{}sightline:{} {}\n", color ? "\x1b[1;31m" : "", color ? "\x1b[0m" : "",
               outcome.message);
  }
  return static_cast<int>(outcome.code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    sightline::client::CommandLine line;
    line.open_data_directory = &DataDirectory::Open;
    const auto app = sightline::client::MakeApp(line);
    try {
      app->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const bool asked_for_help =
          error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
      app->exit(error);
      return static_cast<int>(asked_for_help ? ExitCode::kOk : ExitCode::kUsage);
    }
    sightline::client::CatchInterrupts();
    const Outcome outcome = line.run();
    if (std::fflush(stdout) != 0 && outcome.code == ExitCode::kOk) {
      return End({ExitCode::kFailed, "the output could not be written in full"});
    }
    return End(outcome);
  } catch (const std::exception& error) {
    return End({ExitCode::kFailed, error.what()});
  }
}
