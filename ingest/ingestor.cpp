#include "ingest/ingestor.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <map>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include "core/camera.h"
#include "core/log.h"
#include "core/mutex.h"
#include "core/vector_space.h"

namespace sightline::ingest {
namespace {

using CameraPointer = std::shared_ptr<const CameraRecord>;
using Callback = std::function<void(Result<BatchOutcome>)>;

// One request's rows on their way to the committer.
struct QueuedBatch {
  std::vector<storage::EncodedSighting> rows;
  std::vector<std::optional<Position>> places;  // of each row, for the observer
  BatchOutcome outcome;  // holds the rejected rows already
  Callback done;
};

Error UnknownCamera(const Sighting& sighting) {
  return InvalidArgument(
      fmt::format("camera '{}' is not known; register it with POST /v1/cameras, or send the "
                  "sighting's own location",
                  sighting.camera_id),
      "/camera_id");
}

Status CheckVectors(const std::vector<AppearanceVector>& vectors,
                    const std::vector<VectorSpace>& spaces) {
  for (const AppearanceVector& vector : vectors) {
    const std::string field = "/vectors/" + vector.space;
    const auto space = std::ranges::find(spaces, vector.space, &VectorSpace::name);
    if (space == spaces.end()) {
      return InvalidArgument(fmt::format("there is no space \"{}\"", vector.space), field);
    }
    if (const Status good = CheckVector(*space, vector.bytes); !good) {
      return InvalidArgument(good.error().message, field);
    }
  }
  return Ok();
}

// Said once here; each request is told, too.
void LogFailure(const Error& error) {
  Log(LogLevel::kError, "ingest.append_failed",
      {{"code", ErrorCodeName(error.code)}, {"reason", error.message}});
}

}  // namespace

class Ingestor::Impl {
 public:
  Impl(storage::Store& store, const Clock& clock, const IngestOptions& options,
       CommitObserver observer)
      : store_(store),
        clock_(clock),
        options_(options),
        observer_(std::move(observer)),
        committer_([this] { CommitLoop(); }) {}

  ~Impl() {
    {
      MutexLock lock(mutex_);
      closing_ = true;
    }
    work_.NotifyAll();
    committer_.join();
  }

  Status Submit(std::vector<IncomingSighting>& batch, Callback done) {
    if (!Admit(batch.size())) {
      return Error{ErrorCode::kUnavailable,
                   fmt::format("{} sightings wait to be stored (max_queued_rows); try again later",
                               options_.max_queued_rows),
                   {}};
    }
    SubmitAdmitted(std::move(batch), std::move(done));
    return Ok();
  }

  void CountRejected() { rejected_.fetch_add(1, std::memory_order_relaxed); }

  Stats GetStats() const {
    return {.accepted = accepted_.load(std::memory_order_relaxed),
            .duplicates = duplicates_.load(std::memory_order_relaxed),
            .rejected = rejected_.load(std::memory_order_relaxed),
            .commits = commits_.load(std::memory_order_relaxed),
            .queued_rows = admitted_rows_.load(std::memory_order_relaxed)};
  }

 private:
  void SubmitAdmitted(std::vector<IncomingSighting> batch, Callback done) {
    const size_t admitted = batch.size();
    QueuedBatch queued;
    if (Status status = Prepare(std::move(batch), queued); !status) {
      LogFailure(status.error());
      Release(admitted);
      done(status.error());
      return;
    }
    Release(queued.outcome.rejected.size());
    rejected_.fetch_add(queued.outcome.rejected.size(), std::memory_order_relaxed);
    if (queued.rows.empty()) {
      done(std::move(queued.outcome));
      return;
    }
    queued.done = std::move(done);
    {
      MutexLock lock(mutex_);
      queue_.push_back(std::move(queued));
    }
    work_.NotifyOne();
  }

  // Takes room for `rows` in the queue. A batch larger than the whole queue is admitted when nothing
  // else waits, so that a limit set too low slows down but never blocks for ever.
  bool Admit(size_t rows) {
    const size_t before = admitted_rows_.fetch_add(rows, std::memory_order_relaxed);
    if (before == 0 || before + rows <= options_.max_queued_rows) return true;
    Release(rows);
    return false;
  }
  void Release(size_t rows) { admitted_rows_.fetch_sub(rows, std::memory_order_relaxed); }

  // Checks each row against the clock, the spaces of vectors and the cameras, and encodes those
  // that pass.
  Status Prepare(std::vector<IncomingSighting> batch, QueuedBatch& queued) {
    const TimestampMs now = clock_.Now();
    const TimestampMs latest = now + options_.max_future_skew_s * 1000;
    const std::vector<VectorSpace> spaces = store_.Spaces();
    std::vector<RowError>& rejected = queued.outcome.rejected;
    std::erase_if(batch, [&](const IncomingSighting& incoming) {
      if (incoming.sighting.time > latest) {
        rejected.push_back({incoming.line, TooFarAhead(incoming.sighting.time, now)});
        return true;
      }
      const Status vectors = CheckVectors(incoming.sighting.vectors, spaces);
      if (!vectors) rejected.push_back({incoming.line, vectors.error()});
      return !vectors;
    });
    std::map<std::string_view, CameraPointer> cameras;
    SIGHTLINE_RETURN_IF_ERROR(FindCameras(batch, cameras));
    queued.rows.reserve(batch.size());
    for (IncomingSighting& incoming : batch) {
      Sighting& sighting = incoming.sighting;
      const CameraPointer& camera = cameras.at(sighting.camera_id);
      if (camera == nullptr) {
        rejected.push_back({incoming.line, UnknownCamera(sighting)});
        continue;
      }
      if (!sighting.location) sighting.location = camera->camera().location;
      const bool has_identity = sighting.source_id.has_value() || !sighting.plate.empty();
      queued.rows.push_back(store_.Encode(sighting, camera->number, now,
                                          has_identity ? 0 : store_.NextNonce()));
      if (observer_) queued.places.push_back(sighting.location);
    }
    std::ranges::stable_sort(rejected, {}, &RowError::line);
    return Ok();
  }

  Error TooFarAhead(TimestampMs time, TimestampMs now) const {
    return InvalidArgument(
        fmt::format("{} lies further ahead of the server's clock ({}) than {} s (max_future_skew_s)",
                    FormatTimestamp(time), FormatTimestamp(now), options_.max_future_skew_s),
        "/time");
  }

  // Looks up every camera of the batch. One that is not known becomes known as a mobile camera when
  // a row bears its own location, and stays null otherwise.
  Status FindCameras(const std::vector<IncomingSighting>& batch,
                     std::map<std::string_view, CameraPointer>& cameras) {
    std::map<std::string_view, bool> unknown;  // and whether some row places it
    for (const IncomingSighting& incoming : batch) {
      const Sighting& sighting = incoming.sighting;
      auto [entry, is_new] = cameras.try_emplace(sighting.camera_id);
      if (is_new) entry->second = store_.FindCamera(sighting.camera_id);
      if (entry->second == nullptr) {
        unknown[sighting.camera_id] |= sighting.location.has_value();
      }
    }
    std::vector<Camera> created;
    for (const auto& [id, placed] : unknown) {
      if (placed) created.push_back({.id = std::string(id), .kind = CameraKind::kMobile});
    }
    if (created.empty()) return Ok();
    SIGHTLINE_RETURN_IF_ERROR(store_.AddMissingCameras(created));
    for (const Camera& camera : created) cameras.find(camera.id)->second = store_.FindCamera(camera.id);
    return Ok();
  }

  void CommitLoop() {
    std::vector<QueuedBatch> group;
    while (TakeGroup(group)) {
      CommitGroup(group);
      group.clear();
    }
  }

  // Waits for work, and takes what is queued up to max_batch_rows. False when closing and empty.
  bool TakeGroup(std::vector<QueuedBatch>& group) {
    MutexLock lock(mutex_);
    while (queue_.empty() && !closing_) work_.Wait(mutex_);
    size_t rows = 0;
    while (!queue_.empty() &&
           (group.empty() || rows + queue_.front().rows.size() <= options_.max_batch_rows)) {
      rows += queue_.front().rows.size();
      group.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return !group.empty();
  }

  void CommitGroup(std::vector<QueuedBatch>& group) {
    std::vector<storage::EncodedSighting> rows = std::move(group.front().rows);
    std::vector<std::optional<Position>> places = std::move(group.front().places);
    std::vector<size_t> ends = {rows.size()};
    for (size_t i = 1; i < group.size(); ++i) {
      places.insert(places.end(), group[i].places.begin(), group[i].places.end());
      rows.insert(rows.end(), std::make_move_iterator(group[i].rows.begin()),
                  std::make_move_iterator(group[i].rows.end()));
      ends.push_back(rows.size());
    }
    const Result<storage::AppendResult> appended = Append(rows);
    Release(rows.size());
    if (appended) Tell(rows, places, *appended);
    size_t begin = 0;
    for (size_t i = 0; i < group.size(); ++i) {
      const size_t count = ends[i] - begin;
      if (!appended && group.size() > 1 && IsOfSomeRows(appended.error().code)) {
        // One request's damaged day fails that request, and not those that waited beside it.
        const auto own = std::span(rows).subspan(begin, count);
        const Result<storage::AppendResult> alone = Append(own);
        if (alone && observer_) Tell(own, std::span(places).subspan(begin, count), *alone);
        Answer(group[i], alone, 0, count);
      } else {
        Answer(group[i], appended, begin, count);
      }
      begin = ends[i];
    }
  }

  static bool IsOfSomeRows(ErrorCode code) {
    return code == ErrorCode::kCorruption || code == ErrorCode::kUnavailable;
  }

  Result<storage::AppendResult> Append(std::span<storage::EncodedSighting> rows) {
    Result<storage::AppendResult> appended = store_.Append(rows);
    commits_.fetch_add(1, std::memory_order_relaxed);
    if (!appended) LogFailure(appended.error());
    return appended;
  }

  // Tells the observer of the rows with a plate that were accepted.
  void Tell(std::span<const storage::EncodedSighting> rows,
            std::span<const std::optional<Position>> places,
            const storage::AppendResult& appended) {
    if (!observer_) return;
    std::vector<CommittedReading> readings;
    readings.reserve(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      const storage::EncodedSighting& row = rows[i];
      if (row.plate.empty() || appended.outcomes[i] != storage::AppendOutcome::kAccepted) continue;
      readings.push_back({.plate = row.plate,
                          .time = row.day.start() + row.key.ms_of_day,
                          .camera_number = row.key.camera_number,
                          .identity_hash = row.key.identity_hash,
                          .place = places[i]});
    }
    if (!readings.empty()) observer_(readings);
  }

  // Calls a request back, whose rows are `count` from `first` on of what was appended.
  void Answer(QueuedBatch& batch, const Result<storage::AppendResult>& appended, size_t first,
              size_t count) {
    if (!appended) {
      batch.done(appended.error());
      return;
    }
    BatchOutcome& outcome = batch.outcome;
    for (size_t row = first; row < first + count; ++row) {
      const bool accepted = appended->outcomes[row] == storage::AppendOutcome::kAccepted;
      ++(accepted ? outcome.accepted : outcome.duplicates);
      outcome.ids.push_back(appended->ids[row]);
    }
    accepted_.fetch_add(outcome.accepted, std::memory_order_relaxed);
    duplicates_.fetch_add(outcome.duplicates, std::memory_order_relaxed);
    batch.done(std::move(outcome));
  }

  storage::Store& store_;
  const Clock& clock_;
  const IngestOptions options_;
  const CommitObserver observer_;

  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> duplicates_{0};
  std::atomic<uint64_t> rejected_{0};
  std::atomic<uint64_t> commits_{0};
  std::atomic<size_t> admitted_rows_{0};

  mutable Mutex mutex_;
  ConditionVariable work_;
  std::deque<QueuedBatch> queue_ SIGHTLINE_GUARDED_BY(mutex_);
  bool closing_ SIGHTLINE_GUARDED_BY(mutex_) = false;

  std::thread committer_;  // last: it uses everything above
};

Ingestor::Ingestor(storage::Store& store, const Clock& clock, const IngestOptions& options,
                   CommitObserver observer)
    : impl_(std::make_unique<Impl>(store, clock, options, std::move(observer))) {}

Ingestor::~Ingestor() = default;

Status Ingestor::Submit(std::vector<IncomingSighting>& batch, Callback done) {
  return impl_->Submit(batch, std::move(done));
}

void Ingestor::CountRejected() { impl_->CountRejected(); }

Ingestor::Stats Ingestor::GetStats() const { return impl_->GetStats(); }

}  // namespace sightline::ingest
