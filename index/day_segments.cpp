#include "index/day_segments.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>

#include "core/log.h"
#include "index/day_columns.h"
#include "index/readable_vectors.h"
#include "index/segment_build.h"

namespace sightline::index {
namespace {

// Versions read from the log at once: tens of milliseconds, and 3 MB while they are rows.
constexpr size_t kReadRows = 4096;

// How long reading for a seal stands back for readers that wait.
constexpr std::chrono::milliseconds kLongestYield{20};

// Unsealed segments grow to this by merging: a reader waits for the merge, tens of milliseconds.
constexpr uint64_t kMaxUnsealedSegmentRows = 65'536;

// With so many times what makes a seal due, a reader does not read on before that is in a file.
constexpr uint64_t kBacklogSeals = 4;

bool IsUnusable(const Error& error) {
  return error.code == ErrorCode::kCorruption || error.code == ErrorCode::kNotFound;
}

void Count(const GraphedSegment& content, std::map<std::string, ColumnIndex::SpaceStats>& spaces) {
  for (const VectorColumn& column : content.segment->vectors()) {
    ColumnIndex::SpaceStats& space = spaces[std::string(column.space)];
    space.vectors += column.size();
    space.sealed_vectors += column.size();
    const GraphFile* const graph = content.FindGraph(column.space);
    if (graph == nullptr) continue;
    space.graphed_vectors += column.size();
    space.graph_bytes += graph->bytes();
    ++space.graphs;
  }
}

}  // namespace

DaySegments::DaySegments(Day day, Feed& feed, const ColumnIndexOptions& options,
                         IndexShared& shared)
    : day_(day), feed_(feed), options_(options), shared_(shared) {
  stats_.day = day;
}

DaySegments::~DaySegments() {
  MutexLock lock(mutex_);
  Drop();
}

Result<std::shared_ptr<const DayColumns>> DaySegments::Open(const Cancellation& cancellation) {
  Limit limit = BacklogLimit();
  while (true) {
    {
      ++waiting_readers_;
      MutexLock lock(mutex_);
      if (--waiting_readers_ == 0) no_reader_waits_.NotifyAll();
      SIGHTLINE_ASSIGN(auto feed, Follow(limit, cancellation));
      if (feed == nullptr) return std::shared_ptr<const DayColumns>();
      if (IsWithin(limit)) {
        std::vector<GraphedSegment> segments;
        for (const auto& segment : unsealed_) segments.push_back({.segment = segment});
        for (const SealedSegment& sealed : sealed_) segments.push_back(sealed.content);
        return MakeDayColumns(std::move(feed), std::move(segments), shared_.threads);
      }
    }
    const auto sealed = WriteOnce(Occasion::kBacklog, TimestampMs{}, cancellation);
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    // Answers do not depend on a disk that takes files: then the rest goes to memory too.
    if (!sealed) {
      limit = {std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max()};
    }
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

std::vector<ColumnIndex::SegmentStats> DaySegments::SegmentStats() const {
  MutexLock lock(stats_mutex_);
  return segment_stats_;
}

Result<std::shared_ptr<const DayFeed>> DaySegments::Follow(Limit limit,
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
  SIGHTLINE_RETURN_IF_ERROR(ReadLog(*feed, limit, cancellation));
  return feed;
}

Status DaySegments::Load(const DayFeed& feed) {
  Drop();
  for (const ListedSegment& listed : feed.Segments()) {
    if (GraphOver(listed.description)) continue;
    auto segment = Segment::OpenFile(feed.directory() / listed.name, day_, listed.description);
    if (!segment) {
      Log(LogLevel::kWarning, "index_segment_unusable",
          {{"day", FormatDay(day_)},
           {"segment", listed.name},
           {"reason", segment.error().message},
           {"rebuilt", IsUnusable(segment.error())}});
      return segment.error();
    }
    sealed_.push_back({.name = listed.name, .content = {.segment = std::move(*segment)}});
  }
  sealed_to_ = feed.sealed_to();
  read_to_ = sealed_to_;
  loaded_ = true;
  LoadGraphs(feed);
  PublishStats();
  return Ok();
}

void DaySegments::LoadGraphs(const DayFeed& feed) {
  const std::vector<VectorSpace> spaces = feed_.Spaces();
  std::vector<std::string> unusable;
  for (const ListedSegment& listed : feed.Segments()) {
    const auto over = GraphOver(listed.description);
    if (!over) continue;
    const auto& [segment_name, space_name] = *over;
    SealedSegment* const sealed = FindSealed(segment_name);
    const VectorSpace* const space = FindSpace(spaces, space_name);
    const VectorColumn* const vectors =
        sealed == nullptr ? nullptr : sealed->content.segment->FindVectors(space_name);
    Result<std::shared_ptr<const GraphFile>> graph =
        Error{ErrorCode::kCorruption, "over no vectors that there are", {}};
    if (vectors != nullptr && space != nullptr && sealed->content.FindGraph(space_name) == nullptr) {
      graph = GraphFile::OpenFile(feed.directory() / listed.name,
                                  {segment_name, *space, vectors->size()}, listed.description);
    }
    if (graph) {
      sealed->content.graphs.emplace(space_name, std::move(*graph));
      continue;
    }
    Log(LogLevel::kWarning, "index_graph_unusable",
        {{"day", FormatDay(day_)},
         {"graph", listed.name},
         {"reason", graph.error().message},
         {"rebuilt", IsUnusable(graph.error())}});
    if (IsUnusable(graph.error())) unusable.push_back(listed.name);
  }
  if (unusable.empty()) return;
  // Where it stays listed, it is found out again at the next start.
  if (const Status removed = feed_.Commit(day_, sealed_to_, {}, unusable); !removed) {
    Log(LogLevel::kWarning, "index_graph_not_dropped",
        {{"day", FormatDay(day_)}, {"reason", removed.error().message}});
  }
}

void DaySegments::Drop() {
  loaded_ = false;
  ++generation_;
  sealed_.clear();
  unsealed_.clear();
  frozen_ = 0;
  grown_to_.reset();
  PublishStats();
}

Status DaySegments::ReadLog(const DayFeed& feed, Limit limit, const Cancellation& cancellation) {
  const uint64_t end = feed.log_end();
  while (read_to_ < end && IsWithin(limit)) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(std::vector<IndexRow> rows,
                     feed.Read(read_to_, std::min<uint64_t>(kReadRows, end - read_to_)));
    if (rows.empty()) {
      return Error{ErrorCode::kCorruption, "the day's log ends before its end", {}};
    }
    DropUnreadableVectors(feed_.Spaces(), rows);
    SIGHTLINE_ASSIGN(auto segment, BuildInMemory(day_, rows));
    unsealed_.push_back(std::move(segment));
    read_to_ += rows.size();
    SIGHTLINE_RETURN_IF_ERROR(MergeUnsealed());
    PublishStats();
  }
  return Ok();
}

Status DaySegments::MergeUnsealed() {
  std::vector<MergeCandidate> candidates;
  for (size_t i = frozen_; i < unsealed_.size(); ++i) {
    candidates.push_back({.rows = unsealed_[i]->rows()});
  }
  const std::vector<size_t> picked =
      PickMerge(candidates, kMaxUnsealedSegmentRows, MergeEagerness::kLazy);
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

Result<std::shared_ptr<const DayFeed>> DaySegments::FollowBehindReaders(
    const Cancellation& cancellation) {
  while (true) {
    if (waiting_readers_ != 0) no_reader_waits_.WaitFor(mutex_, kLongestYield);
    const Limit limit{std::min<uint64_t>(options_.seal_rows, UnsealedRows() + kReadRows),
                      options_.seal_bytes};
    SIGHTLINE_ASSIGN(auto feed, Follow(limit, cancellation));
    if (feed == nullptr || read_to_ >= feed->log_end() || !IsWithin(SealLimit())) return feed;
  }
}

bool DaySegments::IsWithin(Limit limit) const {
  return UnsealedRows() < limit.rows && UnsealedBytes() < limit.bytes;
}

DaySegments::Limit DaySegments::BacklogLimit() const {
  return {kBacklogSeals * options_.seal_rows, kBacklogSeals * options_.seal_bytes};
}

uint64_t DaySegments::UnsealedRows() const {
  uint64_t rows = 0;
  for (const auto& segment : unsealed_) rows += segment->rows();
  return rows;
}

uint64_t DaySegments::UnsealedBytes() const {
  uint64_t bytes = 0;
  for (const auto& segment : unsealed_) bytes += segment->bytes();
  return bytes;
}

DaySegments::SealedSegment* DaySegments::FindSealed(const std::string& name) {
  const auto found = std::find_if(sealed_.begin(), sealed_.end(), [&](const SealedSegment& sealed) {
    return sealed.name == name;
  });
  return found == sealed_.end() ? nullptr : &*found;
}

void DaySegments::PublishStats() {
  const Limit unsealed{UnsealedRows(), UnsealedBytes()};
  // Differences may be negative: unsigned numbers wrap around.
  shared_.unsealed_rows += unsealed.rows - counted_.rows;
  shared_.unsealed_bytes += unsealed.bytes - counted_.bytes;
  counted_ = unsealed;
  ColumnIndex::DayStats stats{.day = day_, .segments = sealed_.size()};
  std::vector<ColumnIndex::SegmentStats> segments;
  for (const SealedSegment& sealed : sealed_) {
    const Segment& segment = *sealed.content.segment;
    stats.sealed_rows += segment.rows();
    stats.bytes += segment.bytes();
    for (const auto& [space, graph] : sealed.content.graphs) stats.bytes += graph->bytes();
    Count(sealed.content, stats.spaces);
    segments.push_back({.name = sealed.name, .rows = segment.rows(), .bytes = segment.bytes()});
    Count(sealed.content, segments.back().spaces);
  }
  for (const auto& segment : unsealed_) {
    for (const VectorColumn& column : segment->vectors()) {
      stats.spaces[std::string(column.space)].vectors += column.size();
    }
  }
  stats.unsealed_rows = unsealed.rows;
  MutexLock lock(stats_mutex_);
  stats_ = std::move(stats);
  segment_stats_ = std::move(segments);
}

}  // namespace sightline::index
