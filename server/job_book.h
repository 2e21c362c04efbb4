// Jobs: long work in the background, that outlives its request and a restart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/cancellation.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mutex.h"
#include "server/job_record.h"
#include "storage/store.h"

namespace sightline::server {

class JobBook;

// A job at work. Of the thread that runs it.
class JobRun {
 public:
  const std::string& id() const { return id_; }
  // JSON objects: what was asked for, and what Save was last given (empty: nothing yet).
  const std::string& question() const { return question_; }
  const std::string& state() const { return state_; }
  // Fails once the job is cancelled or the server stops; the work then ends with that error.
  const Cancellation& cancellation() const { return cancellation_; }
  // Keeps what is done so far; durable on return. `progress` in [0, 1].
  Status Save(double progress, std::string state);
  // Shows how far it is, and what it found so far (`partial`: a JSON object, or empty), to who asks
  // for the job; not durable. Cheap.
  void Report(double progress, std::string partial);

 private:
  friend class JobBook;
  JobRun(JobBook& book, const JobRecord& record, Cancellation cancellation)
      : book_(book),
        id_(record.id),
        question_(record.question),
        state_(record.state),
        cancellation_(std::move(cancellation)) {}

  JobBook& book_;
  const std::string id_;
  const std::string question_;
  std::string state_;
  const Cancellation cancellation_;
};

// Does the work of one kind; its result as a JSON object, may be empty. Work goes on from state().
using JobWork = std::function<Result<std::string>(JobRun&)>;

struct JobOptions {
  // Jobs that wait or run.
  size_t max_pending = 100;
  // How long a job is kept once it has ended, in days.
  double keep_days = 30;
};

// Operation: the catalog's table "jobs" holds a record a job. One thread runs them, one after the
// other in the order in which they were added. A job that ran when the server ended is run again
// from the state that it saved last. Ended ones are forgotten after keep_days, and the oldest of
// more than kMaxEnded.
//
// Concurrency: all methods are thread-safe; they may wait for the disk and belong on a worker
// thread.
class JobBook {
 public:
  static constexpr size_t kMaxEnded = 1'000;

  using JobPointer = std::shared_ptr<const JobRecord>;

  // Reads the jobs of the catalog. `store` and `clock` outlive the result.
  static Result<std::unique_ptr<JobBook>> Open(storage::Store& store, const Clock& clock,
                                               const JobOptions& options);
  ~JobBook();  // as Stop

  // Begins to run jobs; once. What the works refer to outlives Stop(). A job of a kind that is not
  // there fails.
  void Start(std::map<std::string, JobWork, std::less<>> works);
  // Cuts the running job short, to go on after the next start, and runs no other. Idempotent.
  void Stop();

  // kTooManyRequests where max_pending wait already. Durable on return, as all changes are.
  Result<JobPointer> Add(std::string_view kind, std::string question, const Author& author);
  Result<JobPointer> Find(std::string_view id);  // kNotFound
  std::vector<JobPointer> List();                // the newest first
  // A job that waits ends at once, one that runs as soon as it notices; of one that was cancelled
  // nothing changes. kNotFound; kConflict for one that has ended otherwise.
  Result<JobPointer> Cancel(std::string_view id);

 private:
  friend class JobRun;

  JobBook(storage::Store& store, const Clock& clock, const JobOptions& options)
      : store_(store), clock_(clock), options_(options) {}

  void Loop() SIGHTLINE_EXCLUDES(mutex_);
  // The next job, marked as running; null: the book stops.
  JobPointer Take() SIGHTLINE_EXCLUDES(mutex_);
  void Run(const JobRecord& job) SIGHTLINE_EXCLUDES(mutex_);
  void End(const std::string& id, const Result<std::string>& outcome) SIGHTLINE_EXCLUDES(mutex_);
  Status Save(const std::string& id, double progress, const std::string& state)
      SIGHTLINE_EXCLUDES(mutex_);
  void Report(const std::string& id, double progress, std::string partial)
      SIGHTLINE_EXCLUDES(mutex_);

  JobPointer NextQueued() const SIGHTLINE_REQUIRES(mutex_);
  Status Put(JobRecord record) SIGHTLINE_REQUIRES(mutex_);
  // Deletes what is not kept any longer, as far as that works.
  void Prune() SIGHTLINE_REQUIRES(mutex_);

  storage::Store& store_;
  const Clock& clock_;
  const JobOptions options_;
  std::map<std::string, JobWork, std::less<>> works_;  // from Start on unchanged

  Mutex mutex_;  // held over changes of the catalog and of what is below
  ConditionVariable changed_;
  std::map<std::string, JobPointer, std::less<>> jobs_ SIGHTLINE_GUARDED_BY(mutex_);
  uint64_t last_number_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  bool stopping_ SIGHTLINE_GUARDED_BY(mutex_) = false;
  Cancellation running_ SIGHTLINE_GUARDED_BY(mutex_);  // of the job that runs
  std::thread thread_;
};

}  // namespace sightline::server
