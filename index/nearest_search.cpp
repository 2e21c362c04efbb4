#include "index/nearest_search.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/mutex.h"
#include "index/distance_kernels.h"
#include "index/nearest_scan.h"
#include "index/nearest_walk.h"
#include "index/segment_plan.h"
#include "index/segment_question.h"

namespace sightline::index {
namespace {

// Where keys are rounded distances, rows with keys no more apart than this are told apart by their
// distances: as many more than k are kept at first, all of them where that is too few.
constexpr DistanceKey kRounding = 2;
constexpr size_t kKeptBesides = 16;

// Whether equal keys mean equal distances.
bool HasExactKeys(const VectorSpace& space) {
  return space.element != VectorElement::kF32 && space.metric != VectorMetric::kCosine;
}

DistanceKey Beyond(DistanceKey key, DistanceKey by) {
  return key > kFarthestKey - by ? kFarthestKey : key + by;
}

auto OrderOf(const NearRow& row) {
  return std::tuple(row.distance, row.key.ms_of_day, row.key.camera_number,
                    row.key.identity_hash);
}

class Search {
 public:
  Search(const DayFeed& feed, std::span<const GraphedSegment> segments, SearchThreads& threads,
         const NearestQuery& nearest, const ColumnQuery& rows, NearestCost& cost)
      : feed_(feed),
        segments_(segments),
        threads_(threads),
        nearest_(nearest),
        rows_(rows),
        cost_(cost),
        kernels_(DistanceKernels::Of(nearest.space)),
        exact_keys_(HasExactKeys(nearest.space)) {
    for (const std::string& vector : nearest.vectors) prepared_.push_back(kernels_.Prepare(vector));
  }

  Result<std::vector<std::vector<NearRow>>> Run(const Cancellation& cancellation) {
    std::vector<std::vector<NearRow>> answers(prepared_.size());
    const auto within = kernels_.KeyWithin(nearest_.max_distance);
    if (!within) return answers;
    // Bounds are the first keys that are too far.
    const DistanceKey bound = Beyond(*within, exact_keys_ ? 1 : 1 + kRounding);
    const size_t kept = exact_keys_ ? nearest_.k : nearest_.k + kKeptBesides;
    SIGHTLINE_ASSIGN(auto found, SearchSegments(prepared_, kept, bound, cancellation));
    for (size_t i = 0; i < found.size(); ++i) {
      if (!exact_keys_ && found[i].size() == kept) {
        const DistanceKey last = Beyond(found[i][nearest_.k - 1].key, kRounding);
        if (found[i].back().key <= last) {
          // Many are about as near as the last: all of them are compared.
          SIGHTLINE_ASSIGN(auto all, SearchSegments({&prepared_[i], 1},
                                                    std::numeric_limits<size_t>::max(),
                                                    std::min(bound, Beyond(last, 1)),
                                                    cancellation));
          found[i] = std::move(all.front());
        }
      }
      answers[i] = Answer(nearest_.vectors[i], found[i]);
    }
    return answers;
  }

 private:
  // For each query the `kept` nearest rows of all segments with keys below `bound`, ascending.
  Result<std::vector<std::vector<FoundRow>>> SearchSegments(
      std::span<const PreparedVector> queries, size_t kept, DistanceKey bound,
      const Cancellation& cancellation) {
    Gathered gathered(queries, kept, bound);
    threads_.ForEach(segments_.size(), [&](size_t place) {
      gathered.Note(SearchSegment(static_cast<uint32_t>(place), gathered, cancellation));
    });
    return gathered.Take();
  }

  // What the segments' searches share.
  class Gathered {
   public:
    Gathered(std::span<const PreparedVector> queries, size_t kept, DistanceKey bound)
        : queries_(queries), kept_(kept), bounds_(queries.size()) {
      for (SharedBound& shared : bounds_) shared.Narrow(bound);
      best_.assign(queries.size(), NearestRows(kept, bound));
    }

    std::span<const PreparedVector> queries() const { return queries_; }
    std::span<SharedBound> bounds() { return bounds_; }

    // To be filled by the search of one segment.
    std::vector<NearestRows> NoRows() const {
      std::vector<NearestRows> rows;
      for (const SharedBound& shared : bounds_) rows.emplace_back(kept_, shared.Get());
      return rows;
    }
    void Add(std::span<const NearestRows> found) {
      MutexLock lock(mutex_);
      for (size_t i = 0; i < found.size(); ++i) {
        best_[i].AddAll(found[i]);
        bounds_[i].Narrow(best_[i].bound());
      }
    }

    // Keeps the first failure.
    void Note(const Status& searched) {
      if (searched) return;
      MutexLock lock(mutex_);
      if (searched_) searched_ = searched;
    }

    Result<std::vector<std::vector<FoundRow>>> Take() {
      MutexLock lock(mutex_);
      if (!searched_) return searched_.error();
      std::vector<std::vector<FoundRow>> found;
      for (NearestRows& rows : best_) found.push_back(rows.Take());
      return found;
    }

   private:
    const std::span<const PreparedVector> queries_;
    const size_t kept_;
    std::vector<SharedBound> bounds_;
    Mutex mutex_;
    Status searched_ SIGHTLINE_GUARDED_BY(mutex_);
    std::vector<NearestRows> best_ SIGHTLINE_GUARDED_BY(mutex_);
  };

  Status SearchSegment(uint32_t place, Gathered& gathered, const Cancellation& cancellation) {
    const Segment& segment = *segments_[place].segment;
    const VectorColumn* const vectors = segment.FindVectors(nearest_.space.name);
    NearestCost cost;
    const Status searched =
        vectors == nullptr ? Status(Ok())
                           : SearchVectors(place, *vectors, gathered, cost, cancellation);
    if (cost.segments == 0) ++cost.segments_pruned;
    MutexLock lock(cost_mutex_);
    cost_.Add(cost);
    return searched;
  }

  Status SearchVectors(uint32_t place, const VectorColumn& vectors, Gathered& gathered,
                       NearestCost& cost, const Cancellation& cancellation) {
    const Segment& segment = *segments_[place].segment;
    SIGHTLINE_ASSIGN(RowConditions conditions, RowConditions::Of(segment, rows_, cancellation));
    if (conditions.AtMost() == 0) return Ok();
    ++cost.segments;
    const RowAdmission admission(segment, feed_, rows_.as_of, nearest_.without_plates);
    std::vector<NearestRows> found = gathered.NoRows();
    const SegmentQuestion question{.place = place,
                                   .segment = segment,
                                   .vectors = vectors,
                                   .kernels = kernels_,
                                   .queries = gathered.queries(),
                                   .conditions = conditions,
                                   .admission = admission,
                                   .bounds = gathered.bounds(),
                                   .found = found};
    SIGHTLINE_RETURN_IF_ERROR(Find(question, cost, cancellation));
    gathered.Add(found);
    return Ok();
  }

  Status Find(const SegmentQuestion& question, NearestCost& cost,
              const Cancellation& cancellation) const {
    const GraphFile* const graph = segments_[question.place].FindGraph(nearest_.space.name);
    if (graph == nullptr) ++cost.segments_without_graph;
    if (graph != nullptr && !nearest_.exact) {
      const SegmentPlan plan = PlanSegment(question, nearest_.k);
      if (plan.walks) {
        SIGHTLINE_ASSIGN(const bool stands,
                         WalkNearest(question, nearest_.space, graph->graph(), nearest_.k, plan,
                                     cost, cancellation));
        if (stands) return Ok();
      }
    }
    return ScanNearest(question, cost, cancellation);
  }

  std::vector<NearRow> Answer(const std::string& vector, std::span<const FoundRow> found) const {
    std::vector<NearRow> answer;
    answer.reserve(found.size());
    for (const FoundRow& each : found) {
      const Segment& segment = *segments_[each.segment].segment;
      NearRow row{.key = segment.KeyOf(each.row), .version = segment.SequenceOf(each.row)};
      row.distance = exact_keys_ ? kernels_.DistanceOf(each.key)
                                 : VectorDistance(nearest_.space, vector, VectorOf(each));
      if (row.distance > nearest_.max_distance) continue;
      if (const uint32_t code = segment.plate_codes()[each.row]; code != 0) {
        row.plate = segment.plates().Plate(code - 1);
      }
      answer.push_back(std::move(row));
    }
    std::sort(answer.begin(), answer.end(),
              [](const NearRow& a, const NearRow& b) { return OrderOf(a) < OrderOf(b); });
    if (answer.size() > nearest_.k) answer.resize(nearest_.k);
    return answer;
  }

  std::string_view VectorOf(const FoundRow& found) const {
    const VectorColumn& vectors = *segments_[found.segment].segment->FindVectors(nearest_.space.name);
    const std::byte* const bytes = vectors.At(vectors.FirstNodeFrom(found.row));
    return {reinterpret_cast<const char*>(bytes), vectors.vector_bytes};
  }

  const DayFeed& feed_;
  std::span<const GraphedSegment> segments_;
  SearchThreads& threads_;
  const NearestQuery& nearest_;
  const ColumnQuery& rows_;
  Mutex cost_mutex_;
  NearestCost& cost_ SIGHTLINE_GUARDED_BY(cost_mutex_);
  const DistanceKernels& kernels_;
  const bool exact_keys_;
  std::vector<PreparedVector> prepared_;
};

}  // namespace

void NearestCost::Add(const NearestCost& other) {
  segments += other.segments;
  segments_pruned += other.segments_pruned;
  segments_scanned += other.segments_scanned;
  segments_walked += other.segments_walked;
  segments_without_graph += other.segments_without_graph;
  rows_compared += other.rows_compared;
  nodes_visited += other.nodes_visited;
  walks_given_up += other.walks_given_up;
}

Result<std::vector<std::vector<NearRow>>> FindNearest(
    const DayFeed& feed, std::span<const GraphedSegment> segments, SearchThreads& threads,
    const NearestQuery& nearest, const ColumnQuery& rows, NearestCost& cost,
    const Cancellation& cancellation) {
  return Search(feed, segments, threads, nearest, rows, cost).Run(cancellation);
}

}  // namespace sightline::index
