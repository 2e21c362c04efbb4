#include "server/job_book.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "core/log.h"

namespace sightline::server {
namespace {

constexpr std::string_view kTable = "jobs";

// 128 random bits: an id that was not shown to a caller cannot be guessed.
std::string NewId() {
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  char hex[2 * sizeof bytes + 1];
  sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
  return hex;
}

Error UnknownJob() { return NotFound("there is no job with this id"); }

void LogFailure(std::string_view event, const JobRecord& job, const Error& error) {
  Log(LogLevel::kError, event,
      {{"job", job.id},
       {"kind", job.kind},
       {"code", ErrorCodeName(error.code)},
       {"reason", error.message}});
}

}  // namespace

Status JobRun::Save(double progress, std::string state) {
  SIGHTLINE_RETURN_IF_ERROR(book_.Save(id_, progress, state));
  state_ = std::move(state);
  return Ok();
}

void JobRun::Report(double progress, std::string partial) {
  book_.Report(id_, progress, std::move(partial));
}

Result<std::unique_ptr<JobBook>> JobBook::Open(storage::Store& store, const Clock& clock,
                                               const JobOptions& options) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kTable));
  std::unique_ptr<JobBook> book(new JobBook(store, clock, options));
  const MutexLock lock(book->mutex_);
  for (const auto& [id, text] : entries) {
    SIGHTLINE_ASSIGN(JobRecord record, DecodeJob(id, text));
    book->last_number_ = std::max(book->last_number_, record.number);
    book->jobs_.emplace(id, std::make_shared<const JobRecord>(std::move(record)));
  }
  return book;
}

JobBook::~JobBook() { Stop(); }

void JobBook::Start(std::map<std::string, JobWork, std::less<>> works) {
  works_ = std::move(works);
  thread_ = std::thread([this] { Loop(); });
}

void JobBook::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    running_.Cancel();
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

Result<JobBook::JobPointer> JobBook::Add(std::string_view kind, std::string question,
                                         const Author& author) {
  const MutexLock lock(mutex_);
  Prune();
  const auto pending = std::ranges::count_if(
      jobs_, [](const auto& entry) { return !entry.second->has_ended(); });
  if (static_cast<size_t>(pending) >= options_.max_pending) {
    return Error{ErrorCode::kTooManyRequests,
                 fmt::format("{} jobs wait already (max_pending_jobs); try again later", pending),
                 {}};
  }
  JobRecord record{.id = NewId(),
                   .kind = std::string(kind),
                   .number = last_number_ + 1,
                   .question = std::move(question),
                   .created = clock_.Now(),
                   .created_by = author};
  const std::string id = record.id;
  SIGHTLINE_RETURN_IF_ERROR(Put(std::move(record)));
  ++last_number_;
  changed_.NotifyAll();
  return jobs_.at(id);
}

Result<JobBook::JobPointer> JobBook::Find(std::string_view id) {
  const MutexLock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return UnknownJob();
  return found->second;
}

std::vector<JobBook::JobPointer> JobBook::List() {
  const MutexLock lock(mutex_);
  Prune();
  std::vector<JobPointer> list;
  for (const auto& [id, record] : jobs_) list.push_back(record);
  std::ranges::sort(list, std::greater(), &JobRecord::number);
  return list;
}

Result<JobBook::JobPointer> JobBook::Cancel(std::string_view id) {
  const MutexLock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return UnknownJob();
  const JobRecord& before = *found->second;
  if (before.status == JobStatus::kCancelled || before.cancelling) return found->second;
  if (before.has_ended()) {
    return Error{ErrorCode::kConflict, "the job has ended already", {}};
  }
  JobRecord record = before;
  if (record.status == JobStatus::kQueued) {
    record.status = JobStatus::kCancelled;
    record.ended = clock_.Now();
  } else {
    record.cancelling = true;
  }
  SIGHTLINE_RETURN_IF_ERROR(Put(record));
  if (record.cancelling) running_.Cancel();
  return jobs_.at(record.id);
}

Status JobBook::Put(JobRecord record) {
  SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(kTable, record.id, EncodeJob(record)));
  const std::string id = record.id;
  jobs_.insert_or_assign(id, std::make_shared<const JobRecord>(std::move(record)));
  return Ok();
}

void JobBook::Prune() {
  const TimestampMs oldest{clock_.Now().value -
                           static_cast<int64_t>(options_.keep_days * kMillisecondsPerDay)};
  std::vector<JobPointer> ended;
  for (const auto& [id, record] : jobs_) {
    if (record->has_ended()) ended.push_back(record);
  }
  std::ranges::sort(ended, std::greater(), [](const JobPointer& record) { return *record->ended; });
  for (size_t i = 0; i < ended.size(); ++i) {
    const JobRecord& record = *ended[i];
    if (i < kMaxEnded && *record.ended >= oldest) continue;
    if (const Status deleted = store_.DeleteEntry(kTable, record.id); !deleted) {
      LogFailure("job.prune_failed", record, deleted.error());
      continue;
    }
    jobs_.erase(record.id);
  }
}

JobBook::JobPointer JobBook::NextQueued() const {
  JobPointer next;
  for (const auto& [id, record] : jobs_) {
    if (!record->has_ended() && (next == nullptr || record->number < next->number)) next = record;
  }
  return next;
}

JobBook::JobPointer JobBook::Take() {
  const MutexLock lock(mutex_);
  JobPointer next;
  while (!stopping_ && (next = NextQueued()) == nullptr) changed_.Wait(mutex_);
  if (stopping_) return nullptr;
  running_ = Cancellation();
  if (next->cancelling) running_.Cancel();
  if (next->status == JobStatus::kRunning) return next;
  JobRecord record = *next;
  record.status = JobStatus::kRunning;
  record.started = clock_.Now();
  // Kept in memory alone where the disk is full: the work will say so.
  if (const Status put = Put(record); !put) {
    LogFailure("job.put_failed", record, put.error());
    jobs_.insert_or_assign(record.id, std::make_shared<const JobRecord>(record));
  }
  return jobs_.at(record.id);
}

void JobBook::Loop() {
  while (const JobPointer job = Take()) Run(*job);
}

void JobBook::Run(const JobRecord& job) {
  Cancellation cancellation;
  {
    const MutexLock lock(mutex_);
    cancellation = running_;
  }
  const auto work = works_.find(job.kind);
  if (work == works_.end()) {
    End(job.id, Internal(fmt::format("this server does no work of the kind '{}'", job.kind)));
    return;
  }
  Log(LogLevel::kInfo, "job.started", {{"job", job.id}, {"kind", job.kind}});
  JobRun run(*this, job, cancellation);
  End(job.id, work->second(run));
}

void JobBook::End(const std::string& id, const Result<std::string>& outcome) {
  const MutexLock lock(mutex_);
  JobRecord record = *jobs_.at(id);
  const bool was_cut = !outcome && outcome.error().code == ErrorCode::kCancelled;
  // Cut short by the server's end: it goes on after the next start.
  if (was_cut && stopping_ && !record.cancelling) return;
  record.ended = clock_.Now();
  if (outcome) {
    record.status = JobStatus::kDone;
    record.progress = 1;
    record.result = *outcome;
  } else if (was_cut) {
    record.status = JobStatus::kCancelled;
  } else {
    record.status = JobStatus::kFailed;
    record.error = outcome.error();
    LogFailure("job.failed", record, outcome.error());
  }
  record.cancelling = false;
  record.partial.clear();
  Log(LogLevel::kInfo, "job.ended",
      {{"job", id}, {"kind", record.kind}, {"status", JobStatusName(record.status)}});
  if (const Status put = Put(record); !put) {
    LogFailure("job.put_failed", record, put.error());
    jobs_.insert_or_assign(id, std::make_shared<const JobRecord>(std::move(record)));
  }
}

Status JobBook::Save(const std::string& id, double progress, const std::string& state) {
  const MutexLock lock(mutex_);
  JobRecord record = *jobs_.at(id);
  record.progress = progress;
  record.state = state;
  return Put(std::move(record));
}

void JobBook::Report(const std::string& id, double progress, std::string partial) {
  const MutexLock lock(mutex_);
  JobRecord record = *jobs_.at(id);
  record.progress = progress;
  record.partial = std::move(partial);
  jobs_.insert_or_assign(id, std::make_shared<const JobRecord>(std::move(record)));
}

}  // namespace sightline::server
