// Rows of a day that an index of it names: their keys in the order of an answer, and their records.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/filter.h"
#include "query/day_rows.h"
#include "query/row_order.h"
#include "storage/store.h"

namespace sightline::query {

// The keys of the plate's rows in `time`, in the order of an answer.
Result<std::vector<storage::RowKey>> PlateKeys(const storage::DayReader& day,
                                               std::string_view plate, Interval time,
                                               Sequence as_of, TimeOrder order,
                                               CameraNames& names);

// Puts keys of rows into the order of an answer.
void SortKeys(std::vector<storage::RowKey>& keys, TimeOrder order, CameraNames& names);

// Takes out the rows at the time of `question.after` that do not come behind it.
void DropGivenOut(const storage::DayReader& day, const DayQuestion& question, CameraNames& names,
                  std::vector<storage::RowKey>& keys);

// The records of rows that an index of the day named, as they stand at `as_of`, in the order of
// `keys`.
// Errors: kCorruption when one is not there.
Result<std::vector<StoredSighting>> ReadRecords(const storage::DayReader& day,
                                                std::span<const storage::RowKey> keys,
                                                Sequence as_of);

// The same, fetched in the order in which storage keeps them: for rows that lie close together.
Result<std::vector<StoredSighting>> ReadRecordsAsStored(const storage::DayReader& day,
                                                        std::span<const storage::RowKey> keys,
                                                        Sequence as_of);

}  // namespace sightline::query
