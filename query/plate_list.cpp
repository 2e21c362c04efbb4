#include "query/plate_list.h"

#include <algorithm>
#include <functional>
#include <set>
#include <unordered_set>
#include <utility>

#include "core/plate.h"
#include "core/plate_distance.h"
#include "query/near_plates.h"
#include "query/relevance_groups.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr size_t kPlatesBetweenChecks = 1000;

// Whether all that begins with the pattern's literal prefix matches it, or nothing but that prefix.
bool IsDecidedByPrefix(const std::string& pattern) {
  if (!HasWildcard(pattern)) return true;
  return pattern.back() == '*' && !HasWildcard(pattern.substr(0, pattern.size() - 1));
}

// One page of a list while it fills.
class Lister {
 public:
  Lister(const Sources& sources, const PlateListRequest& request, const Cancellation& cancellation)
      : sources_(sources),
        request_(request),
        cancellation_(cancellation),
        days_(DaysIn(sources.store, Interval{})) {
    page_.as_of = VisibleAt(sources.store, request.as_of);
  }

  Result<PlateListPage> List() && {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    if (request_.like) {
      SIGHTLINE_RETURN_IF_ERROR(ListNear());
    } else if (sources_.columns != nullptr && !IsDecidedByPrefix(request_.pattern)) {
      SIGHTLINE_RETURN_IF_ERROR(ListByColumns(request_.after));
    } else {
      SIGHTLINE_RETURN_IF_ERROR(ListByDictionary(request_.after));
    }
    return std::move(page_);
  }

 private:
  // False: the page is full.
  bool Add(const storage::PlateSummary& summary, std::optional<PlateMatch> match) {
    if (page_.plates.size() == request_.limit) {
      page_.more = true;
      return false;
    }
    page_.plates.push_back({summary, match});
    return true;
  }

  // The same of a plate that may not have been read up to as_of: then it is passed over.
  Result<bool> AddByName(const std::string& plate, std::optional<PlateMatch> match) {
    std::optional<storage::PlateSummary> summary;
    // The plate itself comes before every longer one that it begins.
    SIGHTLINE_RETURN_IF_ERROR(
        sources_.store.VisitPlates(plate, {}, page_.as_of, [&](const storage::PlateSummary& first) {
          if (first.plate == plate) summary = first;
          return false;
        }));
    return !summary || Add(*summary, match);
  }

  // Whether the plate belongs behind those that were weighed.
  bool IsListed(const std::string& plate) const {
    if (!PassesPattern(plate, request_.pattern)) return false;
    if (!request_.like) return true;
    return !weighed_.contains(plate) &&
           WithinPlateDistance(request_.like->text, plate, request_.like->max_distance).has_value();
  }

  std::optional<PlateMatch> MatchOf(const std::string& plate) const {
    return near_ ? std::optional(near_->Match(plate)) : std::nullopt;
  }

  Status ListByDictionary(const std::string& after) {
    const std::string prefix = LiteralPrefix(request_.pattern);
    const bool is_one_plate = !request_.pattern.empty() && !HasWildcard(request_.pattern);
    Status checked = Ok();
    size_t visited = 0;
    const auto visit = [&](const storage::PlateSummary& summary) {
      if (++visited % kPlatesBetweenChecks == 0) {
        checked = cancellation_.Check();
        if (!checked) return false;
      }
      if (is_one_plate && summary.plate != prefix) return false;
      return !IsListed(summary.plate) || Add(summary, MatchOf(summary.plate));
    };
    SIGHTLINE_RETURN_IF_ERROR(sources_.store.VisitPlates(prefix, after, page_.as_of, visit));
    return checked;
  }

  // A page's worth of names at a time, out of all days.
  Status ListByColumns(std::string after) {
    for (;;) {
      SIGHTLINE_ASSIGN(const std::set<std::string> names, NextNames(after));
      for (const std::string& name : names) {
        SIGHTLINE_ASSIGN(const bool goes_on, AddByName(name, MatchOf(name)));
        if (!goes_on) return Ok();
      }
      if (names.size() <= request_.limit) return Ok();
      after = *names.rbegin();
    }
  }

  // The first names behind `after` in byte order: one more than a page has, or all.
  Result<std::set<std::string>> NextNames(const std::string& after) const {
    std::set<std::string> names;
    for (const Day day : days_) {
      SIGHTLINE_ASSIGN(const std::shared_ptr<const index::DayColumns> columns,
                       sources_.columns->Open(day, cancellation_));
      if (!columns) continue;
      SIGHTLINE_ASSIGN(std::vector<index::DayPlate> plates, PlatesOf(*columns));
      for (index::DayPlate& plate : plates) {
        if (plate.plate <= after || !IsListed(plate.plate)) continue;
        if (names.size() > request_.limit && plate.plate > *names.rbegin()) continue;
        names.insert(std::move(plate.plate));
        if (names.size() > request_.limit + 1) names.erase(std::prev(names.end()));
      }
    }
    return names;
  }

  Result<std::vector<index::DayPlate>> PlatesOf(const index::DayColumns& columns) const {
    return request_.like ? columns.PlatesNear(*request_.like, cancellation_)
                         : columns.PlatesMatching(request_.pattern, cancellation_);
  }

  // The weighed ones by how likely they are the plate that is meant, then all others. (Most of what
  // was read like the likeliest plate is a misread of it: ordered by their readings, such strings
  // would stand before the second real plate.)
  Status ListNear() {
    SearchCost cost;
    SIGHTLINE_ASSIGN(near_, NearPlates::Find(sources_, *request_.like, Interval{}, days_,
                                             page_.as_of, cancellation_, cost));
    std::vector<const NearPlate*> meant;
    for (const NearPlate& plate : near_->ranked()) {
      weighed_.insert(plate.plate);
      meant.push_back(&plate);
    }
    std::stable_sort(meant.begin(), meant.end(), [](const NearPlate* a, const NearPlate* b) {
      return a->asked > b->asked;
    });
    const bool starts_among_weighed = request_.after.empty() || weighed_.contains(request_.after);
    if (starts_among_weighed) {
      bool passed_over = request_.after.empty();
      for (const NearPlate* plate : meant) {
        if (!passed_over) {
          passed_over = plate->plate == request_.after;
          continue;
        }
        if (!PassesPattern(plate->plate, request_.pattern)) continue;
        const PlateMatch match{.probability = plate->asked,
                               .differences = plate->match.differences};
        SIGHTLINE_ASSIGN(const bool goes_on, AddByName(plate->plate, match));
        if (!goes_on) return Ok();
      }
    }
    if (near_->all_ranked()) return Ok();
    const std::string after = starts_among_weighed ? std::string() : request_.after;
    return sources_.columns != nullptr ? ListByColumns(after) : ListByDictionary(after);
  }

  const Sources& sources_;
  const PlateListRequest& request_;
  const Cancellation& cancellation_;
  const std::vector<Day> days_;
  std::optional<NearPlates> near_;
  std::unordered_set<std::string_view> weighed_;  // views into near_
  PlateListPage page_;
};

}  // namespace

Result<PlateListPage> ListPlates(const Sources& sources, const PlateListRequest& request,
                                 const Cancellation& cancellation) {
  return Lister(sources, request, cancellation).List();
}

}  // namespace sightline::query
