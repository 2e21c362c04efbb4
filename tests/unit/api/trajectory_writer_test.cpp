// Trajectories in every format, read back by parsers that are not ours.
#include "api/trajectory_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <vector>

namespace sightline::api {
namespace {

using boost::property_tree::ptree;

constexpr std::string_view kPlate = "京A<&>\"'";

TrajectoryPoint Point(uint64_t trip, int64_t time, std::optional<Position> location,
                      std::string camera_id = "K-1") {
  TrajectoryPoint point;
  point.trip = trip;
  Sighting& sighting = point.sighting.sighting;
  sighting.camera_id = std::move(camera_id);
  sighting.time = {time};
  sighting.plate = kPlate;
  sighting.plate_read = kPlate;
  sighting.location = location;
  point.sighting.id = {{time}, 1, 2};
  point.sighting.received = {time + 1};
  return point;
}

// Trip 1: three readings, the second without a place. Trip 2: one reading. Trip 3: two readings at
// one instant, then one later. Trip 4: no reading has a place.
std::vector<TrajectoryPoint> Points() {
  return {Point(1, 1000, Position{116.25, 39.5}),      Point(1, 2000, std::nullopt),
          Point(1, 3000, Position{-0.00001, 1e-7}),    Point(2, 10'000'000, Position{-180, -90}),
          Point(3, 20'000'000, Position{1, 2}, "<&>"), Point(3, 20'000'000, Position{3, 4}),
          Point(3, 20'001'000, Position{5, 6}),        Point(4, 30'000'000, std::nullopt),
          Point(4, 30'000'001, std::nullopt)};
}

std::vector<Trip> Trips() {
  return {{.number = 1,
           .from = {1000},
           .to = {3000},
           .line = {{116.25, 39.5}, {-0.00001, 1e-7}},
           .times = {{1000}, {3000}},
           .length = {12.5}},
          {.number = 3,
           .from = {20'000'000},
           .to = {20'001'000},
           .line = {{1, 2}, {3, 4}, {5, 6}},
           .times = {{20'000'000}, {20'000'000}, {20'001'000}},
           .length = {99}},
          {.number = 4,
           .from = {30'000'000},
           .to = {30'000'001},
           .line = {},
           .times = {},
           .length = {}}};
}

// Batches as query::Trajectory gives them: `batch` points at a time, each with the trips that are
// known to have ended: those before the trip of the batch's last point, and the last one at the
// end.
std::string Write(TrajectoryFormat format, size_t batch, std::string_view next_page_token = "",
                  const SightingFields& fields = {}) {
  const std::vector<TrajectoryPoint> points = Points();
  std::vector<Trip> trips = Trips();
  const auto writer = MakeTrajectoryWriter(format, fields);
  std::string out;
  writer->Begin({.plate = std::string(kPlate), .as_of = 77}, out);
  for (size_t at = 0; at < points.size(); at += batch) {
    const size_t count = std::min(batch, points.size() - at);
    const uint64_t last_trip = points[at + count - 1].trip;
    std::vector<Trip> ended;
    while (!trips.empty() && trips.front().number < last_trip) {
      ended.push_back(trips.front());
      trips.erase(trips.begin());
    }
    writer->Append(std::span(points).subspan(at, count), ended, out);
  }
  writer->Append({}, trips, out);
  writer->End(next_page_token, out);
  return out;
}

std::string WriteNothing(TrajectoryFormat format) {
  const auto writer = MakeTrajectoryWriter(format, {});
  std::string out;
  writer->Begin({.plate = std::string(kPlate), .as_of = 77}, out);
  writer->End("", out);
  return out;
}

simdjson::dom::element ParseJson(simdjson::dom::parser& parser, const std::string& text) {
  simdjson::dom::element root;
  EXPECT_EQ(parser.parse(text).get(root), simdjson::SUCCESS) << text;
  return root;
}

ptree ParseXml(const std::string& text) {
  std::istringstream in(text);
  ptree tree;
  boost::property_tree::read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
  return tree;
}

// The children of `node` by name.
std::vector<ptree> Children(const ptree& node, const std::string& name) {
  std::vector<ptree> children;
  const auto [first, last] = node.equal_range(name);
  for (auto child = first; child != last; ++child) children.push_back(child->second);
  return children;
}

class EveryFormat : public testing::TestWithParam<TrajectoryFormat> {};

TEST_P(EveryFormat, WritesTheSameWhateverTheBatches) {
  const std::string whole = Write(GetParam(), 100);
  for (size_t batch = 1; batch <= Points().size(); ++batch) {
    EXPECT_EQ(Write(GetParam(), batch), whole) << "batches of " << batch;
  }
}

INSTANTIATE_TEST_SUITE_P(TrajectoryWriter, EveryFormat,
                         testing::Values(TrajectoryFormat::kGeoJson,
                                         TrajectoryFormat::kMovingFeatures, TrajectoryFormat::kGpx,
                                         TrajectoryFormat::kKml, TrajectoryFormat::kCsv));

TEST(TrajectoryWriter, GeoJsonHasAPointForEachReadingAndALineBehindEachTrip) {
  simdjson::dom::parser parser;
  const auto root = ParseJson(parser, Write(TrajectoryFormat::kGeoJson, 2, "next"));
  EXPECT_EQ(std::string_view(root["type"]), "FeatureCollection");
  EXPECT_EQ(std::string_view(root["plate"]), kPlate);
  EXPECT_EQ(uint64_t(root["as_of"]), 77u);
  EXPECT_EQ(std::string_view(root["next_page_token"]), "next");
  std::vector<std::string> shape;  // "Point 1", "null 1", "LineString 1" …: geometry and trip
  for (const auto feature : root["features"].get_array()) {
    EXPECT_EQ(std::string_view(feature["type"]), "Feature");
    const auto geometry = feature["geometry"];
    const std::string type =
        geometry.is_null() ? "null" : std::string(std::string_view(geometry["type"]));
    shape.push_back(type + " " + std::to_string(uint64_t(feature["properties"]["trip"])));
  }
  EXPECT_EQ(shape, (std::vector<std::string>{"Point 1", "null 1", "Point 1", "LineString 1",
                                             "Point 2", "Point 3", "Point 3", "Point 3",
                                             "LineString 3", "null 4", "null 4"}));
  const auto line = root["features"].at(3);
  EXPECT_EQ(simdjson::minify(line["geometry"]["coordinates"].value()),
            "[[116.25,39.5],[-1e-05,1e-07]]");
  EXPECT_EQ(std::string_view(line["properties"]["from"]), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(std::string_view(line["properties"]["to"]), "1970-01-01T00:00:03.000Z");
  EXPECT_EQ(double(line["properties"]["length_m"]), 12.5);
  const auto point = root["features"].at(0);
  EXPECT_EQ(std::string_view(point["id"]), Points()[0].sighting.id.ToString());
  EXPECT_EQ(std::string_view(point["properties"]["camera_id"]), "K-1");
  EXPECT_EQ(std::string_view(point["properties"]["plate"]), kPlate);
}

TEST(TrajectoryWriter, GeoJsonIsWholeWithoutReadingsAndBearsNoTokenThen) {
  simdjson::dom::parser parser;
  const auto root = ParseJson(parser, WriteNothing(TrajectoryFormat::kGeoJson));
  EXPECT_EQ(root["features"].get_array().size(), 0u);
  EXPECT_EQ(root["next_page_token"].error(), simdjson::NO_SUCH_FIELD);
}

TEST(TrajectoryWriter, FieldsNarrowGeoJsonAndCsv) {
  const auto fields = ParseSightingFields("", "camera_id,location");
  ASSERT_TRUE(fields);
  simdjson::dom::parser parser;
  const auto root = ParseJson(parser, Write(TrajectoryFormat::kGeoJson, 9, "", *fields));
  EXPECT_EQ(
      simdjson::minify(root["features"].at(1)["properties"].value()),
      "{\"id\":\"" + Points()[1].sighting.id.ToString() + "\",\"camera_id\":\"K-1\",\"trip\":1}");
  const std::string csv = Write(TrajectoryFormat::kCsv, 9, "", *fields);
  EXPECT_EQ(csv.substr(0, csv.find("\r\n")), "id,camera_id,lon,lat,trip");
}

TEST(TrajectoryWriter, MovingFeaturesHasAMovingPointForEachTripWithAPlace) {
  simdjson::dom::parser parser;
  const auto root = ParseJson(parser, Write(TrajectoryFormat::kMovingFeatures, 2, "next"));
  EXPECT_EQ(std::string_view(root["properties"]["next_page_token"]), "next");
  const auto features = root["features"].get_array();
  ASSERT_EQ(features.size(), 3u);
  const std::string_view wanted[] = {
      R"({"type":"MovingPoint",)"
      R"("datetimes":["1970-01-01T00:00:01.000Z","1970-01-01T00:00:03.000Z"],)"
      R"("coordinates":[[116.25,39.5],[-0.00001,1e-7]],"interpolation":"Linear"})",
      R"({"type":"MovingPoint","datetimes":["1970-01-01T02:46:40.000Z"],)"
      R"("coordinates":[[-180.0,-90.0]],"interpolation":"Discrete"})",
      R"({"type":"MovingPoint",)"
      R"("datetimes":["1970-01-01T05:33:20.000Z","1970-01-01T05:33:21.000Z"],)"
      R"("coordinates":[[1.0,2.0],[5.0,6.0]],"interpolation":"Linear"})"};
  for (size_t i = 0; i < 3; ++i) {
    const auto feature = features.at(i);
    simdjson::dom::parser wanted_parser;
    EXPECT_EQ(simdjson::minify(feature["temporalGeometry"].value()),
              simdjson::minify(wanted_parser.parse(wanted[i]).value()));
    EXPECT_EQ(uint64_t(feature["properties"]["trip"]), i + 1);
    EXPECT_EQ(std::string_view(feature["properties"]["plate"]), kPlate);
    EXPECT_EQ(feature["temporalProperties"].at(0)["camera_id"]["values"].get_array().size(),
              feature["temporalGeometry"]["datetimes"].get_array().size());
  }
}

TEST(TrajectoryWriter, GpxHasASegmentForEachTripAndAPointForEachPlacedReading) {
  const ptree gpx = ParseXml(Write(TrajectoryFormat::kGpx, 2)).get_child("gpx");
  EXPECT_EQ(gpx.get<std::string>("<xmlattr>.version"), "1.1");
  EXPECT_EQ(gpx.get<std::string>("metadata.name"), kPlate);
  EXPECT_EQ(gpx.get<std::string>("trk.name"), kPlate);
  const auto segments = Children(gpx.get_child("trk"), "trkseg");
  ASSERT_EQ(segments.size(), 3u);
  std::vector<std::string> points;
  for (const ptree& segment : segments) {
    points.push_back("|");
    for (const ptree& point : Children(segment, "trkpt")) {
      points.push_back(point.get<std::string>("<xmlattr>.lat") + " " +
                       point.get<std::string>("<xmlattr>.lon") + " " +
                       point.get<std::string>("time").substr(11) + " " +
                       point.get<std::string>("name"));
    }
  }
  EXPECT_EQ(points,
            (std::vector<std::string>{"|", "39.5 116.25 00:00:01.000Z K-1",
                                      "0.0000001 -0.00001 00:00:03.000Z K-1", "|",
                                      "-90 -180 02:46:40.000Z K-1", "|", "2 1 05:33:20.000Z <&>",
                                      "4 3 05:33:20.000Z K-1", "6 5 05:33:21.000Z K-1"}));
}

TEST(TrajectoryWriter, KmlHasAPlacemarkForEachReadingAndATrackForEachTrip) {
  const ptree document = ParseXml(Write(TrajectoryFormat::kKml, 2)).get_child("kml.Document");
  EXPECT_EQ(document.get<std::string>("name"), kPlate);
  std::vector<std::string> marks;  // "point", "nowhere" or "track n/m": times and places
  for (const ptree& mark : Children(document, "Placemark")) {
    if (const auto track = mark.get_child_optional("gx:Track")) {
      marks.push_back("track " + std::to_string(track->count("when")) + "/" +
                      std::to_string(track->count("gx:coord")));
    } else {
      EXPECT_EQ(mark.count("TimeStamp"), 1u);
      marks.push_back(mark.count("Point") ? "point" : "nowhere");
    }
  }
  EXPECT_EQ(marks, (std::vector<std::string>{"point", "nowhere", "point", "track 2/2", "point",
                                             "track 1/1", "point", "point", "point", "track 3/3",
                                             "nowhere", "nowhere"}));
}

TEST(TrajectoryWriter, XmlFormatsAreWholeWithoutReadings) {
  EXPECT_EQ(ParseXml(WriteNothing(TrajectoryFormat::kGpx)).get_child("gpx.trk").count("trkseg"),
            0u);
  EXPECT_EQ(
      ParseXml(WriteNothing(TrajectoryFormat::kKml)).get_child("kml.Document").count("Placemark"),
      0u);
}

TEST(TrajectoryWriter, CharactersThatXmlCannotHoldAreReplaced) {
  const auto writer = MakeTrajectoryWriter(TrajectoryFormat::kGpx, {});
  std::string out;
  writer->Begin({.plate = "a\x01\t\xEF\xBF\xBF" "b", .as_of = 0}, out);
  writer->End("", out);
  EXPECT_EQ(ParseXml(out).get<std::string>("gpx.trk.name"), "a\xEF\xBF\xBD\t\xEF\xBF\xBD" "b");
}

TEST(TrajectoryWriter, CsvQuotesWhatItMust) {
  TrajectoryPoint point = Point(1, 1000, Position{116.25, 39.5}, "a,\"b\"\r\nc");
  point.sighting.sighting.attributes = {{"color", std::string("red")}, {"year", int64_t{2013}}};
  point.sighting.sighting.plate_confidence = 0.5;
  point.sighting.sighting.lane = 2;
  point.sighting.sighting.image = "=cmd";
  const auto writer = MakeTrajectoryWriter(TrajectoryFormat::kCsv, {});
  std::string out;
  writer->Begin({.plate = "京A", .as_of = 1}, out);
  writer->Append(std::span(&point, 1), {}, out);
  writer->End("next", out);
  EXPECT_EQ(
      out,
      "id,time,received,plate,plate_read,plate_confidence,plate_color,camera_id,source_id,lon,"
      "lat,lane,speed_kmh,trip,attributes,image\r\n" +
          point.sighting.id.ToString() +
          ",1970-01-01T00:00:01.000Z,1970-01-01T00:00:01.001Z,\"京A<&>\"\"'\",\"京A<&>\"\"'\","
          "0.5,,\"a,\"\"b\"\"\r\nc\",,116.25,39.5,2,,1,"
          "\"{\"\"color\"\":\"\"red\"\",\"\"year\"\":2013}\",=cmd\r\n");
}

TEST(TrajectoryFormat, IsChosenByName) {
  for (const auto& [name, format] : {std::pair{"geojson", TrajectoryFormat::kGeoJson},
                                     {"mfjson", TrajectoryFormat::kMovingFeatures},
                                     {"gpx", TrajectoryFormat::kGpx},
                                     {"kml", TrajectoryFormat::kKml},
                                     {"csv", TrajectoryFormat::kCsv}}) {
    const auto parsed = ParseTrajectoryFormat(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(*parsed, format);
    EXPECT_EQ(FileExtension(format), name);
  }
  const auto bad = ParseTrajectoryFormat("GPX ");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().field, "format");
}

struct AcceptCase {
  std::string accept;
  std::optional<TrajectoryFormat> wanted;
};

TEST(TrajectoryFormat, IsNegotiatedByWeightAndBySpecificity) {
  const AcceptCase cases[] = {
      {.accept = "", .wanted = TrajectoryFormat::kGeoJson},
      {.accept = "*/*", .wanted = TrajectoryFormat::kGeoJson},
      {.accept = "application/json", .wanted = TrajectoryFormat::kGeoJson},
      {.accept = "application/geo+json", .wanted = TrajectoryFormat::kGeoJson},
      {.accept = "Application/GPX+XML", .wanted = TrajectoryFormat::kGpx},
      {.accept = "text/csv; charset=utf-8", .wanted = TrajectoryFormat::kCsv},
      {.accept = "text/*", .wanted = TrajectoryFormat::kCsv},
      {.accept = "application/vnd.google-earth.kml+xml;q=0.5,text/csv;q=0.4",
       .wanted = TrajectoryFormat::kKml},
      {.accept = "text/html,application/xhtml+xml,*/*;q=0.8", .wanted = TrajectoryFormat::kGeoJson},
      {.accept = "*/*;q=0.1 , application/mf+json", .wanted = TrajectoryFormat::kMovingFeatures},
      {.accept = "*/*, application/geo+json;q=0, application/json;q=0",
       .wanted = TrajectoryFormat::kMovingFeatures},
      {.accept = "text/csv;q=0", .wanted = std::nullopt},
      {.accept = "text/csv;q=nonsense", .wanted = std::nullopt},
      {.accept = "text/csv;q=7", .wanted = std::nullopt},
      {.accept = "image/png", .wanted = std::nullopt},
      {.accept = "text/plain, application/x*", .wanted = std::nullopt},
  };
  for (const AcceptCase& example : cases) {
    EXPECT_EQ(NegotiateTrajectoryFormat(example.accept), example.wanted) << example.accept;
  }
}

}  // namespace
}  // namespace sightline::api
