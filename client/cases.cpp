#include "client/cases.h"

#include <fmt/format.h>

#include "api/json_writer.h"
#include "client/answer_members.h"

namespace sightline::client {
namespace {

CaseInfo ReadCase(Json root) {
  return {.id = Text(root["id"]),
          .name = Text(root["name"]),
          .reference = Text(root["reference"]),
          .description = Text(root["description"]),
          .status = Text(root["status"]),
          .created = Time(root["created"]).value_or(TimestampMs{}),
          .created_by = Text(root["created_by"]["name"]),
          .changed = Time(root["changed"]).value_or(TimestampMs{}),
          .changed_by = Text(root["changed_by"]["name"]),
          .revision = Count(root["revision"])};
}

Result<CaseAnswer> ParseCase(std::string json) {
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no case in it");
  CaseAnswer answer{.info = ReadCase(root), .json = {}};
  if (answer.info.id.empty()) return NotUnderstood("no case in it");
  answer.json = std::move(json);
  return answer;
}

Result<std::string> ParseItemId(const std::string& json) {
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no case in it");
  std::string id = Text(root["id"]);
  if (id.empty()) return NotUnderstood("no case in it");
  return id;
}

std::string ChangeBody(const api::CaseChange& change) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  if (change.name) json.Key("name").String(*change.name);
  if (change.reference) json.Key("reference").String(*change.reference);
  if (change.description) json.Key("description").String(*change.description);
  if (change.status) json.Key("status").String(api::CaseStatusName(*change.status));
  json.EndObject();
  return body;
}

std::string TargetOf(std::string_view id) { return "/v1/cases/" + PercentEncode(id); }

std::string TargetOf(std::string_view id, CaseItemKind kind) {
  switch (kind) {
    case CaseItemKind::kQuery: return TargetOf(id) + "/queries";
    case CaseItemKind::kSighting: return TargetOf(id) + "/sightings";
    case CaseItemKind::kNote: return TargetOf(id) + "/notes";
  }
  return {};
}

}  // namespace

Result<CaseAnswer> Cases::Create(const api::CaseChange& change) {
  SIGHTLINE_ASSIGN(std::string json, client_.Send("POST", "/v1/cases", ChangeBody(change)));
  return ParseCase(std::move(json));
}

Result<CaseList> Cases::List(std::string_view status, size_t limit, std::string_view page_token) {
  std::string target = fmt::format("/v1/cases?limit={}", limit);
  if (!status.empty()) target += "&status=" + PercentEncode(status);
  if (!page_token.empty()) target += "&page_token=" + PercentEncode(page_token);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array cases;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["cases"].get(cases) != simdjson::SUCCESS) {
    return NotUnderstood("no case in it");
  }
  CaseList list;
  for (const Json one : cases) list.cases.push_back(ReadCase(one));
  list.next_page_token = Text(root["next_page_token"]);
  list.json = std::move(json);
  return list;
}

Result<CaseAnswer> Cases::Find(std::string_view id) {
  SIGHTLINE_ASSIGN(std::string json, client_.Get(TargetOf(id)));
  return ParseCase(std::move(json));
}

Result<CaseAnswer> Cases::Change(std::string_view id, const api::CaseChange& change,
                                 std::optional<uint64_t> revision) {
  CallOptions options{.repeatable = true};
  if (revision) options.headers.push_back(fmt::format("If-Match: \"{}\"", *revision));
  SIGHTLINE_ASSIGN(std::string json,
                   client_.Send("PATCH", TargetOf(id), ChangeBody(change), options));
  return ParseCase(std::move(json));
}

Status Cases::Delete(std::string_view id) {
  SIGHTLINE_RETURN_IF_ERROR(client_.Send("DELETE", TargetOf(id), {}));
  return Ok();
}

Result<std::string> Cases::AddQuery(std::string_view id, const api::SavedQuery& query) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("name").String(query.name).Key("target").String(query.target);
    if (!query.body.empty()) json.Key("body").Raw(query.body);
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(const std::string json,
                   client_.Send("POST", TargetOf(id, CaseItemKind::kQuery), body));
  return ParseItemId(json);
}

Result<std::string> Cases::AddNote(std::string_view id, std::string_view text) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("text").String(text).EndObject();
  }
  SIGHTLINE_ASSIGN(const std::string json,
                   client_.Send("POST", TargetOf(id, CaseItemKind::kNote), body));
  return ParseItemId(json);
}

Result<TickOutcome> Cases::AddSightings(std::string_view id,
                                        std::span<const api::TickedSighting> ticked) {
  std::string body;
  {
    api::JsonWriter json(body);
    json.BeginObject().Key("sightings").BeginArray();
    for (const api::TickedSighting& one : ticked) {
      json.BeginObject().Key("id").String(one.id.ToString());
      if (!one.note.empty()) json.Key("note").String(one.note);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  SIGHTLINE_ASSIGN(const std::string json,
                   client_.Send("POST", TargetOf(id, CaseItemKind::kSighting), body,
                                {.repeatable = true}));
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no case in it");
  return TickOutcome{.added = Count(root["added"]), .already = Count(root["already"])};
}

Status Cases::Remove(std::string_view id, CaseItemKind kind, std::string_view item) {
  SIGHTLINE_RETURN_IF_ERROR(
      client_.Send("DELETE", TargetOf(id, kind) + "/" + PercentEncode(item), {}));
  return Ok();
}

Result<CaseQueryInfo> Cases::FindQuery(std::string_view id, std::string_view query) {
  SIGHTLINE_ASSIGN(const std::string json, client_.Get(TargetOf(id, CaseItemKind::kQuery) + "/" +
                                                       PercentEncode(query)));
  simdjson::dom::parser parser;
  Json root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return NotUnderstood("no case in it");
  CaseQueryInfo info{.name = Text(root["name"]),
                     .method = Text(root["method"]),
                     .target = Text(root["target"]),
                     .body = {}};
  Json body;
  if (root["body"].get(body) == simdjson::SUCCESS) info.body = simdjson::minify(body);
  return info;
}

Result<std::string> Cases::Items(std::string_view id, CaseItemKind kind,
                                 std::string_view page_token) {
  std::string target = TargetOf(id, kind) + "?limit=1000";
  if (!page_token.empty()) target += "&page_token=" + PercentEncode(page_token);
  return client_.Get(target);
}

Status Cases::Report(std::string_view id, ReportFormat format, const ByteSink& sink) {
  const bool as_html = format == ReportFormat::kHtml;
  return client_.Fetch(TargetOf(id) + (as_html ? "/report?format=html" : "/report?format=json"),
                       as_html ? "text/html" : "application/json", sink);
}

}  // namespace sightline::client
