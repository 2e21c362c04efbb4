#include "query/near_plates.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "core/plate_distance.h"
#include "core/utf8.h"
#include "query/plate_ranking.h"
#include "query/plate_reading_model.h"

namespace sightline::query {
namespace {

// Strings kept while they are collected: those of the fewest differences. Comparing one with the
// text costs about 1 µs.
constexpr size_t kMaxCollected = 16'384;
// Strings counted: the likeliest of those. Each costs a look into every day that may have it.
constexpr size_t kMaxCounted = 4 * NearPlates::kMaxRanked;

constexpr size_t kPlatesBetweenChecks = 1000;
constexpr size_t kCountsBetweenChecks = 50;

struct Candidate {
  std::string plate;
  int differences = 0;
  std::vector<Day> days;  // on which it may have been read, ascending

  // The nearest first.
  friend bool operator<(const Candidate& a, const Candidate& b) {
    return std::tie(a.differences, a.plate) < std::tie(b.differences, b.plate);
  }
};

// The nearest strings, with all of their days: what is once dropped stays dropped.
class Collection {
 public:
  void Add(std::string_view plate, int differences, std::span<const Day> days) {
    if (has_dropped_ && IsBehindAll(plate, differences)) return;
    Candidate candidate{std::string(plate), differences, {}};
    const auto place = candidates_.lower_bound(candidate);
    if (place != candidates_.end() && place->plate == plate) {
      auto known = candidates_.extract(place);
      known.value().days.insert(known.value().days.end(), days.begin(), days.end());
      candidates_.insert(std::move(known));
      return;
    }
    candidate.days.assign(days.begin(), days.end());
    candidates_.insert(place, std::move(candidate));
    if (candidates_.size() > kMaxCollected) {
      candidates_.erase(std::prev(candidates_.end()));
      has_dropped_ = true;
    }
  }

  bool has_dropped() const { return has_dropped_; }

  std::vector<Candidate> Take() && {
    std::vector<Candidate> taken;
    taken.reserve(candidates_.size());
    while (!candidates_.empty()) {
      taken.push_back(std::move(candidates_.extract(candidates_.begin()).value()));
    }
    return taken;
  }

 private:
  bool IsBehindAll(std::string_view plate, int differences) const {
    const Candidate& last = *candidates_.rbegin();
    return std::tie(last.differences, last.plate) < std::tie(differences, plate);
  }

  std::set<Candidate> candidates_;
  bool has_dropped_ = false;
};

Status CollectFromColumns(index::ColumnIndex& columns, const PlateLike& like,
                          std::span<const Day> days, const Cancellation& cancellation,
                          SearchCost& cost, Collection& collection) {
  for (const Day day : days) {
    SIGHTLINE_ASSIGN(const std::shared_ptr<const index::DayColumns> opened,
                     columns.Open(day, cancellation));
    if (!opened) continue;
    SIGHTLINE_ASSIGN(const std::vector<index::DayPlate> near,
                     opened->PlatesNear(like, cancellation));
    cost.plates += near.size();
    for (const index::DayPlate& plate : near) {
      collection.Add(plate.plate, plate.distance, std::span(&day, 1));
    }
  }
  return Ok();
}

Status CollectFromDictionary(storage::Store& store, const PlateLike& like,
                             std::span<const Day> days, Sequence as_of,
                             const Cancellation& cancellation, SearchCost& cost,
                             Collection& collection) {
  Status checked = Ok();
  size_t visited = 0;
  const auto visit = [&](const storage::PlateSummary& summary) {
    if (++visited % kPlatesBetweenChecks == 0) {
      checked = cancellation.Check();
      if (!checked) return false;
    }
    const auto differences = WithinPlateDistance(like.text, summary.plate, like.max_distance);
    if (!differences) return true;
    const auto first = std::lower_bound(days.begin(), days.end(), DayOf(summary.first_seen));
    const auto last = std::upper_bound(first, days.end(), DayOf(summary.last_seen));
    if (first == last) return true;
    ++cost.plates;
    collection.Add(summary.plate, *differences, {first, last});
    return true;
  };
  SIGHTLINE_RETURN_IF_ERROR(store.VisitPlates({}, {}, as_of, visit));
  return checked;
}

// P(asked so | the plate is meant), over all differences.
class Likelihood {
 public:
  Likelihood(const PlateLike& like, const PlateReadingModel& model)
      : asked_(CodePoints(like.text)), model_(model) {}

  double operator()(const std::string& plate) const {
    return model_.AskedProbability(asked_, CodePoints(plate));
  }

 private:
  const std::u32string asked_;
  const PlateReadingModel& model_;
};

// Leaves the `count` elements of the greatest weight, in the order in which they were.
template <typename T, typename Weight>
void KeepHeaviest(std::vector<T>& elements, size_t count, const Weight& weight) {
  if (elements.size() <= count) return;
  std::vector<std::pair<double, size_t>> order;  // the heaviest first, of equals the foremost
  order.reserve(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) order.emplace_back(-weight(elements[i]), i);
  std::nth_element(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end());
  order.resize(count);
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<T> kept;
  kept.reserve(count);
  for (const auto& [weight_of_it, place] : order) kept.push_back(std::move(elements[place]));
  elements = std::move(kept);
}

// Counts how often a plate was read in `time`.
class Counter {
 public:
  Counter(storage::Store& store, Interval time, Sequence as_of)
      : store_(store), time_(time), as_of_(as_of) {}

  Result<NearPlate> Count(Candidate candidate) {
    NearPlate counted{.plate = std::move(candidate.plate),
                      .match = {.differences = candidate.differences}};
    for (const Day day : candidate.days) {
      SIGHTLINE_ASSIGN(const storage::DayReader* reader, Open(day));
      if (reader == nullptr) continue;
      SIGHTLINE_ASSIGN(const std::vector<storage::PlateRow> rows,
                       reader->PlateRows(counted.plate, time_, as_of_));
      if (!rows.empty()) counted.rows.emplace_back(day, static_cast<uint32_t>(rows.size()));
    }
    return counted;
  }

 private:
  Result<const storage::DayReader*> Open(Day day) {
    const auto found = days_.find(day);
    if (found != days_.end()) return found->second.get();
    SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> opened, store_.OpenDay(day));
    return days_.emplace(day, std::move(opened)).first->second.get();
  }

  storage::Store& store_;
  const Interval time_;
  const Sequence as_of_;
  std::map<Day, std::shared_ptr<const storage::DayReader>> days_;  // null: the day is gone
};

uint64_t Readings(const NearPlate& plate) {
  uint64_t readings = 0;
  for (const auto& [day, rows] : plate.rows) readings += rows;
  return readings;
}

std::vector<NearPlate> Rank(std::vector<NearPlate> plates, const PlateLike& like,
                            std::shared_ptr<const PlateReadingModel> model) {
  std::vector<PlateCandidate> candidates;
  candidates.reserve(plates.size());
  for (const NearPlate& plate : plates) {
    candidates.push_back({plate.plate, Readings(plate), plate.match.differences});
  }
  const PlateRanking ranking(like, candidates, std::move(model));
  std::unordered_map<std::string_view, size_t> places;
  for (size_t i = 0; i < plates.size(); ++i) places.emplace(candidates[i].plate, i);
  std::vector<NearPlate> ranked;
  ranked.reserve(plates.size());
  for (const RankedPlate& plate : ranking.plates()) {
    ranked.push_back(std::move(plates[places.at(plate.plate)]));
    ranked.back().match.probability = plate.probability;
    ranked.back().asked = plate.asked;
  }
  return ranked;
}

}  // namespace

Result<NearPlates> NearPlates::Find(const Sources& sources, const PlateLike& like, Interval time,
                                    std::span<const Day> days, Sequence as_of,
                                    const Cancellation& cancellation, SearchCost& cost) {
  Collection collection;
  if (sources.columns != nullptr) {
    SIGHTLINE_RETURN_IF_ERROR(
        CollectFromColumns(*sources.columns, like, days, cancellation, cost, collection));
  } else {
    SIGHTLINE_RETURN_IF_ERROR(CollectFromDictionary(sources.store, like, days, as_of, cancellation,
                                                    cost, collection));
  }
  const std::shared_ptr<const PlateReadingModel> model =
      sources.reading_model ? sources.reading_model : PlateReadingModel::Default();
  const Likelihood likelihood(like, *model);
  bool all_ranked = !collection.has_dropped();
  std::vector<Candidate> candidates = std::move(collection).Take();
  all_ranked = all_ranked && candidates.size() <= kMaxCounted;
  KeepHeaviest(candidates, kMaxCounted,
               [&](const Candidate& candidate) { return likelihood(candidate.plate); });

  Counter counter(sources.store, time, as_of);
  std::vector<NearPlate> plates;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i % kCountsBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(NearPlate counted, counter.Count(std::move(candidates[i])));
    if (!counted.rows.empty()) plates.push_back(std::move(counted));
  }
  all_ranked = all_ranked && plates.size() <= kMaxRanked;
  KeepHeaviest(plates, kMaxRanked, [&](const NearPlate& plate) {
    return likelihood(plate.plate) * static_cast<double>(Readings(plate));
  });
  return NearPlates(like, Rank(std::move(plates), like, model), all_ranked);
}

NearPlates::NearPlates(PlateLike like, std::vector<NearPlate> ranked, bool all_ranked)
    : like_(std::move(like)), ranked_(std::move(ranked)), all_ranked_(all_ranked) {
  for (size_t i = 0; i < ranked_.size(); ++i) places_.emplace(ranked_[i].plate, i);
}

PlateMatch NearPlates::Match(std::string_view plate) const {
  const auto found = places_.find(plate);
  if (found != places_.end()) return ranked_[found->second].match;
  return {.differences = PlateDistance(like_.text, plate)};
}

}  // namespace sightline::query
