#include <fmt/format.h>

#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

// GPX 1.1: one track, a segment for each trip, a track point for each reading that has a place.
class GpxWriter final : public TrajectoryWriter {
 public:
  void Begin(const TrajectoryHeader& header, std::string& out) override {
    const std::string plate = XmlText(header.plate);
    out += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<gpx version=\"1.1\" creator=\"Sightline\" xmlns=\"http://www.topografix.com/GPX/1/1\">\n"
        "<metadata><name>{}</name></metadata>\n<trk><name>{}</name>\n",
        plate, plate);
  }

  void Append(std::span<const TrajectoryPoint> points, std::span<const Trip>,
              std::string& out) override {
    for (const TrajectoryPoint& point : points) {
      const Sighting& sighting = point.sighting.sighting;
      if (!sighting.location) continue;
      if (point.trip != open_trip_) {
        CloseSegment(out);
        out += "<trkseg>\n";
        open_trip_ = point.trip;
      }
      out += fmt::format(
          "<trkpt lat=\"{}\" lon=\"{}\"><time>{}</time><name>{}</name></trkpt>\n",
          DecimalText(sighting.location->lat), DecimalText(sighting.location->lon),
          FormatTimestamp(sighting.time), XmlText(sighting.camera_id));
    }
  }

  void End(std::string_view, std::string& out) override {
    CloseSegment(out);
    out += "</trk>\n</gpx>\n";
  }

 private:
  void CloseSegment(std::string& out) {
    if (open_trip_ != 0) out += "</trkseg>\n";
  }

  uint64_t open_trip_ = 0;  // whose segment is open; 0: none
};

}  // namespace

std::unique_ptr<TrajectoryWriter> MakeGpxWriter() { return std::make_unique<GpxWriter>(); }

}  // namespace sightline::api
