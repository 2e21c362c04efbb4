// A trajectory in the formats that others read, written as a stream.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/sighting_json.h"
#include "core/error.h"
#include "core/trajectory.h"

namespace sightline::api {

enum class TrajectoryFormat { kGeoJson, kMovingFeatures, kGpx, kKml, kCsv };

// From ?format= (geojson, mfjson, gpx, kml, csv). kInvalidArgument otherwise.
Result<TrajectoryFormat> ParseTrajectoryFormat(std::string_view name);
// From an Accept header with weights (RFC 9110); nullopt when none of ours is acceptable.
std::optional<TrajectoryFormat> NegotiateTrajectoryFormat(std::string_view accept);
std::string_view MediaType(TrajectoryFormat format);
std::string_view FileExtension(TrajectoryFormat format);

struct TrajectoryHeader {
  std::string plate;
  Sequence as_of = 0;
};

// Usage: Begin, then Append for each batch in time order, then End. Each appends text to `out`.
// Memory: at most one trip. GeoJSON writes each trip's line behind the trip's last point.
class TrajectoryWriter {
 public:
  virtual ~TrajectoryWriter() = default;
  virtual void Begin(const TrajectoryHeader& header, std::string& out) = 0;
  // `trips`: those that end within `points` (query::Trajectory::TakeTrips).
  virtual void Append(std::span<const TrajectoryPoint> points, std::span<const Trip> trips,
                      std::string& out) = 0;
  // `next_page_token`: empty when the answer is whole. Formats without a place for it leave it out;
  // the server sends it as a header too.
  virtual void End(std::string_view next_page_token, std::string& out) = 0;
};

std::unique_ptr<TrajectoryWriter> MakeTrajectoryWriter(TrajectoryFormat format,
                                                       const SightingFields& fields);

}  // namespace sightline::api
