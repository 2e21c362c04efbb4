// The rows of both sides' answers in one form, so that they can be held against each other.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "bench/peers/camera_table.h"
#include "bench/peers/postgres_connection.h"
#include "core/error.h"
#include "core/time.h"

namespace sightline::bench {

// What tells a row of one answer from every other: the identity of a sighting.
struct AnswerRow {
  TimestampMs time;
  uint32_t camera = 0;
  std::string source_id;

  auto operator<=>(const AnswerRow&) const = default;
};

// The readings of a search's answer ("sightings") or of a trajectory (the Points of "features"), in
// their order. kInvalidArgument where the JSON is neither.
Result<std::vector<AnswerRow>> RowsOfJson(std::string_view json, const CameraTable& cameras);

// Columns 0 to 2 must be time, camera and source_id.
std::vector<AnswerRow> RowsOfPostgres(const PostgresRows& rows);

// "" where both answers are the same rows in the same order of time and camera; else what the first
// difference is. Rows at the very same time and camera may stand in any order; where a page begins
// or ends among such rows, which of them it has is free.
std::string Difference(std::vector<AnswerRow> ours, std::vector<AnswerRow> theirs);

// The member "next_page_token"; empty where there is none.
std::string NextPageToken(std::string_view json);

}  // namespace sightline::bench
