#include "query/common_plates.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/false_discovery.h"
#include "query/place_filter.h"
#include "query/plate_readings.h"
#include "query/scene_misreads.h"
#include "query/sighting_search.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr size_t kRowsAtOnce = 10'000;
constexpr size_t kLeastDaysAlike = 3;
constexpr int kSaturday = 6;

struct Presence {
  std::vector<std::vector<SceneReading>> evidence;  // by visit
  std::set<uint32_t> visits;
  std::map<uint32_t, Looks> looks;  // of the first reading there; where misreads are merged
  std::vector<MergedPlate> merged;
};

// One scene as the background looks at it.
struct Scene {
  Scene(const Filter& filter, const storage::Store& store, const Interval& within)
      : place(filter, store), time(within) {}

  PlaceFilter place;
  Interval time;  // of it, as far as days with sightings go
  bool whole_days = false;
  int64_t from_ms = 0;  // of the local day, widened; `to_ms` may lie behind the day's end
  int64_t to_ms = 0;
  std::set<int64_t> own_days;  // local
  bool on_weekend = false;
  double share_of_day = 0;     // of a day's readings
};

bool IsWeekend(int weekday) { return weekday >= kSaturday; }

class Finder {
 public:
  Finder(const Sources& sources, const CommonPlatesRequest& request,
         const Cancellation& cancellation)
      : sources_(sources), request_(request), cancellation_(cancellation) {}

  Result<CommonPlatesAnswer> Find() {
    answer_.as_of = VisibleAt(sources_.store, request_.as_of);
    for (uint32_t visit = 0; visit < request_.visits.size(); ++visit) {
      SIGHTLINE_RETURN_IF_ERROR(ReadScene(visit));
    }
    answer_.candidates = plates_.size();
    SIGHTLINE_RETURN_IF_ERROR(PrepareBackground());
    mistaken_.resize(request_.visits.size());
    if (request_.merge_misreads) SIGHTLINE_RETURN_IF_ERROR(MergeMisreads());
    for (auto& [plate, presence] : plates_) {
      if (presence.visits.size() < request_.min_visits) continue;
      SIGHTLINE_RETURN_IF_ERROR(Weigh(plate, presence));
    }
    Rank();
    return std::move(answer_);
  }

 private:
  Status ReadScene(uint32_t visit) {
    SightingSearch search(sources_,
                          {.filter = request_.visits[visit],
                           .order = ResultOrder::kTimeAscending,
                           .as_of = answer_.as_of,
                           .after = {}},
                          cancellation_);
    uint64_t& readings = answer_.readings.emplace_back();
    for (;;) {
      SIGHTLINE_ASSIGN(const std::vector<FoundSighting> rows, search.Next(kRowsAtOnce));
      if (rows.empty()) return Ok();
      for (const FoundSighting& row : rows) {
        const Sighting& sighting = row.sighting.sighting;
        if (sighting.plate.empty()) continue;
        ++readings;
        Presence& presence = plates_[sighting.plate];
        presence.visits.insert(visit);
        presence.evidence.resize(request_.visits.size());
        std::vector<SceneReading>& evidence = presence.evidence[visit];
        if (evidence.size() < kMostEvidence) {
          evidence.push_back({visit, row.sighting.id, sighting.camera_id, {}});
        }
        if (request_.merge_misreads && !presence.looks.contains(visit)) {
          presence.looks.emplace(visit, LooksOf(sighting));
        }
      }
    }
  }

  Status PrepareBackground() {
    const std::vector<Day> stored = DaysIn(sources_.store, {});
    if (stored.empty()) return Ok();
    const Interval data{stored.front().start(), stored.back().end()};
    TimestampMs first = data.to;
    TimestampMs last = data.from;
    std::vector<Interval> times;
    for (const Filter& filter : request_.visits) {
      const Interval time{std::max(filter.time.from, data.from), std::min(filter.time.to, data.to)};
      times.push_back(time);
      first = std::min(first, time.from);
      last = std::max(last, time.to);
    }
    constexpr int64_t kReach = kBackgroundDays * kMillisecondsPerDay;
    background_ = {std::max(first - kReach, data.from), std::min(last + kReach, data.to)};
    for (const Day day : DaysIn(sources_.store, background_)) {
      // Of the local days that share the UTC day, the one that most of it is of.
      const LocalMoment noon =
          request_.zone.LocalMomentOf(day.start() + kMillisecondsPerDay / 2);
      days_.emplace(noon.day, IsWeekend(noon.weekday));
    }
    answer_.background_days = static_cast<uint32_t>(days_.size());
    for (size_t i = 0; i < times.size(); ++i) {
      SIGHTLINE_RETURN_IF_ERROR(AddScene(request_.visits[i], times[i], answer_.readings[i]));
    }
    return Ok();
  }

  Status AddScene(const Filter& filter, const Interval& time, uint64_t readings) {
    Scene& scene = scenes_.emplace_back(filter, sources_.store, time);
    const int64_t length = std::max<int64_t>(time.to - time.from, 0);
    scene.whole_days = length + 2 * kHabitMarginMs >= kMillisecondsPerDay;
    const LocalMoment begin = request_.zone.LocalMomentOf(time.from);
    scene.on_weekend = IsWeekend(begin.weekday);
    scene.from_ms = begin.ms_of_day - kHabitMarginMs;
    scene.to_ms = begin.ms_of_day + length + kHabitMarginMs;
    for (TimestampMs at = time.from; at < time.to; at = at + kMillisecondsPerDay) {
      scene.own_days.insert(request_.zone.LocalMomentOf(at).day);
    }
    if (length > 0) scene.own_days.insert(request_.zone.LocalMomentOf(time.to - 1).day);
    double rows = 0;
    for (const Day day : DaysIn(sources_.store, time)) {
      SIGHTLINE_ASSIGN(const double of_day, RowsOf(day));
      rows += of_day;
    }
    if (rows > 0) scene.share_of_day = static_cast<double>(readings) / rows;
    return Ok();
  }

  // How many readings the day has.
  Result<double> RowsOf(Day day) {
    const auto [at, is_new] = rows_.try_emplace(day, 0.0);
    if (!is_new || sources_.columns == nullptr) return at->second;
    SIGHTLINE_ASSIGN(const auto columns, sources_.columns->Open(day, cancellation_));
    if (columns != nullptr) at->second = static_cast<double>(columns->rows());
    return at->second;
  }

  Result<std::vector<PlateReading>> AllReadingsOf(std::string_view plate) const {
    return ReadingsOfPlate(sources_, plate, background_, answer_.as_of, cancellation_);
  }

  // The evidence of a misread becomes that of its plate.
  Status MergeMisreads() {
    std::vector<ScenePlate> plates;
    for (const auto& [plate, presence] : plates_) {
      ScenePlate& there = plates.emplace_back(ScenePlate{plate, {}, {}});
      for (const auto& [visit, looks] : presence.looks) {
        there.visits.push_back(visit);
        there.looks.push_back(looks);
      }
    }
    std::ranges::sort(plates, {}, &ScenePlate::plate);
    const auto readings_of = [&](std::string_view plate) -> Result<size_t> {
      SIGHTLINE_ASSIGN(const std::vector<PlateReading> readings, AllReadingsOf(plate));
      return readings.size();
    };
    SIGHTLINE_ASSIGN(SceneMisreads found,
                     FindSceneMisreads(plates, static_cast<uint32_t>(request_.visits.size()),
                                       request_.min_visits, readings_of, cancellation_));
    mistaken_ = std::move(found.chances);
    for (SceneMisread& misread : found.misreads) {
      const std::string read_as(plates[misread.read].plate);
      Presence& read = plates_.at(read_as);
      Presence& truth = plates_.at(std::string(plates[misread.truth].plate));
      MergedPlate merged{.read_as = read_as,
                         .visits = {},
                         .readings = misread.readings,
                         .plate_readings = misread.truth_readings,
                         .agreed = std::move(misread.agreed)};
      for (const uint32_t visit : read.visits) {
        // Of the plate's own readings: where it was read, it needs no misread.
        if (truth.looks.contains(visit)) continue;
        merged.visits.push_back(visit);
        truth.visits.insert(visit);
        for (SceneReading& reading : read.evidence[visit]) {
          reading.read_as = read_as;
          if (truth.evidence[visit].size() < kMostEvidence) {
            truth.evidence[visit].push_back(std::move(reading));
          }
        }
      }
      truth.merged.push_back(std::move(merged));
      read.visits.clear();
    }
    return Ok();
  }

  Status Weigh(const std::string& plate, Presence& presence) {
    SIGHTLINE_ASSIGN(std::vector<PlateReading> readings, AllReadingsOf(plate));
    std::erase_if(readings, [&](const PlateReading& reading) {
      return std::ranges::any_of(scenes_, [&](const Scene& scene) {
        return scene.time.Contains(reading.time);
      });
    });
    CommonPlate result;
    result.plate = plate;
    result.visits.assign(presence.visits.begin(), presence.visits.end());
    result.background_readings = readings.size();
    const double a_day = static_cast<double>(readings.size() + 1) /
                         static_cast<double>(std::max<size_t>(days_.size(), 1));
    for (size_t i = 0; i < scenes_.size(); ++i) {
      result.chances.push_back(
          std::min(ChanceAt(scenes_[i], readings, a_day) + mistaken_[i], 1.0));
      result.expected += result.chances.back();
    }
    result.p_value = ChanceOfAtLeast(result.chances, result.visits.size());
    for (std::vector<SceneReading>& of_visit : presence.evidence) {
      std::ranges::move(of_visit, std::back_inserter(result.evidence));
    }
    std::ranges::stable_sort(result.evidence, {}, [](const SceneReading& reading) {
      return std::tuple(reading.id.time, reading.visit);
    });
    result.merged = std::move(presence.merged);
    answer_.plates.push_back(std::move(result));
    return Ok();
  }

  // That a plate with these other readings is at the scene anyway.
  double ChanceAt(const Scene& scene, const std::vector<PlateReading>& readings,
                  double a_day) const {
    const double like_everybody = 1 - std::exp(-a_day * scene.share_of_day);
    const auto counts = [&](bool alike_alone) {
      size_t count = 0;
      for (const auto& [day, is_weekend] : days_) {
        if (!scene.own_days.contains(day) && (!alike_alone || is_weekend == scene.on_weekend)) {
          ++count;
        }
      }
      return count;
    };
    const bool alike_alone = counts(true) >= kLeastDaysAlike;
    std::set<int64_t> days;
    for (const PlateReading& reading : readings) {
      LocalMoment moment = request_.zone.LocalMomentOf(reading.time);
      if (!scene.whole_days) {
        // A window over midnight belongs to the day on which it begins.
        if (moment.ms_of_day < scene.from_ms &&
            moment.ms_of_day + kMillisecondsPerDay < scene.to_ms) {
          moment.ms_of_day += kMillisecondsPerDay;
          --moment.day;
          moment.weekday = moment.weekday == 1 ? 7 : moment.weekday - 1;
        } else if (moment.ms_of_day - kMillisecondsPerDay >= scene.from_ms) {
          moment.ms_of_day -= kMillisecondsPerDay;
          ++moment.day;
          moment.weekday = moment.weekday % 7 + 1;
        }
        if (moment.ms_of_day < scene.from_ms || moment.ms_of_day >= scene.to_ms) continue;
      }
      if (scene.own_days.contains(moment.day)) continue;
      if (alike_alone && IsWeekend(moment.weekday) != scene.on_weekend) continue;
      if (days.contains(moment.day) || !scene.place.MatchesPlaceOf(reading)) continue;
      days.insert(moment.day);
    }
    const double all = static_cast<double>(counts(alike_alone));
    return std::min((static_cast<double>(days.size()) + like_everybody) / (all + 1), 1.0);
  }

  void Rank() {
    std::ranges::sort(answer_.plates, {}, [](const CommonPlate& plate) {
      return std::tuple(plate.p_value, -static_cast<double>(plate.visits.size()),
                        std::string_view(plate.plate));
    });
    std::vector<double> p_values;
    for (const CommonPlate& plate : answer_.plates) p_values.push_back(plate.p_value);
    const std::vector<double> q_values = AdjustForDiscovery(p_values, answer_.candidates);
    for (size_t i = 0; i < q_values.size(); ++i) {
      answer_.plates[i].q_value = q_values[i];
      answer_.plates[i].significant = q_values[i] <= kFalseDiscoveryRate;
    }
  }

  const Sources& sources_;
  const CommonPlatesRequest& request_;
  const Cancellation& cancellation_;
  std::unordered_map<std::string, Presence> plates_;
  std::deque<Scene> scenes_;
  std::vector<double> mistaken_;  // by scene: SceneMisreads::chances
  Interval background_;
  std::map<int64_t, bool> days_;  // local ones with sightings; whether at a weekend
  std::map<Day, double> rows_;
  CommonPlatesAnswer answer_;
};

}  // namespace

Result<CommonPlatesAnswer> FindCommonPlates(const Sources& sources,
                                            const CommonPlatesRequest& request,
                                            const Cancellation& cancellation) {
  return Finder(sources, request, cancellation).Find();
}

double ChanceOfAtLeast(const std::vector<double>& chances, size_t least) {
  if (least == 0) return 1;
  if (least > chances.size()) return 0;
  // by_count[k]: that k of those looked at so far come true; the last: `least` or more.
  std::vector<double> by_count(least + 1);
  by_count[0] = 1;
  for (const double chance : chances) {
    by_count[least] += by_count[least - 1] * chance;
    for (size_t k = least - 1; k > 0; --k) {
      by_count[k] = by_count[k] * (1 - chance) + by_count[k - 1] * chance;
    }
    by_count[0] *= 1 - chance;
  }
  return std::min(by_count[least], 1.0);
}

}  // namespace sightline::query
