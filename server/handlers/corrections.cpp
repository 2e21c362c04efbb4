// /v1/corrections
#include <optional>
#include <utility>

#include "api/correction_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/parameters.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/lines.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// Rows of one piece of a streamed answer.
constexpr size_t kStreamRows = 500;

struct CorrectionQuestion {
  Interval corrected;  // when
  size_t limit = api::kDefaultLimit;
  bool limit_given = false;
  Sequence as_of = 0;
  Sequence before = 0;  // the next row has a lower number
  std::string text;     // for page tokens
};

Result<CorrectionQuestion> ParseQuestion(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"from", "to", "limit", "page_token", "as_of"}));
  CorrectionQuestion question;
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(question.corrected.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(question.corrected.to, api::ParseTimeParameter(*to, "to"));
  }
  if (question.corrected.from > question.corrected.to) {
    return InvalidArgument("from lies after to", "from");
  }
  question.limit_given = request.Parameter("limit").has_value();
  SIGHTLINE_ASSIGN(question.limit, LimitParameter(request));
  question.text = "corrections " + std::to_string(question.corrected.from.value) + " " +
                  std::to_string(question.corrected.to.value);
  SIGHTLINE_ASSIGN(const PageStart start, PageStartOfParameters(services, request, question.text));
  question.as_of = start.as_of.value_or(services.store.VisibleSequence());
  question.before = question.as_of + 1;
  if (!start.position.empty()) {
    SIGHTLINE_ASSIGN(question.before, api::ParseUintParameter(start.position, "page_token", 1,
                                                              question.as_of));
  }
  return question;
}

// Walks the corrections from the newest on.
class CorrectionWalk {
 public:
  // `services` and `question` outlive the walk.
  CorrectionWalk(const Services& services, const CorrectionQuestion& question)
      : services_(services), question_(question), before_(question.before) {}

  // The next rows, `limit` unless fewer are left.
  Result<std::vector<StoredCorrection>> Next(size_t limit, const Cancellation& cancellation) {
    std::vector<StoredCorrection> rows;
    while (!ended_ && rows.size() < limit) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      SIGHTLINE_ASSIGN(std::vector<StoredCorrection> batch,
                       services_.store.Corrections(before_, limit - rows.size()));
      ended_ = batch.empty();
      if (!batch.empty()) before_ = batch.back().sequence;
      for (StoredCorrection& row : batch) {
        if (question_.corrected.Contains(row.corrected)) rows.push_back(std::move(row));
      }
    }
    return rows;
  }

 private:
  const Services& services_;
  const CorrectionQuestion& question_;
  Sequence before_;
  bool ended_ = false;
};

Result<Response> BuildPage(const Services& services, const CorrectionQuestion& question,
                           bool as_lines, const Cancellation& cancellation) {
  CorrectionWalk walk(services, question);
  SIGHTLINE_ASSIGN(auto rows, walk.Next(question.limit + 1, cancellation));
  std::string next_page_token;
  if (rows.size() > question.limit) {
    rows.resize(question.limit);
    next_page_token = api::EncodePageToken(
        {.as_of = question.as_of, .position = std::to_string(rows.back().sequence)},
        question.text);
  }
  std::string body;
  if (as_lines) {
    AppendLines(rows, api::WriteCorrection, body);
    Response response = LinesResponse(question.as_of, next_page_token);
    response.body = std::move(body);
    return response;
  }
  api::JsonWriter json(body);
  json.BeginObject().Key("corrections").BeginArray();
  for (const StoredCorrection& row : rows) api::WriteCorrection(json, row);
  json.EndArray();
  if (!next_page_token.empty()) json.Key("next_page_token").String(next_page_token);
  json.Key("as_of").Uint(question.as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetCorrections(const Services& services, Call& call) {
  constexpr std::string_view kOffered[] = {kJsonType, kNdjsonType};
  SIGHTLINE_CO_ASSIGN(const auto type, co_await ChooseMediaType(call, kOffered));
  if (!type) co_return Ok();
  const bool as_lines = kOffered[*type] == kNdjsonType;
  SIGHTLINE_CO_ASSIGN(const CorrectionQuestion question, ParseQuestion(services, call.request));
  if (!as_lines || question.limit_given) {
    const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
    auto build = [&] { return BuildPage(services, question, as_lines, cancellation); };
    co_return co_await Answer(services, call, build);
  }
  CorrectionWalk walk(services, question);
  auto next = [&](std::string& piece) -> Status {
    SIGHTLINE_ASSIGN(const auto rows, walk.Next(kStreamRows, call.cancellation));
    AppendLines(rows, api::WriteCorrection, piece);
    return Ok();
  };
  co_return co_await StreamLines(services, call, [&] { return question.as_of; }, next);
}

}  // namespace

std::vector<Endpoint> CorrectionEndpoints() {
  return {{.method = "GET",
           .path = "/v1/corrections",
           .name = "list_corrections",
           .run = GetCorrections,
           .allowed = {Role::kOwner, Role::kReader, Role::kCorrector},
           .recording = Recording::kReading,
           .unbounded = true}};
}

}  // namespace sightline::server
