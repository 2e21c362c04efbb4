// What a query asks of the rows of one segment, made ready to be asked of many.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/code_match.h"
#include "index/column_index.h"
#include "index/segment.h"

namespace sightline::index {

// Operation: conditions become sets of codes. Where a few plates or a rare attribute name the rows,
// those are candidates, to be tested one by one; else blocks of rows are compared, most selective
// condition first, those passed over whose set of codes rules them out. Versions are looked at as
// far as whole blocks are too new; which version is in force is for the caller.
//
// Not thread-safe (answers about places are kept). The segment and the query outlive it.
class RowConditions {
 public:
  // Errors: kCancelled, kUnavailable.
  static Result<RowConditions> Of(const Segment& segment, const ColumnQuery& query,
                                  const Cancellation& cancellation);

  // The rows in the query's time, [begin, end). None where no row can pass.
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return end_; }

  // Whether every row of [begin, end) passes.
  bool passes_all() const { return conditions_.empty() && !candidates_ && !places_asked_; }
  // Of rows within [begin, end), ascending: no other row passes, and these are still to be tested.
  // Null: they are not named.
  const std::vector<uint32_t>* candidates() const { return candidates_ ? &*candidates_ : nullptr; }
  // An estimate from above of how many rows pass, from counts of codes.
  uint64_t AtMost() const;

  // Appends the rows of [begin, end), which lie in one block of kBlockRows, that pass. Whether any
  // row was compared. Requires no candidates().
  bool MatchBlock(uint32_t begin, uint32_t end, std::vector<uint32_t>& rows);
  // Drops the rows that fail.
  void Test(std::vector<uint32_t>& rows);
  // Of a row of [begin, end), candidate or not.
  bool Passes(uint32_t row);

 private:
  // A dense column and the codes of it that pass.
  struct Condition {
    const CodeArray* codes = nullptr;
    const CodeColumn* column = nullptr;  // null: without sets of codes by block (plates)
    CodeSet set;
    double pass_share = 1;  // of all rows
  };

  RowConditions(const Segment& segment, const ColumnQuery& query)
      : segment_(&segment), query_(&query) {}

  // These return whether anything can pass.
  bool AddCameras();
  bool AddAttributes();
  bool AddPlaces();
  Result<bool> AddPlates(const Cancellation& cancellation);

  bool AddCodes(const CodeColumn& column, std::vector<uint32_t> codes);
  Result<std::optional<std::vector<uint32_t>>> WantedPlates(const Cancellation& cancellation);
  void NarrowCandidates(std::vector<uint32_t> rows);
  // Drops those of the rows from the `first`-th on that fail the `condition`-th condition or one
  // behind it.
  void TestFrom(size_t condition, size_t first, std::vector<uint32_t>& rows);
  bool PlacePasses(uint32_t row);

  const Segment* segment_;
  const ColumnQuery* query_;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  std::vector<Condition> conditions_;  // most selective first
  std::optional<std::vector<uint32_t>> candidates_;
  bool places_asked_ = false;
  std::vector<uint8_t> place_answers_;  // by code, asked as rows come: 0 not yet, 1 no, 2 yes
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
