#include <fmt/format.h>

#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

// KML 2.2 with Google's gx:Track: a Placemark for each reading (without geometry where it has no
// place) and, behind a trip's last one, a track over those that have one.
class KmlWriter final : public TrajectoryWriter {
 public:
  void Begin(const TrajectoryHeader& header, std::string& out) override {
    out += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\" "
        "xmlns:gx=\"http://www.google.com/kml/ext/2.2\">\n<Document><name>{}</name>\n",
        XmlText(header.plate));
  }

  void Append(std::span<const TrajectoryPoint> points, std::span<const Trip>,
              std::string& out) override {
    for (const TrajectoryPoint& point : points) {
      if (point.trip != trip_) WriteTrack(out);
      trip_ = point.trip;
      WritePlacemark(point, out);
    }
  }

  void End(std::string_view, std::string& out) override {
    WriteTrack(out);
    out += "</Document>\n</kml>\n";
  }

 private:
  void WritePlacemark(const TrajectoryPoint& point, std::string& out) {
    const Sighting& sighting = point.sighting.sighting;
    const std::string time = FormatTimestamp(sighting.time);
    out += fmt::format(
        "<Placemark><name>{}</name><TimeStamp><when>{}</when></TimeStamp><ExtendedData>"
        "<Data name=\"id\"><value>{}</value></Data>"
        "<Data name=\"plate_read\"><value>{}</value></Data>"
        "<Data name=\"trip\"><value>{}</value></Data></ExtendedData>",
        XmlText(sighting.camera_id), time, point.sighting.id.ToString(),
        XmlText(sighting.plate_read), point.trip);
    if (sighting.location) {
      const std::string lon = DecimalText(sighting.location->lon);
      const std::string lat = DecimalText(sighting.location->lat);
      out += fmt::format("<Point><coordinates>{},{}</coordinates></Point>", lon, lat);
      whens_ += fmt::format("<when>{}</when>\n", time);
      coordinates_ += fmt::format("<gx:coord>{} {} 0</gx:coord>\n", lon, lat);
    }
    out += "</Placemark>\n";
  }

  void WriteTrack(std::string& out) {
    if (whens_.empty()) return;
    out += fmt::format("<Placemark><name>Trip {}</name><gx:Track>\n{}{}</gx:Track></Placemark>\n",
                       trip_, whens_, coordinates_);
    whens_.clear();
    coordinates_.clear();
  }

  uint64_t trip_ = 0;
  std::string whens_;  // of the trip that is being read; a track wants all times before all places
  std::string coordinates_;
};

}  // namespace

std::unique_ptr<TrajectoryWriter> MakeKmlWriter() { return std::make_unique<KmlWriter>(); }

}  // namespace sightline::api
