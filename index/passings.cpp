#include "index/passings.h"

#include <vector>

#include "index/row_admission.h"
#include "index/segment_scan.h"

namespace sightline::index {
namespace {

constexpr size_t kBatch = 8192;

// What turns a segment's rows into passings.
struct SegmentRows {
  const Segment& segment;
  RowAdmission admission;
  std::span<const uint32_t> numbers;  // of plates, by ordinal

  bool Admits(uint32_t row) const { return admission.all() || admission.Admits(row); }
  Passing Of(uint32_t row) const {
    const uint32_t plate = segment.plate_codes()[row];
    return {.ms_of_day = segment.times()[row],
            .camera_number = segment.cameras()[segment.camera_codes().codes()[row] - 1],
            .plate = plate == 0 ? kUnreadPlate : numbers[plate - 1]};
  }
};

}  // namespace

Status VisitDayPassings(const DayFeed& feed, std::span<const GraphedSegment> segments,
                        const DayPlateNumbers& numbers, const ColumnQuery& query,
                        const std::function<bool(std::span<const Passing>)>& visit,
                        const Cancellation& cancellation) {
  ColumnQuery ascending = query;
  ascending.order = TimeOrder::kAscending;
  ScanCost cost;
  std::vector<SegmentScan> scans;
  std::vector<SegmentRows> rows;
  scans.reserve(segments.size());
  for (size_t i = 0; i < segments.size(); ++i) {
    const auto& segment = segments[i].segment;
    scans.emplace_back(segment, ascending, cost);
    rows.push_back({.segment = *segment,
                    .admission = RowAdmission(*segment, feed, query.as_of, {}),
                    .numbers = numbers.NumbersOf(i)});
  }
  std::vector<Passing> batch;
  while (true) {
    const ScanHeads heads = FirstOf(scans, TimeOrder::kAscending);
    if (heads.first == nullptr) break;
    SegmentScan& scan = *heads.first;
    if (!scan.ready()) {
      SIGHTLINE_RETURN_IF_ERROR(scan.Advance(cancellation));
      continue;
    }
    const SegmentRows& from = rows[static_cast<size_t>(&scan - scans.data())];
    while (scan.ready() && (!heads.rival || *scan.Head() <= *heads.rival)) {
      const uint32_t row = scan.Take();
      if (from.Admits(row)) batch.push_back(from.Of(row));
    }
    if (batch.size() < kBatch) continue;
    if (!visit(batch)) return Ok();
    batch.clear();
  }
  if (!batch.empty()) visit(batch);
  return Ok();
}

}  // namespace sightline::index
