// /v1/travel-times
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/json_writer.h"
#include "query/travel_times.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/held_list.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

constexpr double kKmhPerMetersPerSecond = 3.6;

using CameraPointer = std::shared_ptr<const CameraRecord>;
using ModelPointer = std::shared_ptr<const query::TravelTimes>;

struct TravelQuestion {
  CameraPointer from;
  CameraPointer to;                       // null: the links out of `from`
  std::optional<query::HourClass> hour;   // none: all
  size_t limit = 0;
  std::string text;  // for page tokens
  PageStart start;
};

Result<CameraPointer> CameraParameter(const Services& services, const Request& request,
                                      std::string_view name) {
  const auto id = request.Parameter(name);
  if (!id) return CameraPointer();
  CameraPointer camera = services.store.FindCamera(*id);
  if (camera == nullptr) {
    return Error{ErrorCode::kNotFound, fmt::format("no camera '{}'", *id), std::string(name)};
  }
  return camera;
}

Result<std::optional<query::HourClass>> HourParameter(const Request& request) {
  const auto name = request.Parameter("hour_class");
  if (!name) return std::nullopt;
  for (const query::HourClass hour : query::kAllHourClasses) {
    if (query::HourClassName(hour) == *name) return hour;
  }
  return InvalidArgument("hour_class must be night, day, rush or weekend", "hour_class");
}

Result<TravelQuestion> ParseQuestion(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters(
      {"from_camera", "to_camera", "hour_class", "limit", "page_token"}));
  if (!request.Parameter("from_camera")) {
    return InvalidArgument("from_camera is missing: the id of a camera", "from_camera");
  }
  TravelQuestion question;
  SIGHTLINE_ASSIGN(question.from, CameraParameter(services, request, "from_camera"));
  SIGHTLINE_ASSIGN(question.to, CameraParameter(services, request, "to_camera"));
  SIGHTLINE_ASSIGN(question.hour, HourParameter(request));
  if (question.to != nullptr) {
    for (const char* name : {"limit", "page_token"}) {
      if (request.Parameter(name)) {
        return InvalidArgument("is of the list of links: leave out to_camera", name);
      }
    }
    return question;
  }
  SIGHTLINE_ASSIGN(question.limit, LimitParameter(request));
  question.text = "travel-times " + question.from->camera().id;
  SIGHTLINE_ASSIGN(question.start, PageStartOfParameters(services, request, question.text));
  return question;
}

Status CheckQuestion(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParseQuestion(services, request));
  if (!request.Parameter("page_token")) return Ok();
  return InvalidArgument("a question that is kept starts at its first page", "page_token");
}

// --- what both answers have ----------------------------------------------------------------------

// Tenths are more than is known.
void WriteSeconds(api::JsonWriter& json, std::string_view name, double seconds) {
  json.Key(name).Double(std::round(seconds * 10) / 10);
}

void WriteSpeed(api::JsonWriter& json, double meters, double seconds) {
  json.Key("median_kmh");
  if (seconds <= 0) {
    json.Null();
    return;
  }
  json.Double(std::round(meters / seconds * kKmhPerMetersPerSecond * 10) / 10);
}

void WriteModel(api::JsonWriter& json, const query::TravelTimes& model) {
  const query::TravelBasis basis = model.basis();
  json.Key("bound").BeginObject();
  json.Key("max_speed_kmh").Double(model.bound().max_speed.value);
  json.Key("slack_s").Double(model.bound().slack_s);
  json.Key("slack_m").Double(model.bound().slack.value).EndObject();
  json.Key("model").BeginObject();
  json.Key("days").Uint(basis.days.size());
  if (!basis.days.empty()) {
    json.Key("first_day").String(FormatDay(basis.days.front()));
    json.Key("last_day").String(FormatDay(basis.days.back()));
  }
  json.Key("readings").Uint(basis.readings);
  json.Key("plates").Uint(basis.plates);
  json.Key("plates_left_out").Uint(basis.plates_left_out);
  json.Key("cameras").Uint(basis.cameras);
  json.Key("cameras_left_out").Uint(basis.cameras_left_out);
  json.Key("links").Uint(basis.links).EndObject();
}

std::optional<Position> PlaceOf(const query::TravelTimes& model, const CameraRecord& camera) {
  const query::TravelCamera known = model.Camera(camera.number);
  return known.place ? known.place : camera.camera().location;
}

// --- from one camera to another -------------------------------------------------------------------

std::map<uint32_t, std::string> CameraNamesByNumber(const storage::Store& store) {
  std::map<uint32_t, std::string> names;
  for (const CameraPointer& record : store.Cameras()) {
    names.emplace(record->number, record->camera().id);
  }
  return names;
}

void WriteHour(api::JsonWriter& json, query::HourClass hour, const query::TravelTime& time,
               const std::optional<double>& meters, const std::map<uint32_t, std::string>& names) {
  json.BeginObject().Key("hour_class").String(query::HourClassName(hour));
  json.Key("samples").Uint(time.samples);
  json.Key("direct").Bool(time.direct);
  json.Key("via").BeginArray();
  for (const uint32_t camera : time.via) {
    const auto name = names.find(camera);
    json.String(name == names.end() ? std::string_view() : std::string_view(name->second));
  }
  json.EndArray();
  if (time.samples > 0) {
    WriteSeconds(json, "median_s", time.median_s);
    WriteSeconds(json, "slow_s", time.slow_s);
    WriteSpeed(json, meters.value_or(0), time.median_s);
  } else {
    json.Key("median_s").Null().Key("slow_s").Null().Key("median_kmh").Null();
  }
  json.EndObject();
}

void WriteBetween(api::JsonWriter& json, const Services& services, const query::TravelTimes& model,
                  const TravelQuestion& question) {
  const CameraRecord& from = *question.from;
  const CameraRecord& to = *question.to;
  const std::optional<Position> a = PlaceOf(model, from);
  const std::optional<Position> b = PlaceOf(model, to);
  std::optional<double> meters;
  if (a && b) meters = GreatCircleDistance(*a, *b).value;
  json.Key("from_camera").String(from.camera().id);
  json.Key("to_camera").String(to.camera().id);
  json.Key("distance_m");
  if (meters) {
    json.Double(std::round(*meters * 10) / 10);
  } else {
    json.Null();
  }
  const double least_s = meters ? query::LeastSeconds(model.bound(), {*meters}) : 0;
  const query::PlateReading left{.camera_number = from.number, .place = a};
  const query::PlateReading arrived{.camera_number = to.number, .place = b};
  const double fastest_s = model.FastestSeconds(left, arrived);
  WriteSeconds(json, "fastest_s", fastest_s);
  WriteSeconds(json, "bound_s", least_s);
  json.Key("fastest_is_learned").Bool(fastest_s > least_s);
  json.Key("at_fault").BeginArray();
  for (const CameraRecord* camera : {&from, &to}) {
    if (model.Camera(camera->number).at_fault) json.String(camera->camera().id);
  }
  json.EndArray();
  const std::map<uint32_t, std::string> names = CameraNamesByNumber(services.store);
  json.Key("hours").BeginArray();
  for (const query::HourClass hour : query::kAllHourClasses) {
    if (question.hour && hour != *question.hour) continue;
    WriteHour(json, hour, model.Between(from.number, to.number, hour), meters, names);
  }
  json.EndArray();
}

// --- the links out of a camera ---------------------------------------------------------------------

struct NamedLink {
  std::string to;
  query::TravelLink link;
};

// In byte order of the camera that they lead to.
std::vector<NamedLink> LinksOut(const Services& services, const query::TravelTimes& model,
                                const CameraRecord& from) {
  const std::map<uint32_t, std::string> names = CameraNamesByNumber(services.store);
  std::vector<NamedLink> links;
  for (query::TravelLink& link : model.LinksFrom(from.number)) {
    const auto name = names.find(link.to);
    if (name != names.end()) links.push_back({name->second, std::move(link)});
  }
  std::ranges::sort(links, {}, &NamedLink::to);
  return links;
}

void WriteTravel(api::JsonWriter& json, const query::HourTravel& travel, double meters) {
  json.Key("samples").Uint(travel.samples);
  if (travel.samples > 0) {
    WriteSeconds(json, "median_s", travel.median_s);
    WriteSeconds(json, "slow_s", travel.slow_s);
    WriteSpeed(json, meters, travel.median_s);
  } else {
    json.Key("median_s").Null().Key("slow_s").Null().Key("median_kmh").Null();
  }
}

void WriteLink(api::JsonWriter& json, const NamedLink& named,
               const std::optional<query::HourClass>& wanted) {
  const query::TravelLink& link = named.link;
  json.Key("to_camera").String(named.to);
  json.Key("distance_m").Double(std::round(link.distance.value * 10) / 10);
  WriteSeconds(json, "fastest_s", link.fastest_s);
  WriteTravel(json, link.all, link.distance.value);
  json.Key("hours").BeginArray();
  for (const query::HourClass hour : query::kAllHourClasses) {
    if (wanted && hour != *wanted) continue;
    json.BeginObject().Key("hour_class").String(query::HourClassName(hour));
    WriteTravel(json, link.hours[static_cast<size_t>(hour)], link.distance.value);
    json.EndObject();
  }
  json.EndArray();
}

Result<Response> AnswerQuestion(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const TravelQuestion question, ParseQuestion(services, call.request));
  const ModelPointer model = services.travel_times.Current();
  const Sequence as_of = question.start.as_of.value_or(services.store.VisibleSequence());
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  if (question.to != nullptr) {
    WriteBetween(json, services, *model, question);
  } else {
    json.Key("from_camera").String(question.from->camera().id);
    SIGHTLINE_RETURN_IF_ERROR(WriteHeldPage(
        json,
        {.member = "links",
         .question = question.text,
         .after = question.start.position,
         .limit = question.limit,
         .as_of = as_of},
        LinksOut(services, *model, *question.from), [](const NamedLink& link) { return link.to; },
        [&](api::JsonWriter& out, const NamedLink& link) {
          WriteLink(out, link, question.hour);
          return Ok();
        }));
  }
  WriteModel(json, *model);
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetTravelTimes(const Services& services, Call& call) {
  auto answer = [&] { return AnswerQuestion(services, call); };
  co_return co_await Answer(services, call, answer);
}

}  // namespace

std::vector<Endpoint> TravelTimeEndpoints() {
  return {{.method = "GET",
           .path = "/v1/travel-times",
           .name = "get_travel_times",
           .run = GetTravelTimes,
           .allowed = {Role::kOwner, Role::kReader},
           .recording = Recording::kReading,
           .check = CheckQuestion}};
}

}  // namespace sightline::server
