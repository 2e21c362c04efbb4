// Walking the rows of one segment that may pass a query, in order of time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/column_index.h"
#include "index/row_conditions.h"
#include "index/segment.h"

namespace sightline::index {

// Operation: nothing is done before the first Advance(). Then the query's conditions are made ready
// and its candidates, or blocks of rows, tested.
//
// Not thread-safe. The query and the cost outlive it.
class SegmentScan {
 public:
  SegmentScan(std::shared_ptr<const Segment> segment, const ColumnQuery& query, ScanCost& cost);

  // The time of the next row; where that is not known yet (not ready()), a bound of it. Nullopt:
  // the end.
  std::optional<uint32_t> Head() const;
  bool ready() const { return taken_ < found_.size(); }

  // Looks at the next rows, a block at most. Requires !ready() and Head().
  Status Advance(const Cancellation& cancellation);

  // The next row, as Head() says. Requires ready().
  uint32_t Take() { return found_[taken_++]; }
  const Segment& segment() const { return *segment_; }

 private:
  Status Prepare(const Cancellation& cancellation);
  void ScanBlock(uint32_t begin, uint32_t end);
  const std::vector<uint32_t>* candidates() const {
    return conditions_ ? conditions_->candidates() : nullptr;
  }
  bool descending() const { return query_.order == TimeOrder::kDescending; }

  std::shared_ptr<const Segment> segment_;
  const ColumnQuery& query_;
  ScanCost& cost_;
  std::optional<RowConditions> conditions_;
  // Not looked at yet: of the candidates, or of the rows.
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  std::vector<uint32_t> found_;
  size_t taken_ = 0;
};

// Of several scans in one order, the one whose head comes first, and the head that comes first among
// the others.
struct ScanHeads {
  SegmentScan* first = nullptr;  // null: all have ended
  std::optional<uint32_t> rival;
};
ScanHeads FirstOf(std::span<SegmentScan> scans, TimeOrder order);

}  // namespace sightline::index
