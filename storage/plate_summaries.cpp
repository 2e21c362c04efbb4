#include "storage/plate_summaries.h"

#include <algorithm>

namespace sightline::storage {
namespace {

void Join(PlateSummary& summary, Day day, const PlateDay& entry) {
  const TimestampMs first = day.start() + entry.first_ms;
  const TimestampMs last = day.start() + entry.last_ms;
  summary.first_seen = summary.count == 0 ? first : std::min(summary.first_seen, first);
  summary.last_seen = summary.count == 0 ? last : std::max(summary.last_seen, last);
  summary.count += entry.count;
}

// The entry over the rows up to `as_of` only; a count of 0 when there are none.
Result<PlateDay> Recount(const DayReader& day, std::string_view plate, Sequence as_of) {
  SIGHTLINE_ASSIGN(const std::vector<PlateRow> rows, day.PlateRows(plate, Interval{}, as_of));
  if (rows.empty()) return PlateDay{};
  return PlateDay{.count = static_cast<uint32_t>(rows.size()),
                  .first_ms = rows.front().key.ms_of_day,
                  .last_ms = rows.back().key.ms_of_day};
}

}  // namespace

Status SummarizePlates(const PlateDictionary& dictionary, std::span<const Day> days,
                       std::string_view prefix, std::string_view after, Sequence as_of,
                       const std::function<Result<std::shared_ptr<const DayReader>>(Day)>& open,
                       const std::function<bool(const PlateSummary&)>& visit) {
  PlateSummary summary;
  bool stopped = false;
  Status failed = Ok();
  const auto finish_plate = [&] {
    if (summary.count > 0 && !visit(summary)) stopped = true;
    return !stopped;
  };
  const auto visit_entry = [&](std::string_view plate, Day day, const PlateDay& entry) {
    if (plate != summary.plate) {
      if (!finish_plate()) return false;
      summary = PlateSummary{.plate = std::string(plate)};
    }
    if (entry.first_sequence > as_of || !std::binary_search(days.begin(), days.end(), day)) {
      return true;
    }
    if (entry.last_sequence <= as_of && entry.last_sequence != PlateDay::kCorrected) {
      Join(summary, day, entry);
      return true;
    }
    const auto reader = open(day);
    if (!reader) {
      failed = reader.error();
      return false;
    }
    if (*reader == nullptr) return true;
    const auto recounted = Recount(**reader, plate, as_of);
    if (!recounted) {
      failed = recounted.error();
      return false;
    }
    if (recounted->count > 0) Join(summary, day, *recounted);
    return true;
  };
  SIGHTLINE_RETURN_IF_ERROR(dictionary.Visit(prefix, after, visit_entry));
  SIGHTLINE_RETURN_IF_ERROR(failed);
  if (!stopped) finish_plate();
  return Ok();
}

}  // namespace sightline::storage
