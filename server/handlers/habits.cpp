// /v1/analyses/habits and /v1/analyses/common-plates
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "api/habits_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/parameters.h"
#include "query/common_plates.h"
#include "query/vehicle_habits.h"
#include "server/coroutine_error.h"
#include "server/habits_search.h"
#include "server/handlers/case_answers.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/job_answers.h"
#include "server/handlers/reply.h"
#include "server/handlers/table_answer.h"

namespace sightline::server {
namespace {

query::Sources SourcesOf(const Services& services) {
  return services.QuestionSources(services.reading_models.Current());
}

// The part of a ranked list that a page shows.
struct RankedPage {
  std::string question;  // for page tokens
  size_t begin = 0;
  size_t limit = api::kDefaultLimit;
  std::optional<Sequence> as_of;

  size_t end() const { return begin + limit; }
};

Result<RankedPage> PageOf(const Services& services, std::string question,
                          const std::optional<size_t>& limit, const std::string& page_token,
                          const std::optional<Sequence>& as_of) {
  RankedPage page{.question = std::move(question),
                  .limit = limit.value_or(api::kDefaultLimit),
                  .as_of = {}};
  SIGHTLINE_ASSIGN(const PageStart start,
                   ReadPageStart(page_token, page.question, as_of, "/page_token", "/as_of"));
  if (start.as_of) {
    SIGHTLINE_RETURN_IF_ERROR(
        CheckAsOf(services, *start.as_of, as_of ? "/as_of" : "/page_token"));
    page.as_of = start.as_of;
  }
  if (start.position.empty()) return page;
  const char* const last = start.position.data() + start.position.size();
  const auto [end, error] = std::from_chars(start.position.data(), last, page.begin);
  if (error != std::errc() || end != last) {
    return InvalidArgument("the page token is damaged", "/page_token");
  }
  return page;
}

void WriteNextPage(api::JsonWriter& json, const RankedPage& page, size_t size, Sequence as_of) {
  if (page.end() >= size) return;
  json.Key("next_page_token")
      .String(api::EncodePageToken({.as_of = as_of, .position = std::to_string(page.end())},
                                   page.question));
}

Status RefusePageToken(const std::string& page_token) {
  if (page_token.empty()) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "/page_token");
}

// A question whose answer is a ranked list, its time zone filled in.
template <typename Body>
struct RankedQuestion {
  Body body;
  TimeZone zone;
  RankedPage page;
};

// `parsed` is the document; question_of(body) tells it from other questions.
template <typename Body, typename QuestionOf>
Result<RankedQuestion<Body>> ReadRanked(const Services& services, const Request& http,
                                        Result<Body> parsed, QuestionOf question_of) {
  SIGHTLINE_RETURN_IF_ERROR(http.RequireKnownParameters({}));
  SIGHTLINE_ASSIGN(Body body, std::move(parsed));
  SIGHTLINE_ASSIGN(TimeZone zone, ZoneOf(services, body.time_zone, "/"));
  body.time_zone = zone.name();
  SIGHTLINE_ASSIGN(RankedPage page, PageOf(services, question_of(body), body.limit,
                                           body.page_token, body.as_of));
  return RankedQuestion<Body>{std::move(body), std::move(zone), std::move(page)};
}

// --- habits --------------------------------------------------------------------------------------

struct HabitsQuestion {
  api::HabitsBody body;
  query::HabitsRequest request;
  RankedPage page;
};

Result<HabitsQuestion> ParseHabits(const Services& services, const Request& http,
                                   std::string_view document) {
  const auto question_of = [](api::HabitsBody body) {
    body.as_job = false;
    return "habits " + api::WriteHabits(body);
  };
  SIGHTLINE_ASSIGN(auto ranked,
                   ReadRanked(services, http, api::ParseHabits(document), question_of));
  query::HabitsRequest request = HabitsRequestOf(ranked.body, std::move(ranked.zone));
  request.as_of = ranked.page.as_of;
  return HabitsQuestion{.body = std::move(ranked.body),
                        .request = std::move(request),
                        .page = std::move(ranked.page)};
}

// The job answers for what is visible now, also when it runs much later.
Result<Response> BeginJob(const Services& services, const Call& call, api::HabitsBody body) {
  if (!body.as_of) body.as_of = services.store.VisibleSequence();
  SIGHTLINE_ASSIGN(const auto job,
                   services.jobs.Add(kHabitsJob, api::WriteHabits(body), AuthorOf(call)));
  return JobResponse(services, *job, 202);
}

Result<Response> AnswerHabits(const Services& services, const Call& call,
                              const HabitsQuestion& question) {
  if (question.body.as_job) return BeginJob(services, call, question.body);
  SIGHTLINE_ASSIGN(const query::HabitsAnswer answer,
                   query::FindHabits(SourcesOf(services), question.request, [](double) {},
                                     call.cancellation));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  WriteHabitsMembers(json, answer, question.request, question.page.begin, question.page.end());
  WriteNextPage(json, question.page, answer.vehicles.size(), answer.as_of);
  json.EndObject();
  return JsonResponse(std::move(body));
}

Status CheckHabits(const Services& services, const Request& http, std::string_view document) {
  SIGHTLINE_ASSIGN(const HabitsQuestion question, ParseHabits(services, http, document));
  if (question.body.as_job) {
    return InvalidArgument("a question that begins a job cannot be kept; its job is", "/job");
  }
  return RefusePageToken(question.body.page_token);
}

Awaitable<Status> PostHabits(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  SIGHTLINE_CO_ASSIGN(const HabitsQuestion question,
                      ParseHabits(services, call.request, call.document));
  auto answer = [&] { return AnswerHabits(services, call, question); };
  co_return co_await Answer(services, call, answer);
}

// --- common plates -------------------------------------------------------------------------------

struct CommonPlatesQuestion {
  api::CommonPlatesBody body;
  query::CommonPlatesRequest request;
  RankedPage page;
};

Result<CommonPlatesQuestion> ParseCommonPlates(const Services& services, const Request& http,
                                               std::string_view document) {
  const auto question_of = [](const api::CommonPlatesBody& body) {
    return "common-plates " + api::WriteCommonPlates(body);
  };
  SIGHTLINE_ASSIGN(auto ranked, ReadRanked(services, http, api::ParseCommonPlates(document),
                                           question_of));
  query::CommonPlatesRequest request{.visits = ranked.body.visits,
                                     .min_visits = ranked.body.min_visits,
                                     .merge_misreads = ranked.body.merge_misreads,
                                     .zone = std::move(ranked.zone),
                                     .as_of = ranked.page.as_of};
  return CommonPlatesQuestion{.body = std::move(ranked.body),
                              .request = std::move(request),
                              .page = std::move(ranked.page)};
}

void WriteMerged(api::JsonWriter& json, const query::MergedPlate& merged) {
  json.BeginObject().Key("read_as").String(merged.read_as);
  json.Key("visited").BeginArray();
  for (const uint32_t visit : merged.visits) json.Uint(visit);
  json.EndArray();
  json.Key("readings").Uint(merged.readings);
  json.Key("plate_readings").Uint(merged.plate_readings);
  json.Key("agrees_in").BeginObject();
  for (const Attribute& attribute : merged.agreed) {
    json.Key(attribute.name).Attribute(attribute.value);
  }
  json.EndObject().EndObject();
}

void WriteCommonPlate(api::JsonWriter& json, const query::CommonPlate& plate) {
  json.BeginObject().Key("plate").String(plate.plate);
  json.Key("visits").Uint(plate.visits.size());
  json.Key("visited").BeginArray();
  for (const uint32_t visit : plate.visits) json.Uint(visit);
  json.EndArray();
  json.Key("expected").Double(plate.expected);
  json.Key("chances").BeginArray();
  for (const double chance : plate.chances) json.Double(chance);
  json.EndArray();
  json.Key("p_value").Double(plate.p_value);
  json.Key("q_value").Double(plate.q_value);
  json.Key("significant").Bool(plate.significant);
  json.Key("background_readings").Uint(plate.background_readings);
  json.Key("evidence").BeginArray();
  for (const query::SceneReading& reading : plate.evidence) {
    json.BeginObject().Key("visit").Uint(reading.visit);
    json.Key("id").String(reading.id.ToString());
    json.Key("camera_id").String(reading.camera_id);
    json.Key("time").Time(reading.id.time);
    if (!reading.read_as.empty()) json.Key("read_as").String(reading.read_as);
    json.EndObject();
  }
  json.EndArray().Key("merged").BeginArray();
  for (const query::MergedPlate& merged : plate.merged) WriteMerged(json, merged);
  json.EndArray().EndObject();
}

Result<Response> AnswerCommonPlates(const Services& services, const Call& call,
                                    const CommonPlatesQuestion& question) {
  SIGHTLINE_ASSIGN(const query::CommonPlatesAnswer answer,
                   query::FindCommonPlates(SourcesOf(services), question.request,
                                           call.cancellation));
  const RankedPage& page = question.page;
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("plates").BeginArray();
  for (size_t i = page.begin; i < std::min(page.end(), answer.plates.size()); ++i) {
    WriteCommonPlate(json, answer.plates[i]);
  }
  json.EndArray();
  WriteNextPage(json, page, answer.plates.size(), answer.as_of);
  json.Key("found").Uint(answer.plates.size());
  json.Key("candidates").Uint(answer.candidates);
  json.Key("visit_readings").BeginArray();
  for (const uint64_t readings : answer.readings) json.Uint(readings);
  json.EndArray();
  json.Key("thresholds").BeginObject();
  json.Key("min_visits").Uint(question.request.min_visits);
  json.Key("merge_misreads").Bool(question.request.merge_misreads);
  json.Key("max_misread_readings").Uint(query::kMaxMisreadReadings);
  json.Key("false_discovery_rate").Double(query::kFalseDiscoveryRate);
  json.Key("background_days").Uint(answer.background_days);
  json.Key("habit_margin_s").Int(query::kHabitMarginMs / 1000);
  json.Key("tz").String(question.request.zone.name()).EndObject();
  json.Key("as_of").Uint(answer.as_of).EndObject();
  return JsonResponse(std::move(body));
}

Status CheckCommonPlates(const Services& services, const Request& http,
                         std::string_view document) {
  SIGHTLINE_ASSIGN(const CommonPlatesQuestion question,
                   ParseCommonPlates(services, http, document));
  return RefusePageToken(question.body.page_token);
}

Awaitable<Status> PostCommonPlates(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  SIGHTLINE_CO_ASSIGN(const CommonPlatesQuestion question,
                      ParseCommonPlates(services, call.request, call.document));
  auto answer = [&] { return AnswerCommonPlates(services, call, question); };
  co_return co_await Answer(services, call, answer);
}

}  // namespace

std::vector<Endpoint> HabitEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {{.method = "POST",
           .path = "/v1/analyses/habits",
           .name = "analyse_habits",
           .run = PostHabits,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckHabits},
          {.method = "POST",
           .path = "/v1/analyses/common-plates",
           .name = "analyse_common_plates",
           .run = PostCommonPlates,
           .allowed = readers,
           .recording = Recording::kReading,
           .body = BodyUse::kDocument,
           .check = CheckCommonPlates}};
}

}  // namespace sightline::server
