// /v1/plates
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "api/page_token.h"
#include "api/parameters.h"
#include "api/sighting_json.h"
#include "api/trajectory_writer.h"
#include "core/plate.h"
#include "query/plate_list.h"
#include "query/trajectory.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/position.h"
#include "server/handlers/reply.h"
#include "server/percent_encode.h"

namespace sightline::server {
namespace {

constexpr size_t kStreamPoints = 1000;
constexpr uint64_t kMaxTripGapSeconds = 31'536'000;

// A question that is kept starts at its first page.
Status RefusePageToken(const Request& request) {
  if (!request.Parameter("page_token")) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "page_token");
}

// --- the list ------------------------------------------------------------------------------------

struct PlateQuestion {
  query::PlateListRequest request;
  std::string text;  // for page tokens
};

Result<std::optional<PlateLike>> LikeParameters(const Request& request) {
  const auto text = request.Parameter("like");
  const auto distance = request.Parameter("max_distance");
  if (!text) {
    if (!distance) return std::nullopt;
    return InvalidArgument("max_distance says how near like is meant; like is missing",
                           "max_distance");
  }
  PlateLike like;
  Result<std::string> normal = api::NormalizePlateLike(*text);
  if (!normal) return InvalidArgument("like " + normal.error().message, "like");
  like.text = *std::move(normal);
  if (distance) {
    SIGHTLINE_ASSIGN(const uint64_t number, api::ParseUintParameter(*distance, "max_distance", 0,
                                                                    api::kMaxPlateDistance));
    like.max_distance = static_cast<int>(number);
  }
  return like;
}

Result<PlateQuestion> ParsePlates(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters(
      {"match", "like", "max_distance", "limit", "page_token", "as_of"}));
  PlateQuestion question;
  query::PlateListRequest& list = question.request;
  if (const auto match = request.Parameter("match")) {
    Result<std::string> pattern = NormalizePlatePattern(*match);
    if (!pattern) return InvalidArgument(pattern.error().message, "match");
    // An empty pattern means "any" inside; the client that sent one did not ask for that.
    if (pattern->empty()) {
      return InvalidArgument("match holds no letters, digits or wildcards", "match");
    }
    list.pattern = std::move(*pattern);
  }
  SIGHTLINE_ASSIGN(list.like, LikeParameters(request));
  SIGHTLINE_ASSIGN(list.limit, LimitParameter(request));
  question.text = "plates " + list.pattern;
  if (list.like) {
    question.text += " like " + list.like->text + " " + std::to_string(list.like->max_distance);
  }
  SIGHTLINE_ASSIGN(PageStart start, PageStartOfParameters(services, request, question.text));
  list.after = std::move(start.position);
  list.as_of = start.as_of;
  return question;
}

Status CheckPlates(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParsePlates(services, request));
  return RefusePageToken(request);
}

Result<Response> ListPlates(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const PlateQuestion question, ParsePlates(services, call.request));
  SIGHTLINE_ASSIGN(
      const query::PlateListPage page,
      query::ListPlates(services.QuestionSources(services.reading_models.Current()), question.request, call.cancellation));

  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("plates").BeginArray();
  for (const auto& [plate, match] : page.plates) {
    json.BeginObject().Key("plate").String(plate.plate);
    json.Key("first_seen").Time(plate.first_seen);
    json.Key("last_seen").Time(plate.last_seen);
    json.Key("count").Uint(plate.count);
    if (match) api::WriteMatchMember(json, match->probability, match->differences, {});
    json.EndObject();
  }
  json.EndArray();
  if (page.more) {
    json.Key("next_page_token")
        .String(api::EncodePageToken(
            {.as_of = page.as_of, .position = page.plates.back().summary.plate}, question.text));
  }
  json.Key("as_of").Uint(page.as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetPlates(const Services& services, Call& call) {
  auto list = [&] { return ListPlates(services, call); };
  co_return co_await Answer(services, call, list);
}

// --- a trajectory --------------------------------------------------------------------------------

struct TrajectoryQuestion {
  query::TrajectoryRequest request;
  std::optional<size_t> limit;  // none: the whole of it
  api::SightingFields fields;
  std::string text;  // for page tokens
};

Result<TrajectoryQuestion> ParseTrajectory(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"from", "to", "limit", "page_token", "as_of", "format",
                                      "fields", "include", "trip_gap_s"}));
  TrajectoryQuestion question;
  query::TrajectoryRequest& replay = question.request;
  Result<std::string> plate = NormalizePlate(request.path_values.front());
  if (!plate) return InvalidArgument(plate.error().message, "plate");
  replay.plate = std::move(*plate);
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(replay.time.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(replay.time.to, api::ParseTimeParameter(*to, "to"));
  }
  if (replay.time.from > replay.time.to) return InvalidArgument("from lies after to", "from");
  if (const auto gap = request.Parameter("trip_gap_s")) {
    SIGHTLINE_ASSIGN(const uint64_t seconds,
                     api::ParseUintParameter(*gap, "trip_gap_s", 1, kMaxTripGapSeconds));
    replay.trip_gap_ms = static_cast<int64_t>(seconds) * 1000;
  }
  replay.travel_times = services.travel_times.Current();
  if (request.Parameter("limit")) {
    SIGHTLINE_ASSIGN(question.limit, LimitParameter(request));
  }
  SIGHTLINE_ASSIGN(question.fields,
                   api::ParseSightingFields(request.Parameter("include").value_or(""),
                                            request.Parameter("fields").value_or("")));
  question.text = "trajectory " + replay.plate + " " + std::to_string(replay.time.from.value) +
                  " " + std::to_string(replay.time.to.value) + " " +
                  std::to_string(replay.trip_gap_ms.value_or(0));
  SIGHTLINE_ASSIGN(const PageStart start,
                   PageStartOfParameters(services, request, question.text));
  replay.as_of = start.as_of;
  if (!start.position.empty()) {
    SIGHTLINE_ASSIGN(DecodedPosition after,
                     DecodePosition(start.position, ResultOrder::kTimeAscending, "page_token"));
    replay.after = std::move(after.position);
  }
  return question;
}

// nullopt: none that the client accepts.
Result<std::optional<api::TrajectoryFormat>> ChooseFormat(const Request& request) {
  if (const auto name = request.Parameter("format")) {
    SIGHTLINE_ASSIGN(const api::TrajectoryFormat format, api::ParseTrajectoryFormat(*name));
    return format;
  }
  return api::NegotiateTrajectoryFormat(request.Header("accept"));
}

Status CheckTrajectory(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParseTrajectory(services, request));
  SIGHTLINE_RETURN_IF_ERROR(ChooseFormat(request));
  return RefusePageToken(request);
}

Response AnswerHead(api::TrajectoryFormat format, const std::string& plate, Sequence as_of) {
  Response head{.headers = {{"Content-Type", std::string(api::MediaType(format))},
                            {"X-As-Of", std::to_string(as_of)}}};
  if (format != api::TrajectoryFormat::kGeoJson &&
      format != api::TrajectoryFormat::kMovingFeatures) {
    const std::string extension(api::FileExtension(format));
    head.headers.emplace_back("Content-Disposition",
                              "attachment; filename=\"trajectory." + extension +
                                  "\"; filename*=UTF-8''" + PercentEncode(plate) + "." + extension);
  }
  return head;
}

// A page is small: it is built before anything is sent.
Result<Response> BuildPage(const Services& services, const TrajectoryQuestion& question,
                           api::TrajectoryFormat format, const Cancellation& cancellation) {
  query::Trajectory replay(services.QuestionSources(nullptr), question.request, cancellation);
  const auto writer = api::MakeTrajectoryWriter(format, question.fields);
  std::vector<TrajectoryPoint> points;
  bool more = true;
  while (more && points.size() < *question.limit) {
    SIGHTLINE_ASSIGN(std::vector<TrajectoryPoint> batch,
                     replay.Next(*question.limit - points.size()));
    more = !batch.empty();
    std::move(batch.begin(), batch.end(), std::back_inserter(points));
  }
  const std::vector<Trip> trips = replay.TakeTrips();
  if (more) {
    SIGHTLINE_ASSIGN(const std::vector<TrajectoryPoint> beyond, replay.Next(1));
    more = !beyond.empty();
  }
  Response response = AnswerHead(format, question.request.plate, replay.as_of());
  std::string next_page_token;
  if (more) {
    next_page_token = api::EncodePageToken(
        {.as_of = replay.as_of(), .position = EncodePosition(points.back().sighting)},
        question.text);
    response.headers.emplace_back("X-Next-Page-Token", next_page_token);
  }
  writer->Begin({.plate = question.request.plate, .as_of = replay.as_of()}, response.body);
  writer->Append(points, trips, response.body);
  writer->End(next_page_token, response.body);
  return response;
}

// The whole, piece by piece, as long as the client takes them.
Awaitable<Status> StreamWhole(const Services& services, Call& call,
                              const TrajectoryQuestion& question, api::TrajectoryFormat format) {
  query::Trajectory replay(services.QuestionSources(nullptr), question.request, call.cancellation);
  const auto writer = api::MakeTrajectoryWriter(format, question.fields);
  bool begun = false;
  bool ended = false;
  std::string piece;
  auto next = [&]() -> Status {
    piece.clear();
    SIGHTLINE_ASSIGN(const std::vector<TrajectoryPoint> points, replay.Next(kStreamPoints));
    const std::vector<Trip> trips = replay.TakeTrips();
    if (!begun) {
      writer->Begin({.plate = question.request.plate, .as_of = replay.as_of()}, piece);
      begun = true;
    }
    if (!points.empty() || !trips.empty()) writer->Append(points, trips, piece);
    ended = points.empty();
    if (ended) writer->End({}, piece);
    return Ok();
  };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(next));
  Response head = AnswerHead(format, question.request.plate, replay.as_of());
  if (ended) {
    head.body = std::move(piece);
    co_return co_await call.out.Send(std::move(head));
  }
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Begin(std::move(head)));
  for (;;) {
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Write(piece));
    if (ended) break;
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.RunNext(next));
  }
  co_return co_await call.out.End();
}

Awaitable<Status> GetTrajectory(const Services& services, Call& call) {
  SIGHTLINE_CO_ASSIGN(const TrajectoryQuestion question, ParseTrajectory(services, call.request));
  SIGHTLINE_CO_ASSIGN(const auto format, ChooseFormat(call.request));
  if (!format) {
    Response refusal = NotAcceptable(
        "application/geo+json, application/json, application/gpx+xml, "
        "application/vnd.google-earth.kml+xml or text/csv");
    co_return co_await call.out.Send(std::move(refusal));
  }
  if (!question.limit) co_return co_await StreamWhole(services, call, question, *format);
  auto build = [&] { return BuildPage(services, question, *format, call.cancellation); };
  co_return co_await Answer(services, call, build);
}

}  // namespace

std::vector<Endpoint> PlateEndpoints() {
  const RoleSet readers = {Role::kOwner, Role::kReader};
  return {
      {.method = "GET",
       .path = "/v1/plates",
       .name = "list_plates",
       .run = GetPlates,
       .allowed = readers,
       .recording = Recording::kReading,
       .check = CheckPlates},
      {.method = "GET",
       .path = "/v1/plates/{plate}/trajectory",
       .name = "get_trajectory",
       .run = GetTrajectory,
       .allowed = readers,
       .recording = Recording::kReading,
       .unbounded = true,
       .check = CheckTrajectory},
  };
}

}  // namespace sightline::server
