// /v1/plates/{plate}/profile
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "api/json_writer.h"
#include "api/parameters.h"
#include "core/plate.h"
#include "query/profile.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"
#include "server/handlers/table_answer.h"
#include "server/sweep_ledger.h"

namespace sightline::server {
namespace {

constexpr size_t kMostTrips = 1'000;

struct ProfileQuestion {
  query::ProfileRequest request;
  size_t trips = kMostTrips;  // written at most, the latest
};

Result<ProfileQuestion> ParseProfile(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(
      request.RequireKnownParameters({"from", "to", "tz", "trips_limit", "as_of"}));
  Result<std::string> plate = NormalizePlate(request.path_values.front());
  if (!plate) return InvalidArgument(plate.error().message, "plate");
  SIGHTLINE_ASSIGN(TimeZone zone,
                   ZoneOf(services, std::string(request.Parameter("tz").value_or("")), ""));
  ProfileQuestion question{.request = {.plate = *std::move(plate),
                                       .time = {},
                                       .zone = std::move(zone),
                                       .as_of = {}}};
  Interval& time = question.request.time;
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(time.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(time.to, api::ParseTimeParameter(*to, "to"));
  }
  if (time.from > time.to) return InvalidArgument("from lies after to", "from");
  if (const auto limit = request.Parameter("trips_limit")) {
    SIGHTLINE_ASSIGN(question.trips,
                     api::ParseUintParameter(*limit, "trips_limit", 0, api::kMaxLimit));
  }
  SIGHTLINE_ASSIGN(question.request.as_of, AsOfParameter(services, request));
  return question;
}

std::string_view NameOf(query::PlaceKind kind) {
  switch (kind) {
    case query::PlaceKind::kHome:
      return "home";
    case query::PlaceKind::kDay:
      return "day";
    case query::PlaceKind::kOther:
      return "other";
  }
  return "other";
}

std::string ClockTime(int64_t ms_of_day) {
  const int64_t minutes = ms_of_day / kMillisecondsPerMinute;
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

class ProfileWriter {
 public:
  ProfileWriter(api::JsonWriter& json, const query::Profile& profile, std::string_view zone,
                const query::TravelTimes& travel_times)
      : json_(json), profile_(profile), zone_(zone), travel_times_(travel_times) {
    for (size_t i = 0; i < profile.readings.size(); ++i) {
      camera_ids_.try_emplace(profile.readings[i].camera_number, profile.camera_ids[i]);
    }
  }

  void WriteMembers(size_t trips) {
    json_.Key("plate").String(profile_.plate);
    json_.Key("tz").String(zone_);
    json_.Key("readings").Uint(profile_.readings.size());
    json_.Key("days").Uint(profile_.days);
    WriteSeen();
    WritePlaces();
    WriteRoutes();
    WriteHours();
    json_.Key("night_share").Double(profile_.night_share);
    json_.Key("weekend_share").Double(profile_.weekend_share);
    json_.Key("trips").Uint(profile_.trips.size());
    WriteTrips(trips);
    WriteChanges();
    WriteSetAside();
    WriteThresholds();
    json_.Key("as_of").Uint(profile_.as_of);
  }

 private:
  void Time(std::string_view name, const std::optional<TimestampMs>& time) {
    json_.Key(name);
    time ? json_.Time(*time) : json_.Null();
  }

  template <typename Number>
  void Index(std::string_view name, const std::optional<Number>& index) {
    json_.Key(name);
    index ? json_.Uint(*index) : json_.Null();
  }

  void Cameras(const std::vector<uint32_t>& cameras) {
    json_.Key("cameras").BeginArray();
    for (const uint32_t camera : cameras) json_.String(camera_ids_.at(camera));
    json_.EndArray();
  }

  void WriteSeen() {
    Time("first_seen", profile_.first_seen);
    Time("last_seen", profile_.last_seen);
    json_.Key("count").Uint(profile_.count);
  }

  void WritePlaces() {
    json_.Key("places").BeginArray();
    for (const query::RestingPlace& place : profile_.places) {
      json_.BeginObject();
      json_.Key("location").LonLat(place.location);
      json_.Key("radius_m").Double(place.radius.value);
      json_.Key("kind").String(NameOf(place.kind));
      json_.Key("stays").Uint(place.stays);
      json_.Key("days").Uint(place.days);
      json_.Key("nights").Uint(place.nights);
      json_.Key("hours").BeginObject().Key("total").Double(place.hours);
      ClockMember("arrives", place.arrives_ms);
      ClockMember("leaves", place.leaves_ms);
      json_.EndObject();
      json_.Key("confidence").Double(place.confidence);
      Time("first_stay", place.first_stay);
      Time("last_stay", place.last_stay);
      Cameras(place.cameras);
      WriteEvidence(place.evidence);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void ClockMember(std::string_view name, const std::optional<int64_t>& ms_of_day) {
    json_.Key(name);
    ms_of_day ? json_.String(ClockTime(*ms_of_day)) : json_.Null();
  }

  void WriteEvidence(const std::vector<size_t>& readings) {
    json_.Key("evidence").BeginArray();
    for (const size_t reading : readings) {
      json_.BeginObject().Key("id").String(profile_.ids[reading].ToString());
      json_.Key("camera_id").String(profile_.camera_ids[reading]);
      json_.Key("time").Time(profile_.ids[reading].time).EndObject();
    }
    json_.EndArray();
  }

  void WriteRoutes() {
    json_.Key("routes").BeginArray();
    for (const query::UsualRoute& route : profile_.routes) {
      json_.BeginObject();
      Cameras(route.cameras);
      Index("from_place", route.from);
      Index("to_place", route.to);
      json_.Key("trips").Uint(route.trips);
      json_.Key("days").Uint(route.days);
      json_.Key("departs").String(ClockTime(route.departs_ms));
      json_.Key("median_s").Double(route.median_s);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteHours() {
    json_.Key("hours_by_weekday").BeginArray();
    for (const auto& day : profile_.hours_by_weekday) {
      json_.BeginArray();
      for (const uint32_t count : day) json_.Uint(count);
      json_.EndArray();
    }
    json_.EndArray();
  }

  void WriteTrips(size_t limit) {
    const std::vector<query::ProfileTrip>& trips = profile_.trips;
    json_.Key("trip_list").BeginArray();
    for (size_t i = trips.size() - std::min(limit, trips.size()); i < trips.size(); ++i) {
      json_.BeginObject().Key("from").Time(trips[i].from).Key("to").Time(trips[i].to);
      json_.Key("readings").Uint(trips[i].readings);
      Index("from_place", trips[i].places.from);
      Index("to_place", trips[i].places.to);
      Index("route", trips[i].route);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteChanges() {
    json_.Key("change_points").BeginArray();
    for (const query::HabitChange& change : profile_.changes) {
      json_.BeginObject();
      json_.Key("kind").String(change.kind == query::HabitChange::Kind::kHome ? "home" : "hours");
      json_.Key("day").String(FormatDay(Day{static_cast<uint16_t>(change.day)}));
      json_.Key("p_value").Double(change.p_value);
      if (change.distance) json_.Key("distance_m").Double(change.distance->value);
      json_.EndObject();
    }
    json_.EndArray();
  }

  void WriteSetAside() {
    json_.Key("set_aside").BeginObject().Key("readings").Uint(profile_.set_aside);
    json_.Key("ids").BeginArray();
    for (const SightingId& id : profile_.set_aside_ids) json_.String(id.ToString());
    json_.EndArray();
    json_.Key("clocks_put_right").Uint(profile_.clocks_put_right).EndObject();
  }

  void WriteThresholds() {
    json_.Key("thresholds").BeginObject();
    json_.Key("long_rest_hours").Double(query::kLongRestHours);
    json_.Key("night_from_hour").Int(query::kNightFromHour);
    json_.Key("night_to_hour").Int(query::kNightToHour);
    json_.Key("trip_margin_s").Double(query::kTripMarginSeconds);
    json_.Key("max_speed_kmh").Double(travel_times_.bound().max_speed.value);
    json_.Key("same_route").Double(query::kSameRoute);
    json_.Key("change_significance").Double(query::kHabitChanges.significance);
    json_.Key("change_least_days").Uint(query::kHabitChanges.least_segment);
    json_.EndObject();
  }

  api::JsonWriter& json_;
  const query::Profile& profile_;
  const std::string_view zone_;
  const query::TravelTimes& travel_times_;
  std::map<uint32_t, std::string> camera_ids_;
};

Result<Response> FindProfile(const Services& services, const ProfileQuestion& question,
                             const Cancellation& cancellation) {
  const query::ProfileModels models{
      .travel_times = services.travel_times.Current(),
      .faults = ByNumber(services.store, services.sweeps.faults())};
  SIGHTLINE_ASSIGN(
      const query::Profile profile,
      query::ProfileOf(services.QuestionSources(services.reading_models.Current()),
                       question.request, models, cancellation));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  ProfileWriter(json, profile, question.request.zone.name(), *models.travel_times)
      .WriteMembers(question.trips);
  json.EndObject();
  return JsonResponse(std::move(body));
}

Status CheckProfile(const Services& services, const Request& request, std::string_view) {
  SIGHTLINE_RETURN_IF_ERROR(ParseProfile(services, request));
  return Ok();
}

Awaitable<Status> GetProfile(const Services& services, Call& call) {
  SIGHTLINE_CO_ASSIGN(const ProfileQuestion question, ParseProfile(services, call.request));
  auto find = [&] { return FindProfile(services, question, call.cancellation); };
  co_return co_await Answer(services, call, find);
}

}  // namespace

std::vector<Endpoint> ProfileEndpoints() {
  return {{.method = "GET",
           .path = "/v1/plates/{plate}/profile",
           .name = "get_profile",
           .run = GetProfile,
           .allowed = {Role::kOwner, Role::kReader},
           .recording = Recording::kReading,
           .check = CheckProfile}};
}

}  // namespace sightline::server
