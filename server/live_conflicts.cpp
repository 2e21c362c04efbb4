#include "server/live_conflicts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/background_work.h"
#include "core/log.h"
#include "server/interval_set.h"

namespace sightline::server {
namespace {

using query::PlateReading;

constexpr size_t kMaxQueuedReadings = 262'144;
constexpr size_t kMaxSuspects = 4'096;
constexpr size_t kLatencies = 100;
// Read at start, before the newest day.
constexpr int64_t kWarmMs = 6 * 3'600'000;
// Around a reading that raised a plate.
constexpr int64_t kAroundMs = kMillisecondsPerDay;
// A camera's readings that are counted before the older half fades.
constexpr double kCameraMemory = 400;
// Where so many wait to be judged, judging rests three times as long as it works: sightings are
// loaded in bulk.
constexpr size_t kManySuspects = 200;
constexpr int kRestShare = 3;
constexpr int kJudgeNice = 5;

PlateReading ReadingOf(const ingest::CommittedReading& committed) {
  return {.time = committed.time,
          .camera_number = committed.camera_number,
          .identity_hash = committed.identity_hash,
          .place = committed.place};
}

bool IsPossible(const query::TravelTimes& travel_times, const PlateReading& a,
                const PlateReading& b) {
  return (a.time <= b.time ? travel_times.Judge(a, b) : travel_times.Judge(b, a)).possible;
}

}  // namespace

LiveConflicts::LiveConflicts(storage::Store& store, CloneAnalysis& analysis, ConflictBook& book,
                             const SweepLedger& ledger, const LiveCheckOptions& options)
    : store_(store),
      analysis_(analysis),
      book_(book),
      ledger_(ledger),
      options_(options),
      started_(store.VisibleSequence()),
      last_(options.plates) {
  if (options_.plates == 0) return;
  checker_ = std::thread([this] { CheckLoop(); });
  judge_ = std::thread([this] { JudgeLoop(); });
}

LiveConflicts::~LiveConflicts() {
  cancellation_.Cancel();
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  arrived_.NotifyAll();
  suspected_.NotifyAll();
  if (checker_.joinable()) checker_.join();
  if (judge_.joinable()) judge_.join();
}

void LiveConflicts::Offer(std::span<ingest::CommittedReading> readings) {
  if (options_.plates == 0) return;
  {
    const MutexLock lock(mutex_);
    if (queued_ + readings.size() > kMaxQueuedReadings) {
      stats_.skipped += readings.size();
      return;
    }
    queued_ += readings.size();
    queue_.push_back({.readings = {std::make_move_iterator(readings.begin()),
                                   std::make_move_iterator(readings.end())},
                      .offered = Clock::now()});
  }
  arrived_.NotifyOne();
}

void LiveConflicts::Recheck(std::string_view plate) {
  const auto known = book_.FindPlate(plate);
  if (options_.plates == 0 || known == nullptr) return;
  const auto now = Clock::now();
  Suspected(std::string(plate), {.times = known->evidence,
                                 .certain = true,
                                 .at_once = true,
                                 .offered = now,
                                 .due = now});
}

LiveConflicts::Stats LiveConflicts::GetStats() const {
  const MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.queued = queued_;
  for (const double seconds : latencies_) stats.longest_s = std::max(stats.longest_s, seconds);
  return stats;
}

// --- the check ------------------------------------------------------------------------------------

void LiveConflicts::CheckLoop() {
  Warm();
  Clock::time_point refreshed;
  for (;;) {
    Batch batch;
    {
      const MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) arrived_.Wait(mutex_);
      if (stopping_) return;
      batch = std::move(queue_.front());
      queue_.pop_front();
      queued_ -= batch.readings.size();
      stats_.checked += batch.readings.size();
    }
    if (Clock::now() - refreshed > std::chrono::seconds(1)) {
      travel_times_ = analysis_.travel_times();
      faults_ = ByNumber(store_, ledger_.faults());
      refreshed = Clock::now();
    }
    for (const ingest::CommittedReading& reading : batch.readings) Check(reading, batch.offered);
  }
}

void LiveConflicts::Warm() {
  const std::vector<Day> days = store_.Days();
  if (days.empty()) return;
  const Interval window{days.back().start() - kWarmMs, days.back().end()};
  faults_ = ByNumber(store_, ledger_.faults());
  const auto visit = [&](std::string_view plate, std::span<const PlateReading> readings) {
    const auto righted = Righted(readings.back(), faults_);
    if (righted) last_.Keep(plate, *righted);
  };
  const Status warmed = analysis_.VisitPlates(window, started_, visit, cancellation_);
  if (!warmed && warmed.error().code != ErrorCode::kCancelled) {
    Log(LogLevel::kWarning, "live_check.warm_failed", {{"reason", warmed.error().message}});
  }
}

std::optional<PlateReading> LiveConflicts::Righted(const PlateReading& reading,
                                                   const query::CameraFaults& faults) const {
  const auto fault = faults.find(reading.camera_number);
  if (fault == faults.end()) return reading;
  if (fault->second.kind != query::CameraFault::Kind::kClock) return std::nullopt;
  PlateReading righted = reading;
  righted.time.value -= static_cast<int64_t>(fault->second.OffsetAt(reading.time) * 1000);
  return righted;
}

void LiveConflicts::Check(const ingest::CommittedReading& committed, Clock::time_point offered) {
  const std::optional<PlateReading> reading = Righted(ReadingOf(committed), faults_);
  if (!reading) return;
  CameraRecord& camera = cameras_[reading->camera_number];
  if (++camera.readings > kCameraMemory) {
    camera.readings /= 2;
    camera.conflicts /= 2;
  }
  const std::optional<PlateReading> before = last_.Find(committed.plate);
  last_.Keep(committed.plate, *reading);
  const auto known = book_.FindPlate(committed.plate);
  const bool is_confirmed = known != nullptr && known->status == ConflictStatus::kConfirmed;
  Suspect suspect{.times = {committed.time, committed.time + 1},
                  .certain = is_confirmed,
                  .at_once = is_confirmed,
                  .offered = offered,
                  .due = Clock::now()};
  if (!is_confirmed && before && !IsPossible(*travel_times_, *before, *reading)) {
    if (IsLeftToSweeps(before->camera_number, reading->camera_number)) return;
    suspect.certain = true;
  }
  // One that comes out of order has neighbours that are not remembered.
  if (suspect.certain || (before && before->time > reading->time)) {
    Suspected(committed.plate, suspect);
  }
}

bool LiveConflicts::IsLeftToSweeps(uint32_t camera_a, uint32_t camera_b) {
  // Its neighbours are not blamed for one that is doubtful already.
  bool is_left = false;
  for (const uint32_t camera : {camera_a, camera_b}) {
    CameraRecord& record = cameras_[camera];
    if (!record.is_doubtful()) continue;
    ++record.conflicts;
    is_left = true;
  }
  if (!is_left) {
    ++cameras_[camera_a].conflicts;
    ++cameras_[camera_b].conflicts;
    return false;
  }
  const MutexLock lock(mutex_);
  ++stats_.skipped;
  return true;
}

void LiveConflicts::Suspected(const std::string& plate, Suspect suspect) {
  {
    const MutexLock lock(mutex_);
    const auto known = suspects_.find(plate);
    if (known != suspects_.end()) {
      Suspect& waiting = known->second;
      waiting.times = {std::min(waiting.times.from, suspect.times.from),
                       std::max(waiting.times.to, suspect.times.to)};
      waiting.certain |= suspect.certain;
      if (!suspect.at_once || waiting.due <= suspect.due) return;
      due_.erase({waiting.due, plate});
      waiting.due = suspect.due;
      due_.emplace(waiting.due, plate);
    } else if (suspects_.size() >= kMaxSuspects) {
      ++stats_.skipped;
      return;
    } else {
      const auto judged = judged_.find(plate);
      if (judged != judged_.end() && !suspect.at_once) {
        suspect.due = std::max(suspect.due, judged->second + kAgain);
      }
      due_.emplace(suspect.due, plate);
      suspects_.emplace(plate, suspect);
    }
  }
  suspected_.NotifyOne();
}

// --- judging --------------------------------------------------------------------------------------

void LiveConflicts::JudgeLoop() {
  LowerThreadPriority(kJudgeNice);
  while (const auto next = TakeDue()) {
    const auto began = Clock::now();
    Judge(next->first, next->second);
    const auto rested = Clock::now() + kRestShare * (Clock::now() - began);
    const MutexLock lock(mutex_);
    while (suspects_.size() > kManySuspects && !stopping_ && Clock::now() < rested) {
      suspected_.WaitFor(mutex_, rested - Clock::now());
    }
  }
}

std::optional<std::pair<std::string, LiveConflicts::Suspect>> LiveConflicts::TakeDue() {
  const MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return std::nullopt;
    if (due_.empty()) {
      suspected_.Wait(mutex_);
      continue;
    }
    const auto now = Clock::now();
    if (due_.begin()->first > now) {
      suspected_.WaitFor(mutex_, due_.begin()->first - now);
      continue;
    }
    const auto suspect = suspects_.find(due_.begin()->second);
    due_.erase(due_.begin());
    auto taken = std::pair(suspect->first, suspect->second);
    suspects_.erase(suspect);
    return taken;
  }
}

void LiveConflicts::Judge(const std::string& plate, const Suspect& suspect) {
  const Result<bool> raised = JudgeNow(plate, suspect);
  if (!raised && raised.error().code != ErrorCode::kCancelled) {
    Log(LogLevel::kWarning, "live_check.failed",
        {{"code", ErrorCodeName(raised.error().code)}, {"reason", raised.error().message}});
  }
  const bool is_known = book_.FindPlate(plate) != nullptr;
  const auto now = Clock::now();
  const MutexLock lock(mutex_);
  ++stats_.judged;
  if (raised && *raised) {
    ++stats_.raised;
    latencies_.push_back(std::chrono::duration<double>(now - suspect.offered).count());
    if (latencies_.size() > kLatencies) latencies_.pop_front();
  }
  std::erase_if(judged_, [&](const auto& entry) {
    return judged_.size() > kMaxSuspects && entry.second + kAgain < now;
  });
  if (is_known) {
    judged_.insert_or_assign(plate, now);
  } else {
    judged_.erase(plate);
  }
}

Result<bool> LiveConflicts::JudgeNow(const std::string& plate, const Suspect& suspect) {
  const Sequence as_of = store_.VisibleSequence();
  std::vector<Interval> spans = {
      {suspect.times.from - kAroundMs, suspect.times.to + kAroundMs}};
  query::SweepModels models{.travel_times = analysis_.travel_times(),
                            .known_faults = ByNumber(store_, ledger_.faults()),
                            .continuity = analysis_.continuity()};
  const auto known = book_.FindPlate(plate);
  if (known != nullptr) {
    spans.insert(spans.end(), known->spans.begin(), known->spans.end());
    const Result<ConflictRecord> record = book_.Find(known->id);
    if (!record && record.error().code != ErrorCode::kNotFound) return record.error();
    if (record && record->verdict && !record->verdict->vehicles.empty()) {
      models.known_vehicles.emplace(plate, record->verdict->vehicles);
    }
  }
  spans = Within(UnionOf(std::move(spans)), {kMinTimestamp, kMaxTimestamp});
  SIGHTLINE_ASSIGN(const std::vector<PlateReading> readings,
                   ReadingsWithin(analysis_, plate, spans, as_of, cancellation_));
  if (readings.empty()) return false;
  if (!suspect.certain) {
    const auto excludes = std::ranges::adjacent_find(readings, [&](const auto& a, const auto& b) {
      return !IsPossible(*models.travel_times, a, b);
    });
    if (excludes == readings.end()) return false;
  }
  Judgement judgement{.plate = plate, .conflict = {}, .spans = {}};
  SIGHTLINE_ASSIGN(judgement.conflict,
                   analysis_.Judge(plate, readings, as_of, models, cancellation_));
  if (!judgement.conflict && known == nullptr) return false;
  // From its first reading to its last: what lies beyond was not there to be judged.
  for (const Interval& span : spans) {
    const auto of_span = [&](const PlateReading& reading) { return span.Contains(reading.time); };
    const auto first = std::ranges::find_if(readings, of_span);
    if (first == readings.end()) continue;
    const auto last = std::ranges::find_if(readings.rbegin(), readings.rend(), of_span);
    judgement.spans.push_back({first->time, last->time + 1});
  }
  if (known != nullptr) {
    judgement.spans.insert(judgement.spans.end(), known->spans.begin(), known->spans.end());
    judgement.spans = UnionOf(std::move(judgement.spans));
  }
  std::vector<Judgement> judgements;
  judgements.push_back(std::move(judgement));
  SIGHTLINE_ASSIGN(const ConflictBook::Applied applied,
                   book_.Apply(std::move(judgements), as_of, {}));
  return applied.added > 0;
}

}  // namespace sightline::server
