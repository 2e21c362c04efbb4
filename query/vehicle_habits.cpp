#include "query/vehicle_habits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/place_filter.h"
#include "query/plate_readings.h"
#include "query/sighting_search.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr size_t kPlatesBetweenReports = 4'096;
constexpr size_t kRowsAtOnce = 10'000;
constexpr uint64_t kMostRecords = 50'000'000;
constexpr size_t kEvidence = 6;

// The lower end of the interval for a share of `n` with `k` (E. B. Wilson, "Probable Inference, the
// Law of Succession, and Statistical Inference", J. Am. Stat. Assoc. 22, 1927), at 95 %.
double WilsonLow(double k, double n) {
  constexpr double z = 1.96;
  const double p = k / n;
  const double spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return std::max((p + z * z / (2 * n) - spread) / (1 + z * z / n), 0.0);
}

class Finder {
 public:
  Finder(const Sources& sources, const HabitsRequest& request,
         const std::function<void(double)>& report, const Cancellation& cancellation)
      : sources_(sources),
        request_(request),
        report_(report),
        cancellation_(cancellation),
        filter_(request.filter, sources.store) {}

  Result<HabitsAnswer> Find() {
    answer_.as_of = VisibleAt(sources_.store, request_.as_of);
    if (sources_.columns != nullptr && request_.filter.attributes.empty()) {
      SIGHTLINE_RETURN_IF_ERROR(SweepColumns());
    } else {
      SIGHTLINE_RETURN_IF_ERROR(ReadRecords());
    }
    Trim(request_.most);
    return std::move(answer_);
  }

 private:
  Status SweepColumns() {
    SIGHTLINE_ASSIGN(const std::unique_ptr<PlateSweep> sweep,
                     PlateSweep::Start(sources_, request_.filter.time, answer_.as_of,
                                       cancellation_));
    std::vector<PlateReading> passing;
    for (;;) {
      SIGHTLINE_ASSIGN(const bool found, sweep->Next(cancellation_));
      if (!found) return Ok();
      if (++answer_.plates % kPlatesBetweenReports == 0) report_(sweep->progress());
      if (sweep->readings().size() < request_.min_readings ||
          !filter_.MatchesPlate(sweep->plate())) {
        continue;
      }
      passing.clear();
      for (const PlateReading& reading : sweep->readings()) {
        if (filter_.MatchesPlaceOf(reading)) passing.push_back(reading);
      }
      SIGHTLINE_RETURN_IF_ERROR(Judge(sweep->plate(), passing));
    }
  }

  Status ReadRecords() {
    std::map<std::string, uint32_t> numbers;
    for (const auto& record : sources_.store.Cameras()) {
      numbers.emplace(record->camera().id, record->number);
    }
    SightingSearch search(sources_,
                          {.filter = request_.filter,
                           .order = ResultOrder::kTimeAscending,
                           .as_of = answer_.as_of,
                           .after = {}},
                          cancellation_);
    std::map<std::string, std::vector<PlateReading>> plates;
    uint64_t records = 0;
    for (;;) {
      SIGHTLINE_ASSIGN(const std::vector<FoundSighting> rows, search.Next(kRowsAtOnce));
      if (rows.empty()) break;
      for (const FoundSighting& row : rows) {
        const Sighting& sighting = row.sighting.sighting;
        if (sighting.plate.empty()) continue;
        if (++records > kMostRecords) {
          return Error{ErrorCode::kTooLarge,
                       "more than 50 million sightings pass the filter; narrow it, or ask of no "
                       "attributes",
                       "/filter"};
        }
        plates[sighting.plate].push_back({.time = sighting.time,
                                          .camera_number = numbers[sighting.camera_id],
                                          .identity_hash = row.sighting.id.identity_hash,
                                          .sequence = row.sighting.sequence,
                                          .place = sighting.location});
      }
    }
    for (const auto& [plate, readings] : plates) {
      if (++answer_.plates % kPlatesBetweenReports == 0) {
        SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      }
      SIGHTLINE_RETURN_IF_ERROR(Judge(plate, readings));
    }
    return Ok();
  }

  // Keeps the vehicle if everything that is asked for holds; the readings have passed the filter.
  Status Judge(std::string_view plate, std::span<const PlateReading> readings) {
    if (readings.size() < request_.min_readings) return Ok();
    HabitualVehicle vehicle;
    Measure(readings, vehicle);
    if (vehicle.cameras < request_.min_cameras) return Ok();
    if (const auto& night = request_.night_only;
        night && (vehicle.night_share < night->min_share || vehicle.nights < night->min_nights)) {
      return Ok();
    }
    if (request_.frequent && vehicle.frequent_days < request_.frequent->min_days) return Ok();
    vehicle.plate = plate;
    if (request_.first_seen) {
      SIGHTLINE_ASSIGN(vehicle.first_seen, FirstSeen(vehicle.plate));
      if (!vehicle.first_seen || !request_.filter.time.Contains(*vehicle.first_seen)) return Ok();
    }
    ++answer_.found;
    AddEvidence(readings, vehicle);
    answer_.vehicles.push_back(std::move(vehicle));
    if (answer_.vehicles.size() >= 2 * request_.most) Trim(request_.most);
    return Ok();
  }

  void Measure(std::span<const PlateReading> readings, HabitualVehicle& vehicle) const {
    std::set<uint32_t> cameras;
    std::set<int64_t> nights;
    std::map<int64_t, uint32_t> passes;  // by day
    uint64_t at_night = 0;
    for (size_t i = 0; i < readings.size(); ++i) {
      const LocalMoment moment = request_.zone.LocalMomentOf(readings[i].time);
      cameras.insert(readings[i].camera_number);
      uint32_t& of_day = passes[moment.day];
      if (i == 0 || readings[i].time - readings[i - 1].time >= kPassGapMs) ++of_day;
      if (IsNight(moment.hour())) {
        ++at_night;
        nights.insert(moment.day);
      }
    }
    vehicle.readings = readings.size();
    vehicle.cameras = static_cast<uint32_t>(cameras.size());
    vehicle.days = static_cast<uint32_t>(passes.size());
    vehicle.nights = static_cast<uint32_t>(nights.size());
    const auto count = static_cast<double>(readings.size());
    vehicle.night_share = static_cast<double>(at_night) / count;
    vehicle.night_share_low = WilsonLow(static_cast<double>(at_night), count);
    for (const auto& [day, of_day] : passes) {
      vehicle.passes += of_day;
      if (of_day > vehicle.busiest_passes) {
        vehicle.busiest_passes = of_day;
        vehicle.busiest_day = day;
      }
      if (request_.frequent && of_day >= request_.frequent->min_passes) ++vehicle.frequent_days;
    }
  }

  bool IsNight(int hour) const {
    const int from = request_.night_from_hour;
    const int to = request_.night_to_hour;
    return from <= to ? from <= hour && hour < to : hour >= from || hour < to;
  }

  Result<std::optional<TimestampMs>> FirstSeen(const std::string& plate) {
    std::optional<TimestampMs> first;
    SIGHTLINE_RETURN_IF_ERROR(sources_.store.VisitPlates(
        plate, {}, answer_.as_of, [&](const storage::PlateSummary& summary) {
          if (summary.plate == plate) first = summary.first_seen;
          return false;  // the plate itself comes before all that begin with it
        }));
    return first;
  }

  void AddEvidence(std::span<const PlateReading> readings, HabitualVehicle& vehicle) const {
    const size_t count = std::min(readings.size(), kEvidence);
    for (size_t i = 0; i < count; ++i) {
      const size_t at = count == 1 ? 0 : i * (readings.size() - 1) / (count - 1);
      const PlateReading& reading = readings[at];
      const std::string& camera_id = filter_.CameraId(reading.camera_number);
      vehicle.evidence.push_back({{.time = reading.time,
                                   .camera_hash = HashCameraId(camera_id),
                                   .identity_hash = reading.identity_hash},
                                  camera_id});
    }
  }

  // Puts the vehicles in order and drops those behind the first `most`.
  void Trim(size_t most) {
    const auto rank = [&](const HabitualVehicle& vehicle) {
      const double first = request_.frequent     ? vehicle.frequent_days
                           : request_.night_only ? vehicle.night_share_low
                                                 : static_cast<double>(vehicle.readings);
      const double second = request_.frequent ? vehicle.busiest_passes : 0;
      return std::tuple(-first, -second, std::string_view(vehicle.plate));
    };
    std::ranges::sort(answer_.vehicles, [&](const HabitualVehicle& a, const HabitualVehicle& b) {
      return rank(a) < rank(b);
    });
    if (answer_.vehicles.size() > most) {
      answer_.vehicles.erase(answer_.vehicles.begin() + static_cast<ptrdiff_t>(most),
                             answer_.vehicles.end());
    }
  }

  const Sources& sources_;
  const HabitsRequest& request_;
  const std::function<void(double)>& report_;
  const Cancellation& cancellation_;
  PlaceFilter filter_;
  HabitsAnswer answer_;
};

}  // namespace

Result<HabitsAnswer> FindHabits(const Sources& sources, const HabitsRequest& request,
                                const std::function<void(double)>& report,
                                const Cancellation& cancellation) {
  return Finder(sources, request, report, cancellation).Find();
}

}  // namespace sightline::query
