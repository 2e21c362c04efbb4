#include "index/day_columns.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/mutex.h"
#include "core/plate.h"
#include "index/day_groups.h"
#include "index/nearby_readings.h"
#include "index/nearest_search.h"
#include "index/passings.h"
#include "index/plate_numbers.h"
#include "index/plate_walk.h"
#include "index/row_conditions.h"
#include "index/segment_scan.h"

namespace sightline::index {
namespace {

using Segments = std::vector<GraphedSegment>;

// Merges the scans of a day's segments by time.
class DayScan final : public ColumnScan {
 public:
  DayScan(std::shared_ptr<const DayFeed> feed, const Segments& segments, ColumnQuery query)
      : feed_(std::move(feed)), query_(std::move(query)) {
    scans_.reserve(segments.size());
    for (const auto& each : segments) scans_.emplace_back(each.segment, query_, cost_);
  }
  // The segments' scans refer to the query and the cost.
  DayScan(const DayScan&) = delete;
  DayScan& operator=(const DayScan&) = delete;

  Result<std::vector<RowKey>> Next(size_t limit, const Cancellation& cancellation) override {
    std::vector<RowKey> batch;
    while (true) {
      const auto [scan, rival] = FirstOf(scans_, query_.order);
      if (scan == nullptr || IsComplete(batch, limit, *scan->Head())) return batch;
      if (!scan->ready()) {
        SIGHTLINE_RETURN_IF_ERROR(scan->Advance(cancellation));
        continue;
      }
      // Rows of one time come in any order, so the scan goes on up to its rival's time.
      while (scan->ready() && (!rival || !Before(*rival, *scan->Head()))) {
        if (IsComplete(batch, limit, *scan->Head())) return batch;
        const Segment& segment = scan->segment();
        const uint32_t row = scan->Take();
        const Sequence version = segment.SequenceOf(row);
        if (version > query_.as_of) continue;
        const RowKey key = segment.KeyOf(row);
        if (feed_->IsInForce(key, version, query_.as_of)) batch.push_back(key);
      }
    }
  }

  const ScanCost& cost() const override { return cost_; }

 private:
  bool Before(uint32_t a, uint32_t b) const {
    return query_.order == TimeOrder::kAscending ? a < b : a > b;
  }

  // Whether the batch has enough, and none of the rows to come is of its last millisecond.
  static bool IsComplete(const std::vector<RowKey>& batch, size_t limit, uint32_t next_ms) {
    return !batch.empty() && batch.size() >= limit && batch.back().ms_of_day != next_ms;
  }

  std::shared_ptr<const DayFeed> feed_;
  ColumnQuery query_;
  ScanCost cost_;
  std::vector<SegmentScan> scans_;
};

// The least of the counts that any one condition lets pass.
uint64_t RowsPassing(const Segment& segment, const ColumnQuery& query) {
  uint64_t rows = segment.rows();
  if (query.cameras) {
    rows = std::min(rows, RowsWithCodes(segment.camera_codes(), WantedCameraCodes(segment, query)));
  }
  for (const AttributeCondition& condition : query.attributes) {
    const AttributeColumn* column = segment.FindAttribute(condition.name);
    if (column == nullptr) return 0;
    rows = std::min(rows, RowsWithCodes(column->codes, WantedValueCodes(*column, condition)));
  }
  if (query.plates) {
    uint64_t with_plates = 0;
    for (const std::string& plate : *query.plates) {
      if (const auto ordinal = segment.plates().Find(plate)) {
        with_plates += segment.Postings(*ordinal).size();
      }
    }
    rows = std::min(rows, with_plates);
  }
  return rows;
}

class SegmentedDay final : public DayColumns {
 public:
  SegmentedDay(std::shared_ptr<const DayFeed> feed, Segments segments,
               std::shared_ptr<SearchThreads> threads)
      : feed_(std::move(feed)), segments_(std::move(segments)), threads_(std::move(threads)) {
    for (const auto& each : segments_) rows_ += each.segment->rows();
  }

  std::unique_ptr<ColumnScan> Scan(const ColumnQuery& query) const override {
    return std::make_unique<DayScan>(feed_, segments_, query);
  }

  uint64_t rows() const override { return rows_; }

  uint64_t EstimateRows(const ColumnQuery& query) const override {
    uint64_t estimate = 0;
    for (const auto& [segment, graphs] : segments_) {
      const auto [from, to] = RowsInTime(*segment, query);
      uint64_t rows = std::min<uint64_t>(to - from, RowsPassing(*segment, query));
      if (rows != 0 && query.plate_pattern.size() != 0) {
        rows = std::min(rows, RowsWithPattern(*segment, query.plate_pattern));
      }
      estimate += rows;
    }
    return estimate;
  }

  Result<std::vector<std::vector<NearRow>>> Nearest(
      const NearestQuery& nearest, const ColumnQuery& query, NearestCost& cost,
      const Cancellation& cancellation) const override {
    return FindNearest(*feed_, segments_, *threads_, nearest, query, cost, cancellation);
  }

  Result<std::vector<uint64_t>> CountByPlate(const ColumnQuery& query,
                                             const Cancellation& cancellation) const override {
    std::vector<uint64_t> counts(query.plates->size());
    ScanCost cost;
    for (const auto& [segment, graphs] : segments_) {
      // By ordinal: spelling out the plate of each row would cost more than all else. Both ascend.
      std::vector<std::pair<uint32_t, size_t>> places;
      for (size_t i = 0; i < counts.size(); ++i) {
        if (const auto ordinal = segment->plates().Find((*query.plates)[i])) {
          places.emplace_back(*ordinal, i);
        }
      }
      if (places.empty()) continue;
      SegmentScan scan(segment, query, cost);
      while (scan.Head()) {
        if (!scan.ready()) {
          SIGHTLINE_RETURN_IF_ERROR(scan.Advance(cancellation));
          continue;
        }
        const uint32_t row = scan.Take();
        const Sequence version = segment->SequenceOf(row);
        if (version > query.as_of || !feed_->IsInForce(segment->KeyOf(row), version, query.as_of)) {
          continue;
        }
        const std::pair<uint32_t, size_t> least{segment->plate_codes()[row] - 1, 0};
        ++counts[std::lower_bound(places.begin(), places.end(), least)->second];
      }
    }
    return counts;
  }

  Result<std::vector<DayPlate>> PlatesMatching(std::string_view pattern,
                                               const Cancellation& cancellation) const override {
    std::vector<DayPlate> plates;
    for (const auto& [segment, graphs] : segments_) {
      SIGHTLINE_ASSIGN(const auto ordinals, segment->plates().Matching(pattern, cancellation));
      for (const uint32_t ordinal : ordinals) plates.push_back(PlateOf(*segment, ordinal, 0));
    }
    return Union(std::move(plates));
  }

  Result<std::vector<DayPlate>> PlatesNear(const PlateLike& like,
                                           const Cancellation& cancellation) const override {
    std::vector<DayPlate> plates;
    for (const auto& [segment, graphs] : segments_) {
      SIGHTLINE_ASSIGN(const auto near, segment->plates().PlatesNear(like, cancellation));
      for (const auto& [ordinal, distance] : near) {
        plates.push_back(PlateOf(*segment, ordinal, distance));
      }
    }
    return Union(std::move(plates));
  }

  std::unique_ptr<PlateWalk> WalkPlates(const ReadingWindow& window) const override {
    return MakePlateWalk(feed_, segments_, window);
  }

  Result<std::vector<ColumnReading>> ReadingsOf(std::string_view plate,
                                                const ReadingWindow& window) const override {
    return ReadingsOfPlate(*feed_, segments_, plate, window);
  }

  Result<std::vector<NearbyReading>> ReadingsNear(std::span<const CameraMoment> moments,
                                                  uint32_t within_ms, Sequence as_of,
                                                  const Cancellation& cancellation) const override {
    return FindReadingsNear(*feed_, segments_, *threads_, moments, within_ms, as_of,
                            cancellation);
  }

  Result<std::shared_ptr<const PlateNumbers>> NumberPlates(
      const Cancellation& cancellation) const override {
    SIGHTLINE_ASSIGN(std::shared_ptr<const PlateNumbers> numbers, Numbers(cancellation));
    return numbers;
  }

  Status VisitPassings(const ColumnQuery& query,
                       const std::function<bool(std::span<const Passing>)>& visit,
                       const Cancellation& cancellation) const override {
    SIGHTLINE_ASSIGN(const auto numbers, Numbers(cancellation));
    return VisitDayPassings(*feed_, segments_, *numbers, query, visit, cancellation);
  }

  Result<std::unique_ptr<DayGroups>> GroupRows(const ColumnQuery& rows,
                                               std::span<const TimeCell> cells, const GroupBy& by,
                                               const Cancellation& cancellation) const override {
    return GroupDayRows(feed_, segments_, threads_, {rows, cells, by}, cancellation);
  }

 private:
  // Who comes while they are made waits for them.
  Result<std::shared_ptr<const DayPlateNumbers>> Numbers(const Cancellation& cancellation) const {
    MutexLock lock(numbers_mutex_);
    if (numbers_ == nullptr) {
      SIGHTLINE_ASSIGN(numbers_, DayPlateNumbers::Make(segments_, *threads_, cancellation));
    }
    return numbers_;
  }

  static DayPlate PlateOf(const Segment& segment, uint32_t ordinal, int distance) {
    return {.plate = segment.plates().Plate(ordinal),
            .versions = static_cast<uint32_t>(segment.Postings(ordinal).size()),
            .distance = distance};
  }

  // Each plate once, from the sorted plates of all segments.
  std::vector<DayPlate> Union(std::vector<DayPlate> plates) const {
    if (segments_.size() == 1) return plates;
    std::sort(plates.begin(), plates.end(),
              [](const DayPlate& a, const DayPlate& b) { return a.plate < b.plate; });
    std::vector<DayPlate> once;
    for (DayPlate& plate : plates) {
      if (!once.empty() && once.back().plate == plate.plate) {
        once.back().versions += plate.versions;
      } else {
        once.push_back(std::move(plate));
      }
    }
    return once;
  }

  // Of patterns that one look-up answers; all rows for others, which would cost a pass.
  static uint64_t RowsWithPattern(const Segment& segment, const std::string& pattern) {
    if (HasWildcard(pattern)) return segment.rows();
    const auto ordinal = segment.plates().Find(LiteralPrefix(pattern));
    return ordinal ? segment.Postings(*ordinal).size() : 0;
  }

  std::shared_ptr<const DayFeed> feed_;
  Segments segments_;
  std::shared_ptr<SearchThreads> threads_;
  uint64_t rows_ = 0;
  mutable Mutex numbers_mutex_;
  mutable std::shared_ptr<const DayPlateNumbers> numbers_ SIGHTLINE_GUARDED_BY(numbers_mutex_);
};

}  // namespace

std::shared_ptr<const DayColumns> MakeDayColumns(std::shared_ptr<const DayFeed> feed,
                                                 Segments segments,
                                                 std::shared_ptr<SearchThreads> threads) {
  return std::make_shared<SegmentedDay>(std::move(feed), std::move(segments), std::move(threads));
}

}  // namespace sightline::index
