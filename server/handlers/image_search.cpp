// /v1/search/image
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/image_json.h"
#include "api/json_writer.h"
#include "api/problem.h"
#include "query/image_search.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/image_question.h"
#include "server/handlers/lines.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// Matches of one piece of a streamed answer.
constexpr size_t kStreamMatches = query::kMaxMatches;

query::Sources SourcesOf(const Services& services) {
  return services.QuestionSources(services.reading_models.Current());
}

// Pictures have their place in the API, and need a model that turns them into vectors.
Status RequireQuestion(const Call& call) {
  if (call.media_type != "multipart/form-data") return RequireJson(call);
  return Error{ErrorCode::kUnacceptable,
               "this server has no model that turns pictures into vectors; send application/json "
               "with a sighting_id or a vector",
               {}};
}

Result<api::SightingFields> ParseFields(const Request& http) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({"include", "fields"}));
  return api::ParseSightingFields(http.Parameter("include").value_or(""),
                                  http.Parameter("fields").value_or(""));
}

// --- one question --------------------------------------------------------------------------------

Result<ImageQuestion> ParseQuestion(const Services& services, const Request& http,
                                    std::string_view document) {
  SIGHTLINE_ASSIGN(api::SightingFields fields, ParseFields(http));
  SIGHTLINE_ASSIGN(api::SearchImageBody body, api::ParseSearchImage(document));
  return MakeImageQuestion(services, std::move(body), std::move(fields));
}

Status CheckQuestion(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_ASSIGN(const ImageQuestion question, ParseQuestion(services, http, document));
  if (question.body.page_token.empty()) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "/page_token");
}

Result<query::ImageAnswer> Find(const Services& services, const ImageQuestion& question,
                                const query::ImageRequest& request,
                                const Cancellation& cancellation) {
  Result<query::ImageAnswer> answer =
      query::SearchImage(SourcesOf(services), request, cancellation);
  if (!answer) return AsSent(question, std::move(answer).error());
  services.ObserveImageSearch(request, *answer);
  return answer;
}

// One match a line.
void AppendMatches(const Services& services, const query::ImageAnswer& answer,
                   const ImageQuestion& question, std::string& out) {
  const auto similarity = services.similarities.Current(answer.space);
  AppendLines(
      answer.matches,
      [&](api::JsonWriter& json, const query::ImageMatch& match) {
        WriteImageMatch(json, match, question, *similarity);
      },
      out);
}

Result<Response> BuildPage(const Services& services, const ImageQuestion& question, bool as_lines,
                           const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const query::ImageAnswer answer,
                   Find(services, question, question.request, cancellation));
  if (as_lines) {
    Response response = LinesResponse(answer.as_of, NextImagePageToken(answer, question));
    AppendMatches(services, answer, question, response.body);
    return response;
  }
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteImageAnswerMembers(json, services, answer, question);
  json.Key("as_of").Uint(answer.as_of).EndObject();
  return JsonResponse(std::move(body));
}

// All matches as deep as pages go, a line each, in pieces.
Awaitable<Status> StreamAll(const Services& services, Call& call, const ImageQuestion& question) {
  query::ImageRequest request = question.request;
  request.k = kStreamMatches;
  bool ended = false;
  Sequence as_of = 0;
  auto next = [&](std::string& piece) -> Status {
    if (ended) return Ok();
    SIGHTLINE_ASSIGN(const query::ImageAnswer answer,
                     Find(services, question, request, call.cancellation));
    as_of = answer.as_of;
    AppendMatches(services, answer, question, piece);
    ended = !HasNextPage(answer);
    request.as_of = answer.as_of;
    request.after = answer.next;
    request.skip = answer.next_skip;
    return Ok();
  };
  co_return co_await StreamLines(services, call, [&] { return as_of; }, next);
}

Awaitable<Status> PostImage(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kJsonType, kNdjsonType};
  SIGHTLINE_CO_ASSIGN(const auto type, co_await ChooseMediaType(call, kOffered));
  if (!type) co_return Ok();
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireQuestion(call));
  SIGHTLINE_CO_ASSIGN(const ImageQuestion question,
                      ParseQuestion(services, call.request, call.document));
  const bool as_lines = kOffered[*type] == kNdjsonType;
  SIGHTLINE_CO_RETURN_IF_ERROR(CheckExplain(as_lines, question.body.explain));
  {
    api::JsonWriter json(call.audit_body.emplace());
    WriteAuditedQuestion(json, question.body);
  }
  call.record();
  if (as_lines && !question.body.k_given) {
    co_return co_await StreamAll(services, call, question);
  }
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto build = [&] { return BuildPage(services, question, as_lines, cancellation); };
  co_return co_await Answer(services, call, build);
}

// --- many questions ------------------------------------------------------------------------------

struct ImageBatch {
  std::vector<Result<ImageQuestion>> questions;
  Sequence as_of = 0;
};

// Fills `audited` with what the trail is to bear.
Result<ImageBatch> ParseBatch(const Services& services, const Request& http,
                              std::string_view document, std::string& audited) {
  SIGHTLINE_ASSIGN(const api::SightingFields fields, ParseFields(http));
  SIGHTLINE_ASSIGN(api::SearchImageBatchBody body, api::ParseSearchImageBatch(document));
  if (body.as_of) SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, *body.as_of, "/as_of"));
  ImageBatch batch{.questions = {},
                   .as_of = body.as_of.value_or(services.store.VisibleSequence())};
  api::JsonWriter json(audited);
  json.BeginObject().Key("queries").BeginArray();
  for (Result<api::SearchImageBody>& query : body.queries) {
    if (!query) {
      json.Null();
      batch.questions.emplace_back(std::move(query).error());
      continue;
    }
    query->as_of = batch.as_of;
    WriteAuditedQuestion(json, *query);
    batch.questions.push_back(MakeImageQuestion(services, *std::move(query), fields));
  }
  json.EndArray().EndObject();
  return batch;
}

void WriteError(api::JsonWriter& json, const Error& error) {
  json.BeginObject().Key("error").Raw(api::ProblemJson(error)).EndObject();
}

Result<Response> AnswerBatch(const Services& services, const ImageBatch& batch,
                             const Cancellation& cancellation) {
  std::vector<query::ImageRequest> requests;
  for (const Result<ImageQuestion>& question : batch.questions) {
    if (question) requests.push_back(question->request);
  }
  const std::vector<Result<query::ImageAnswer>> answers =
      query::SearchImages(SourcesOf(services), requests, cancellation);
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("answers").BeginArray();
  auto answer = answers.begin();
  for (const Result<ImageQuestion>& question : batch.questions) {
    if (!question) {
      WriteError(json, question.error());
      continue;
    }
    if (*answer) {
      json.BeginObject();
      services.ObserveImageSearch(question->request, **answer);
      WriteImageAnswerMembers(json, services, **answer, *question);
      json.EndObject();
    } else {
      WriteError(json, AsSent(*question, answer->error()));
    }
    ++answer;
  }
  json.EndArray().Key("as_of").Uint(batch.as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> PostImageBatch(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireQuestion(call));
  std::string audited;
  SIGHTLINE_CO_ASSIGN(const ImageBatch batch,
                      ParseBatch(services, call.request, call.document, audited));
  call.audit_body = std::move(audited);
  call.record();
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  auto answer = [&] { return AnswerBatch(services, batch, cancellation); };
  co_return co_await Answer(services, call, answer);
}

}  // namespace

std::vector<Endpoint> ImageSearchEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {{.method = "POST",
           .path = "/v1/search/image",
           .name = "search_image",
           .run = PostImage,
           .allowed = readers,
           .recording = Recording::kReading,
           .records_question = true,
           .body = BodyUse::kDocument,
           .unbounded = true,
           .check = CheckQuestion},
          {.method = "POST",
           .path = "/v1/search/image/batch",
           .name = "search_image_batch",
           .run = PostImageBatch,
           .allowed = readers,
           .recording = Recording::kReading,
           .records_question = true,
           .body = BodyUse::kDocument}};
}

}  // namespace sightline::server
