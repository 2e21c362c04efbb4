#include "api/problem.h"

#include <algorithm>
#include <string_view>

#include "api/json_reader.h"
#include "api/json_writer.h"

namespace sightline::api {
namespace {

constexpr std::string_view kTypePrefix = "/problems/";

struct CodeRow {
  ErrorCode code;
  int status;
  std::string_view title;
};

// The first row of a status is the code that a client takes it for.
constexpr CodeRow kCodes[] = {
    {ErrorCode::kInvalidArgument, 400, "The request is malformed"},
    {ErrorCode::kUnauthenticated, 401, "Credentials are missing or wrong"},
    {ErrorCode::kPermissionDenied, 403, "The caller may not do this"},
    {ErrorCode::kNotFound, 404, "There is no such thing"},
    {ErrorCode::kConflict, 409, "The request contradicts what is stored"},
    {ErrorCode::kTooLarge, 413, "The request is larger than a limit allows"},
    {ErrorCode::kUnsupportedMedia, 415, "The media type or encoding is not read here"},
    {ErrorCode::kUnacceptable, 422, "The request is understood but not acceptable"},
    {ErrorCode::kTooManyRequests, 429, "Too many requests"},
    {ErrorCode::kInternal, 500, "The server failed"},
    {ErrorCode::kCorruption, 500, "Stored data is damaged"},
    {ErrorCode::kIo, 500, "The server could not read or write its data"},
    {ErrorCode::kUnavailable, 503, "The server cannot answer now"},
    {ErrorCode::kCancelled, 503, "The request was given up"},
    {ErrorCode::kNoSpace, 507, "The disk is full"},
};

const CodeRow& RowOf(ErrorCode code) {
  const auto* row = std::ranges::find(kCodes, code, &CodeRow::code);
  return row != std::end(kCodes) ? *row
                                 : *std::ranges::find(kCodes, ErrorCode::kInternal, &CodeRow::code);
}

// Statuses that no ErrorCode stands for: problems of HTTP itself, with type "about:blank", whose
// title is the status's phrase (RFC 9457, section 4.2.1).
std::string_view PhraseOf(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 505: return "HTTP Version Not Supported";
    default: return "HTTP Error";
  }
}

// "/problems/invalid-argument" for kInvalidArgument.
std::string TypeOf(ErrorCode code) {
  std::string type(kTypePrefix);
  type += ErrorCodeName(code);
  std::ranges::replace(type, '_', '-');
  return type;
}

std::string_view TextMember(JsonObject object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return {};
  return text;
}

}  // namespace

int HttpStatus(ErrorCode code) { return RowOf(code).status; }

ErrorCode CodeOfHttpStatus(int status) {
  const auto* row = std::ranges::find(kCodes, status, &CodeRow::status);
  if (row != std::end(kCodes)) return row->code;
  if (status == 412) return ErrorCode::kConflict;
  if (status == 408 || status == 502 || status == 504) return ErrorCode::kUnavailable;
  return status >= 400 && status < 500 ? ErrorCode::kInvalidArgument : ErrorCode::kInternal;
}

std::string ProblemJson(const Error& error, std::optional<int> status,
                        std::optional<uint64_t> line) {
  const CodeRow& row = RowOf(error.code);
  const bool of_http = status && *status != row.status;
  std::string body;
  JsonWriter json(body);
  json.BeginObject();
  json.Key("type").String(of_http ? "about:blank" : TypeOf(row.code));
  json.Key("title").String(of_http ? PhraseOf(*status) : row.title);
  json.Key("status").Int(status.value_or(row.status));
  json.Key("detail").String(error.message);
  if (!error.field.empty()) json.Key("field").String(error.field);
  if (line) json.Key("line").Uint(*line);
  json.EndObject();
  return body;
}

Error ParseProblem(int status, std::string_view body) {
  JsonDocument document;
  const Result<Json> root = document.Parse(body);
  JsonObject object;
  if (!root || root->get(object) != simdjson::SUCCESS || TextMember(object, "type").empty()) {
    return Internal(std::string(body));
  }
  Error error{CodeOfHttpStatus(status), std::string(TextMember(object, "detail")),
              std::string(TextMember(object, "field"))};
  if (error.message.empty()) error.message = TextMember(object, "title");
  for (const CodeRow& row : kCodes) {
    if (row.status == status && TypeOf(row.code) == TextMember(object, "type"))
      error.code = row.code;
  }
  return error;
}

}  // namespace sightline::api
