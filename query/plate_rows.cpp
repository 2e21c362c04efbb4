#include "query/plate_rows.h"

#include <algorithm>
#include <numeric>

namespace sightline::query {

Result<std::vector<storage::RowKey>> PlateKeys(const storage::DayReader& day,
                                               std::string_view plate, Interval time,
                                               Sequence as_of, TimeOrder order,
                                               CameraNames& names) {
  SIGHTLINE_ASSIGN(const std::vector<storage::PlateRow> rows, day.PlateRows(plate, time, as_of));
  std::vector<storage::RowKey> keys;
  keys.reserve(rows.size());
  for (const storage::PlateRow& row : rows) keys.push_back(row.key);
  SortKeys(keys, order, names);
  return keys;
}

void SortKeys(std::vector<storage::RowKey>& keys, TimeOrder order, CameraNames& names) {
  std::sort(keys.begin(), keys.end(),
            [&, before = RowOrder(order)](const storage::RowKey& a, const storage::RowKey& b) {
              return before(names.PlaceOf(a), names.PlaceOf(b));
            });
}

void DropGivenOut(const storage::DayReader& day, const DayQuestion& question, CameraNames& names,
                  std::vector<storage::RowKey>& keys) {
  if (!question.after) return;
  const RowPlace after = PlaceOf(*question.after);
  const TimestampMs midnight = day.day().start();
  std::erase_if(keys, [&](const storage::RowKey& key) {
    return midnight + key.ms_of_day == question.after->time &&
           !RowOrder::TieBefore(after, names.PlaceOf(key));
  });
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
                   "day " + FormatDay(day.day()) + ": an index names a row that is missing",
                   {}};
    }
    records.push_back(std::move(*record));
  }
  return records;
}

Result<std::vector<StoredSighting>> ReadRecordsAsStored(const storage::DayReader& day,
                                                        std::span<const storage::RowKey> keys,
                                                        Sequence as_of) {
  std::vector<size_t> order(keys.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return StoredBefore(keys[a], keys[b]); });
  std::vector<storage::RowKey> as_stored;
  as_stored.reserve(keys.size());
  for (const size_t place : order) as_stored.push_back(keys[place]);
  SIGHTLINE_ASSIGN(std::vector<StoredSighting> records, ReadRecords(day, as_stored, as_of));
  std::vector<StoredSighting> in_order(keys.size());
  for (size_t i = 0; i < order.size(); ++i) in_order[order[i]] = std::move(records[i]);
  return in_order;
}

}  // namespace sightline::query
