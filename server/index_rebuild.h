// Building segments of the index, or their graphs, anew: a job.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "index/column_index.h"
#include "server/job_book.h"
#include "storage/store.h"

namespace sightline::server {

inline constexpr std::string_view kIndexRebuild = "index_rebuild";

// The work of a job whose question is a body of POST /v1/index/rebuild (api::ParseRebuild). Segment
// by segment; answers are the same meanwhile. Segments that merging has taken away since the job
// began have been written anew by that, and count as gone. The result says how many there were:
// {"segments", "rebuilt", "gone"}. Graphs are built after it by ingest::GraphBuilder, as of any
// segment.
Result<std::string> RebuildIndex(storage::Store& store, index::ColumnIndex& columns, JobRun& run);

}  // namespace sightline::server
