#include "client/image_search.h"

#include "api/base64.h"
#include "api/filter_json.h"
#include "api/json_writer.h"
#include "client/answer_parser.h"

namespace sightline::client {
namespace {

enum class Paging { kPage, kAll, kBatch };

void WriteExamples(api::JsonWriter& json, const std::vector<ImageExample>& examples) {
  json.BeginArray();
  for (const ImageExample& example : examples) {
    json.BeginObject();
    if (!example.sighting_id.empty()) {
      json.Key("sighting_id").String(example.sighting_id);
    } else {
      json.Key("vector").String(api::EncodeBase64(example.vector));
    }
    json.EndObject();
  }
  json.EndArray();
}

void WriteTravel(api::JsonWriter& json, const ImageQuery& query) {
  json.Key("travel");
  if (!query.max_speed_kmh) {
    json.Bool(true);
    return;
  }
  json.BeginObject().Key("max_speed_kmh").Double(*query.max_speed_kmh).EndObject();
}

void WriteQuery(api::JsonWriter& json, const ImageQuery& query, Paging paging) {
  json.BeginObject().Key("like");
  WriteExamples(json, query.like);
  if (!query.unlike.empty()) {
    json.Key("unlike");
    WriteExamples(json, query.unlike);
  }
  json.Key("space").String(query.space).Key("filter");
  api::WriteFilter(json, query.filter);
  if (query.max_distance) json.Key("max_distance").Double(*query.max_distance);
  if (query.group_by_plate) json.Key("group_by").String("plate");
  if (query.exact) json.Key("exact").Bool(true);
  if (query.travel) WriteTravel(json, query);
  if (paging != Paging::kAll) {
    json.Key("k").Uint(query.k);
    if (query.explain) json.Key("explain").Bool(true);
  }
  if (paging == Paging::kPage && !query.page_token.empty()) {
    json.Key("page_token").String(query.page_token);
  }
  if (paging != Paging::kBatch && query.as_of) json.Key("as_of").Uint(*query.as_of);
  json.EndObject();
}

std::string TargetOf(const ImageQuery& query) {
  return query.with_vectors ? "/v1/search/image?include=vectors" : "/v1/search/image";
}

}  // namespace

Result<ImagePage> ImageSearch::Find(const ImageQuery& query) {
  std::string body;
  {
    api::JsonWriter json(body);
    WriteQuery(json, query, Paging::kPage);
  }
  SIGHTLINE_ASSIGN(std::string json,
                   client_.Send("POST", TargetOf(query), body, {.repeatable = true}));
  return ParseImagePage(std::move(json));
}

Status ImageSearch::FindNdjson(const ImageQuery& query, const ByteSink& sink) {
  std::string body;
  {
    api::JsonWriter json(body);
    WriteQuery(json, query, Paging::kAll);
  }
  return client_.Post(TargetOf(query), body, "application/x-ndjson", sink);
}

Result<std::vector<Result<ImagePage>>> ImageSearch::FindMany(std::span<const ImageQuery> queries) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("queries").BeginArray();
    for (const ImageQuery& query : queries) WriteQuery(json, query, Paging::kBatch);
    json.EndArray().EndObject();
  }
  SIGHTLINE_ASSIGN(const std::string json, client_.Send("POST", "/v1/search/image/batch", body,
                                                        {.repeatable = true}));
  return ParseImageBatch(json);
}

}  // namespace sightline::client
