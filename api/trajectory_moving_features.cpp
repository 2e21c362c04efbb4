#include <vector>

#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

// OGC Moving Features JSON (OGC 19-045r3): a Feature for each trip, whose temporal geometry is a
// MovingPoint. Instants must increase, so of several readings at one instant the first stands;
// readings without a place have no part in it.
class MovingFeaturesWriter final : public TrajectoryWriter {
 public:
  void Begin(const TrajectoryHeader& header, std::string& out) override {
    header_ = header;
    out +=
        R"({"type":"FeatureCollection",)"
        R"("crs":{"type":"Name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},)"
        R"("trs":{"type":"Name","properties":{"name":"urn:ogc:data:time:iso8601"}},)"
        R"("features":[)";
  }

  void Append(std::span<const TrajectoryPoint> points, std::span<const Trip>,
              std::string& out) override {
    for (const TrajectoryPoint& point : points) {
      if (point.trip != trip_) WriteTrip(out);
      trip_ = point.trip;
      const Sighting& sighting = point.sighting.sighting;
      if (!sighting.location || (!stops_.empty() && stops_.back().time == sighting.time)) continue;
      stops_.push_back({sighting.time, *sighting.location, sighting.camera_id});
    }
  }

  void End(std::string_view next_page_token, std::string& out) override {
    WriteTrip(out);
    std::string members;
    JsonWriter json(members);
    json.BeginObject().Key("properties").BeginObject().Key("plate").String(header_.plate);
    json.Key("as_of").Uint(header_.as_of);
    if (!next_page_token.empty()) json.Key("next_page_token").String(next_page_token);
    json.EndObject().EndObject();
    out += "],";
    out += std::string_view(members).substr(1);
    out += '\n';
  }

 private:
  struct Stop {
    TimestampMs time;
    Position position;
    std::string camera_id;
  };

  void WriteTrip(std::string& out) {
    if (stops_.empty()) return;
    if (!first_) out += ',';
    first_ = false;
    out += '\n';
    JsonWriter json(out);
    json.BeginObject().Key("type").String("Feature");
    json.Key("id").String(header_.plate + "/" + std::to_string(trip_));
    json.Key("temporalGeometry").BeginObject().Key("type").String("MovingPoint");
    WriteInstants(json);
    json.Key("coordinates").BeginArray();
    for (const Stop& stop : stops_) WriteCoordinates(json, stop.position);
    json.EndArray();
    json.Key("interpolation").String(stops_.size() > 1 ? "Linear" : "Discrete").EndObject();
    json.Key("temporalProperties").BeginArray().BeginObject();
    WriteInstants(json);
    json.Key("camera_id").BeginObject().Key("type").String("Text").Key("values").BeginArray();
    for (const Stop& stop : stops_) json.String(stop.camera_id);
    json.EndArray().Key("interpolation").String("Discrete").EndObject().EndObject().EndArray();
    json.Key("properties").BeginObject().Key("plate").String(header_.plate);
    json.Key("trip").Uint(trip_).EndObject().EndObject();
    stops_.clear();
  }

  void WriteInstants(JsonWriter& json) {
    json.Key("datetimes").BeginArray();
    for (const Stop& stop : stops_) json.Time(stop.time);
    json.EndArray();
  }

  TrajectoryHeader header_;
  uint64_t trip_ = 0;
  std::vector<Stop> stops_;  // of the trip that is being read
  bool first_ = true;
};

}  // namespace

std::unique_ptr<TrajectoryWriter> MakeMovingFeaturesWriter() {
  return std::make_unique<MovingFeaturesWriter>();
}

}  // namespace sightline::api
