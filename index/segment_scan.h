// Walking the rows of one segment that may pass a query, in order of time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/code_match.h"
#include "index/column_index.h"
#include "index/segment.h"

namespace sightline::index {

// Operation: nothing is done before the first Advance(). Then conditions become sets of codes.
// Where a few plates or a rare attribute name the rows, those are tested one by one; else blocks of
// rows are compared, most selective condition first, those passed over whose set of codes rules
// them out.
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
  // A dense column and the codes of it that pass.
  struct Condition {
    const CodeArray* codes = nullptr;
    const CodeColumn* column = nullptr;  // null: without sets of codes by block (plates)
    CodeSet set;
    double pass_share = 1;  // of all rows
  };

  Status Prepare(const Cancellation& cancellation);
  // These return whether anything can pass.
  bool AddCameras();
  bool AddAttributes();
  bool AddPlaces();
  Result<bool> AddPlates(const Cancellation& cancellation);

  bool AddCodes(const CodeColumn& column, std::vector<uint32_t> codes);
  Result<std::optional<std::vector<uint32_t>>> WantedPlates(const Cancellation& cancellation);
  void NarrowCandidates(std::vector<uint32_t> rows);
  bool PlacePasses(uint32_t row);
  // Drops those of found_ that fail the conditions from `first` on, or the place.
  void TestFound(size_t first);
  void ScanBlock(uint32_t begin, uint32_t end);
  bool descending() const { return query_.order == TimeOrder::kDescending; }

  std::shared_ptr<const Segment> segment_;
  const ColumnQuery& query_;
  ScanCost& cost_;
  bool prepared_ = false;
  uint32_t begin_ = 0;  // rows not looked at yet
  uint32_t end_ = 0;
  std::vector<Condition> conditions_;  // most selective first
  std::optional<std::vector<uint32_t>> candidates_;  // ascending; those not looked at yet
  size_t candidates_begin_ = 0;
  size_t candidates_end_ = 0;
  bool places_asked_ = false;
  std::vector<uint8_t> place_answers_;  // by code, asked as rows come: 0 not yet, 1 no, 2 yes
  std::vector<uint32_t> found_;
  size_t taken_ = 0;
};

// The codes that pass conditions on names and values, and how many rows bear them: what scans and
// estimates agree on.
std::vector<uint32_t> WantedCameraCodes(const Segment& segment, const ColumnQuery& query);
std::vector<uint32_t> WantedValueCodes(const AttributeColumn& column,
                                       const AttributeCondition& condition);
uint64_t RowsWithCodes(const CodeColumn& column, const std::vector<uint32_t>& codes);

// The rows in the query's time, [first, second).
std::pair<uint32_t, uint32_t> RowsInTime(const Segment& segment, const ColumnQuery& query);

}  // namespace sightline::index
