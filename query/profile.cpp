#include "query/profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "query/snapshot.h"
#include "query/trips.h"

namespace sightline::query {
namespace {

constexpr double kMovedM = 3'000;  // homes so far apart, and farther, are as different as can be
constexpr int kSaturday = 6;

constexpr int kHoursOfBin = 3;
constexpr size_t kBins = 24 / kHoursOfBin;
using DayShape = std::array<double, kBins>;  // square roots of shares

// Hellinger's distance, [0, 1].
double ApartShapes(const DayShape& a, const DayShape& b) {
  double sum = 0;
  for (size_t i = 0; i < kBins; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / 2);
}

class Maker {
 public:
  Maker(const Sources& sources, const ProfileRequest& request, const ProfileModels& models,
        const Cancellation& cancellation)
      : sources_(sources), request_(request), models_(models), cancellation_(cancellation) {}

  Result<Profile> Make() {
    profile_.plate = request_.plate;
    profile_.as_of = VisibleAt(sources_.store, request_.as_of);
    SIGHTLINE_RETURN_IF_ERROR(ReadSummary());
    SIGHTLINE_RETURN_IF_ERROR(ReadReadings());
    const std::vector<TripRange> trips =
        CutIntoTrips(profile_.readings, *models_.travel_times);
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    const RestingPlaces resting =
        FindRestingPlaces(profile_.readings, trips, cameras_, request_.zone);
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    AddTrips(trips, resting);
    CountHours();
    AddMoves(resting);
    AddChangesOfHours();
    std::ranges::stable_sort(profile_.changes, {}, &HabitChange::day);
    profile_.places = resting.places;
    return std::move(profile_);
  }

 private:
  Status ReadSummary() {
    return sources_.store.VisitPlates(
        request_.plate, {}, profile_.as_of, [&](const storage::PlateSummary& summary) {
          if (summary.plate == request_.plate) {
            profile_.first_seen = summary.first_seen;
            profile_.last_seen = summary.last_seen;
            profile_.count = summary.count;
          }
          return false;  // the plate itself comes before all that begin with it
        });
  }

  Status ReadReadings() {
    std::map<uint32_t, std::string> camera_ids;
    std::vector<Position> fixed;
    for (const auto& record : sources_.store.Cameras()) {
      camera_ids.emplace(record->number, record->camera().id);
      const Camera& camera = record->camera();
      const auto fault = models_.faults.find(record->number);
      const bool is_misplaced =
          fault != models_.faults.end() && fault->second.kind == CameraFault::Kind::kPosition;
      if (!record->retired() && camera.kind != CameraKind::kMobile && camera.location &&
          !is_misplaced) {
        fixed.push_back(*camera.location);
      }
    }
    cameras_ = CameraMap(std::move(fixed));

    SIGHTLINE_ASSIGN(std::vector<PlateReading> all,
                     ReadingsOfPlate(sources_, request_.plate, request_.time, profile_.as_of,
                                     cancellation_));
    std::vector<std::pair<PlateReading, SightingId>> known;
    known.reserve(all.size());
    for (PlateReading& reading : all) {
      const SightingId id{.time = reading.time,
                          .camera_hash = HashCameraId(camera_ids[reading.camera_number]),
                          .identity_hash = reading.identity_hash};
      PutRight(reading);
      known.emplace_back(reading, id);
    }
    std::ranges::stable_sort(known, {}, [](const auto& one) {
      return std::tuple(one.first.time, one.first.camera_number, one.first.identity_hash);
    });
    for (size_t i = 0; i < known.size(); ++i) all[i] = known[i].first;

    std::vector<bool> keep(all.size());
    for (const size_t i : CredibleReadings(all, *models_.travel_times, cameras_)) keep[i] = true;
    for (size_t i = 0; i < all.size(); ++i) {
      if (!keep[i]) {
        ++profile_.set_aside;
        if (profile_.set_aside_ids.size() < kMostSetAside) {
          profile_.set_aside_ids.push_back(known[i].second);
        }
        continue;
      }
      profile_.readings.push_back(all[i]);
      profile_.ids.push_back(known[i].second);
      profile_.camera_ids.push_back(camera_ids[all[i].camera_number]);
    }
    return Ok();
  }

  // What is known of the camera's clock and place.
  void PutRight(PlateReading& reading) {
    const auto found = models_.faults.find(reading.camera_number);
    if (found == models_.faults.end()) {
      PutRightByNeighbours(reading);
      return;
    }
    const CameraFault& fault = found->second;
    if (fault.kind == CameraFault::Kind::kPosition) {
      reading.place.reset();
      return;
    }
    const double days = static_cast<double>(reading.time - fault.since) / kMillisecondsPerDay;
    const double offset_s = fault.offset_s + fault.drift_s_per_day * days;
    reading.time = reading.time - std::llround(offset_s * 1000);
    ++profile_.clocks_put_right;
  }

  // What the model of travel times saw of a camera that no sweep has told of.
  void PutRightByNeighbours(PlateReading& reading) {
    const auto [at, is_new] = seen_.try_emplace(reading.camera_number);
    if (is_new) at->second = models_.travel_times->Camera(reading.camera_number);
    if (!at->second.at_fault || at->second.clock_offset_s == 0) return;
    reading.time = reading.time - std::llround(at->second.clock_offset_s * 1000);
    ++profile_.clocks_put_right;
  }

  void AddTrips(const std::vector<TripRange>& trips, const RestingPlaces& resting) {
    std::vector<TripEnds> ends;
    for (size_t i = 0; i < trips.size(); ++i) {
      ends.push_back({.from = resting.stays[i].place, .to = resting.stays[i + 1].place});
      profile_.trips.push_back({.from = profile_.readings[trips[i].begin].time,
                                .to = profile_.readings[trips[i].end - 1].time,
                                .readings = static_cast<uint32_t>(trips[i].end - trips[i].begin),
                                .places = ends.back(),
                                .route = {}});
    }
    profile_.routes = FindUsualRoutes(profile_.readings, trips, ends, request_.zone);
    for (size_t i = 0; i < profile_.routes.size(); ++i) {
      for (const size_t trip : profile_.routes[i].trip_numbers) profile_.trips[trip].route = i;
    }
  }

  void CountHours() {
    std::set<int64_t> days;
    uint64_t night = 0;
    uint64_t weekend = 0;
    for (const PlateReading& reading : profile_.readings) {
      const LocalMoment moment = request_.zone.LocalMomentOf(reading.time);
      days.insert(moment.day);
      ++profile_.hours_by_weekday[static_cast<size_t>(moment.weekday - 1)]
                                 [static_cast<size_t>(moment.hour())];
      if (moment.hour() >= kNightFromHour || moment.hour() < kNightToHour) ++night;
      if (moment.weekday >= kSaturday) ++weekend;
      if (moment.weekday < kSaturday) {
        shapes_[moment.day][static_cast<size_t>(moment.hour() / kHoursOfBin)] += 1;
      }
    }
    profile_.days = static_cast<uint32_t>(days.size());
    if (profile_.readings.empty()) return;
    const auto count = static_cast<double>(profile_.readings.size());
    profile_.night_share = static_cast<double>(night) / count;
    profile_.weekend_share = static_cast<double>(weekend) / count;
  }

  void AddMoves(const RestingPlaces& resting) {
    const std::vector<LongRest>& rests = resting.rests;
    const auto apart = [&](size_t i, size_t j) {
      return GreatCircleDistance(resting.places[rests[i].place].location,
                                 resting.places[rests[j].place].location)
          .value;
    };
    const std::vector<ChangePoint> changes = FindChangePoints(
        rests.size(),
        [&](size_t i, size_t j) { return std::min(apart(i, j) / kMovedM, 1.0); }, kHabitChanges);
    size_t begin = 0;
    for (size_t c = 0; c < changes.size(); ++c) {
      const size_t at = changes[c].at;
      const size_t end = c + 1 < changes.size() ? changes[c + 1].at : rests.size();
      const size_t before = MostOften(rests, begin, at);
      const size_t after = MostOften(rests, at, end);
      profile_.changes.push_back({.kind = HabitChange::Kind::kHome,
                                  .day = rests[at].day,
                                  .p_value = changes[c].p_value,
                                  .distance = Meters{apart(before, after)}});
      begin = at;
    }
  }

  // A rest of [begin, end) at the place where most of these are.
  static size_t MostOften(const std::vector<LongRest>& rests, size_t begin, size_t end) {
    std::map<uint32_t, size_t> counts;
    size_t best = begin;
    for (size_t i = begin; i < end; ++i) {
      if (++counts[rests[i].place] > counts[rests[best].place]) best = i;
    }
    return best;
  }

  void AddChangesOfHours() {
    std::vector<int64_t> days;
    std::vector<DayShape> shapes;
    for (auto& [day, shape] : shapes_) {
      double sum = 0;
      for (const double count : shape) sum += count;
      for (double& count : shape) count = std::sqrt(count / sum);
      days.push_back(day);
      shapes.push_back(shape);
    }
    const std::vector<ChangePoint> changes = FindChangePoints(
        days.size(), [&](size_t i, size_t j) { return ApartShapes(shapes[i], shapes[j]); },
        kHabitChanges);
    for (const ChangePoint& change : changes) {
      profile_.changes.push_back({.kind = HabitChange::Kind::kHours,
                                  .day = days[change.at],
                                  .p_value = change.p_value,
                                  .distance = {}});
    }
  }

  const Sources& sources_;
  const ProfileRequest& request_;
  const ProfileModels& models_;
  const Cancellation& cancellation_;
  CameraMap cameras_;
  std::map<uint32_t, TravelCamera> seen_;
  std::map<int64_t, DayShape> shapes_;  // of working days
  Profile profile_;
};

}  // namespace

Result<Profile> ProfileOf(const Sources& sources, const ProfileRequest& request,
                          const ProfileModels& models, const Cancellation& cancellation) {
  return Maker(sources, request, models, cancellation).Make();
}

}  // namespace sightline::query
