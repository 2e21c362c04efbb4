#include "query/sighting_search.h"

#include <algorithm>
#include <utility>

#include "core/plate.h"
#include "query/day_rows.h"
#include "query/filter_matcher.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

// What may still follow `after`: everything at its time or behind it.
Interval Narrow(Interval time, TimeOrder order, const std::optional<SearchPosition>& after) {
  time.from = std::max(time.from, kMinTimestamp);
  time.to = std::min(time.to, kMaxTimestamp);
  if (!after) return time;
  if (order == TimeOrder::kAscending) {
    time.from = std::max(time.from, after->time);
  } else {
    time.to = std::min(time.to, after->time + 1);
  }
  return time;
}

TimeOrder DirectionOf(ResultOrder order) {
  return order == ResultOrder::kTimeAscending ? TimeOrder::kAscending : TimeOrder::kDescending;
}

// The numbers of the cameras that a filter names, ascending; unknown ones have no sightings.
std::optional<std::vector<uint32_t>> CameraNumbers(const storage::Store& store,
                                                   const Filter& filter) {
  if (!filter.cameras) return std::nullopt;
  std::vector<uint32_t> numbers;
  for (const std::string& id : *filter.cameras) {
    if (const auto camera = store.FindCamera(id)) numbers.push_back(camera->number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace

class SightingSearch::Impl {
 public:
  Impl(const Sources& sources, SearchRequest request, Cancellation cancellation)
      : store_(sources.store),
        matcher_(request.filter),
        question_{matcher_,
                  Narrow(request.filter.time, DirectionOf(request.order), request.after),
                  DirectionOf(request.order),
                  VisibleAt(store_, request.as_of),
                  request.after,
                  std::move(cancellation)},
        cameras_(CameraNumbers(store_, request.filter)) {
    const std::string& pattern = request.filter.plate_pattern;
    if (!pattern.empty() && !HasWildcard(pattern)) plate_ = LiteralPrefix(pattern);
    cost_.path = plate_     ? SearchPath::kPlate
                 : cameras_ ? SearchPath::kCamerasTime
                            : SearchPath::kTime;
    if (!question_.time.empty() && !(cameras_ && cameras_->empty())) {
      days_ = DaysIn(store_, question_.time);
    }
    if (question_.order == TimeOrder::kDescending) std::reverse(days_.begin(), days_.end());
  }

  Result<std::vector<FoundSighting>> Next(size_t limit) {
    std::vector<StoredSighting> rows;
    while (rows.size() < limit) {
      if (!day_) {
        SIGHTLINE_ASSIGN(const bool opened, OpenNextDay());
        if (!opened) break;
      }
      SIGHTLINE_RETURN_IF_ERROR(day_->Next(limit, rows));
      if (rows.size() < limit) day_.reset();
    }
    std::vector<FoundSighting> found;
    found.reserve(rows.size());
    for (StoredSighting& row : rows) found.push_back({std::move(row), std::nullopt});
    return found;
  }

  Sequence as_of() const { return question_.as_of; }
  const SearchCost& cost() const { return cost_; }

 private:
  // False: there is no day left.
  Result<bool> OpenNextDay() {
    while (next_day_ < days_.size()) {
      SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
      SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> day,
                       store_.OpenDay(days_[next_day_]));
      ++next_day_;
      if (!day) continue;  // retention took it since the search began
      ++cost_.days;
      if (plate_) {
        SIGHTLINE_ASSIGN(day_, LookUpPlate(std::move(day), *plate_, question_, cost_));
      } else {
        day_ = ScanDay(std::move(day), question_, cameras_, cost_);
      }
      return true;
    }
    return false;
  }

  storage::Store& store_;
  const FilterMatcher matcher_;
  const DayQuestion question_;
  const std::optional<std::vector<uint32_t>> cameras_;
  std::optional<std::string> plate_;  // the only plate that passes
  std::vector<Day> days_;             // in the order of the answer
  size_t next_day_ = 0;
  std::unique_ptr<DayRows> day_;  // the day being read
  SearchCost cost_;
};

SearchPosition PositionOf(const FoundSighting& row) {
  const StoredSighting& sighting = row.sighting;
  return {sighting.sighting.time, sighting.sighting.camera_id, sighting.id,
          row.match ? row.match->probability : 0};
}

SightingSearch::SightingSearch(Sources sources, SearchRequest request, Cancellation cancellation)
    : impl_(std::make_unique<Impl>(sources, std::move(request), std::move(cancellation))) {}

SightingSearch::~SightingSearch() = default;

Result<std::vector<FoundSighting>> SightingSearch::Next(size_t limit) {
  return impl_->Next(limit);
}

Sequence SightingSearch::as_of() const { return impl_->as_of(); }

const SearchCost& SightingSearch::cost() const { return impl_->cost(); }

}  // namespace sightline::query
