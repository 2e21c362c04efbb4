// DaySegments: writing what is in memory to files, and merging those.
#include <algorithm>
#include <system_error>
#include <utility>

#include "core/mutex.h"
#include "index/day_segments.h"
#include "index/file_name.h"
#include "index/segment_build.h"

namespace sightline::index {
namespace {

// Below this many rows a day is not worth a file of its own, however scarce memory is.
constexpr uint64_t kWorthSealing = 4096;

}  // namespace

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
    if (occasion != Occasion::kBacklog) NoteGrowth(now);
    job = NextJob(occasion, now);
    if (job.sources.empty()) return false;
    job.feed = std::move(feed);
    rewritten_.insert(job.merged.begin(), job.merged.end());
  }
  const Status done = Run(job, cancellation);
  MutexLock lock(mutex_);
  for (const std::string& name : job.merged) rewritten_.erase(name);
  if (done) return true;
  if (forgotten_) return false;
  if (job.generation == generation_) frozen_ = 0;
  return done.error();
}

void DaySegments::NoteGrowth(TimestampMs now) {
  if (grown_to_ == read_to_) return;
  grown_to_ = read_to_;
  grown_at_ = now;
}

bool DaySegments::IsSealDue(Occasion occasion, TimestampMs now) const {
  const uint64_t rows = UnsealedRows();
  switch (occasion) {
    case Occasion::kBacklog:
      return !IsWithin(BacklogLimit());
    case Occasion::kForced:
      return rows != 0;
    case Occasion::kDue:
      break;
  }
  const bool idle = now - grown_at_ >= options_.seal_idle_ms;
  const bool scarce = rows >= kWorthSealing &&
                      (shared_.unsealed_rows >= options_.max_unsealed_rows ||
                       shared_.unsealed_bytes >= options_.max_unsealed_bytes);
  return !IsWithin(SealLimit()) || (rows != 0 && idle) || scarce;
}

MergeEagerness DaySegments::Eagerness(Occasion occasion, TimestampMs now) const {
  if (occasion == Occasion::kForced) return MergeEagerness::kFull;
  return now - grown_at_ >= options_.seal_idle_ms ? MergeEagerness::kIdle : MergeEagerness::kLazy;
}

std::vector<size_t> DaySegments::PickSealed(MergeEagerness eagerness) const {
  std::vector<size_t> free;
  std::vector<MergeCandidate> candidates;
  for (size_t i = 0; i < sealed_.size(); ++i) {
    const SealedSegment& sealed = sealed_[i];
    const bool taken = rewritten_.contains(sealed.name) ||
                       std::any_of(building_.begin(), building_.end(), [&](const auto& building) {
                         return building.first == sealed.name;
                       });
    if (taken) continue;
    free.push_back(i);
    candidates.push_back(
        {.rows = sealed.content.segment->rows(), .graphed = !sealed.content.graphs.empty()});
  }
  std::vector<size_t> picked = PickMerge(candidates, options_.max_segment_rows, eagerness);
  for (size_t& i : picked) i = free[i];
  return picked;
}

DaySegments::Job DaySegments::NextJob(Occasion occasion, TimestampMs now) {
  Job job{.sealed_to = read_to_, .generation = generation_, .now = now};
  if (IsSealDue(occasion, now)) {
    job.seals = true;
    job.sources = unsealed_;
    frozen_ = unsealed_.size();
    return job;
  }
  if (occasion == Occasion::kBacklog) return job;
  job.sealed_to = sealed_to_;
  for (const size_t i : PickSealed(Eagerness(occasion, now))) {
    job.sources.push_back(sealed_[i].content.segment);
    job.merged.push_back(sealed_[i].name);
  }
  return job;
}

Status DaySegments::Run(const Job& job, const Cancellation& cancellation) {
  const std::string name = NewFileName("segment");
  const std::filesystem::path path = job.feed->directory() / name;
  SIGHTLINE_ASSIGN(const auto output, FileOutput::Create(path));
  SIGHTLINE_RETURN_IF_ERROR(WriteMerged(job.sources, *output, cancellation));
  SIGHTLINE_RETURN_IF_ERROR(output->Publish());
  auto written = Segment::OpenWritten(path);
  MutexLock lock(mutex_);
  Status committed = written ? Status(Ok()) : Status(written.error());
  if (committed) committed = Commit(job, name, std::move(*written));
  if (!committed) RemoveUnlisted(path);
  return committed;
}

Status DaySegments::Commit(const Job& job, const std::string& name,
                           std::shared_ptr<const Segment> written) {
  if (forgotten_ || job.generation != generation_) {
    return Error{ErrorCode::kUnavailable, "the day was read anew while a segment was written", {}};
  }
  SIGHTLINE_RETURN_IF_ERROR(Replace(job.merged, job.sealed_to, name, std::move(written), job.now));
  if (job.seals) {
    unsealed_.erase(unsealed_.begin(), unsealed_.begin() + static_cast<ptrdiff_t>(frozen_));
    frozen_ = 0;
    sealed_to_ = job.sealed_to;
  }
  PublishStats();
  return Ok();
}

Status DaySegments::Replace(const std::vector<std::string>& segments, uint64_t sealed_to,
                            const std::string& name, std::shared_ptr<const Segment> written,
                            TimestampMs now) {
  std::vector<std::string> removed;
  for (const std::string& segment : segments) {
    removed.push_back(segment);
    const SealedSegment* const sealed = FindSealed(segment);
    if (sealed == nullptr) continue;
    for (const auto& [space, graph] : sealed->content.graphs) removed.push_back(graph->name());
  }
  const ListedSegment added{name, written->Description()};
  const Status committed = feed_.Commit(day_, sealed_to, std::span(&added, 1), removed);
  if (!committed) {
    Drop();
    return committed;
  }
  std::erase_if(sealed_, [&](const SealedSegment& sealed) {
    return std::find(segments.begin(), segments.end(), sealed.name) != segments.end();
  });
  sealed_.push_back({.name = name, .content = {.segment = std::move(written)}, .written = now});
  return Ok();
}

void DaySegments::RemoveUnlisted(const std::filesystem::path& path) {
  // A commit that failed may have been made all the same.
  const auto feed = feed_.Open(day_);
  if (!feed) return;
  if (*feed != nullptr) {
    const std::vector<ListedSegment> listed = (*feed)->Segments();
    if (std::any_of(listed.begin(), listed.end(), [&](const ListedSegment& each) {
          return each.name == path.filename();
        })) {
      return;
    }
  }
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace sightline::index
