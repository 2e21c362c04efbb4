#include "query/companions.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <unordered_map>
#include <utility>

#include "query/companion_crowd.h"
#include "query/companion_evidence.h"
#include "query/companion_target.h"
#include "query/companion_weighing.h"
#include "query/misread_looks.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

// Of the meetings, for a companion to be called ahead or behind.
constexpr double kOneSided = 0.8;

class Finder {
 public:
  Finder(const Sources& sources, const CompanionsRequest& request, const TravelTimes& travel_times,
         const Cancellation& cancellation)
      : sources_(sources),
        request_(request),
        travel_times_(travel_times),
        cancellation_(cancellation),
        as_of_(VisibleAt(sources.store, request.as_of)) {}

  Result<CompanionsAnswer> Run() {
    SIGHTLINE_ASSIGN(target_, ReadTarget(sources_, request_, as_of_, cancellation_));
    const CompanionReach reach = CompanionReach::Of(request_.within_ms);
    CompanionsAnswer answer{.plates = target_.plates,
                            .readings = target_.readings.size(),
                            .presence_ms = reach.presence_ms,
                            .as_of = as_of_};
    if (target_.readings.empty()) return answer;
    trips_ = CutApart(target_.readings, travel_times_);
    answer.trips = trips_.size();
    for (uint32_t trip = 0; trip < trips_.size(); ++trip) {
      trip_of_.resize(trips_[trip].end, trip);
    }
    SIGHTLINE_ASSIGN(const CompanionCrowd crowd,
                     CompanionCrowd::Gather(sources_, target_.readings, trip_of_, target_.plates,
                                            reach, as_of_, cancellation_));
    SIGHTLINE_ASSIGN(WeighedCrowd weighed, Weigh(crowd));
    answer.hypotheses = weighed.hypotheses;
    answer.crowd = weighed.crowd;
    ReadCameraIds();
    if (weighed.companions.size() > request_.limit) weighed.companions.resize(request_.limit);
    for (const WeighedCompanion& companion : weighed.companions) {
      answer.companions.push_back(Describe(companion));
    }
    return answer;
  }

 private:
  Result<WeighedCrowd> Weigh(const CompanionCrowd& crowd) {
    const Interval span{target_.readings.front().time, target_.readings.back().time + 1};
    const Interval window{std::max(request_.time.from, span.from - kMillisecondsPerDay),
                          std::min(request_.time.to, span.to + kMillisecondsPerDay)};
    const size_t days = DaysIn(sources_.store, window).size();
    const CompanionLookups lookups{
        .readings =
            [&](const std::string& plate) {
              return ReadingsOfPlate(sources_, plate, window, as_of_, cancellation_);
            },
        .look_alike = [&](const CrowdPass& a,
                          const CrowdPass& b) { return LookAlike(a, b); }};
    return WeighCompanions({target_.readings, trips_, trip_of_}, crowd, target_.plates,
                           {.within_ms = request_.within_ms,
                            .min_cameras = request_.min_cameras,
                            .days = static_cast<double>(std::max<size_t>(days, 1)),
                            .only = request_.only},
                           travel_times_, lookups, cancellation_);
  }

  PlateReading ReadingOf(const CrowdPass& pass) const {
    const PlateReading& beside = target_.readings[pass.reading];
    return {.time = beside.time + pass.offset_ms,
            .camera_number = beside.camera_number,
            .identity_hash = pass.identity_hash};
  }

  // No attribute that both were read with is another.
  Result<bool> LookAlike(const CrowdPass& a, const CrowdPass& b) const {
    const PlateReading readings[] = {ReadingOf(a), ReadingOf(b)};
    SIGHTLINE_ASSIGN(const std::vector<StoredSighting> records,
                     RecordsOf(sources_, readings, as_of_, cancellation_));
    if (records.size() != 2) return false;
    return AgreementOf(LooksOf(records[0].sighting), LooksOf(records[1].sighting)).has_value();
  }

  void ReadCameraIds() {
    for (const auto& record : sources_.store.Cameras()) {
      camera_ids_.emplace(record->number, record->camera().id);
    }
  }

  SightingId IdOf(const PlateReading& reading, const std::string& camera_id) const {
    return {reading.time, HashCameraId(camera_id), reading.identity_hash};
  }

  CompanionMeeting DescribeMeeting(const Meeting& meeting) const {
    const PlateReading& own = target_.readings[meeting.reading];
    const auto camera = camera_ids_.find(own.camera_number);
    const std::string camera_id = camera == camera_ids_.end() ? "" : camera->second;
    const PlateReading other{.time = own.time + meeting.offset_ms,
                             .camera_number = own.camera_number,
                             .identity_hash = meeting.identity_hash};
    return {.camera_id = camera_id,
            .time = own.time,
            .other_time = other.time,
            .id = IdOf(own, camera_id),
            .other_id = IdOf(other, camera_id),
            .read_as = meeting.read_as};
  }

  Companion Describe(const WeighedCompanion& weighed) const {
    Companion companion{.plate = weighed.plate,
                        .expected = weighed.expected,
                        .p_value = weighed.p_value,
                        .q_value = weighed.q_value,
                        .significant = weighed.q_value <= kFalseDiscoveryRate,
                        .score = weighed.log_ratio / std::log(10.0)};
    std::set<uint32_t> cameras;
    std::set<uint32_t> trips;
    std::set<Day> days;
    std::vector<double> gaps;
    for (const Meeting& meeting : weighed.meetings) {
      if (std::abs(meeting.offset_ms) > request_.within_ms) continue;
      const PlateReading& reading = target_.readings[meeting.reading];
      cameras.insert(reading.camera_number);
      trips.insert(trip_of_[meeting.reading]);
      days.insert(reading.day());
      gaps.push_back(meeting.offset_ms / 1000.0);
      if (companion.evidence.size() < request_.evidence_limit) {
        companion.evidence.push_back(DescribeMeeting(meeting));
      }
    }
    companion.cameras = static_cast<uint32_t>(cameras.size());
    companion.meetings = static_cast<uint32_t>(gaps.size());
    companion.trips = static_cast<uint32_t>(trips.size());
    companion.days = static_cast<uint32_t>(days.size());
    companion.order = OrderOf(gaps);
    companion.median_gap_s = MedianOf(gaps);
    return companion;
  }

  static CompanionOrder OrderOf(const std::vector<double>& gaps) {
    const double least = kOneSided * static_cast<double>(gaps.size());
    const auto behind = std::ranges::count_if(gaps, [](double gap) { return gap > 0; });
    const auto ahead = std::ranges::count_if(gaps, [](double gap) { return gap < 0; });
    if (static_cast<double>(behind) >= least) return CompanionOrder::kBehind;
    if (static_cast<double>(ahead) >= least) return CompanionOrder::kAhead;
    return CompanionOrder::kMixed;
  }

  // Of a list that is not empty.
  static double MedianOf(std::vector<double>& gaps) {
    std::ranges::sort(gaps);
    return (gaps[(gaps.size() - 1) / 2] + gaps[gaps.size() / 2]) / 2;
  }

  const Sources& sources_;
  const CompanionsRequest& request_;
  const TravelTimes& travel_times_;
  const Cancellation& cancellation_;
  const Sequence as_of_;
  TargetReadings target_;
  std::vector<TripRange> trips_;
  std::vector<uint32_t> trip_of_;
  std::unordered_map<uint32_t, std::string> camera_ids_;
};

}  // namespace

Result<CompanionsAnswer> FindCompanions(const Sources& sources, const CompanionsRequest& request,
                                        const TravelTimes& travel_times,
                                        const Cancellation& cancellation) {
  return Finder(sources, request, travel_times, cancellation).Run();
}

}  // namespace sightline::query
