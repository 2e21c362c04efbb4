#include "query/camera_fault_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "query/camera_clock_fit.h"
#include "query/camera_witnesses.h"

namespace sightline::query {
namespace {

constexpr uint32_t kLeastTracks = 8;
constexpr uint32_t kLeastClockTracks = 20;
// Rounds of finding faults and looking again without the cameras at fault.
constexpr int kRounds = 2;
// A clock that is off by less is none of our business, and one that is not is looked into when it
// is off by more than others are.
constexpr double kLeastOffset = 10;
constexpr double kLeastOneWayError = 4;
constexpr double kSuspectOffset = 6;
constexpr double kSigmas = 5;
// A camera of whose readings more than this are impossible is looked into.
constexpr double kSuspectShare = 0.03;
// A fault has to explain that much of them.
constexpr double kExplained = 0.5;
// How well a clock's fit has to agree with other cameras, against the usual one.
constexpr double kLeastFit = 0.35;
// How much better than a right clock's a large offset has to fit: where many neighbours say it,
// many plates, and few.
constexpr double kBetterFit = 1.15;
constexpr double kMuchBetterFit = 1.5;
constexpr double kSurelyBetterFit = 2.5;
constexpr size_t kManyBothWays = 5;
constexpr size_t kManyClockTracks = 100;
constexpr double kLargeOffset = 45;
// A fit that so many neighbours agree on, to such a share of the offset, need hardly be better: so
// far from what drives take no offset of their own agrees.
constexpr size_t kVeryManyBothWays = 10;
constexpr double kAgreed = 0.05;
constexpr double kHardlyBetterFit = 1.03;
// A camera is at fault, whatever is wrong with it, when of the plates that it read so many, and
// such a share, have no conflict but with it.
constexpr size_t kLeastBlaming = 4;
constexpr double kBlamedShare = 0.03;
constexpr double kUnexplainedConfidence = 0.5;
// A camera stands elsewhere if it is that far away, and vehicles were near there that often.
constexpr double kLeastMove = 900;
constexpr double kPlaceSpread = 700;
constexpr double kLeastAtPlace = 0.4;

struct Suspicion {
  uint64_t readings = 0;
  uint64_t impossible = 0;

  double share() const {
    return readings == 0 ? 0 : static_cast<double>(impossible) / static_cast<double>(readings);
  }
};

class Search {
 public:
  Search(const TrackSample& sample, const TravelBound& bound, const Cancellation& cancellation)
      : sample_(sample), bound_(bound), cancellation_(cancellation), witnesses_(sample) {}

  Result<CameraFaults> Run() {
    SIGHTLINE_RETURN_IF_ERROR(CountImpossible());
    for (int round = 0; round < kRounds; ++round) {
      CameraFaults before;
      std::swap(before, faults_);
      SIGHTLINE_RETURN_IF_ERROR(FindClocks());
      SIGHTLINE_RETURN_IF_ERROR(FindMisplaced());
      for (const auto& [camera, fault] : before) witnesses_.SetAside(camera, false);
      for (const auto& [camera, fault] : faults_) witnesses_.SetAside(camera, true);
      if (before == faults_) break;
    }
    SIGHTLINE_RETURN_IF_ERROR(FindUnexplained());
    return std::move(faults_);
  }

 private:
  using Camera = CameraWitnesses::Camera;

  bool IsPossible(double meters, double seconds) const {
    return meters - bound_.slack.value <= bound_.max_speed.value / 3.6 * (seconds + bound_.slack_s);
  }

  // Both of a pair are suspected: the one at fault will be so again and again.
  Status CountImpossible() {
    for (size_t t = 0; t < sample_.size(); ++t) {
      if (t % 4'096 == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      const SampledReading* last = nullptr;
      bool last_counted = false;
      for (const SampledReading& reading : sample_.track(t)) {
        if (!reading.has_place) continue;
        if (reading.camera >= suspicions_.size()) suspicions_.resize(size_t{reading.camera} + 1);
        Suspicion& suspicion = suspicions_[reading.camera];
        ++suspicion.readings;
        bool counted = false;
        if (last != nullptr && last->camera != reading.camera) {
          const double meters = Distance(witnesses_.plane().ToPlane(last->place),
                                         witnesses_.plane().ToPlane(reading.place));
          const double seconds = static_cast<double>(reading.time - last->time) / 1'000;
          if (!IsPossible(meters, seconds)) {
            counted = true;
            ++suspicion.impossible;
            if (!last_counted) ++suspicions_[last->camera].impossible;
          }
        }
        last = &reading;
        last_counted = counted;
      }
    }
    return Ok();
  }

  // Of the camera's readings, those that no vehicle can have made beside its neighbours in time,
  // if its clock and place are as given.
  double ImpossibleShare(const Camera& camera, const ClockError& clock,
                         const PlanePoint* place) const {
    uint64_t impossible = 0;
    uint64_t looked = 0;
    const size_t stride = 1 + camera.readings.size() / CameraWitnesses::kMaxReadings;
    for (size_t r = 0; r < camera.readings.size(); r += stride) {
      const auto [t, i] = camera.readings[r];
      const std::span<const SampledReading> track = sample_.track(t);
      const auto around = witnesses_.AroundReading(t, i, clock);
      ++looked;
      const PlanePoint here =
          place != nullptr ? *place : witnesses_.plane().ToPlane(track[i].place);
      bool possible = true;
      for (const SampledReading* other : {around.before, around.after}) {
        if (other == nullptr) continue;
        possible &= IsPossible(Distance(here, witnesses_.plane().ToPlane(other->place)),
                               std::abs(static_cast<double>(other->time - around.time)) / 1'000);
      }
      impossible += possible ? 0 : 1;
    }
    return looked == 0 ? 0 : static_cast<double>(impossible) / static_cast<double>(looked);
  }

  Status FindMisplaced() {
    for (const Camera& camera : witnesses_.cameras()) {
      if (!camera.fixed || camera.tracks < kLeastTracks || IsFaulty(camera)) continue;
      if (suspicions_[camera.number].share() < kSuspectShare) continue;
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      const auto place = PlaceByOthers(camera);
      if (!place) continue;
      const double as_is = ImpossibleShare(camera, {}, nullptr);
      const double moved = ImpossibleShare(camera, {}, &*place);
      if (moved > kExplained * as_is) continue;
      faults_[camera.number] = {.kind = CameraFault::Kind::kPosition,
                                .since = witnesses_.first(),
                                .plates = camera.tracks,
                                .confidence = ConfidenceOf(camera.tracks, moved / as_is),
                                .place = witnesses_.plane().ToGlobe(*place)};
    }
    return Ok();
  }

  // Where most of the camera's readings say it is, if that is elsewhere.
  std::optional<PlanePoint> PlaceByOthers(const Camera& camera) const {
    const std::vector<PlanePoint> places = witnesses_.PlacesByOthers(camera);
    if (places.size() < kLeastTracks) return std::nullopt;
    std::vector<double> east;
    std::vector<double> north;
    for (const PlanePoint& place : places) {
      east.push_back(place.east);
      north.push_back(place.north);
    }
    const auto median = [](std::vector<double>& values) {
      const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
      std::ranges::nth_element(values, middle);
      return *middle;
    };
    PlanePoint center{median(east), median(north)};
    constexpr int kSteps = 5;
    size_t near = 0;
    for (int step = 0; step < kSteps; ++step) {
      PlanePoint sum;
      near = 0;
      for (const PlanePoint& place : places) {
        if (Distance(place, center) > kPlaceSpread) continue;
        sum.east += place.east;
        sum.north += place.north;
        ++near;
      }
      if (near == 0) return std::nullopt;
      center = {sum.east / static_cast<double>(near), sum.north / static_cast<double>(near)};
    }
    if (static_cast<double>(near) < kLeastAtPlace * static_cast<double>(places.size())) {
      return std::nullopt;
    }
    if (Distance(center, camera.place) < kLeastMove) return std::nullopt;
    return center;
  }

  Status FindClocks() {
    const std::span<const Camera> cameras = witnesses_.cameras();
    std::vector<std::optional<ClockFit>> near(cameras.size());
    std::vector<double> away;
    std::vector<double> shares;
    for (size_t i = 0; i < cameras.size(); ++i) {
      if (cameras[i].tracks < kLeastTracks) continue;
      if (i % 8 == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      near[i] = FitNearZero(witnesses_, cameras[i]);
      if (!near[i]) continue;
      away.push_back(std::abs(near[i]->clock.offset_s));
      shares.push_back(near[i]->share);
    }
    // What honest clocks show: most are.
    const double sigma = away.empty() ? 1 : 1.48 * MedianOf(away);
    const double usual_share = shares.empty() ? 0 : MedianOf(shares);
    for (size_t i = 0; i < cameras.size(); ++i) {
      if (cameras[i].tracks < kLeastTracks) continue;
      const double suspect = std::max(kSuspectOffset, 3 * sigma);
      const bool is_suspect = !near[i] || std::abs(near[i]->clock.offset_s) > suspect ||
                              near[i]->share < kLeastFit * usual_share ||
                              suspicions_[cameras[i].number].share() > kSuspectShare;
      if (!is_suspect) continue;
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      const auto fit = FitAnywhere(witnesses_, cameras[i]);
      if (fit && IsFault(cameras[i], *fit, sigma, usual_share)) AddClock(cameras[i], *fit);
    }
    return Ok();
  }

  // The pairs of cameras whose readings of one plate exclude each other, cameras at fault aside.
  using CameraPairs = std::vector<std::pair<uint32_t, uint32_t>>;

  CameraPairs ImpossiblePairsOf(std::span<const SampledReading> track) const {
    CameraPairs pairs;
    const SampledReading* last = nullptr;
    for (const SampledReading& reading : track) {
      if (!reading.has_place || faults_.contains(reading.camera)) continue;
      if (last != nullptr && last->camera != reading.camera &&
          !IsPossible(Distance(witnesses_.plane().ToPlane(last->place),
                               witnesses_.plane().ToPlane(reading.place)),
                      static_cast<double>(reading.time - last->time) / 1'000)) {
        pairs.emplace_back(last->camera, reading.camera);
      }
      last = &reading;
    }
    return pairs;
  }

  // Cameras that are in each of the pairs.
  static std::vector<uint32_t> InAll(const CameraPairs& pairs) {
    std::vector<uint32_t> common;
    for (const uint32_t camera : {pairs.front().first, pairs.front().second}) {
      const bool in_all = std::ranges::all_of(pairs, [camera](const auto& pair) {
        return pair.first == camera || pair.second == camera;
      });
      if (in_all) common.push_back(camera);
    }
    return common;
  }

  // A vehicle's clone is met all over the town; plates whose every conflict is at one and the same
  // camera speak against the camera. The worst first, since its neighbours share its conflicts.
  Status FindUnexplained() {
    std::vector<CameraPairs> implicated;
    for (size_t t = 0; t < sample_.size(); ++t) {
      if (t % 4'096 == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      CameraPairs pairs = ImpossiblePairsOf(sample_.track(t));
      if (!pairs.empty()) implicated.push_back(std::move(pairs));
    }
    std::map<uint32_t, const Camera*> cameras;
    for (const Camera& camera : witnesses_.cameras()) cameras[camera.number] = &camera;
    while (true) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      std::map<uint32_t, size_t> blamed;
      for (const CameraPairs& pairs : implicated) {
        for (const uint32_t camera : InAll(pairs)) ++blamed[camera];
      }
      const Camera* worst = nullptr;
      double worst_share = kBlamedShare;
      for (const auto& [number, plates] : blamed) {
        const double share =
            static_cast<double>(plates) / static_cast<double>(cameras.at(number)->tracks);
        if (plates < kLeastBlaming || share <= worst_share) continue;
        worst = cameras.at(number);
        worst_share = share;
      }
      if (worst == nullptr) return Ok();
      AddUnexplained(*worst, blamed.at(worst->number));
      for (CameraPairs& pairs : implicated) {
        std::erase_if(pairs, [worst](const auto& pair) {
          return pair.first == worst->number || pair.second == worst->number;
        });
      }
      std::erase_if(implicated, [](const CameraPairs& pairs) { return pairs.empty(); });
    }
  }

  void AddUnexplained(const Camera& camera, size_t plates) {
    CameraFault& fault = faults_[camera.number];
    fault = {.kind = CameraFault::Kind::kPosition,
             .since = witnesses_.first(),
             .plates = plates,
             .confidence = kUnexplainedConfidence,
             .place = {}};
    const auto fit = FitAnywhere(witnesses_, camera);
    if (!fit || !IsFault(camera, *fit, 0, 0)) return;
    const double as_is = ImpossibleShare(camera, {}, nullptr);
    if (ImpossibleShare(camera, fit->clock, nullptr) > kExplained * as_is) return;
    fault.kind = CameraFault::Kind::kClock;
    fault.offset_s = fit->clock.offset_s;
    fault.drift_s_per_day = fit->clock.drift;
  }

  bool IsFaulty(const Camera& camera) const { return faults_.contains(camera.number); }

  bool IsFault(const Camera& camera, const ClockFit& fit, double sigma,
               double usual_share) const {
    const double days = witnesses_.span_days();
    const double most = std::max(std::abs(fit.clock.At(0)), std::abs(fit.clock.At(days)));
    if (fit.tracks < kLeastClockTracks || fit.share < kLeastFit * usual_share) return false;
    // Where vehicles pass one way only, half of a difference in speed looks like an offset.
    const double error =
        std::max({sigma, fit.error_s, fit.both_ways < kLeastBothWays ? kLeastOneWayError : 0});
    if (most < std::max(kLeastOffset, kSigmas * error)) return false;
    // Of one drive in many there is a reading by a neighbour an hour later: a large offset has to
    // fit clearly better than a right clock does, and the more so the fewer neighbours say it.
    if (most > kLargeOffset) {
      const bool is_agreed =
          fit.both_ways >= kVeryManyBothWays && fit.error_s <= kAgreed * most;
      const double better = is_agreed                        ? kHardlyBetterFit
                            : fit.both_ways >= kManyBothWays ? kBetterFit
                            : fit.tracks >= kManyClockTracks ? kMuchBetterFit
                                                             : kSurelyBetterFit;
      if (fit.share < better * FittingShare(witnesses_, camera, ClockError{})) return false;
    }
    const double as_is = ImpossibleShare(camera, {}, nullptr);
    return ImpossibleShare(camera, fit.clock, nullptr) <=
           std::max(kSuspectShare, as_is > 2 * kSuspectShare ? kExplained * as_is : as_is);
  }

  void AddClock(const Camera& camera, const ClockFit& fit) {
    faults_[camera.number] = {.kind = CameraFault::Kind::kClock,
                              .offset_s = fit.clock.offset_s,
                              .drift_s_per_day = fit.clock.drift,
                              .since = witnesses_.first(),
                              .plates = fit.tracks,
                              .confidence = ConfidenceOf(fit.tracks, 1 - fit.share),
                              .place = {}};
  }

  // Plates that agree, and what is left unexplained.
  static double ConfidenceOf(size_t plates, double unexplained) {
    const double doubt = std::exp(-static_cast<double>(plates) / 10);
    return (1 - doubt) * (1 - 0.3 * std::clamp(unexplained, 0.0, 1.0));
  }

  static double MedianOf(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
  }

  const TrackSample& sample_;
  const TravelBound& bound_;
  const Cancellation& cancellation_;
  CameraWitnesses witnesses_;
  std::vector<Suspicion> suspicions_;  // by camera number
  CameraFaults faults_;
};

}  // namespace

Result<CameraFaults> FindCameraFaults(const TrackSample& sample, const TravelBound& bound,
                                      const Cancellation& cancellation) {
  return Search(sample, bound, cancellation).Run();
}

}  // namespace sightline::query
