#include "index/day_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <system_error>
#include <utility>

#include "core/log.h"
#include "index/day_columns.h"
#include "index/segment_build.h"
#include "index/segment_writer.h"

namespace sightline::index {
namespace {

// Versions read from the log at once: tens of milliseconds, and 3 MB while they are rows.
constexpr size_t kReadRows = 4096;

// How long reading for a seal stands back for readers that wait.
constexpr std::chrono::milliseconds kLongestYield{20};

// Unsealed segments grow to this by merging: a reader waits for the merge, tens of milliseconds.
constexpr uint64_t kMaxUnsealedSegmentRows = 65'536;

// With so many times seal_rows unsealed, a reader does not read on before they are in a file.
constexpr uint64_t kBacklogSeals = 4;

// Below this many rows a day is not worth a file of its own, however scarce memory is.
constexpr uint64_t kWorthSealing = 4096;

// Never one that was there before: a file of that name may still wait to be deleted.
std::string NewFileName() {
  std::random_device random;
  const uint64_t high = random();
  return fmt::format("{:016x}.segment", high << 32 | random());
}

// Leaves the vectors that can be compared, those of a space that there is.
void KeepVectors(std::span<const VectorSpace> spaces, std::vector<IndexRow>& rows) {
  for (IndexRow& row : rows) {
    std::erase_if(row.vectors, [&](const AppearanceVector& vector) {
      const auto space = std::find_if(spaces.begin(), spaces.end(), [&](const VectorSpace& known) {
        return known.name == vector.space;
      });
      return space == spaces.end() || !CheckVector(*space, vector.bytes);
    });
  }
}

bool IsUnusable(const Error& error) {
  return error.code == ErrorCode::kCorruption || error.code == ErrorCode::kNotFound;
}

}  // namespace

DaySegments::DaySegments(Day day, Feed& feed, const ColumnIndexOptions& options,
                         std::atomic<uint64_t>& unsealed_rows)
    : day_(day), feed_(feed), options_(options), all_unsealed_rows_(unsealed_rows) {
  stats_.day = day;
}

DaySegments::~DaySegments() {
  MutexLock lock(mutex_);
  Drop();
}

Result<std::shared_ptr<const DayColumns>> DaySegments::Open(const Cancellation& cancellation) {
  uint64_t limit = BacklogRows();
  while (true) {
    {
      ++waiting_readers_;
      MutexLock lock(mutex_);
      if (--waiting_readers_ == 0) no_reader_waits_.NotifyAll();
      SIGHTLINE_ASSIGN(auto feed, Follow(limit, cancellation));
      if (feed == nullptr) return std::shared_ptr<const DayColumns>();
      if (UnsealedRows() < limit) {
        std::vector<std::shared_ptr<const Segment>> segments = unsealed_;
        for (const SealedSegment& sealed : sealed_) segments.push_back(sealed.segment);
        return MakeDayColumns(std::move(feed), std::move(segments));
      }
    }
    const auto sealed = WriteOnce(Occasion::kBacklog, TimestampMs{}, cancellation);
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    // Answers do not depend on a disk that takes files: then the rest goes to memory too.
    if (!sealed) limit = std::numeric_limits<uint64_t>::max();
  }
}

void DaySegments::Forget() {
  MutexLock lock(mutex_);
  forgotten_ = true;
  Drop();
}

ColumnIndex::DayStats DaySegments::Stats() const {
  MutexLock lock(stats_mutex_);
  return stats_;
}

Result<std::shared_ptr<const DayFeed>> DaySegments::Follow(uint64_t unsealed_limit,
                                                           const Cancellation& cancellation) {
  if (forgotten_) return std::shared_ptr<const DayFeed>();
  SIGHTLINE_ASSIGN(auto feed, feed_.Open(day_));
  if (feed == nullptr) return feed;
  // What is held was committed by this object, unless the day became another one meanwhile.
  if (!loaded_ || sealed_to_ != feed->sealed_to() || read_to_ > feed->log_end()) {
    Status loaded = Load(*feed);
    if (!loaded && IsUnusable(loaded.error())) {
      Drop();
      SIGHTLINE_RETURN_IF_ERROR(feed_.Reset(day_));
      SIGHTLINE_ASSIGN(feed, feed_.Open(day_));
      if (feed == nullptr) return feed;
      loaded = Load(*feed);
    }
    if (!loaded) return loaded.error();
  }
  SIGHTLINE_RETURN_IF_ERROR(ReadLog(*feed, unsealed_limit, cancellation));
  return feed;
}

Status DaySegments::Load(const DayFeed& feed) {
  Drop();
  for (const ListedSegment& listed : feed.Segments()) {
    auto segment = Segment::OpenFile(feed.directory() / listed.name, day_, listed.description);
    if (!segment) {
      Log(LogLevel::kWarning, "index_segment_unusable",
          {{"day", FormatDay(day_)},
           {"segment", listed.name},
           {"reason", segment.error().message},
           {"rebuilt", IsUnusable(segment.error())}});
      return segment.error();
    }
    sealed_.push_back({listed.name, std::move(*segment)});
  }
  sealed_to_ = feed.sealed_to();
  read_to_ = sealed_to_;
  loaded_ = true;
  PublishStats();
  return Ok();
}

void DaySegments::Drop() {
  all_unsealed_rows_ -= UnsealedRows();
  loaded_ = false;
  ++generation_;
  sealed_.clear();
  unsealed_.clear();
  frozen_ = 0;
  grown_to_.reset();
  PublishStats();
}

Status DaySegments::ReadLog(const DayFeed& feed, uint64_t unsealed_limit,
                            const Cancellation& cancellation) {
  const uint64_t end = feed.log_end();
  uint64_t unsealed = UnsealedRows();
  while (read_to_ < end && unsealed < unsealed_limit) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(std::vector<IndexRow> rows,
                     feed.Read(read_to_, std::min<uint64_t>(kReadRows, end - read_to_)));
    if (rows.empty()) {
      return Error{ErrorCode::kCorruption, "the day's log ends before its end", {}};
    }
    KeepVectors(feed_.Spaces(), rows);
    SIGHTLINE_ASSIGN(auto segment, BuildInMemory(day_, rows));
    unsealed_.push_back(std::move(segment));
    read_to_ += rows.size();
    unsealed += rows.size();
    all_unsealed_rows_ += rows.size();
    SIGHTLINE_RETURN_IF_ERROR(MergeUnsealed());
    PublishStats();
  }
  return Ok();
}

Status DaySegments::MergeUnsealed() {
  std::vector<uint64_t> rows;
  for (size_t i = frozen_; i < unsealed_.size(); ++i) rows.push_back(unsealed_[i]->rows());
  const std::vector<size_t> picked =
      PickMerge(rows, kMaxUnsealedSegmentRows, MergeEagerness::kLazy);
  if (picked.empty()) return Ok();
  std::vector<std::shared_ptr<const Segment>> sources;
  for (const size_t i : picked) sources.push_back(unsealed_[frozen_ + i]);
  SIGHTLINE_ASSIGN(auto merged, MergeInMemory(sources, Cancellation()));
  std::erase_if(unsealed_, [&](const std::shared_ptr<const Segment>& segment) {
    return std::find(sources.begin(), sources.end(), segment) != sources.end();
  });
  unsealed_.push_back(std::move(merged));
  return Ok();
}

Result<bool> DaySegments::SealOnce(TimestampMs now, bool force, const Cancellation& cancellation) {
  return WriteOnce(force ? Occasion::kForced : Occasion::kDue, now, cancellation);
}

Result<bool> DaySegments::WriteOnce(Occasion occasion, TimestampMs now,
                                    const Cancellation& cancellation) {
  MutexLock sealing(sealing_);
  Job job;
  {
    MutexLock lock(mutex_);
    SIGHTLINE_ASSIGN(auto feed, FollowBehindReaders(cancellation));
    if (feed == nullptr) return false;
    if (grown_to_ != read_to_ && occasion != Occasion::kBacklog) {
      grown_to_ = read_to_;
      grown_at_ = now;
    }
    job = NextJob(occasion, now);
    if (job.sources.empty()) return false;
    job.feed = std::move(feed);
  }
  const Status done = Run(job, cancellation);
  if (!done) {
    MutexLock lock(mutex_);
    if (forgotten_) return false;
    if (job.generation == generation_) frozen_ = 0;
    return done.error();
  }
  return true;
}

Result<std::shared_ptr<const DayFeed>> DaySegments::FollowBehindReaders(
    const Cancellation& cancellation) {
  while (true) {
    if (waiting_readers_ != 0) no_reader_waits_.WaitFor(mutex_, kLongestYield);
    const uint64_t limit = std::min<uint64_t>(options_.seal_rows, UnsealedRows() + kReadRows);
    SIGHTLINE_ASSIGN(auto feed, Follow(limit, cancellation));
    if (feed == nullptr || read_to_ >= feed->log_end() || UnsealedRows() >= options_.seal_rows) {
      return feed;
    }
  }
}

bool DaySegments::IsSealDue(Occasion occasion, TimestampMs now) const {
  const uint64_t rows = UnsealedRows();
  switch (occasion) {
    case Occasion::kBacklog:
      return rows >= BacklogRows();
    case Occasion::kForced:
      return rows != 0;
    case Occasion::kDue:
      break;
  }
  const bool idle = now - grown_at_ >= options_.seal_idle_ms;
  const bool scarce = rows >= kWorthSealing && all_unsealed_rows_ >= options_.max_unsealed_rows;
  return rows >= options_.seal_rows || (rows != 0 && idle) || scarce;
}

MergeEagerness DaySegments::Eagerness(Occasion occasion, TimestampMs now) const {
  if (occasion == Occasion::kForced) return MergeEagerness::kFull;
  return now - grown_at_ >= options_.seal_idle_ms ? MergeEagerness::kIdle : MergeEagerness::kLazy;
}

DaySegments::Job DaySegments::NextJob(Occasion occasion, TimestampMs now) {
  Job job{.sealed_to = read_to_, .generation = generation_};
  if (IsSealDue(occasion, now)) {
    job.seals = true;
    job.sources = unsealed_;
    frozen_ = unsealed_.size();
    return job;
  }
  if (occasion == Occasion::kBacklog) return job;
  std::vector<uint64_t> rows;
  for (const SealedSegment& sealed : sealed_) rows.push_back(sealed.segment->rows());
  job.sealed_to = sealed_to_;
  for (const size_t i : PickMerge(rows, options_.max_segment_rows, Eagerness(occasion, now))) {
    job.sources.push_back(sealed_[i].segment);
    job.removed.push_back(sealed_[i].name);
  }
  return job;
}

Status DaySegments::Run(const Job& job, const Cancellation& cancellation) {
  const std::string name = NewFileName();
  const std::filesystem::path path = job.feed->directory() / name;
  SIGHTLINE_ASSIGN(const auto output, FileOutput::Create(path));
  SIGHTLINE_RETURN_IF_ERROR(WriteMerged(job.sources, *output, cancellation));
  SIGHTLINE_RETURN_IF_ERROR(output->Publish());
  auto written = Segment::OpenWritten(path);
  MutexLock lock(mutex_);
  Status committed = written ? Status(Ok()) : Status(written.error());
  if (committed) committed = Commit(job, {name, std::move(*written)});
  if (committed) return Ok();
  // A failed commit may have been made all the same: the file goes only where the day does not list
  // it. Either way the day's list is looked at anew.
  const auto feed = feed_.Open(day_);
  const auto lists = [&](const std::vector<ListedSegment>& segments) {
    return std::any_of(segments.begin(), segments.end(),
                       [&](const ListedSegment& listed) { return listed.name == name; });
  };
  if (feed && (*feed == nullptr || !lists((*feed)->Segments()))) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  return committed;
}

Status DaySegments::Commit(const Job& job, SealedSegment written) {
  if (forgotten_ || job.generation != generation_) {
    return Error{ErrorCode::kUnavailable, "the day was read anew while a segment was written", {}};
  }
  const ListedSegment added{written.name, written.segment->Description()};
  const Status committed =
      feed_.Commit(day_, job.sealed_to, std::span(&added, 1), job.removed);
  if (!committed) {
    Drop();
    return committed;
  }
  if (job.seals) {
    unsealed_.erase(unsealed_.begin(), unsealed_.begin() + static_cast<ptrdiff_t>(frozen_));
    frozen_ = 0;
    all_unsealed_rows_ -= written.segment->rows();
    sealed_to_ = job.sealed_to;
  }
  std::erase_if(sealed_, [&](const SealedSegment& sealed) {
    return std::find(job.removed.begin(), job.removed.end(), sealed.name) != job.removed.end();
  });
  sealed_.push_back(std::move(written));
  PublishStats();
  return Ok();
}

uint64_t DaySegments::BacklogRows() const { return kBacklogSeals * options_.seal_rows; }

uint64_t DaySegments::UnsealedRows() const {
  uint64_t rows = 0;
  for (const auto& segment : unsealed_) rows += segment->rows();
  return rows;
}

void DaySegments::PublishStats() {
  ColumnIndex::DayStats stats{.day = day_, .segments = sealed_.size()};
  for (const SealedSegment& sealed : sealed_) {
    stats.sealed_rows += sealed.segment->rows();
    stats.bytes += sealed.segment->bytes();
  }
  stats.unsealed_rows = UnsealedRows();
  MutexLock lock(stats_mutex_);
  stats_ = stats;
}

}  // namespace sightline::index
