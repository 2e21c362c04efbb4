#include "client/client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "api/search_json.h"
#include "client/answer_parser.h"
#include "client/transport.h"

namespace sightline::client {
namespace {

constexpr std::string_view kNdjson = "application/x-ndjson";

void FromVariable(const char* name, std::string& value) {
  if (const char* set = std::getenv(name); set != nullptr && *set != '\0') value = set;
}

std::string_view MediaTypeOf(BodyFormat format) {
  return format == BodyFormat::kNdjson ? kNdjson : "application/json";
}

// Builds "?a=1&b=2" from what is given.
class QueryString {
 public:
  void Add(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}{}={}", text_.empty() ? '?' : '&', name, PercentEncode(value));
  }
  void AddGiven(std::string_view name, std::string_view value) {
    if (!value.empty()) Add(name, value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string SearchBody(const SearchQuery& query, bool paged) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  json.Key("filter");
  api::WriteFilter(json, query.filter);
  if (query.order) json.Key("order").String(api::OrderName(*query.order));
  if (query.as_of) json.Key("as_of").Uint(*query.as_of);
  if (paged) {
    json.Key("limit").Uint(query.limit);
    if (!query.page_token.empty()) json.Key("page_token").String(query.page_token);
    if (query.explain) json.Key("explain").Bool(true);
  }
  json.EndObject();
  return body;
}

std::string SearchTarget(const SearchQuery& query) {
  return query.with_vectors ? "/v1/search/sightings?include=vectors" : "/v1/search/sightings";
}

std::string CorrectionTarget(const CorrectionQuery& query, bool paged) {
  QueryString parameters;
  if (query.from) parameters.Add("from", FormatTimestamp(*query.from));
  if (query.to) parameters.Add("to", FormatTimestamp(*query.to));
  if (query.as_of) parameters.Add("as_of", std::to_string(*query.as_of));
  if (paged) {
    parameters.Add("limit", std::to_string(query.limit));
    parameters.AddGiven("page_token", query.page_token);
  }
  return "/v1/corrections" + parameters.text();
}

std::string CorrectionBody(const Correction& correction) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  if (correction.plate) json.Key("plate").String(*correction.plate);
  if (!correction.attributes.empty() || !correction.removed_attributes.empty()) {
    json.Key("attributes").BeginObject();
    for (const Attribute& attribute : correction.attributes) {
      json.Key(attribute.name).Attribute(attribute.value);
    }
    for (const std::string& name : correction.removed_attributes) json.Key(name).Null();
    json.EndObject();
  }
  if (!correction.note.empty()) json.Key("note").String(correction.note);
  json.EndObject();
  return body;
}

Result<std::string> ReadTokenFile(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  if (!file || !std::getline(file, token)) {
    return InvalidArgument(fmt::format("cannot read a token from {}", path));
  }
  while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return token;
}

Status CheckUrl(const std::string& url) {
  CURLU* parsed = curl_url();
  char* scheme = nullptr;
  const bool good = curl_url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
                    curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                    (std::string_view(scheme) == "http" || std::string_view(scheme) == "https");
  curl_free(scheme);
  curl_url_cleanup(parsed);
  if (good) return Ok();
  return InvalidArgument(fmt::format("'{}' is not an http or https URL", url));
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      encoded.push_back(c);
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

ClientOptions ClientOptions::FromEnvironment() {
  ClientOptions options;
  FromVariable("SIGHTLINE_URL", options.url);
  FromVariable("SIGHTLINE_TOKEN", options.token);
  FromVariable("SIGHTLINE_TOKEN_FILE", options.token_file);
  FromVariable("SIGHTLINE_PURPOSE", options.purpose);
  FromVariable("SIGHTLINE_CASE", options.case_number);
  FromVariable("SIGHTLINE_CA_FILE", options.ca_file);
  return options;
}

class Client::Impl {
 public:
  explicit Impl(ClientOptions client_options)
      : options_(std::move(client_options)), transport_(options_) {}

  const ClientOptions& options() const { return options_; }

  Result<std::string> Get(std::string target) {
    return transport_.Send({.target = std::move(target), .headers = {"Accept: application/json"}});
  }

  // A POST whose body is JSON in memory. `repeatable`: see HttpRequest.
  Result<std::string> PostJson(std::string target, const std::string& json, bool repeatable) {
    TextBody body(json);
    return transport_.Send({.method = "POST",
                            .target = std::move(target),
                            .headers = {"Content-Type: application/json",
                                        "Accept: application/json"},
                            .body = &body,
                            .repeatable = repeatable});
  }

  Transport& transport() { return transport_; }

 private:
  const ClientOptions options_;
  Transport transport_;
};

Result<Client> Client::Create(ClientOptions options) {
  SIGHTLINE_RETURN_IF_ERROR(CheckUrl(options.url));
  if (options.token.empty() && !options.token_file.empty()) {
    SIGHTLINE_ASSIGN(options.token, ReadTokenFile(options.token_file));
  }
  if (std::ranges::any_of(options.token, [](char c) { return c <= ' ' || c > '~'; })) {
    return InvalidArgument("the token has characters that no token has");
  }
  return Client(std::make_unique<Impl>(std::move(options)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;
Client::~Client() = default;

const ClientOptions& Client::options() const { return impl_->options(); }

Result<CameraOutcome> Client::PutCameras(BodySource& body, BodyFormat format) {
  SIGHTLINE_ASSIGN(const std::string json,
                   impl_->transport().Send(
                       {.method = "POST",
                        .target = "/v1/cameras",
                        .headers = {fmt::format("Content-Type: {}", MediaTypeOf(format))},
                        .body = &body}));
  return ParseCameraOutcome(json);
}

Result<CameraList> Client::ListCameras(const CameraQuery& query) {
  QueryString parameters;
  if (query.with_retired) parameters.Add("include", "retired");
  parameters.AddGiven("bbox", query.bbox);
  SIGHTLINE_ASSIGN(std::string json, impl_->Get("/v1/cameras" + parameters.text()));
  return ParseCameraList(std::move(json));
}

Result<UploadOutcome> Client::UploadSightings(BodySource& body, const UploadOptions& options) {
  HttpRequest request{.method = "POST",
                      .target = "/v1/sightings",
                      .headers = {fmt::format("Content-Type: {}", MediaTypeOf(options.format))},
                      .body = &body,
                      .repeatable = false,
                      .upload_progress = options.progress};
  if (options.gzip) request.headers.push_back("Content-Encoding: gzip");
  SIGHTLINE_ASSIGN(const std::string json, impl_->transport().Send(request));
  return ParseUploadOutcome(json);
}

Result<SightingPage> Client::Search(const SearchQuery& query) {
  SIGHTLINE_ASSIGN(std::string json, impl_->PostJson(SearchTarget(query),
                                                     SearchBody(query, /*paged=*/true), true));
  return ParseSightingPage(std::move(json));
}

Status Client::SearchEachPage(SearchQuery query,
                              const std::function<Status(const SightingPage&)>& page) {
  do {
    SIGHTLINE_ASSIGN(const SightingPage answer, Search(query));
    SIGHTLINE_RETURN_IF_ERROR(page(answer));
    query.page_token = answer.next_page_token;
  } while (!query.page_token.empty());
  return Ok();
}

Status Client::SearchNdjson(const SearchQuery& query, const ByteSink& sink) {
  return Post(SearchTarget(query), SearchBody(query, /*paged=*/false), kNdjson, sink);
}

Result<SightingAnswer> Client::GetSighting(std::string_view id) {
  SIGHTLINE_ASSIGN(std::string json, impl_->Get("/v1/sightings/" + PercentEncode(id)));
  return ParseSightingAnswer(std::move(json));
}

Result<SightingAnswer> Client::CorrectSighting(std::string_view id, const Correction& correction) {
  SIGHTLINE_ASSIGN(std::string json, Send("PATCH", "/v1/sightings/" + PercentEncode(id),
                                          CorrectionBody(correction)));
  return ParseSightingAnswer(std::move(json));
}

Result<CorrectionPage> Client::ListCorrections(const CorrectionQuery& query) {
  SIGHTLINE_ASSIGN(std::string json, impl_->Get(CorrectionTarget(query, /*paged=*/true)));
  return ParseCorrectionPage(std::move(json));
}

Status Client::CorrectionsNdjson(const CorrectionQuery& query, const ByteSink& sink) {
  return Fetch(CorrectionTarget(query, /*paged=*/false), kNdjson, sink);
}

Result<PlatePage> Client::ListPlates(const PlateQuery& query) {
  QueryString parameters;
  parameters.AddGiven("match", query.match);
  if (query.like) {
    parameters.Add("like", query.like->text);
    parameters.Add("max_distance", std::to_string(query.like->max_distance));
  }
  parameters.Add("limit", std::to_string(query.limit));
  parameters.AddGiven("page_token", query.page_token);
  if (query.as_of) parameters.Add("as_of", std::to_string(*query.as_of));
  SIGHTLINE_ASSIGN(std::string json, impl_->Get("/v1/plates" + parameters.text()));
  return ParsePlatePage(std::move(json));
}

Status Client::Trajectory(const TrajectoryQuery& query, const ByteSink& sink) {
  constexpr std::string_view kFormatNames[] = {"geojson", "mfjson", "gpx", "kml", "csv"};
  QueryString parameters;
  parameters.Add("format", kFormatNames[static_cast<size_t>(query.format)]);
  if (query.from) parameters.Add("from", FormatTimestamp(*query.from));
  if (query.to) parameters.Add("to", FormatTimestamp(*query.to));
  if (query.as_of) parameters.Add("as_of", std::to_string(*query.as_of));
  const auto sent = impl_->transport().Send(
      {.target = fmt::format("/v1/plates/{}/trajectory{}", PercentEncode(query.plate),
                             parameters.text())},
      sink);
  if (!sent) return sent.error();
  return Ok();
}

Result<TrajectoryAnswer> Client::ReadTrajectory(TrajectoryQuery query) {
  query.format = api::TrajectoryFormat::kGeoJson;
  std::string geojson;
  SIGHTLINE_RETURN_IF_ERROR(Trajectory(query, [&](std::string_view piece) {
    geojson += piece;
    return Ok();
  }));
  return ParseTrajectory(geojson);
}

Result<std::string> Client::ServerStatus() { return impl_->Get("/v1/status"); }

Result<std::string> Client::Get(std::string_view target) { return impl_->Get(std::string(target)); }

Status Client::Fetch(std::string_view target, std::string_view accept, const ByteSink& sink) {
  const auto sent = impl_->transport().Send(
      {.target = std::string(target), .headers = {fmt::format("Accept: {}", accept)}}, sink);
  if (!sent) return sent.error();
  return Ok();
}

Status Client::Post(std::string_view target, const std::string& json, std::string_view accept,
                    const ByteSink& sink) {
  TextBody body(json);
  const auto sent = impl_->transport().Send(
      {.method = "POST",
       .target = std::string(target),
       .headers = {"Content-Type: application/json", fmt::format("Accept: {}", accept)},
       .body = &body},
      sink);
  if (!sent) return sent.error();
  return Ok();
}

Result<std::string> Client::Send(std::string_view method, std::string_view target,
                                 const std::string& json, const CallOptions& options) {
  TextBody body(json);
  HttpRequest request{.method = std::string(method),
                      .target = std::string(target),
                      .headers = options.headers,
                      .repeatable = options.repeatable};
  request.headers.push_back("Accept: application/json");
  if (!json.empty()) {
    request.headers.push_back("Content-Type: application/json");
    request.body = &body;
  }
  return impl_->transport().Send(request);
}

Result<TokenAnswer> Client::CreateToken(const NewToken& token) {
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("name").String(token.name).Key("roles").BeginArray();
  for (const std::string& role : token.roles) json.String(role);
  json.EndArray();
  if (token.expires) json.Key("expires").Time(*token.expires);
  if (!token.standing_purpose.empty()) json.Key("standing_purpose").String(token.standing_purpose);
  json.EndObject();
  SIGHTLINE_ASSIGN(std::string answer, impl_->PostJson("/v1/tokens", body, /*repeatable=*/false));
  return ParseTokenAnswer(std::move(answer));
}

Result<TokenList> Client::ListTokens() {
  SIGHTLINE_ASSIGN(std::string json, impl_->Get("/v1/tokens?limit=10000"));
  return ParseTokenList(std::move(json));
}

Status Client::RevokeToken(std::string_view id) {
  SIGHTLINE_RETURN_IF_ERROR(
      Send("DELETE", "/v1/tokens/" + PercentEncode(id), {}, {.repeatable = true}));
  return Ok();
}

}  // namespace sightline::client
