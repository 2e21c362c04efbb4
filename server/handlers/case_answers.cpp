#include "server/handlers/case_answers.h"

#include <utility>

#include "api/problem.h"
#include "api/sighting_json.h"
#include "server/entity_tag.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

void WriteAuthor(api::JsonWriter& json, std::string_view member, const Author& author) {
  json.Key(member).BeginObject().Key("id").String(author.id);
  json.Key("name").String(author.name).EndObject();
}

void WriteItemMembers(api::JsonWriter& json, const CaseItem& item) {
  json.Key("id").String(item.id).Key("added").Time(item.added);
  WriteAuthor(json, "added_by", item.added_by);
}

}  // namespace

Author AuthorOf(const Call& call) { return {.id = call.token->id, .name = call.token->name}; }

IfMatch IfMatchOf(const Call& call) { return call.request.Header("if-match"); }

void WriteCaseMembers(api::JsonWriter& json, const CaseRecord& record) {
  json.Key("id").String(record.id).Key("name").String(record.name);
  if (!record.reference.empty()) json.Key("reference").String(record.reference);
  if (!record.description.empty()) json.Key("description").String(record.description);
  json.Key("status").String(api::CaseStatusName(record.status()));
  json.Key("created").Time(record.created);
  WriteAuthor(json, "created_by", record.created_by);
  json.Key("changed").Time(record.changed);
  WriteAuthor(json, "changed_by", record.changed_by);
  if (record.closed) {
    json.Key("closed").Time(*record.closed);
    WriteAuthor(json, "closed_by", record.closed_by);
  }
  json.Key("revision").Uint(record.revision);
}

void WriteQueryMembers(api::JsonWriter& json, const CaseQuery& query) {
  WriteItemMembers(json, query);
  json.Key("name").String(query.name);
  json.Key("method").String(query.body.empty() ? "GET" : "POST");
  json.Key("target").String(query.target);
  if (!query.body.empty()) json.Key("body").Raw(query.body);
}

void WriteNoteMembers(api::JsonWriter& json, const CaseNote& note) {
  WriteItemMembers(json, note);
  json.Key("text").String(note.text);
}

Status WriteTickedMembers(api::JsonWriter& json, const CaseSighting& ticked,
                          storage::Store& store, Sequence as_of, bool with_copy) {
  SIGHTLINE_ASSIGN(const SightingId id, ParseSightingId(ticked.id));
  const Result<StoredSighting> stored = store.GetSighting(id, as_of);
  const bool is_gone = !stored && stored.error().code == ErrorCode::kNotFound;
  if (!stored && !is_gone) return stored.error();
  WriteItemMembers(json, ticked);
  if (!ticked.note.empty()) json.Key("note").String(ticked.note);
  if (is_gone) {
    json.Key("gone").Bool(true);
  } else {
    json.Key("sighting");
    api::WriteSighting(json, *stored, {.vectors = with_copy});
  }
  json.Key("seen_as_of").Uint(ticked.seen_as_of);
  if (is_gone || with_copy) json.Key("seen").Raw(ticked.seen);
  return Ok();
}

Response CaseResponse(const CaseRecord& record, std::string body, int status) {
  Response response = JsonResponse(std::move(body), status);
  response.headers.emplace_back("ETag", EntityTag(record.revision));
  return response;
}

Result<Response> RefusalOf(const Error& error) {
  constexpr int kPreconditionFailed = 412;
  const bool is_stale = error.code == ErrorCode::kConflict &&
                        error.field == CaseBook::kIfMatchField;
  if (!is_stale) return error;
  return Response{.status = kPreconditionFailed,
                  .headers = {{"Content-Type", "application/problem+json"}},
                  .body = api::ProblemJson(error, kPreconditionFailed)};
}

}  // namespace sightline::server
