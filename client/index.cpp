#include "client/index.h"

#include "api/json_writer.h"
#include "client/answer_members.h"

namespace sightline::client {
namespace {

using Spaces = std::map<std::string, SpaceCounts>;

SpaceCounts ReadSpaceCounts(Member counts) {
  return {.vectors = Count(counts["vectors"]),
          .sealed_vectors = Count(counts["sealed_vectors"]),
          .graphed_vectors = Count(counts["graphed_vectors"]),
          .graphs = Count(counts["graphs"]),
          .graph_bytes = Count(counts["graph_bytes"])};
}

Spaces ReadSpaces(Member member) {
  Spaces spaces;
  simdjson::dom::object object;
  if (member.get(object) != simdjson::SUCCESS) return spaces;
  for (const auto [name, counts] : object) {
    spaces.emplace(name, ReadSpaceCounts(Json(counts)));
  }
  return spaces;
}

IndexCounts ReadIndexCounts(Json root) {
  return {.segments = Count(root["segments"]),
          .sealed_rows = Count(root["sealed_rows"]),
          .unsealed_rows = Count(root["unsealed_rows"]),
          .bytes = Count(root["bytes"]),
          .spaces = ReadSpaces(root["spaces"])};
}

Result<SpaceInfo> ReadSpace(Json root) {
  const auto element = ElementOfName(Text(root["element"]));
  const auto metric = MetricOfName(Text(root["metric"]));
  if (!element || !metric) return NotUnderstood("a space without element or metric");
  return SpaceInfo{.space = {.name = Text(root["name"]),
                             .bytes = static_cast<uint32_t>(Count(root["bytes"])),
                             .element = *element,
                             .metric = *metric,
                             .model = Text(root["model"])},
                   .counts = ReadSpaceCounts(root["index"])};
}

IndexDay ReadDay(Json root) {
  IndexDay day{.day = Text(root["day"]), .counts = ReadIndexCounts(root), .segments = {}};
  simdjson::dom::array segments;
  if (root["segment_list"].get(segments) != simdjson::SUCCESS) return day;
  for (const Json segment : segments) {
    day.segments.push_back({.name = Text(segment["name"]),
                            .rows = Count(segment["rows"]),
                            .bytes = Count(segment["bytes"]),
                            .spaces = ReadSpaces(segment["spaces"])});
  }
  return day;
}

}  // namespace

Result<SpaceList> Index::Spaces() {
  SIGHTLINE_ASSIGN(std::string json, client_.Get("/v1/spaces"));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array spaces;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["spaces"].get(spaces) != simdjson::SUCCESS) {
    return NotUnderstood("no spaces");
  }
  SpaceList list;
  for (const Json one : spaces) {
    SIGHTLINE_ASSIGN(SpaceInfo space, ReadSpace(one));
    list.spaces.push_back(std::move(space));
  }
  list.json = std::move(json);
  return list;
}

Status Index::PutSpace(const VectorSpace& space) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("bytes").Uint(space.bytes);
    json.Key("element").String(ElementName(space.element));
    json.Key("metric").String(MetricName(space.metric));
    if (!space.model.empty()) json.Key("model").String(space.model);
    json.EndObject();
  }
  SIGHTLINE_RETURN_IF_ERROR(client_.Send("PUT", "/v1/spaces/" + PercentEncode(space.name), body,
                                         {.repeatable = true}));
  return Ok();
}

Result<IndexAnswer> Index::State(std::string_view day) {
  std::string target = "/v1/index";
  if (!day.empty()) target += "?day=" + PercentEncode(day);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array days;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["days"].get(days) != simdjson::SUCCESS) {
    return NotUnderstood("no days");
  }
  IndexAnswer answer{.sum = ReadIndexCounts(root),
                     .stored_days = Count(root["stored_days"]),
                     .days_unsealed = Count(root["backlog"]["days_unsealed"]),
                     .vectors_without_graph = Count(root["backlog"]["vectors_without_graph"]),
                     .days = {},
                     .json = {}};
  for (const Json one : days) answer.days.push_back(ReadDay(one));
  answer.json = std::move(json);
  return answer;
}

Result<JobAnswer> Index::Rebuild(const RebuildQuery& query) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject();
    if (!query.space.empty()) json.Key("space").String(query.space);
    if (!query.day.empty()) json.Key("day").String(query.day);
    if (!query.segment.empty()) json.Key("segment").String(query.segment);
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(std::string json, client_.Send("POST", "/v1/index/rebuild", body));
  return ParseJob(std::move(json));
}

}  // namespace sightline::client
