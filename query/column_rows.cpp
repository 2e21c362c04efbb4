// Rows of a day by its columns. The columns say which rows may pass, in order of time; the record
// decides. Records are fetched a page's worth at a time, in the order in which they are stored, so
// that neighbours come out of one block.
#include <algorithm>
#include <utility>

#include "query/day_rows.h"
#include "query/plate_rows.h"

namespace sightline::query {
namespace {

// Keys taken from the scan at once: as many as the page needs, more for a caller that comes again.
constexpr size_t kMinKeys = 64;
constexpr size_t kMaxKeys = 8192;

// Records held at once while they are put in order.
constexpr size_t kMaxReadAhead = 1024;

class ColumnRows final : public DayRows {
 public:
  ColumnRows(std::shared_ptr<const storage::DayReader> day, std::unique_ptr<index::ColumnScan> scan,
             const DayQuestion& question, SearchCost& cost)
      : day_(std::move(day)),
        scan_(std::move(scan)),
        question_(question),
        cost_(cost),
        names_(*day_) {}

  Status Next(size_t limit, std::vector<StoredSighting>& out) override {
    while (out.size() < limit) {
      if (next_ == keys_.size()) {
        SIGHTLINE_RETURN_IF_ERROR(TakeKeys(limit - out.size()));
        if (keys_.empty()) break;
      }
      const size_t count = std::min({limit - out.size(), keys_.size() - next_, kMaxReadAhead});
      SIGHTLINE_RETURN_IF_ERROR(ReadNext(count, out));
    }
    return Ok();
  }

 private:
  // Empty keys_: the scan has ended.
  Status TakeKeys(size_t wanted) {
    next_ = 0;
    keys_.clear();
    batch_ = std::clamp(std::max(wanted, 2 * batch_), kMinKeys, kMaxKeys);
    while (keys_.empty()) {
      SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
      SIGHTLINE_ASSIGN(keys_, scan_->Next(batch_, question_.cancellation));
      Account();
      if (keys_.empty()) return Ok();
      DropGivenOut(*day_, question_, names_, keys_);
    }
    SortKeys(keys_, question_.order, names_);
    return Ok();
  }

  // What the scan cost since the last look.
  void Account() {
    const index::ScanCost& total = scan_->cost();
    cost_.segments += total.segments - seen_.segments;
    cost_.rows_scanned += total.rows_scanned - seen_.rows_scanned;
    cost_.rows_pruned += total.rows_pruned - seen_.rows_pruned;
    seen_ = total;
  }

  Status ReadNext(size_t count, std::vector<StoredSighting>& out) {
    SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
    const std::span<const RowKey> wanted = std::span(keys_).subspan(next_, count);
    SIGHTLINE_ASSIGN(std::vector<StoredSighting> records,
                     ReadRecordsAsStored(*day_, wanted, question_.as_of));
    next_ += count;
    cost_.records_read += count;
    for (StoredSighting& record : records) {
      if (question_.matcher.Matches(record.sighting)) out.push_back(std::move(record));
    }
    return Ok();
  }

  std::shared_ptr<const storage::DayReader> day_;
  std::unique_ptr<index::ColumnScan> scan_;
  const DayQuestion& question_;
  SearchCost& cost_;
  CameraNames names_;
  index::ScanCost seen_;
  size_t batch_ = 0;
  std::vector<RowKey> keys_;  // in the order of the answer, from next_ on not read yet
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<DayRows> ReadColumns(std::shared_ptr<const storage::DayReader> day,
                                     std::unique_ptr<index::ColumnScan> scan,
                                     const DayQuestion& question, SearchCost& cost) {
  return std::make_unique<ColumnRows>(std::move(day), std::move(scan), question, cost);
}

}  // namespace sightline::query
