#include "query/time_walk.h"

#include <algorithm>
#include <utility>

namespace sightline::query {
namespace {

DayWindow WindowOf(Day day, Interval time, size_t wanted) {
  const auto clamp = [&](TimestampMs at) {
    return static_cast<uint32_t>(std::clamp<int64_t>(at - day.start(), 0, kMillisecondsPerDay));
  };
  return {.from_ms = clamp(time.from), .to_ms = clamp(time.to), .wanted = wanted};
}

}  // namespace

TimeWalk::TimeWalk(const Sources& sources, const Conditions& conditions, DayQuestion question,
                   std::vector<Day> days, PlatesOfDay plates, SearchCost& cost)
    : sources_(sources),
      conditions_(conditions),
      question_(std::move(question)),
      days_(std::move(days)),
      plates_(std::move(plates)),
      cost_(cost),
      planner_(conditions, cost) {}

Status TimeWalk::Next(size_t limit, std::vector<StoredSighting>& out) {
  while (out.size() < limit) {
    if (!rows_) {
      if (next_day_ == days_.size()) break;
      SIGHTLINE_RETURN_IF_ERROR(Enter(days_[next_day_], question_.time, limit - out.size()));
      if (!rows_) {
        ++next_day_;
        continue;
      }
      ++cost_.days;
    }
    SIGHTLINE_RETURN_IF_ERROR(rows_->Next(limit, out));
    if (out.size() == limit) break;
    const std::optional<Interval> left = rows_->LeftOver();
    rows_.reset();
    if (left) {
      planner_.AvoidTime();
      SIGHTLINE_RETURN_IF_ERROR(Enter(days_[next_day_], *left, limit - out.size()));
    }
    if (!rows_) ++next_day_;
  }
  return Ok();
}

Status TimeWalk::Enter(Day day, Interval time, size_t wanted) {
  SIGHTLINE_RETURN_IF_ERROR(question_.cancellation.Check());
  std::shared_ptr<const index::DayColumns> columns;
  if (sources_.columns != nullptr && conditions_.gain_by_columns()) {
    SIGHTLINE_ASSIGN(columns, sources_.columns->Open(day, question_.cancellation));
    if (!columns) return Ok();  // retention took the day since the search began
  }
  std::vector<index::DayPlate> plates;
  std::optional<std::span<const index::DayPlate>> near;
  if (plates_) {
    SIGHTLINE_ASSIGN(plates, plates_(day, columns.get()));
    near = plates;
  }
  SIGHTLINE_ASSIGN(const DayPlan plan,
                   planner_.Plan(columns.get(), WindowOf(day, time, wanted), near,
                                 question_.cancellation));
  if (plan.empty) return Ok();
  SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> reader, sources_.store.OpenDay(day));
  if (!reader) return Ok();
  day_question_.emplace(question_);
  day_question_->time = time;
  switch (plan.path) {
    case SearchPath::kPlate:
    case SearchPath::kPlates: {
      SIGHTLINE_ASSIGN(rows_,
                       LookUpPlates(std::move(reader), plan.plates, *day_question_, cost_));
      break;
    }
    case SearchPath::kColumns:
      rows_ = ReadColumns(std::move(reader), columns->Scan(plan.query), *day_question_, cost_);
      break;
    case SearchPath::kCamerasTime:
    case SearchPath::kTime:
      // A filter of time and cameras alone reads no record in vain.
      rows_ = ScanDay(std::move(reader), *day_question_, conditions_.cameras,
                      columns != nullptr && conditions_.has_more, cost_);
      break;
  }
  return Ok();
}

}  // namespace sightline::query
