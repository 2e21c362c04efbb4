// What the other cameras say of when and where a camera's readings were made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "query/camera_fault.h"
#include "query/local_plane.h"
#include "query/track_sample.h"

namespace sightline::query {

// A reading of the camera between two readings of the same plate by others, and how far its clock
// seems to be ahead, the vehicle having driven evenly from the one to the other.
struct Witness {
  uint32_t before = 0;  // cameras
  uint32_t after = 0;
  double days = 0;       // of the shown time, since the sample's first reading
  double drive_s = 0;    // between the two others
  double bend = 0;       // of the way past the camera: its length over the straight one's, less 1
  double ahead_s = 0;    // against the offset that was assumed
  uint32_t track = 0;
};

// The cameras of a sample and their readings. Readings of cameras that are set aside are no
// witnesses. Not thread-safe.
class CameraWitnesses {
 public:
  // Outlived by `sample`.
  explicit CameraWitnesses(const TrackSample& sample);

  struct Camera {
    uint32_t number = 0;
    bool fixed = true;   // all its readings are at one place
    PlanePoint place;    // of fixed ones
    uint32_t tracks = 0;
    std::vector<std::pair<uint32_t, uint32_t>> readings;  // track and index in it
  };
  // In order of number; those with a place alone.
  std::span<const Camera> cameras() const { return cameras_; }

  void SetAside(uint32_t camera_number, bool aside);
  double span_days() const { return span_days_; }
  TimestampMs first() const { return first_; }
  const LocalPlane& plane() const { return plane_; }

  // Readings of the camera at times when the vehicle was on its way past it, had the camera shown
  // times ahead by `offset_s` and `drift` seconds more each day since the first reading. At most
  // `most` of the camera's readings are looked at.
  std::vector<Witness> Collect(const Camera& camera, double offset_s, double drift,
                               size_t most = kMaxReadings) const;

  // The readings of a track around one of the camera's, and its time less what is assumed.
  struct Neighbours {
    TimestampMs time;
    const SampledReading* before = nullptr;
    const SampledReading* after = nullptr;
  };
  Neighbours AroundReading(const Camera& camera, uint32_t track, uint32_t index, double offset_s,
                           double drift) const;

  // How many readings were looked at for those.
  static size_t Looked(const Camera& camera);

  // Signed seconds between the camera's readings and those of cameras near it, counted in bins of
  // kBinSeconds from -kMostSeconds on.
  std::vector<uint32_t> TimesToNeighbours(const Camera& camera) const;

  // Where vehicles were when the camera read them, by the readings around.
  std::vector<PlanePoint> PlacesByOthers(const Camera& camera) const;

  static constexpr double kBinSeconds = 20;
  static constexpr double kMostSeconds = 3 * 3'600;
  static constexpr size_t kMaxReadings = 3'000;

 private:
  PlanePoint PointOf(const SampledReading& reading) const { return plane_.ToPlane(reading.place); }
  // Those by cameras that are not set aside, other than `camera`.
  Neighbours Around(std::span<const SampledReading> track, TimestampMs time, uint32_t camera) const;
  bool IsWitness(const SampledReading& reading, uint32_t camera) const;

  const TrackSample& sample_;
  LocalPlane plane_;
  TimestampMs first_;
  double span_days_ = 0;
  std::vector<Camera> cameras_;
  std::vector<bool> aside_;        // by number
  std::vector<double> radius_;     // by index of cameras_: within which others are near
};

}  // namespace sightline::query
