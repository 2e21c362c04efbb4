#include "query/conflict_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/sighting_id.h"
#include "query/genuine_vehicle.h"
#include "query/plate_judge.h"

namespace sightline::query {
namespace {

constexpr size_t kMostEvidence = 8;
// Of a reading that fits nowhere and looks right: a clock that jumped, or a place that was mistaken.
constexpr double kClockShare = 0.5;
// P(a camera is wrong | all but one of the vehicles were read by it alone).
constexpr double kOneCameraIsWrong = 0.95;
// Of a clone, where no split with a second vehicle is the likeliest.
constexpr double kMostUnsplit = 0.49;
// No probability is nothing.
constexpr double kLeastProbability = 1e-4;
// Habits and papers can be made to look right.
constexpr double kMostSureOfGenuine = 0.99;

class Report {
 public:
  Report(const ReportSources& sources, const PlateCase& plate_case)
      : sources_(sources), case_(plate_case) {
    conflict_.plate = case_.plate;
  }

  Conflict Make() {
    AddEvidence();
    if (case_.many.vehicles.empty()) {
      conflict_.kind = ConflictKind::kMisread;
      conflict_.probabilities = {0, 1, 0, 0};
      conflict_.confidence = 1;
      conflict_.reasons.push_back(fmt::format(
          "read {} times: more than a vehicle can be; a sign, or a word for plates not read",
          case_.track.size()));
      return std::move(conflict_);
    }
    WeighKinds();
    const bool cloned = conflict_.kind == ConflictKind::kCloned;
    AddVehicles(cloned ? case_.many.vehicles : case_.one.vehicles);
    AddReasons();
    return std::move(conflict_);
  }

 private:
  static int CountOf(const std::vector<int>& vehicles) {
    int count = 0;
    for (const int vehicle : vehicles) count = std::max(count, vehicle + 1);
    return count;
  }

  SightingId IdOf(size_t i) const {
    return SightingIdOf(case_.track[i].reading, sources_.camera_ids);
  }

  std::string CameraOf(size_t i) const {
    const auto id = sources_.camera_ids.find(case_.track[i].reading.camera_number);
    return id == sources_.camera_ids.end() ? std::string() : id->second;
  }

  double Fastest(size_t a, size_t b, const TravelVerdict& verdict) const {
    const TravelTimes& times = sources_.judge.travel_times();
    if (!case_.track[a].corrected && !case_.track[b].corrected) {
      return times.FastestSeconds(case_.track[a].reading, case_.track[b].reading);
    }
    return verdict.distance.value / (times.bound().max_speed.value / 3.6);
  }

  // The pairs that lack most time first.
  void AddEvidence() {
    struct Ranked {
      double lack_s = 0;
      ImpossiblePair pair;
    };
    std::vector<Ranked> ranked;
    for (const auto& [a, b] : case_.pairs) {
      const TravelVerdict verdict = sources_.judge.Judge(case_.track[a], case_.track[b]);
      const double fastest = Fastest(a, b, verdict);
      ranked.push_back({fastest - verdict.gap_s,
                        {.a = IdOf(a),
                         .b = IdOf(b),
                         .camera_a = CameraOf(a),
                         .camera_b = CameraOf(b),
                         .distance = verdict.distance,
                         .gap_s = verdict.gap_s,
                         .required = verdict.required,
                         .fastest_s = fastest}});
    }
    std::ranges::stable_sort(ranked, [](const Ranked& a, const Ranked& b) {
      return a.lack_s > b.lack_s;
    });
    if (ranked.size() > kMostEvidence) ranked.resize(kMostEvidence);
    for (Ranked& one : ranked) {
      const TimestampMs from = std::min(one.pair.a.time, one.pair.b.time);
      const TimestampMs to = std::max(one.pair.a.time, one.pair.b.time);
      conflict_.first = conflict_.evidence.empty() ? from : std::min(conflict_.first, from);
      conflict_.last = conflict_.evidence.empty() ? to : std::max(conflict_.last, to);
      conflict_.evidence.push_back(std::move(one.pair));
    }
    impossible_pairs_ = case_.pairs.size();
  }

  void WeighKinds() {
    const int count = CountOf(case_.many.vehicles);
    double cloned = kLeastProbability;
    if (!case_.known.empty() && count >= 2) {
      cloned = 1 - kLeastProbability;
    } else if (count >= 2) {
      const double difference = std::clamp(case_.many.score - case_.one.score, -30.0, 30.0);
      cloned = std::clamp(1 / (1 + std::exp(-difference)), kLeastProbability,
                          1 - kLeastProbability);
    }
    if (case_.known.empty()) cloned *= 1 - OneCameraShare(count);
    double most_apart = 0;  // odds that a stray is of a second vehicle
    // What else the strays of one vehicle may be.
    std::array<double, kConflictKinds> other = {};
    for (size_t i = 0; i < case_.track.size(); ++i) {
      if (!case_.track[i].place || case_.one.vehicles[i] != kForeign) continue;
      const double misread = case_.far_misreads[i] + case_.sources[i].expected;
      const CameraFault* fault = sources_.judge.FaultOf(case_.track[i].reading.camera_number);
      const double faulty = (fault != nullptr ? sources_.priors.faulty_readings_of_faulty
                                              : sources_.priors.faulty_readings) *
                            std::exp(Alike(i));
      const double clock = fault == nullptr ? kClockShare
                           : fault->kind == CameraFault::Kind::kClock ? 0.95
                                                                      : 0.05;
      const double sum = misread + faulty;
      const double is_right = 1 - OneCameraShare(std::min(0.0, Alike(i)));
      most_apart = std::max(most_apart, sources_.priors.cloned / sum * is_right);
      other[static_cast<size_t>(ConflictKind::kMisread)] += misread / sum;
      other[static_cast<size_t>(ConflictKind::kClock)] += faulty * clock / sum;
      other[static_cast<size_t>(ConflictKind::kPosition)] += faulty * (1 - clock) / sum;
    }
    // The likeliest split has one vehicle, but one with two may be about as likely.
    if (count < 2 && case_.known.empty()) {
      cloned = std::min(kMostUnsplit, most_apart / (1 + most_apart));
    }
    cloned = std::max(cloned, kLeastProbability);
    double sum = 0;
    for (const double weight : other) sum += weight;
    if (sum <= 0) other[static_cast<size_t>(ConflictKind::kMisread)] = sum = 1;
    for (size_t kind = 0; kind < other.size(); ++kind) {
      conflict_.probabilities[kind] = (1 - cloned) * other[kind] / sum;
    }
    conflict_.probabilities[static_cast<size_t>(ConflictKind::kCloned)] = cloned;
    // One vehicle alone is no clone, however near to it.
    const auto best = std::max_element(conflict_.probabilities.begin() + (count < 2 ? 1 : 0),
                                       conflict_.probabilities.end());
    conflict_.kind = static_cast<ConflictKind>(best - conflict_.probabilities.begin());
    conflict_.confidence = *best;
  }

  // Vehicles drive about: where all but one of them were read by one camera alone, again and again,
  // it is that camera which is wrong; unless what it saw looks different, which no clock explains.
  double OneCameraShare(int count) const {
    int roaming = 0;
    int alone = 0;
    double alike = 0;  // ln of odds, of the readings of those that were read by one camera alone
    const auto looks = sources_.looks == nullptr
                           ? std::vector<std::vector<double>>()
                           : sources_.looks->Score(case_.many.vehicles, count);
    for (int v = 0; v < count; ++v) {
      std::map<uint32_t, size_t> cameras;
      size_t readings = 0;
      double of_own = 0;
      for (size_t i = 0; i < case_.track.size(); ++i) {
        if (case_.many.vehicles[i] != v) continue;
        ++cameras[case_.track[i].reading.camera_number];
        ++readings;
        if (!looks.empty()) of_own += LikeAnother(looks[i], v, count);
      }
      size_t most = 0;
      for (const auto& [camera, times] : cameras) most = std::max(most, times);
      const bool is_alone =
          readings <= 1 || (most >= 2 && static_cast<double>(most) >= 0.8 * static_cast<double>(readings));
      (is_alone ? alone : roaming) += 1;
      if (is_alone) alike += std::min(0.0, of_own);
    }
    if (roaming >= 2 || alone == 0) return 0;
    return OneCameraShare(alike);
  }

  // How much a reading of one vehicle looks like the likeliest of the others.
  static double LikeAnother(const std::vector<double>& looks, int own, int count) {
    double most = -std::numeric_limits<double>::infinity();
    for (int v = 0; v < count; ++v) {
      if (v != own) most = std::max(most, looks[static_cast<size_t>(v)]);
    }
    return count > 1 ? most : 0;
  }

  static double OneCameraShare(double alike) {
    const double odds = kOneCameraIsWrong / (1 - kOneCameraIsWrong) * std::exp(alike);
    return odds / (1 + odds);
  }

  // How much a stray looks like the vehicle that the other readings are of.
  double Alike(size_t i) const {
    if (one_looks_.empty()) {
      one_looks_ = sources_.looks == nullptr
                       ? std::vector<std::vector<double>>(case_.track.size(), {0.0})
                       : sources_.looks->Score(case_.one.vehicles, 1);
    }
    return one_looks_[i][0];
  }

  void AddVehicles(const std::vector<int>& vehicles) {
    const int count = CountOf(vehicles);
    std::vector<VehicleHabits> habits;
    std::vector<VehiclePapers> papers;
    std::vector<ConflictVehicle> made(static_cast<size_t>(count));
    for (int v = 0; v < count; ++v) {
      std::vector<TrackReading> own;
      ConflictVehicle& vehicle = made[static_cast<size_t>(v)];
      for (size_t i = 0; i < case_.track.size(); ++i) {
        if (vehicles[i] != v) continue;
        own.push_back(case_.track[i]);
        vehicle.sightings.push_back(IdOf(i));
      }
      habits.push_back(HabitsOf(own, sources_.judge.travel_times()));
      vehicle.home = habits.back().home;
      if (sources_.looks != nullptr) vehicle.appearance = sources_.looks->Appearance(vehicles, v);
      papers.push_back(PapersOf(vehicle));
    }
    for (size_t i = 0; i < case_.track.size(); ++i) {
      if (vehicles[i] >= 0) continue;
      conflict_.foreign.push_back({IdOf(i), case_.sources[i].plate});
    }
    if (count < 2) {
      for (ConflictVehicle& vehicle : made) conflict_.vehicles.push_back(std::move(vehicle));
      return;
    }
    NameGenuine(habits, papers, vehicles, made);
    std::vector<size_t> order(made.size());
    for (size_t v = 0; v < order.size(); ++v) order[v] = v;
    std::ranges::stable_sort(order, [&](size_t a, size_t b) {
      if (made[a].likely_genuine != made[b].likely_genuine) return made[a].likely_genuine;
      return made[a].sightings.size() > made[b].sightings.size();
    });
    for (const size_t v : order) {
      if (!made[v].sightings.empty()) conflict_.vehicles.push_back(std::move(made[v]));
    }
  }

  void NameGenuine(std::span<const VehicleHabits> habits,
                   std::span<const VehiclePapers> papers, const std::vector<int>& vehicles,
                   std::vector<ConflictVehicle>& made) {
    std::vector<VehicleHabits> lives(habits.begin(), habits.end());
    if (case_.before) {
      const auto v = static_cast<size_t>(case_.before->vehicle);
      lives[v].first = std::min(lives[v].first, case_.before->since);
    }
    GenuineGuess guess = GuessGenuine(lives, papers);
    if (case_.before) {
      guess.reasons[static_cast<size_t>(case_.before->vehicle)].push_back(
          "the plate's readings from before are like its own alone");
    }
    for (size_t v = 0; v < made.size(); ++v) made[v].reasons = std::move(guess.reasons[v]);
    if (case_.known_genuine && static_cast<size_t>(*case_.known_genuine) < made.size()) {
      const auto known = static_cast<size_t>(*case_.known_genuine);
      made[known].likely_genuine = true;
      made[known].reasons.insert(made[known].reasons.begin(), "a person confirmed it");
    } else if (guess.vehicle) {
      made[*guess.vehicle].likely_genuine = true;
      conflict_.reasons.push_back(
          fmt::format("which vehicle is genuine is a guess from habits, {:.0f} % sure",
                      100 * std::min(guess.probability, kMostSureOfGenuine)));
    }
    if (sources_.looks == nullptr) return;
    for (size_t v = 1; v < made.size(); ++v) {
      const double apart = sources_.looks->Separation(vehicles, 0, static_cast<int>(v));
      if (apart > 3) {
        conflict_.reasons.push_back(fmt::format(
            "appearance vectors of the vehicles differ by {:.0f} standard deviations", apart));
        break;
      }
    }
  }

  static VehiclePapers PapersOf(const ConflictVehicle& vehicle) {
    VehiclePapers papers;
    std::string_view color;
    std::string_view type;
    for (const auto& [name, value] : vehicle.appearance) {
      if (name == "plate_color") color = value;
      if (name == "type") type = value;
      if (name == "inspection_sticker") papers.sticker = value == "true";
    }
    // Large vehicles bear yellow plates, and no others do (GA 36).
    if (!type.empty() && (color == "yellow" || color == "blue")) {
      papers.fits_plate = (color == "yellow") == (type == "bus" || type == "truck");
    }
    return papers;
  }

  void AddReasons() {
    std::vector<std::string> reasons;
    reasons.push_back(fmt::format("{} pairs of readings exclude each other{}", impossible_pairs_,
                                  impossible_pairs_ == 1 ? " (one pair)" : ""));
    if (conflict_.kind == ConflictKind::kCloned) {
      reasons.push_back(
          fmt::format("as of {} vehicles the readings are e^{:.0f} times as likely as of one",
                      CountOf(case_.many.vehicles), case_.many.score - case_.one.score));
    } else {
      size_t on_track = 0;
      for (size_t i = 0; i < case_.track.size(); ++i) {
        on_track += case_.one.vehicles[i] == kForeign && case_.sources[i].on_track;
      }
      reasons.push_back(fmt::format("without {} of them the readings are of one vehicle",
                                    conflict_.foreign.size()));
      if (on_track > 0) {
        reasons.push_back(fmt::format("{} of these lie on the track of a plate that reads alike",
                                      on_track));
      }
    }
    size_t corrected = 0;
    for (const TrackReading& reading : case_.track) corrected += reading.corrected;
    if (corrected > 0) {
      reasons.push_back(fmt::format(
          "{} readings are of cameras whose clock or place is wrong, and were corrected", corrected));
    }
    reasons.insert(reasons.end(), conflict_.reasons.begin(), conflict_.reasons.end());
    conflict_.reasons = std::move(reasons);
  }

  const ReportSources& sources_;
  const PlateCase& case_;
  Conflict conflict_;
  size_t impossible_pairs_ = 0;
  mutable std::vector<std::vector<double>> one_looks_;
};

}  // namespace

SightingId SightingIdOf(const PlateReading& reading,
                        const std::map<uint32_t, std::string>& camera_ids) {
  const auto id = camera_ids.find(reading.camera_number);
  return {reading.time, id == camera_ids.end() ? 0 : HashCameraId(id->second),
          reading.identity_hash};
}

Conflict ReportConflict(const ReportSources& sources, const PlateCase& plate_case) {
  return Report(sources, plate_case).Make();
}

}  // namespace sightline::query
