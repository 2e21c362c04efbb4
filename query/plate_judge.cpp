#include "query/plate_judge.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "query/conflict_report.h"
#include "query/misread_sources.h"
#include "query/plate_case.h"
#include "query/plate_history.h"
#include "query/plate_split.h"
#include "query/plate_traits.h"
#include "query/split_exchange.h"
#include "query/track_links.h"
#include "query/vehicle_looks.h"

namespace sightline::query {
namespace {

constexpr size_t kBeam = 64;
constexpr int kMostVehicles = 6;
constexpr int kLookRounds = 4;
// Other plates are looked at for so many strays; a vehicle of its own has more.
constexpr size_t kMostStrays = 24;
// Below so many readings each may be the stray.
constexpr size_t kFewReadings = 8;
// More than a vehicle can have in a window: a sign, or a word for plates that were not read.
constexpr size_t kMostReadings = 12'000;
// Two readings that are surely of one vehicle: soon after each other, on one way.
constexpr double kSurelySameSeconds = 240;
constexpr double kSurelySameRatio = 4;
// By so much must the looks of two vehicles that never exclude each other differ, in natural
// logarithms of odds: in all, and on average for each reading.
constexpr double kLooksApart = 20;
constexpr double kLooksApartEach = 1.5;
// ... and by so much their links and habits.
constexpr double kLivesApart = 40;
// What habits alone may gain by one vehicle more: with more shares to fit, any split fits better.
constexpr double kOneMoreLife = 20;
// A confident reading is hardly a misread, a doubtful one not always.
constexpr double kMostDoubt = 3;
// What a person said outweighs what readings say, unless nothing else is possible.
constexpr double kKnownLink = -60;

}  // namespace

// One judgement under way.
class PlateJudge::Case {
 public:
  Case(const PlateJudge& judge, std::string_view plate, std::span<const PlateReading> readings,
       const Cancellation& cancellation)
      : owner_(judge), plate_(plate), cancellation_(cancellation) {
    case_.plate = plate;
    case_.track = judge.judge_.Correct(readings);
  }

  Result<std::optional<Conflict>> Run() {
    FindPairs();
    if (case_.pairs.empty()) return std::optional<Conflict>();
    const auto first = std::ranges::min(case_.track, {}, &TrackReading::time).time;
    const auto last = std::ranges::max(case_.track, {}, &TrackReading::time).time;
    window_s_ = std::max(86'400.0, static_cast<double>(last - first) / 1'000);
    links_.emplace(owner_.judge_, owner_.continuity_, window_s_);
    if (case_.track.size() > kMostReadings) return std::optional(Report());
    for (size_t i = 0; i < case_.track.size(); ++i) {
      if (case_.track[i].place) placed_.push_back(i);
    }
    SIGHTLINE_RETURN_IF_ERROR(ReadRecords());
    PrepareLooks();
    FindKnown();
    ExpectFarMisreads();
    case_.sources.assign(case_.track.size(), {});
    SIGHTLINE_ASSIGN(case_.one, SplitInto(1, {}));
    SIGHTLINE_RETURN_IF_ERROR(ExplainStrays(case_.one));
    SIGHTLINE_ASSIGN(case_.one, SplitInto(1, case_.one.vehicles));
    SIGHTLINE_ASSIGN(case_.many, SplitInto(kMostVehicles, {}));
    groups_ = looks_->has_vectors() ? looks_->TwoGroups() : looks_->TwoGroupsByAttributes();
    SIGHTLINE_ASSIGN(const Split other, SplitInto(kMostVehicles, GroupsAsKnown()));
    if (other.score > case_.many.score) case_.many = other;
    SIGHTLINE_RETURN_IF_ERROR(ChooseByHabits());
    SIGHTLINE_RETURN_IF_ERROR(MergeNeedless());
    FinishSplit(case_.one);
    FinishSplit(case_.many);
    SIGHTLINE_RETURN_IF_ERROR(LookBack());
    return std::optional(Report());
  }

 private:
  Conflict Report() {
    const ReportSources sources{owner_.judge_, owner_.camera_ids_, owner_.priors_,
                                looks_ ? &*looks_ : nullptr};
    return ReportConflict(sources, case_);
  }

  // A reading of a camera at fault proves nothing.
  void FindPairs() {
    std::vector<TrackReading> trusted;
    std::vector<size_t> places;
    for (size_t i = 0; i < case_.track.size(); ++i) {
      if (case_.track[i].corrected) continue;
      trusted.push_back(case_.track[i]);
      places.push_back(i);
    }
    for (const auto& [a, b] : owner_.judge_.ImpossiblePairs(trusted)) {
      case_.pairs.emplace_back(places[a], places[b]);
    }
  }

  Status ReadRecords() {
    std::vector<PlateReading> readings;
    for (const TrackReading& reading : case_.track) readings.push_back(reading.reading);
    SIGHTLINE_ASSIGN(case_.records,
                     RecordsOf(owner_.sources_, readings, owner_.as_of_, cancellation_));
    // Those that are gone are left out: the others are in order.
    size_t next = 0;
    for (const TrackReading& reading : case_.track) {
      const bool is_there =
          next < case_.records.size() &&
          case_.records[next].id.identity_hash == reading.reading.identity_hash &&
          case_.records[next].id.time == reading.reading.time;
      case_.sightings.push_back(is_there ? &case_.records[next++].sighting : nullptr);
    }
    return Ok();
  }

  void PrepareLooks() {
    std::vector<std::pair<size_t, size_t>> same;
    for (size_t k = 1; k < placed_.size(); ++k) {
      const size_t a = placed_[k - 1];
      const size_t b = placed_[k];
      const auto gap = static_cast<double>(case_.track[b].time - case_.track[a].time) / 1'000;
      if (gap > kSurelySameSeconds ||
          links_->Ratio(case_.track[a], case_.track[b]) < kSurelySameRatio) {
        continue;
      }
      if (owner_.judge_.Judge(case_.track[a], case_.track[b]).possible) same.emplace_back(a, b);
    }
    looks_.emplace(case_.sightings, owner_.spaces_, same);
  }

  void FindKnown() {
    const auto known = owner_.models_.known_vehicles.find(plate_);
    if (known == owner_.models_.known_vehicles.end()) return;
    std::map<SightingId, int> vehicles;
    for (size_t v = 0; v < known->second.size() && v < kMostVehicles; ++v) {
      for (const SightingId& id : known->second[v].sightings) {
        vehicles[id] = static_cast<int>(v);
      }
      if (known->second[v].genuine) case_.known_genuine = static_cast<int>(v);
    }
    std::vector<int> of(case_.track.size(), kAnyVehicle);
    bool any = false;
    for (size_t i = 0; i < case_.track.size(); ++i) {
      const auto found = vehicles.find(IdOf(i));
      if (found != vehicles.end()) of[i] = found->second, any = true;
    }
    if (any) case_.known = std::move(of);
  }

  // Misreads of plates that are not near, by how sure the camera was.
  void ExpectFarMisreads() {
    const auto model = owner_.sources_.reading_model ? owner_.sources_.reading_model
                                                     : PlateReadingModel::Default();
    for (size_t i = 0; i < case_.track.size(); ++i) {
      const Sighting* record = case_.sightings[i];
      const double doubt = record != nullptr && record->plate_confidence
                               ? model->ConfidenceRatio(*record->plate_confidence)
                               : 1;
      case_.far_misreads.push_back(owner_.priors_.unknown_misreads * std::min(kMostDoubt, doubt));
    }
    for (const size_t i : placed_) strays_.push_back(case_.far_misreads[i]);
  }

  SightingId IdOf(size_t i) const {
    return SightingIdOf(case_.track[i].reading, owner_.camera_ids_);
  }

  // Of j being the next reading of a vehicle after i.
  double LinkOf(size_t i, size_t j) const {
    const double link = links_->Link(case_.track[i], case_.track[j]);
    const bool is_known = !case_.known.empty() && case_.known[i] >= 0 &&
                          case_.known[i] == case_.known[j];
    return is_known ? std::max(link, kKnownLink) : link;
  }

  // Splits the readings that have a place, by turns with what the vehicles then look like.
  // `vehicles`: by reading of the track, a start for the looks; empty: space and time alone.
  Result<Split> SplitInto(int most, std::vector<int> vehicles) {
    SplitQuestion question;
    question.readings = placed_.size();
    question.link = [this](size_t a, size_t b) { return LinkOf(placed_[a], placed_[b]); };
    question.open = {0, std::log(owner_.priors_.cloned)};
    question.open.resize(kMostVehicles, std::log(owner_.priors_.one_more));
    if (most > 1 && !case_.known.empty()) {
      for (const size_t i : placed_) question.known.push_back(case_.known[i]);
    }
    Split best;
    for (int round = 0; round <= kLookRounds; ++round) {
      int count = 0;
      std::vector<std::vector<double>> looks;
      if (!vehicles.empty()) {
        for (const int vehicle : vehicles) count = std::max(count, vehicle + 1);
        looks = looks_->Score(vehicles, count);
      }
      question.max_vehicles = std::min(most, vehicles.empty() ? most : count + 1);
      question.looks.clear();
      question.foreign.clear();
      for (size_t k = 0; k < placed_.size(); ++k) {
        double most_alike = 0;
        if (!looks.empty()) {
          question.looks.push_back(looks[placed_[k]]);
          const auto& of = looks[placed_[k]];
          most_alike = *std::max_element(of.begin(), of.end());
        }
        // A wrong time or place does not change what a vehicle looks like.
        question.foreign.push_back(
            std::log(strays_[k] + FaultyReadings(placed_[k]) * std::exp(most_alike)));
      }
      SIGHTLINE_ASSIGN(Split split, SplitPlate(question, kBeam, cancellation_));
      if (split.vehicles.empty()) break;
      std::vector<int> found(case_.track.size(), kForeign);
      for (size_t k = 0; k < placed_.size(); ++k) found[placed_[k]] = split.vehicles[k];
      if (question.known.empty()) Renumber(found);
      split.vehicles = found;
      const bool settled = found == vehicles;
      // Without looks a score is no match for one with them.
      if (round == 0 || best.vehicles.empty() || split.score > best.score || round == 1) {
        best = std::move(split);
      }
      vehicles = std::move(found);
      if (settled || (!looks_->has_vectors() && !looks_->has_attributes())) break;
    }
    return best;
  }

  // groups_ under the numbers of the vehicles that a person told apart: those of the named readings
  // that are in each. Groups that both hold one vehicle's, or none, say nothing beside it.
  std::vector<int> GroupsAsKnown() const {
    if (case_.known.empty()) return groups_;
    std::array<int, 2> vehicles = {kAnyVehicle, kAnyVehicle};
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i] >= 0 && case_.known[i] >= 0) {
        vehicles[static_cast<size_t>(groups_[i])] = case_.known[i];
      }
    }
    std::vector<int> named = case_.known;
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (named[i] < 0 && groups_[i] >= 0) named[i] = vehicles[static_cast<size_t>(groups_[i])];
    }
    return named;
  }

  ExchangeQuestion HabitsQuestion() const {
    ExchangeQuestion question;
    question.link = [this](size_t a, size_t b) { return LinkOf(placed_[a], placed_[b]); };
    question.is_stop = [this](size_t a, size_t b) {
      return links_->IsStop(case_.track[placed_[a]], case_.track[placed_[b]]);
    };
    question.traits = TraitsOf(case_.track, placed_, &*looks_);
    return question;
  }

  // Splits into fewer vehicles are tried too: what vehicles keep to tells whether those found by
  // space and time alone are lives or pieces of lives. Vectors tell better than habits do.
  Status ChooseByHabits() {
    if (!case_.known.empty() || looks_->has_vectors()) return Ok();
    const int found = CountOf(case_.many.vehicles);
    if (found < 2) return Ok();
    const ExchangeQuestion question = HabitsQuestion();
    std::vector<Split> splits = {case_.many};
    for (int count = 2; count < found; ++count) {
      SIGHTLINE_ASSIGN(splits.emplace_back(), SplitInto(count, {}));
    }
    if (CountOf(groups_) == 2) {
      SIGHTLINE_ASSIGN(splits.emplace_back(), SplitInto(2, groups_));
    }
    double most = -std::numeric_limits<double>::infinity();
    for (Split& split : splits) {
      SIGHTLINE_ASSIGN(double worth, Exchange(question, split));
      for (size_t k = 0; k < placed_.size(); ++k) {
        if (split.vehicles[placed_[k]] == kForeign) {
          worth += std::log(strays_[k] + FaultyReadings(placed_[k]));
        }
      }
      worth -= kOneMoreLife * CountOf(split.vehicles);
      if (worth <= most) continue;
      most = worth;
      case_.many = split;
    }
    return Ok();
  }

  // What the split is then worth; its score is moved by what its links lose.
  Result<double> Exchange(const ExchangeQuestion& question, Split& split) const {
    ExchangeQuestion links = question;
    links.traits.clear();
    std::vector<int> vehicles;
    for (const size_t i : placed_) vehicles.push_back(split.vehicles[i]);
    // Habits tell vehicles apart; they do not tell whether there are several.
    split.score -= ExchangeScore(links, vehicles);
    SIGHTLINE_ASSIGN(const double worth, ExchangeStretches(question, vehicles, cancellation_));
    split.score += ExchangeScore(links, vehicles);
    for (size_t k = 0; k < placed_.size(); ++k) split.vehicles[placed_[k]] = vehicles[k];
    Renumber(split.vehicles);
    return worth;
  }

  static int CountOf(const std::vector<int>& vehicles) {
    int count = 0;
    for (const int vehicle : vehicles) count = std::max(count, vehicle + 1);
    return count;
  }

  // Two vehicles of which nothing excludes that they are one are one, unless they look different.
  Status MergeNeedless() {
    if (!case_.known.empty() || case_.many.vehicles.empty()) return Ok();
    std::vector<int>& vehicles = case_.many.vehicles;
    bool merged = true;
    while (merged) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      merged = false;
      const int count = CountOf(vehicles);
      const auto looks = looks_->Score(vehicles, count);
      for (int a = 0; a < count && !merged; ++a) {
        for (int b = a + 1; b < count && !merged; ++b) {
          if (!IsOneVehicle(vehicles, a, b) || LookApart(vehicles, looks, a, b) ||
              LiveApart(vehicles, a, b)) {
            continue;
          }
          for (int& vehicle : vehicles) vehicle = vehicle == b ? a : vehicle;
          Renumber(vehicles);
          merged = true;
        }
      }
    }
    return Ok();
  }

  bool IsOneVehicle(const std::vector<int>& vehicles, int a, int b) const {
    std::optional<size_t> last;
    for (const size_t i : placed_) {
      if (vehicles[i] != a && vehicles[i] != b) continue;
      if (last && !owner_.judge_.Judge(case_.track[*last], case_.track[i]).possible) return false;
      last = i;
    }
    return true;
  }

  // Whether their links and habits speak for two.
  bool LiveApart(const std::vector<int>& vehicles, int a, int b) const {
    std::vector<int> two;
    std::vector<int> one;
    for (const size_t i : placed_) {
      const bool is_either = vehicles[i] == a || vehicles[i] == b;
      two.push_back(!is_either ? kForeign : vehicles[i] == a ? 0 : 1);
      one.push_back(is_either ? 0 : kForeign);
    }
    const ExchangeQuestion question = HabitsQuestion();
    return ExchangeScore(question, two) > ExchangeScore(question, one) + kLivesApart;
  }

  static bool LookApart(const std::vector<int>& vehicles,
                        const std::vector<std::vector<double>>& looks, int a, int b) {
    double evidence = 0;
    double readings = 0;
    for (size_t i = 0; i < vehicles.size(); ++i) {
      if (vehicles[i] != a && vehicles[i] != b) continue;
      const auto own = static_cast<size_t>(vehicles[i]);
      evidence += looks[i][own] - looks[i][own == static_cast<size_t>(a) ? static_cast<size_t>(b)
                                                                        : static_cast<size_t>(a)];
      readings += 1;
    }
    return evidence > kLooksApart && evidence > kLooksApartEach * readings;
  }

  // Vehicles 0, 1, ... in the order of their first readings.
  static void Renumber(std::vector<int>& vehicles) {
    std::map<int, int> numbers;
    for (int& vehicle : vehicles) {
      if (vehicle < 0) continue;
      vehicle = numbers.try_emplace(vehicle, static_cast<int>(numbers.size())).first->second;
    }
  }

  double FaultyReadings(size_t i) const {
    return case_.track[i].corrected ? owner_.priors_.faulty_readings_of_faulty
                                    : owner_.priors_.faulty_readings;
  }

  // Looks for what the strays may be misreads of.
  Status ExplainStrays(const Split& one) {
    std::vector<size_t> of;  // index into placed_
    for (size_t k = 0; k < placed_.size(); ++k) {
      if (placed_.size() <= kFewReadings || one.vehicles[placed_[k]] == kForeign) of.push_back(k);
    }
    if (of.size() > kMostStrays) return Ok();
    std::vector<OddReading> odd;
    for (const size_t k : of) {
      const size_t i = placed_[k];
      odd.push_back({case_.track[i], case_.sightings[i]});
    }
    SIGHTLINE_ASSIGN(std::vector<MisreadSource> found,
                     FindMisreadSources(owner_.sources_, {plate_, case_.track, window_s_},
                                        odd, owner_.as_of_, owner_.judge_, owner_.continuity_,
                                        cancellation_));
    for (size_t n = 0; n < of.size(); ++n) {
      strays_[of[n]] += found[n].expected;
      case_.sources[placed_[of[n]]] = std::move(found[n]);
    }
    return Ok();
  }

  Status LookBack() {
    if (CountOf(case_.many.vehicles) < 2 || case_.many.score <= case_.one.score) return Ok();
    SIGHTLINE_ASSIGN(case_.before,
                     FindEarlierVehicle(owner_.sources_, plate_,
                                        {case_.track, case_.sightings, case_.many.vehicles},
                                        owner_.judge_, *links_, owner_.as_of_, cancellation_));
    return Ok();
  }

  // Readings without a place go with the one that is nearest in time.
  void FinishSplit(Split& split) const {
    if (split.vehicles.empty()) split.vehicles.assign(case_.track.size(), kForeign);
    for (size_t i = 0; i < case_.track.size(); ++i) {
      if (case_.track[i].place) continue;
      int64_t nearest = std::numeric_limits<int64_t>::max();
      for (const size_t j : placed_) {
        const int64_t away = std::abs(case_.track[j].time - case_.track[i].time);
        if (split.vehicles[j] < 0 || away >= nearest) continue;
        nearest = away;
        split.vehicles[i] = split.vehicles[j];
      }
    }
  }

  const PlateJudge& owner_;
  std::string_view plate_;
  const Cancellation& cancellation_;
  PlateCase case_;
  double window_s_ = 0;
  std::optional<TrackLinks> links_;
  std::vector<int> groups_;     // by reading: what looks alone tell apart
  std::vector<size_t> placed_;  // readings of the track that have a place
  std::vector<double> strays_;  // of these: the expected number of misreads like it
  std::optional<VehicleLooks> looks_;
};

PlateJudge::PlateJudge(const Sources& sources, Sequence as_of, const SweepModels& models,
                       const CameraFaults& faults, const TrackContinuity& continuity)
    : sources_(sources),
      as_of_(as_of),
      models_(models),
      judge_(*models.travel_times, faults),
      continuity_(continuity),
      spaces_(sources.store.Spaces()) {
  for (const auto& camera : sources.store.Cameras()) camera_ids_[camera->number] = camera->camera().id;
}

bool PlateJudge::IsInDoubt(std::span<const PlateReading> readings) const {
  const auto is_at_fault = [this](const PlateReading& reading) {
    return judge_.FaultOf(reading.camera_number) != nullptr;
  };
  if (std::ranges::none_of(readings, is_at_fault)) return judge_.HasImpossiblePair(readings);
  std::vector<PlateReading> trusted;
  std::ranges::remove_copy_if(readings, std::back_inserter(trusted), is_at_fault);
  return judge_.HasImpossiblePair(trusted);
}

Result<std::optional<Conflict>> PlateJudge::Judge(std::string_view plate,
                                                  std::span<const PlateReading> readings,
                                                  const Cancellation& cancellation) const {
  return Case(*this, plate, readings, cancellation).Run();
}

}  // namespace sightline::query
