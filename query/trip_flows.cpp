#include "query/trip_flows.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/count_cells.h"
#include "query/filter_matcher.h"
#include "query/sample_quantiles.h"
#include "query/snapshot.h"
#include "query/trips.h"

namespace sightline::query {
namespace {

constexpr uint32_t kNoZone = 0xFFFF'FFFF;

// Numbers of zones for readings: places in FlowRequest::zones, or where there are none of cameras.
class ZoneNumbers {
 public:
  ZoneNumbers(const storage::Store& store, const std::vector<FlowZone>& zones)
      : by_camera_(zones.empty()) {
    std::unordered_map<std::string_view, uint32_t> named;
    for (uint32_t zone = 0; zone < zones.size(); ++zone) {
      areas_.emplace_back();
      if (zones[zone].area) {
        areas_.back() = std::make_unique<FilterMatcher>(Filter{.area = zones[zone].area});
      }
      for (const std::string& id : zones[zone].cameras) named.try_emplace(id, zone);
    }
    for (const auto& camera : store.Cameras()) {
      const std::string& id = camera->camera().id;
      ids_[camera->number] = id;
      if (const auto zone = named.find(id); zone != named.end()) {
        zones_of_cameras_[camera->number] = zone->second;
      }
    }
  }

  uint32_t ZoneOf(const PlateReading& reading) {
    if (by_camera_) return reading.camera_number;
    Seen& seen = seen_[reading.camera_number];
    if (!seen.is_known || seen.place != reading.place) {
      seen = {.is_known = true, .place = reading.place, .zone = FindZone(reading)};
    }
    return seen.zone;
  }

  std::optional<std::string> NameOf(uint32_t zone, const std::vector<FlowZone>& zones) const {
    if (zone == kNoZone) return std::nullopt;
    if (!by_camera_) return zones[zone].name;
    const auto id = ids_.find(zone);
    return id == ids_.end() ? std::nullopt : std::optional(id->second);
  }

 private:
  // What was found for the camera at its last place.
  struct Seen {
    bool is_known = false;
    std::optional<Position> place;
    uint32_t zone = kNoZone;
  };

  uint32_t FindZone(const PlateReading& reading) const {
    const auto named = zones_of_cameras_.find(reading.camera_number);
    const uint32_t by_name = named == zones_of_cameras_.end() ? kNoZone : named->second;
    for (uint32_t zone = 0; zone < areas_.size(); ++zone) {
      if (zone == by_name) return zone;
      if (areas_[zone] && reading.place && areas_[zone]->MatchesPlace(*reading.place)) return zone;
    }
    return kNoZone;
  }

  const bool by_camera_;
  std::vector<std::unique_ptr<const FilterMatcher>> areas_;  // null: the zone has none
  std::unordered_map<uint32_t, uint32_t> zones_of_cameras_;
  std::unordered_map<uint32_t, std::string> ids_;
  std::unordered_map<uint32_t, Seen> seen_;
};

struct Flow {
  uint64_t distinct_plates = 0;
  uint64_t last_plate = 0;  // counting from 1
  std::vector<float> seconds;
};

using FlowKey = std::array<uint32_t, 3>;  // origin, destination, cell

}  // namespace

Result<FlowAnswer> CountTripFlows(const Sources& sources, const TravelTimes& travel_times,
                                  const FlowRequest& request, const Cancellation& cancellation) {
  FlowAnswer answer{.rows = {}, .as_of = VisibleAt(sources.store, request.as_of)};
  const std::vector<Day> days = DaysIn(sources.store, request.time);
  if (days.empty()) return answer;
  const Interval time{std::max(request.time.from, days.front().start()),
                      std::min(request.time.to, days.back().end())};
  CountCells cells(TimeUnits(request.zone, request.units));
  const CellTimeline timeline(cells, time);
  ZoneNumbers zones(sources.store, request.zones);
  const Interval read{std::max(time.from - kFlowMarginMs, kMinTimestamp),
                      std::min(time.to + kFlowMarginMs, kMaxTimestamp)};
  SIGHTLINE_ASSIGN(const std::unique_ptr<PlateSweep> sweep,
                   PlateSweep::Start(sources, read, answer.as_of, cancellation));
  std::map<FlowKey, Flow> flows;
  for (uint64_t plate = 1;; ++plate) {
    SIGHTLINE_ASSIGN(const bool more, sweep->Next(cancellation));
    if (!more) break;
    const std::span<const PlateReading> readings = sweep->readings();
    for (const TripRange& trip : CutIntoTrips(readings, travel_times)) {
      const PlateReading& first = readings[trip.begin];
      const PlateReading& last = readings[trip.end - 1];
      if (!time.Contains(first.time)) continue;
      if (trip.end - trip.begin < request.min_readings) {
        ++answer.trips_too_short;
        continue;
      }
      Flow& flow =
          flows[{zones.ZoneOf(first), zones.ZoneOf(last), timeline.CellAt(first.time)}];
      flow.seconds.push_back(static_cast<float>(last.time - first.time) / 1000);
      if (flow.last_plate != plate) ++flow.distinct_plates;
      flow.last_plate = plate;
      ++answer.trips;
    }
    if (flows.size() > request.max_rows) return TooManyRows(request.max_rows);
  }
  for (auto& [key, flow] : flows) {
    FlowRow row{.origin = zones.NameOf(key[0], request.zones),
                .destination = zones.NameOf(key[1], request.zones),
                .key = {},
                .trips = flow.seconds.size(),
                .distinct_plates = flow.distinct_plates,
                .median_s = SampleQuantiles(flow.seconds, {0.5}).front()};
    const std::span<const int64_t> values = cells.ValuesOf(key[2]);
    for (size_t i = 0; i < values.size(); ++i) {
      row.key.push_back(TimeKeyValue(request.units[i], values[i]));
    }
    answer.rows.push_back(std::move(row));
  }
  std::sort(answer.rows.begin(), answer.rows.end(), [](const FlowRow& a, const FlowRow& b) {
    if (a.origin != b.origin) return a.origin < b.origin;
    if (a.destination != b.destination) return a.destination < b.destination;
    return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end(),
                                        KeyValueLess);
  });
  return answer;
}

}  // namespace sightline::query
