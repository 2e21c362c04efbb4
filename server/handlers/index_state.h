// What the index holds, as answers show it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "api/json_writer.h"
#include "core/cancellation.h"
#include "core/error.h"
#include "index/column_index.h"
#include "server/services.h"

namespace sightline::server {

using SpaceCounts = std::map<std::string, index::ColumnIndex::SpaceStats>;

// Over all of them.
index::ColumnIndex::DayStats SumOf(std::span<const index::ColumnIndex::DayStats> days);

struct IndexState {
  std::vector<index::ColumnIndex::DayStats> days;  // ascending
  size_t stored_days = 0;  // more than `days`: so many are not kept ready at a time
};

// Of every day that is stored, or of the newest that can be ready at a time. Reads what is not ready
// yet: some milliseconds for a day that was not asked for since the start.
Result<IndexState> ReadIndexState(const Services& services, const Cancellation& cancellation);

// The members of an object of counts of one space's vectors.
void WriteSpaceCounts(api::JsonWriter& json, const index::ColumnIndex::SpaceStats& counts);

// A member "spaces": an object with an object of counts for each space.
void WriteSpacesMember(api::JsonWriter& json, const SpaceCounts& spaces);

}  // namespace sightline::server
