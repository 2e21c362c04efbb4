#include "query/plate_rows.h"

#include <algorithm>

namespace sightline::query {

Result<std::vector<storage::RowKey>> PlateKeys(const storage::DayReader& day, std::string_view plate,
                                               Interval time, Sequence as_of, TimeOrder order,
                                               CameraNames& names) {
  SIGHTLINE_ASSIGN(const std::vector<storage::PlateRow> rows, day.PlateRows(plate, time, as_of));
  std::vector<storage::RowKey> keys;
  keys.reserve(rows.size());
  for (const storage::PlateRow& row : rows) keys.push_back(row.key);
  std::sort(keys.begin(), keys.end(),
            [&, before = RowOrder(order)](const storage::RowKey& a, const storage::RowKey& b) {
              return before(names.PlaceOf(a), names.PlaceOf(b));
            });
  return keys;
}

Result<std::vector<StoredSighting>> ReadRecords(const storage::DayReader& day,
                                                std::span<const storage::RowKey> keys,
                                                Sequence as_of) {
  SIGHTLINE_ASSIGN(std::vector<std::optional<StoredSighting>> found, day.Get(keys, as_of));
  std::vector<StoredSighting> records;
  records.reserve(found.size());
  for (std::optional<StoredSighting>& record : found) {
    if (!record) {
      return Error{ErrorCode::kCorruption,
                   "day " + FormatDay(day.day()) + ": the plate index names a row that is missing",
                   {}};
    }
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace sightline::query
