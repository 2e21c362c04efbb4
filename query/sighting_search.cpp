#include "query/sighting_search.h"

#include <algorithm>
#include <utility>

#include "core/plate.h"
#include "query/day_rows.h"
#include "query/filter_matcher.h"
#include "query/near_plates.h"
#include "query/planner.h"
#include "query/relevance_groups.h"
#include "query/snapshot.h"
#include "query/stopwatch.h"
#include "query/time_walk.h"

namespace sightline::query {
namespace {

TimeOrder DirectionOf(ResultOrder order) {
  return order == ResultOrder::kTimeAscending ? TimeOrder::kAscending : TimeOrder::kDescending;
}

Interval Storable(Interval time) {
  return {std::max(time.from, kMinTimestamp), std::min(time.to, kMaxTimestamp)};
}

// What may still follow `after`: everything at its time or behind it.
Interval Narrow(Interval time, TimeOrder order, const std::optional<SearchPosition>& after) {
  if (!after) return time;
  if (order == TimeOrder::kAscending) {
    time.from = std::max(time.from, after->time);
  } else {
    time.to = std::min(time.to, after->time + 1);
  }
  return time;
}

}  // namespace

class SightingSearch::Impl {
 public:
  Impl(const Sources& sources, SearchRequest request, Cancellation cancellation)
      : sources_(sources),
        request_(std::move(request)),
        cancellation_(std::move(cancellation)),
        time_(Storable(request_.filter.time)),
        order_(DirectionOf(request_.order)),
        as_of_(VisibleAt(sources_.store, request_.as_of)),
        matcher_(request_.filter),
        conditions_(
            MakeConditions(request_.filter, matcher_, sources_.store, as_of_, order_)) {
    if (conditions_.cameras && conditions_.cameras->empty()) time_ = {kMinTimestamp, kMinTimestamp};
  }

  Result<std::vector<FoundSighting>> Next(size_t limit) {
    const Stopwatch stopwatch(cost_.microseconds);
    if (!is_prepared_) {
      SIGHTLINE_RETURN_IF_ERROR(Prepare());
      is_prepared_ = true;
    }
    std::vector<FoundSighting> found;
    while (found.size() < limit) {
      if (!walk_ && !EnterNextGroup()) break;
      std::vector<StoredSighting> rows;
      SIGHTLINE_RETURN_IF_ERROR(walk_->Next(limit - found.size(), rows));
      const bool ended = rows.size() < limit - found.size();
      for (StoredSighting& row : rows) Take(std::move(row), found);
      if (ended) walk_.reset();
    }
    return found;
  }

  Sequence as_of() const { return as_of_; }
  const SearchCost& cost() const { return cost_; }

 private:
  Status Prepare() {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    std::vector<Day> days = DaysIn(sources_.store, time_);
    if (!request_.filter.plate_like) {
      groups_ = {RelevanceGroup{.days = std::move(days)}};
    } else {
      SIGHTLINE_ASSIGN(near_, NearPlates::Find(sources_, *request_.filter.plate_like, time_, days,
                                               as_of_, cancellation_, cost_));
      const bool by_relevance = request_.order == ResultOrder::kRelevance;
      groups_ = by_relevance ? GroupByProbability(*near_, request_.filter.plate_pattern, days)
                             : OneGroup(*near_, request_.filter.plate_pattern, days);
      if (by_relevance && request_.after) {
        std::erase_if(groups_, [&](const RelevanceGroup& group) {
          return *group.probability > request_.after->probability;
        });
      }
    }
    std::reverse(groups_.begin(), groups_.end());  // taken from the back
    return Ok();
  }

  // False: there is none.
  bool EnterNextGroup() {
    if (groups_.empty()) return false;
    group_ = std::move(groups_.back());
    groups_.pop_back();
    DayQuestion question{.matcher = matcher_,
                         .time = time_,
                         .order = order_,
                         .as_of = as_of_,
                         .cancellation = cancellation_};
    if (request_.after &&
        (!group_.probability || *group_.probability == request_.after->probability)) {
      question.after = request_.after;
      question.time = Narrow(time_, order_, request_.after);
    }
    std::vector<Day> days = group_.days;
    std::erase_if(days, [&](Day day) {
      return question.time.empty() || day.end() <= question.time.from ||
             day.start() >= question.time.to;
    });
    if (order_ == TimeOrder::kDescending) std::reverse(days.begin(), days.end());
    walk_.emplace(sources_, conditions_, std::move(question), std::move(days), PlatesOfGroup(),
                  cost_);
    return true;
  }

  // What can pass of a day; null: any plate.
  PlatesOfDay PlatesOfGroup() {
    if (!near_) return nullptr;
    if (!group_.has_others) {
      return [this](Day day, const index::DayColumns*) -> Result<std::vector<index::DayPlate>> {
        const auto found = group_.plates.find(day);
        return found == group_.plates.end() ? std::vector<index::DayPlate>() : found->second;
      };
    }
    if (sources_.columns == nullptr || !conditions_.gain_by_columns()) return nullptr;
    return [this](Day, const index::DayColumns* columns) -> Result<std::vector<index::DayPlate>> {
      SIGHTLINE_ASSIGN(std::vector<index::DayPlate> plates,
                       columns->PlatesNear(*request_.filter.plate_like, cancellation_));
      std::erase_if(plates, [this](const index::DayPlate& plate) {
        return !IsOfGroup(near_->Match(plate.plate)) ||
               !PassesPattern(plate.plate, request_.filter.plate_pattern);
      });
      return plates;
    };
  }

  bool IsOfGroup(const PlateMatch& match) const {
    return !group_.probability || match.probability == *group_.probability;
  }

  void Take(StoredSighting row, std::vector<FoundSighting>& found) const {
    if (!near_) {
      found.push_back({std::move(row), std::nullopt});
      return;
    }
    const PlateMatch match = near_->Match(row.sighting.plate);
    if (IsOfGroup(match)) found.push_back({std::move(row), match});
  }

  const Sources sources_;
  const SearchRequest request_;
  const Cancellation cancellation_;
  Interval time_;
  const TimeOrder order_;
  const Sequence as_of_;
  const FilterMatcher matcher_;
  const Conditions conditions_;
  bool is_prepared_ = false;
  std::optional<NearPlates> near_;      // with plate_like
  std::vector<RelevanceGroup> groups_;  // to do, the next at the back
  RelevanceGroup group_;                // of walk_
  std::optional<TimeWalk> walk_;
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

Result<std::vector<FoundSighting>> SightingSearch::Next(size_t limit) { return impl_->Next(limit); }

Sequence SightingSearch::as_of() const { return impl_->as_of(); }

const SearchCost& SightingSearch::cost() const { return impl_->cost(); }

}  // namespace sightline::query
