#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

// A FeatureCollection (RFC 7946): a Point for each reading, a LineString behind each trip's last
// reading, and what belongs to the whole as foreign members at the end.
class GeoJsonTrajectoryWriter final : public TrajectoryWriter {
 public:
  explicit GeoJsonTrajectoryWriter(const SightingFields& fields) : fields_(fields) {}

  void Begin(const TrajectoryHeader& header, std::string& out) override {
    header_ = header;
    out += R"({"type":"FeatureCollection","features":[)";
  }

  void Append(std::span<const TrajectoryPoint> points, std::span<const Trip> trips,
              std::string& out) override {
    for (const TrajectoryPoint& point : points) {
      // Trips end in order, so those before this reading's trip are complete.
      while (!trips.empty() && trips.front().number < point.trip) {
        WriteTrip(trips.front(), out);
        trips = trips.subspan(1);
      }
      WritePoint(point, out);
    }
    for (const Trip& trip : trips) WriteTrip(trip, out);
  }

  void End(std::string_view next_page_token, std::string& out) override {
    std::string members;
    JsonWriter json(members);
    json.BeginObject().Key("plate").String(header_.plate).Key("as_of").Uint(header_.as_of);
    if (!next_page_token.empty()) json.Key("next_page_token").String(next_page_token);
    json.EndObject();
    out += "],";
    out += std::string_view(members).substr(1);  // without its '{': they go on the collection's own
    out += '\n';
  }

 private:
  void Separate(std::string& out) {
    if (!first_) out += ',';
    first_ = false;
    out += '\n';  // a Feature a line, so that a person and line tools can read it
  }

  void WritePoint(const TrajectoryPoint& point, std::string& out) {
    Separate(out);
    const Sighting& sighting = point.sighting.sighting;
    JsonWriter json(out);
    json.BeginObject().Key("type").String("Feature");
    json.Key("id").String(point.sighting.id.ToString()).Key("geometry");
    if (sighting.location) {
      json.BeginObject().Key("type").String("Point").Key("coordinates");
      WriteCoordinates(json, *sighting.location);
      json.EndObject();
    } else {
      json.Null();
    }
    json.Key("properties").BeginObject();
    WriteSightingMembers(json, point.sighting, fields_);
    json.Key("trip").Uint(point.trip).EndObject().EndObject();
  }

  void WriteTrip(const Trip& trip, std::string& out) {
    if (trip.line.size() < 2) return;  // fewer than two of its readings have a place: no line
    Separate(out);
    JsonWriter json(out);
    json.BeginObject().Key("type").String("Feature").Key("geometry").BeginObject();
    json.Key("type").String("LineString").Key("coordinates").BeginArray();
    for (const Position& position : trip.line) WriteCoordinates(json, position);
    json.EndArray().EndObject().Key("properties").BeginObject();
    json.Key("trip").Uint(trip.number).Key("from").Time(trip.from).Key("to").Time(trip.to);
    json.Key("length_m").Double(trip.length.value).EndObject().EndObject();
  }

  const SightingFields fields_;
  TrajectoryHeader header_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<TrajectoryWriter> MakeGeoJsonTrajectoryWriter(const SightingFields& fields) {
  return std::make_unique<GeoJsonTrajectoryWriter>(fields);
}

}  // namespace sightline::api
