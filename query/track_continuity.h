// How the readings of one vehicle follow each other in time and space.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "query/track_sample.h"

namespace sightline::query {

// A vehicle's readings are a chain: each depends on the last alone. Of the next one the gap in time
// is drawn, then the distance given the gap: driving on, it is near and soon; after a stop it is
// near and late, since a vehicle leaves from where it came to rest. Both are histograms counted
// over neighbouring readings of many plates. Where vehicles went on from one camera to another
// before, it is known better: how often they did, how long it took those that drove on, and how often
// after a stop. What they are compared with is a reading of a stranger, at any time of the window, and
// at a camera as often as it reads anything, or as far away as readings of different plates are.
//
// Immutable; thread-safe.
class TrackContinuity {
 public:
  // A city of middle size with a camera at every few junctions.
  static std::shared_ptr<const TrackContinuity> Default();

  // Counted over the sample on top of the default. Readings of cameras for which `is_doubtful` are
  // passed over, and plates whose readings exclude each other. Deterministic.
  static std::shared_ptr<const TrackContinuity> Learn(
      const TrackSample& sample, const std::function<bool(uint32_t camera)>& is_doubtful);

  // ln of P(the vehicle's next reading is so late and so far away) over P(a stranger's is), the
  // stranger's being at any time of `window_s`. gap_s and meters not below 0.
  double LogRatio(double gap_s, double meters, double window_s) const;
  // The same between two cameras that stand where they stood while this was learned: the counts of
  // that pair, and the above as far as these are few.
  double LogRatio(double gap_s, double meters, uint32_t from_camera, uint32_t to_camera,
                  double window_s) const;
  // The same where a place is unknown.
  double LogRatio(double gap_s, double window_s) const;

 private:
  static constexpr size_t kGaps = 19;       // below 5 s, 10 s, 20 s, ..., 15 days and above
  static constexpr size_t kDistances = 12;  // below 100 m, 200 m, ..., 100 km and above

  struct Counts {
    std::array<double, kGaps> gaps = {};
    std::array<std::array<double, kDistances>, kGaps> distances = {};
    std::array<double, kDistances> strangers = {};
  };

  // From one camera to another next.
  struct Passage {
    uint32_t from = 0;
    uint32_t to = 0;
    uint32_t drives = 0;
    uint32_t stops = 0;
    double mean_log = 0;  // of the drives' ln of seconds, and its spread
    double spread = 0;
  };
  class PassageCounter;

  static size_t GapBin(double gap_s);
  static double GapWidth(size_t bin);  // seconds
  static size_t DistanceBin(double meters);
  static Counts DefaultCounts();
  explicit TrackContinuity(const Counts& counts);

  std::vector<Passage> passages_;      // by from, to
  std::vector<double> departures_;     // by camera: of all passages from it; 0: not known
  std::vector<double> camera_shares_;  // of strangers' readings
  std::array<double, kGaps> stop_gap_ = {};  // density, a second
  std::array<double, kGaps> log_gap_ = {};  // density, a second
  std::array<std::array<double, kDistances>, kGaps> log_distance_ = {};  // ratio to strangers'
};

}  // namespace sightline::query
