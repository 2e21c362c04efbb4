// One plate's rows of a day, as keys.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/filter.h"
#include "query/row_order.h"
#include "storage/store.h"

namespace sightline::query {

// The keys of the plate's rows in `time`, in the order of an answer.
Result<std::vector<storage::RowKey>> PlateKeys(const storage::DayReader& day, std::string_view plate,
                                               Interval time, Sequence as_of, TimeOrder order,
                                               CameraNames& names);

// The records of rows that an index of the day named, as they stand at `as_of`.
// Errors: kCorruption when one is not there.
Result<std::vector<StoredSighting>> ReadRecords(const storage::DayReader& day,
                                                std::span<const storage::RowKey> keys,
                                                Sequence as_of);

}  // namespace sightline::query
