#include "server/handlers/image_question.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

#include "api/page_token.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

static_assert(api::kMaxImageMatches == query::kMaxMatches);
static_assert(api::kMaxImageExamples == query::kMaxExamples);

// A page's end: the bits of the distance as they are (printed and read back it could lie before its
// own row), how many matches lie before it, and the id of the row.
constexpr size_t kDistanceCharacters = 16;
constexpr size_t kSkipCharacters = 8;
constexpr size_t kPositionCharacters = kDistanceCharacters + kSkipCharacters + 36;

std::string EncodePosition(const query::ImagePosition& position, size_t skip) {
  return fmt::format("{:016x}{:08x}{}", std::bit_cast<uint64_t>(position.distance), skip,
                     position.id.ToString());
}

std::optional<uint64_t> ParseHex(std::string_view digits) {
  uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, number, 16);
  if (error != std::errc() || last != end) return std::nullopt;
  return number;
}

Status DecodePosition(std::string_view text, query::ImageRequest& request) {
  const Error damaged = InvalidArgument("the page token is damaged", "/page_token");
  if (text.size() != kPositionCharacters) return damaged;
  const auto bits = ParseHex(text.substr(0, kDistanceCharacters));
  const auto skip = ParseHex(text.substr(kDistanceCharacters, kSkipCharacters));
  const Result<SightingId> id = ParseSightingId(text.substr(kDistanceCharacters + kSkipCharacters));
  if (!bits || !skip || !id || *skip > query::kMaxDepth) return damaged;
  const double distance = std::bit_cast<double>(*bits);
  if (!std::isfinite(distance)) return damaged;
  request.after = {.distance = distance, .id = *id};
  request.skip = *skip;
  return Ok();
}

std::vector<query::ImageExample> ExamplesOf(const std::vector<api::ImageExampleBody>& bodies) {
  std::vector<query::ImageExample> examples;
  examples.reserve(bodies.size());
  for (const api::ImageExampleBody& body : bodies) {
    examples.push_back({.sighting = body.sighting, .vector = body.vector});
  }
  return examples;
}

query::ImageRequest RequestOf(const api::SearchImageBody& body) {
  query::ImageRequest request{.space = body.space,
                              .like = ExamplesOf(body.like),
                              .unlike = ExamplesOf(body.unlike),
                              .filter = body.filter,
                              .k = body.k,
                              .max_distance = body.max_distance,
                              .group_by_plate = body.group_by_plate,
                              .exact = body.exact};
  if (body.travel) {
    request.travel.emplace();
    if (body.travel->max_speed) request.travel->max_speed = *body.travel->max_speed;
  }
  return request;
}

// What the verdict says, for a person.
std::string ReasonOf(const query::TravelVerdict& verdict, const query::TravelBound& bound,
                     bool has_place) {
  if (!has_place) return "one of the two places is not known";
  const std::string journey =
      fmt::format("{:.1f} km in {:.0f} s", verdict.distance.value / 1000, verdict.gap_s);
  const std::string needs =
      verdict.required ? fmt::format("{} would take {:.0f} km/h", journey, verdict.required->value)
                       : fmt::format("{} at one moment", journey);
  return fmt::format("{}, {} than {:.0f} km/h allow with {:.0f} s and {:.0f} m of slack", needs,
                     verdict.possible ? "no more" : "more", bound.max_speed.value, bound.slack_s,
                     bound.slack.value);
}

void WriteTravel(api::JsonWriter& json, const query::TravelVerdict& verdict,
                 const query::TravelBound& bound) {
  const bool has_place = verdict.required || verdict.distance.value > 0;
  json.Key("travel").BeginObject().Key("possible").Bool(verdict.possible);
  if (has_place) json.Key("distance_m").Double(verdict.distance.value);
  json.Key("gap_s").Double(verdict.gap_s);
  if (verdict.required) json.Key("required_kmh").Double(verdict.required->value);
  json.Key("reason").String(ReasonOf(verdict, bound, has_place));
  json.EndObject();
}

void WriteExplain(api::JsonWriter& json, const query::ImageCost& cost) {
  const index::NearestCost& index = cost.index;
  json.Key("explain").BeginObject();
  json.Key("paths").BeginArray();
  json.BeginObject().Key("path").String("graph").Key("segments").Uint(index.segments_walked);
  json.Key("nodes_visited").Uint(index.nodes_visited);
  json.Key("given_up").Uint(index.walks_given_up).EndObject();
  json.BeginObject().Key("path").String("scan").Key("segments").Uint(index.segments_scanned);
  json.Key("rows_compared").Uint(index.rows_compared);
  json.Key("without_graph").Uint(index.segments_without_graph).EndObject();
  json.EndArray();
  json.Key("days").Uint(cost.days);
  json.Key("rounds").Uint(cost.rounds);
  json.Key("segments").Uint(index.segments);
  json.Key("segments_pruned").Uint(index.segments_pruned);
  json.Key("records_read").Uint(cost.records_read);
  json.Key("microseconds").Uint(cost.microseconds);
  json.EndObject();
}

}  // namespace

Result<ImageQuestion> MakeImageQuestion(const Services& services, api::SearchImageBody body,
                                        api::SightingFields fields) {
  ImageQuestion question{
      .body = std::move(body), .fields = std::move(fields), .text = {}, .request = {}};
  question.request = RequestOf(question.body);
  question.text = "image ";
  {
    api::JsonWriter json(question.text);
    json.BeginObject();
    api::WriteImageQuestionMembers(json, question.body);
    json.EndObject();
  }
  SIGHTLINE_ASSIGN(const PageStart start,
                   ReadPageStart(question.body.page_token, question.text, question.body.as_of,
                                 "/page_token", "/as_of"));
  if (start.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(
        CheckAsOf(services, *start.as_of, question.body.as_of ? "/as_of" : "/page_token"));
  }
  question.request.as_of = start.as_of;
  if (!start.position.empty()) {
    SIGHTLINE_RETURN_IF_ERROR(DecodePosition(start.position, question.request));
  }
  return question;
}

void WriteAuditedQuestion(api::JsonWriter& json, const api::SearchImageBody& body) {
  json.BeginObject();
  api::WriteImageQuestionMembers(json, body);
  json.Key("k").Uint(body.k);
  if (body.as_of) json.Key("as_of").Uint(*body.as_of);
  if (!body.page_token.empty()) json.Key("page_token").String(body.page_token);
  json.EndObject();
}

Error AsSent(const ImageQuestion& question, Error error) {
  error.field = api::PointerAsSent(question.body, error.field);
  return error;
}

bool HasNextPage(const query::ImageAnswer& answer) {
  return answer.more && answer.next && answer.next_skip < query::kMaxDepth;
}

std::string NextImagePageToken(const query::ImageAnswer& answer, const ImageQuestion& question) {
  if (!HasNextPage(answer)) return {};
  return api::EncodePageToken(
      {.as_of = answer.as_of, .position = EncodePosition(*answer.next, answer.next_skip)},
      question.text);
}

void WriteImageMatch(api::JsonWriter& json, const query::ImageMatch& match,
                     const ImageQuestion& question, const query::SimilarityModel& similarity) {
  json.BeginObject();
  json.Key("distance").Double(match.distance);
  json.Key("similarity").Double(similarity.Similarity(match.distance));
  json.Key("sighting");
  api::WriteSighting(json, match.sighting, question.fields);
  if (question.request.group_by_plate) json.Key("others").Uint(match.others);
  if (match.travel) WriteTravel(json, *match.travel, *question.request.travel);
  json.EndObject();
}

void WriteImageAnswerMembers(api::JsonWriter& json, const Services& services,
                             const query::ImageAnswer& answer, const ImageQuestion& question) {
  const auto similarity = services.similarities.Current(answer.space);
  json.Key("matches").BeginArray();
  for (const query::ImageMatch& match : answer.matches) {
    WriteImageMatch(json, match, question, *similarity);
  }
  json.EndArray();
  json.Key("space").String(answer.space.name);
  const std::string next_page_token = NextImagePageToken(answer, question);
  if (!next_page_token.empty()) json.Key("next_page_token").String(next_page_token);
  if (question.body.explain) WriteExplain(json, answer.cost);
}

}  // namespace sightline::server
