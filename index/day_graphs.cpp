// DaySegments: building graphs, and writing segments anew.
#include <algorithm>
#include <iterator>
#include <limits>
#include <system_error>
#include <utility>

#include "core/mutex.h"
#include "index/day_segments.h"
#include "index/file_name.h"
#include "index/readable_vectors.h"
#include "index/segment_build.h"

namespace sightline::index {
namespace {

// Rows read from the feed for a segment that is written anew: at once, and into one piece of it.
constexpr uint32_t kReadRows = 4096;
constexpr uint32_t kPieceRows = 65'536;

// The age of segments that were there at the start.
constexpr int64_t kOld = std::numeric_limits<int64_t>::max();

}  // namespace

Result<bool> DaySegments::BuildGraphOnce(TimestampMs now, bool force, int threads,
                                         const std::function<void(double)>& pace,
                                         const Cancellation& cancellation) {
  std::optional<GraphJob> job;
  while (!job) {
    bool merges_first = false;
    {
      MutexLock lock(mutex_);
      SIGHTLINE_ASSIGN(auto feed, Follow({}, cancellation));
      if (feed == nullptr) return false;
      NoteGrowth(now);
      const bool idle = IsIdle(*feed, now);
      merges_first = !force && idle && !PickSealed(MergeEagerness::kIdle).empty();
      if (!merges_first) {
        job = NextGraph(now, idle, force);
        if (!job) return false;
        job->feed = std::move(feed);
      }
    }
    if (merges_first) {
      SIGHTLINE_ASSIGN(const bool merged, WriteOnce(Occasion::kDue, now, cancellation));
      if (!merged) return false;
    }
  }
  GraphOptions options{.threads = threads, .pace = pace};
  auto built = RunGraph(*job, options, cancellation);
  MutexLock lock(mutex_);
  building_.erase({job->subject.segment, job->subject.space.name});
  if (forgotten_) return false;
  return built;
}

bool DaySegments::IsIdle(const DayFeed& feed, TimestampMs now) const {
  return unsealed_.empty() && read_to_ == feed.log_end() && grown_to_ == read_to_ &&
         now - grown_at_ >= options_.seal_idle_ms;
}

std::optional<DaySegments::GraphJob> DaySegments::NextGraph(TimestampMs now, bool idle,
                                                            bool force) {
  const std::vector<VectorSpace> spaces = feed_.Spaces();
  const std::vector<size_t> merged_next = PickSealed(MergeEagerness::kLazy);
  std::vector<GraphJob> jobs;
  std::vector<GraphCandidate> candidates;
  for (size_t i = 0; i < sealed_.size(); ++i) {
    const SealedSegment& sealed = sealed_[i];
    const bool merged = std::find(merged_next.begin(), merged_next.end(), i) != merged_next.end();
    if (rewritten_.contains(sealed.name) || (merged && !force)) continue;
    for (const VectorColumn& column : sealed.content.segment->vectors()) {
      const VectorSpace* const space = FindSpace(spaces, column.space);
      if (space == nullptr || sealed.content.FindGraph(space->name) != nullptr ||
          building_.contains({sealed.name, space->name})) {
        continue;
      }
      candidates.push_back({.vectors = column.size(),
                            .rows = sealed.content.segment->rows(),
                            .age_ms = sealed.written ? now - *sealed.written : kOld});
      jobs.push_back({.subject = {sealed.name, *space, column.size()},
                      .segment = sealed.content.segment,
                      .generation = generation_});
    }
  }
  const auto picked = PickGraph(candidates, {.graph_vectors = options_.graph_vectors,
                                             .max_segment_rows = options_.max_segment_rows,
                                             .seal_rows = options_.seal_rows,
                                             .seal_idle_ms = options_.seal_idle_ms,
                                             .idle = idle,
                                             .force = force});
  if (!picked) return std::nullopt;
  building_.emplace(jobs[*picked].subject.segment, jobs[*picked].subject.space.name);
  return std::move(jobs[*picked]);
}

Result<bool> DaySegments::RunGraph(const GraphJob& job, const GraphOptions& options,
                                   const Cancellation& cancellation) {
  const std::filesystem::path path = job.feed->directory() / NewFileName("graph");
  {
    SIGHTLINE_ASSIGN(const auto output, FileOutput::Create(path));
    SegmentWriter writer(*output);
    const VectorColumn& column = *job.segment->FindVectors(job.subject.space.name);
    SIGHTLINE_RETURN_IF_ERROR(
        WriteGraph({&job.subject.space, column.bytes}, options, writer, cancellation));
    SIGHTLINE_RETURN_IF_ERROR(writer.Finish());
    SIGHTLINE_RETURN_IF_ERROR(output->Publish());
  }
  auto written = GraphFile::OpenWritten(path, job.subject);
  MutexLock lock(mutex_);
  Result<bool> listed = false;
  if (written) listed = CommitGraph(job, std::move(*written));
  else listed = written.error();
  if (!listed || !*listed) RemoveUnlisted(path);
  return listed;
}

Result<bool> DaySegments::CommitGraph(const GraphJob& job,
                                      std::shared_ptr<const GraphFile> written) {
  SealedSegment* const sealed = FindSealed(job.subject.segment);
  if (forgotten_ || job.generation != generation_ || sealed == nullptr) return false;
  const ListedSegment added{written->name(), written->description()};
  const Status committed = feed_.Commit(day_, sealed_to_, std::span(&added, 1), {});
  if (!committed) {
    Drop();
    return committed.error();
  }
  sealed->content.graphs[job.subject.space.name] = std::move(written);
  PublishStats();
  return true;
}

Status DaySegments::Rebuild(const std::string& name, const std::string& space,
                            const Cancellation& cancellation) {
  std::shared_ptr<const DayFeed> feed;
  std::shared_ptr<const Segment> segment;
  uint64_t generation = 0;
  {
    MutexLock sealing(sealing_);  // a merge that runs may be of this segment
    MutexLock lock(mutex_);
    SIGHTLINE_ASSIGN(feed, Follow({}, cancellation));
    SealedSegment* const sealed = feed == nullptr ? nullptr : FindSealed(name);
    if (sealed == nullptr) return NotFound("there is no segment " + name);
    if (!space.empty()) return DropGraph(*sealed, space);
    if (!rewritten_.insert(name).second) {
      return Error{ErrorCode::kConflict, "segment " + name + " is being written anew", {}};
    }
    segment = sealed->content.segment;
    generation = generation_;
  }
  const std::string new_name = NewFileName("segment");
  const std::filesystem::path path = feed->directory() / new_name;
  const Status written = WriteAnew(*segment, *feed, path, cancellation);
  MutexLock lock(mutex_);
  rewritten_.erase(name);
  if (!written) return written;
  if (forgotten_ || generation != generation_) {
    RemoveUnlisted(path);
    return Error{ErrorCode::kUnavailable, "the day was read anew meanwhile", {}};
  }
  auto opened = Segment::OpenWritten(path);
  Status replaced = opened ? Replace({name}, sealed_to_, new_name, std::move(*opened), grown_at_)
                           : Status(opened.error());
  if (replaced) PublishStats();
  else RemoveUnlisted(path);
  return replaced;
}

Status DaySegments::DropGraph(SealedSegment& sealed, const std::string& space) {
  const auto graph = sealed.content.graphs.find(space);
  if (graph == sealed.content.graphs.end()) return Ok();
  const std::string file = graph->second->name();
  const Status committed = feed_.Commit(day_, sealed_to_, {}, std::span(&file, 1));
  if (!committed) {
    Drop();
    return committed;
  }
  sealed.content.graphs.erase(graph);
  PublishStats();
  return Ok();
}

Status DaySegments::WriteAnew(const Segment& segment, const DayFeed& feed,
                              const std::filesystem::path& path,
                              const Cancellation& cancellation) {
  std::vector<std::shared_ptr<const Segment>> pieces;
  for (uint32_t begin = 0; begin < segment.rows(); begin += kPieceRows) {
    const uint32_t end = std::min(segment.rows(), begin + kPieceRows);
    std::vector<IndexRow> rows;
    for (uint32_t row = begin; row < end;) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      std::vector<std::pair<RowKey, Sequence>> versions;
      for (; row < end && versions.size() < kReadRows; ++row) {
        versions.emplace_back(segment.KeyOf(row), segment.SequenceOf(row));
      }
      SIGHTLINE_ASSIGN(auto read, feed.ReadVersions(versions));
      std::move(read.begin(), read.end(), std::back_inserter(rows));
    }
    DropUnreadableVectors(feed_.Spaces(), rows);
    // A file without a name: pieces are as large together as the segment.
    const std::filesystem::path piece = feed.directory() / NewFileName("piece");
    SIGHTLINE_ASSIGN(const auto output, FileOutput::Create(piece));
    SIGHTLINE_RETURN_IF_ERROR(WriteSegment(day_, rows, *output));
    SIGHTLINE_RETURN_IF_ERROR(output->Publish());
    auto opened = Segment::OpenWritten(piece);
    std::error_code ignored;
    std::filesystem::remove(piece, ignored);
    if (!opened) return opened.error();
    pieces.push_back(std::move(*opened));
  }
  SIGHTLINE_ASSIGN(const auto output, FileOutput::Create(path));
  SIGHTLINE_RETURN_IF_ERROR(WriteMerged(pieces, *output, cancellation));
  return output->Publish();
}

}  // namespace sightline::index
