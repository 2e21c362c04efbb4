#include <algorithm>

#include "query/day_rows.h"
#include "query/plate_rows.h"

namespace sightline::query {
namespace {

// Records read in one go while the other members of the filter turn rows away.
constexpr size_t kMaxReadAhead = 1024;

constexpr size_t kPlatesBetweenChecks = 100;

class PlateLookup final : public DayRows {
 public:
  PlateLookup(std::shared_ptr<const storage::DayReader> day, std::vector<storage::RowKey> keys,
              const DayQuestion& question, SearchCost& cost)
      : day_(std::move(day)), keys_(std::move(keys)), question_(question), cost_(cost) {}

  Status Next(size_t limit, std::vector<StoredSighting>& out) override {
    while (out.size() < limit && next_ < keys_.size()) {
      SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
      const size_t count = std::min({limit - out.size(), keys_.size() - next_, kMaxReadAhead});
      SIGHTLINE_ASSIGN(std::vector<StoredSighting> records,
                       ReadRecordsAsStored(*day_, std::span(keys_).subspan(next_, count),
                                           question_.as_of));
      next_ += count;
      cost_.records_read += count;
      for (StoredSighting& record : records) {
        if (question_.matcher.Matches(record.sighting)) out.push_back(std::move(record));
      }
    }
    return Ok();
  }

 private:
  std::shared_ptr<const storage::DayReader> day_;
  std::vector<storage::RowKey> keys_;
  size_t next_ = 0;
  const DayQuestion& question_;
  SearchCost& cost_;
};

}  // namespace

Result<std::unique_ptr<DayRows>> LookUpPlates(std::shared_ptr<const storage::DayReader> day,
                                              std::span<const std::string> plates,
                                              const DayQuestion& question, SearchCost& cost) {
  std::vector<storage::RowKey> keys;
  for (size_t i = 0; i < plates.size(); ++i) {
    if (i % kPlatesBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(question.cancellation.Check());
    SIGHTLINE_ASSIGN(const std::vector<storage::PlateRow> rows,
                     day->PlateRows(plates[i], question.time, question.as_of));
    for (const storage::PlateRow& row : rows) keys.push_back(row.key);
  }
  cost.rows_scanned += keys.size();
  CameraNames names(*day);
  DropGivenOut(*day, question, names, keys);
  SortKeys(keys, question.order, names);
  return std::make_unique<PlateLookup>(std::move(day), std::move(keys), question, cost);
}

}  // namespace sightline::query
