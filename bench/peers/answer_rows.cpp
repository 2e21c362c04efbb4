#include "bench/peers/answer_rows.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace sightline::bench {
namespace {

constexpr int64_t kPostgresEpochMs = 946'684'800'000;  // 2000-01-01T00:00:00Z

Result<AnswerRow> RowOf(const simdjson::dom::element& members, const CameraTable& cameras) {
  std::string_view time;
  std::string_view camera;
  std::string_view source_id;
  if (members["time"].get(time) || members["camera_id"].get(camera)) {
    return InvalidArgument("a reading without time or camera");
  }
  if (members["source_id"].get(source_id)) source_id = {};
  SIGHTLINE_ASSIGN(const TimestampMs parsed, ParseRfc3339(time));
  const auto found = cameras.find(std::string(camera));
  if (found == cameras.end()) return InvalidArgument("a camera that the other side does not know");
  return AnswerRow{parsed, found->second.number, std::string(source_id)};
}

// Rows of one time and camera in one order, whatever the order of the answer.
void SortTies(std::vector<AnswerRow>& rows) {
  const auto same_place = [](const AnswerRow& a, const AnswerRow& b) {
    return a.time == b.time && a.camera == b.camera;
  };
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = std::find_if_not(begin, rows.end(),
                                      [&](const AnswerRow& row) { return same_place(*begin, row); });
    std::sort(begin, end);
    begin = end;
  }
}

}  // namespace

Result<std::vector<AnswerRow>> RowsOfJson(std::string_view json, const CameraTable& cameras) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(json.data(), json.size()).get(document)) {
    return InvalidArgument("the answer is not JSON");
  }
  std::vector<AnswerRow> rows;
  simdjson::dom::array elements;
  if (!document["sightings"].get(elements)) {
    for (const simdjson::dom::element element : elements) {
      SIGHTLINE_ASSIGN(AnswerRow row, RowOf(element, cameras));
      rows.push_back(std::move(row));
    }
    return rows;
  }
  if (document["features"].get(elements)) return InvalidArgument("no sightings and no features");
  for (const simdjson::dom::element element : elements) {
    simdjson::dom::element properties;
    std::string_view camera;
    if (element["properties"].get(properties)) return InvalidArgument("a feature without properties");
    if (properties["camera_id"].get(camera)) continue;  // a trip's line
    SIGHTLINE_ASSIGN(AnswerRow row, RowOf(properties, cameras));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<AnswerRow> RowsOfPostgres(const PostgresRows& rows) {
  std::vector<AnswerRow> answer;
  for (size_t row = 0; row < rows.size(); ++row) {
    answer.push_back({{rows.Integer(row, 0) / 1000 + kPostgresEpochMs},
                      static_cast<uint32_t>(rows.Integer(row, 1)),
                      std::string(rows.Bytes(row, 2))});
  }
  return answer;
}

std::string Difference(std::vector<AnswerRow> ours, std::vector<AnswerRow> theirs) {
  if (ours.size() != theirs.size()) {
    return fmt::format("{} rows against {}", ours.size(), theirs.size());
  }
  SortTies(ours);
  SortTies(theirs);
  for (size_t i = 0; i < ours.size(); ++i) {
    const bool same_place = ours[i].time == theirs[i].time && ours[i].camera == theirs[i].camera;
    const auto tied_with = [&](size_t end) {
      return ours[i].time == ours[end].time && ours[i].camera == ours[end].camera;
    };
    const bool at_an_end = tied_with(0) || tied_with(ours.size() - 1);
    if (same_place && (at_an_end || ours[i].source_id == theirs[i].source_id)) continue;
    return fmt::format("row {}: {} at camera {} ({}) against {} at camera {} ({})", i,
                       FormatTimestamp(ours[i].time), ours[i].camera, ours[i].source_id,
                       FormatTimestamp(theirs[i].time), theirs[i].camera, theirs[i].source_id);
  }
  return {};
}

std::string NextPageToken(std::string_view json) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view token;
  if (parser.parse(json.data(), json.size()).get(document) ||
      document["next_page_token"].get(token)) {
    return {};
  }
  return std::string(token);
}

}  // namespace sightline::bench
