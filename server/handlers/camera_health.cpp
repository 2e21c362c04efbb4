// /v1/cameras/{id}/health
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "api/json_writer.h"
#include "api/parameters.h"
#include "core/time_zone.h"
#include "query/plate_reading_model.h"
#include "query/snapshot.h"
#include "server/camera_fault_answer.h"
#include "server/coroutine_error.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// What is looked at unless something else is asked for: so many days up to the newest.
constexpr int64_t kUsualDays = 7;
constexpr int64_t kMaxDays = 400;

struct HealthQuestion {
  std::shared_ptr<const CameraRecord> camera;
  Interval time;
  TimeZone zone;
  Sequence as_of = 0;
};

Interval UsualTime(const storage::Store& store) {
  const std::vector<Day> days = store.Days();
  if (days.empty()) return {kMinTimestamp, kMinTimestamp};
  const TimestampMs end = days.back().end();
  return {std::max(kMinTimestamp, end - kUsualDays * kMillisecondsPerDay), end};
}

Result<HealthQuestion> ParseHealth(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({"from", "to", "tz", "as_of"}));
  const std::string& id = request.path_values.front();
  const auto camera = services.store.FindCamera(id);
  if (camera == nullptr) return NotFound(fmt::format("no camera '{}'", id));
  const auto zone = TimeZone::Named(
      std::string(request.Parameter("tz").value_or(services.config.time_zone)));
  if (!zone) return InvalidArgument(zone.error().message, "tz");
  HealthQuestion question{.camera = camera, .time = UsualTime(services.store), .zone = *zone};
  if (const auto from = request.Parameter("from")) {
    SIGHTLINE_ASSIGN(question.time.from, api::ParseTimeParameter(*from, "from"));
  }
  if (const auto to = request.Parameter("to")) {
    SIGHTLINE_ASSIGN(question.time.to, api::ParseTimeParameter(*to, "to"));
  }
  if (question.time.from > question.time.to) return InvalidArgument("from lies after to", "from");
  if (question.time.to - question.time.from > kMaxDays * kMillisecondsPerDay) {
    return InvalidArgument(fmt::format("the window is longer than {} days", kMaxDays), "from");
  }
  SIGHTLINE_ASSIGN(const auto as_of, AsOfParameter(services, request));
  question.as_of = query::VisibleAt(services.store, as_of);
  return question;
}

struct DayCounts {
  uint64_t readings = 0;
  uint64_t unread = 0;
};

struct CameraReadings {
  std::map<int64_t, DayCounts> days;  // of the zone's calendar, since 1970-01-01
  std::optional<TimestampMs> first;
  std::optional<TimestampMs> last;
  Interval longest_silence{kMinTimestamp, kMinTimestamp};  // between two readings
  DayCounts all;
};

void Add(const TimeZone& zone, TimestampMs time, bool is_read, CameraReadings& readings) {
  DayCounts& day = readings.days[zone.LocalMomentOf(time).day];
  for (DayCounts* counts : {&day, &readings.all}) {
    ++counts->readings;
    counts->unread += is_read ? 0 : 1;
  }
  if (!readings.first) readings.first = time;
  const Interval& longest = readings.longest_silence;
  if (readings.last && time - *readings.last > longest.to - longest.from) {
    readings.longest_silence = {*readings.last, time};
  }
  readings.last = time;
}

Result<CameraReadings> ReadReadings(const Services& services, const HealthQuestion& question,
                                    const Cancellation& cancellation) {
  CameraReadings readings;
  for (const Day day : query::DaysIn(services.store, question.time)) {
    SIGHTLINE_ASSIGN(const auto columns, services.columns.Open(day, cancellation));
    if (columns == nullptr) continue;
    const Interval part{std::max(question.time.from, day.start()),
                        std::min(question.time.to, day.end())};
    index::ColumnQuery rows;
    rows.from_ms = static_cast<uint32_t>(part.from - day.start());
    rows.to_ms = static_cast<uint32_t>(part.to - day.start());
    rows.as_of = question.as_of;
    rows.cameras = {question.camera->number};
    const auto visit = [&](std::span<const index::Passing> passings) {
      for (const index::Passing& passing : passings) {
        Add(question.zone, day.start() + passing.ms_of_day,
            passing.plate != index::kUnreadPlate, readings);
      }
      return true;
    };
    SIGHTLINE_RETURN_IF_ERROR(columns->VisitPassings(rows, visit, cancellation));
  }
  return readings;
}

void WriteDays(api::JsonWriter& json, const CameraReadings& readings) {
  json.Key("days").BeginArray();
  for (const auto& [day, counts] : readings.days) {
    json.BeginObject().Key("day").String(FormatDay(Day{static_cast<uint16_t>(day)}));
    json.Key("readings").Uint(counts.readings).Key("unread").Uint(counts.unread).EndObject();
  }
  json.EndArray();
}

void WriteSilence(api::JsonWriter& json, const CameraReadings& readings, TimestampMs until) {
  json.Key("last_seen");
  if (!readings.last) {
    json.Null().Key("silence_s").Null().Key("longest_silence").Null();
    return;
  }
  json.Time(*readings.last);
  json.Key("silence_s").Double(
      static_cast<double>(std::max<int64_t>(0, until - *readings.last)) / 1000);
  const Interval& longest = readings.longest_silence;
  json.Key("longest_silence");
  if (longest.empty()) {
    json.Null();
  } else {
    json.BeginObject().Key("from").Time(longest.from).Key("to").Time(longest.to);
    json.Key("seconds").Double(static_cast<double>(longest.to - longest.from) / 1000);
    json.EndObject();
  }
}

// What sweeps told of the camera.
void WriteFault(api::JsonWriter& json, const std::optional<KnownFault>& known, TimestampMs at) {
  json.Key("clock_offset_s");
  if (known && known->fault.kind == query::CameraFault::Kind::kClock) {
    json.Double(known->fault.OffsetAt(at));
  } else {
    json.Null();
  }
  json.Key("fault");
  if (!known) {
    json.Null();
    return;
  }
  json.BeginObject();
  WriteFaultMembers(json, known->fault);
  json.Key("found").Time(known->found).Key("window").BeginObject();
  json.Key("from").Time(known->window.from).Key("to").Time(known->window.to).EndObject();
  json.EndObject();
}

Result<Response> DescribeHealth(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const HealthQuestion question, ParseHealth(services, call.request));
  const Cancellation cancellation = call.cancellation.WithDeadline(QueryDeadline(services));
  SIGHTLINE_ASSIGN(const CameraReadings readings, ReadReadings(services, question, cancellation));
  const std::string& id = question.camera->camera().id;
  const auto all = static_cast<double>(readings.all.readings);

  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("camera_id").String(id);
  json.Key("from").Time(question.time.from).Key("to").Time(question.time.to);
  json.Key("tz").String(question.zone.name());
  json.Key("readings").Uint(readings.all.readings);
  json.Key("readings_per_day");
  if (readings.days.empty()) {
    json.Double(0);
  } else {
    const int64_t days = readings.days.rbegin()->first - readings.days.begin()->first + 1;
    json.Double(all / static_cast<double>(days));
  }
  WriteDays(json, readings);
  const TimestampMs until = std::min(services.clock.Now(), question.time.to);
  WriteSilence(json, readings, until);
  WriteFault(json, services.sweeps.FaultOf(id), readings.last.value_or(until));
  json.Key("misread_share").Double(services.reading_models.Current()->MisreadRate(id));
  json.Key("unread_share");
  if (readings.all.readings > 0) {
    json.Double(static_cast<double>(readings.all.unread) / all);
  } else {
    json.Null();
  }
  json.Key("as_of").Uint(question.as_of).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetHealth(const Services& services, Call& call) {
  auto describe = [&] { return DescribeHealth(services, call); };
  co_return co_await Answer(services, call, describe);
}

}  // namespace

std::vector<Endpoint> CameraHealthEndpoints() {
  return {{.method = "GET",
           .path = "/v1/cameras/{id}/health",
           .name = "get_camera_health",
           .run = GetHealth,
           .allowed = {Role::kOwner, Role::kReader, Role::kOperator}}};
}

}  // namespace sightline::server
