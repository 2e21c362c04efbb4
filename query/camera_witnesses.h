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

// Where another camera stood as seen from this one: equal for equal cameras and places of both.
using Neighbour = uint64_t;

// How far a camera's clock is thought to be ahead. Days are of the shown time, since the sample's
// first reading.
struct ClockError {
  double offset_s = 0;  // on day 0
  double drift = 0;     // seconds a day

  double At(double days) const { return offset_s + drift * days; }
};

// A reading of the camera between two readings of the same plate by others, and how far its clock
// seems to be ahead, the vehicle having driven evenly from the one to the other.
struct Witness {
  Neighbour before = 0;
  Neighbour after = 0;
  double days = 0;       // of the shown time, since the sample's first reading
  double drive_s = 0;    // between the two others
  double share = 0;      // of the way between them that lies before the camera
  double bend = 0;       // of the way past the camera: its length over the straight one's, less 1
  double ahead_s = 0;    // against the offset that was assumed
  uint32_t track = 0;
};

// A drive between the camera and the one that read the plate next, before or after.
struct Leg {
  Neighbour neighbour = 0;
  bool toward = false;  // to the camera
  double meters = 0;    // in a straight line
  double seconds = 0;   // with the offset that was assumed
  double days = 0;      // as Witness::days
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

  // Readings of the camera at times when the vehicle was on its way past it, by what is assumed of
  // its clock. At most `most` of the camera's readings are looked at.
  std::vector<Witness> Collect(const Camera& camera, const ClockError& assumed,
                               size_t most = kMaxReadings) const;

  // The drives to the camera and from it, likewise.
  std::vector<Leg> CollectLegs(const Camera& camera, const ClockError& assumed,
                               size_t most = kMaxReadings) const;
  // How well a drive's speed becomes a vehicle that drives on: 1 at the usual one, 0 at the most
  // unlikely ones.
  double Likeness(const Leg& leg) const;

  // The readings of a track around one of the camera's, and its time less what is assumed.
  struct Neighbours {
    TimestampMs time;
    const SampledReading* before = nullptr;
    const SampledReading* after = nullptr;
  };
  Neighbours AroundReading(uint32_t track, uint32_t index, const ClockError& assumed) const;

  // How many readings were looked at for those.
  static size_t Looked(const Camera& camera);

  // Signed seconds between the camera's readings and those of cameras near it, counted in bins of
  // kBinSeconds from -kMostSeconds on.
  std::vector<uint32_t> TimesToNeighbours(const Camera& camera) const;

  // Where vehicles were when the camera read them, by the readings around.
  std::vector<PlanePoint> PlacesByOthers(const Camera& camera) const;

  static constexpr double kBinSeconds = 20;
  static constexpr double kMostSeconds = 3 * 3'600;
  static constexpr size_t kMaxReadings = 6'000;

 private:
  PlanePoint PointOf(const SampledReading& reading) const { return plane_.ToPlane(reading.place); }
  // Those by cameras that are not set aside, other than that of `here`, and not beside it.
  Neighbours Around(std::span<const SampledReading> track, TimestampMs time,
                    const SampledReading& here) const;
  void LearnUsualSpeed();
  double DaysOf(const SampledReading& reading) const;
  bool IsWitness(const SampledReading& reading, const SampledReading& here) const;
  Neighbour NeighbourOf(const SampledReading& here, const SampledReading& other) const;

  const TrackSample& sample_;
  LocalPlane plane_;
  TimestampMs first_;
  double span_days_ = 0;
  double usual_speed_ = 0;  // metres a second, in straight lines
  std::vector<Camera> cameras_;
  std::vector<bool> aside_;        // by number
  std::vector<bool> moves_;        // by number
  std::vector<double> radius_;     // by index of cameras_: within which others are near
};

}  // namespace sightline::query
