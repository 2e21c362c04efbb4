#include "index/plate_numbers.h"

#include <algorithm>
#include <utility>

#include "index/plate_merge.h"

namespace sightline::index {
namespace {

// Ranges that plates are cut into: enough that threads finish together.
constexpr size_t kRanges = 8;

constexpr uint32_t kPlatesBetweenChecks = 65'536;

}  // namespace

Result<std::shared_ptr<const DayPlateNumbers>> DayPlateNumbers::Make(
    std::span<const GraphedSegment> segments, SearchThreads& threads,
    const Cancellation& cancellation) {
  std::shared_ptr<DayPlateNumbers> made(new DayPlateNumbers);
  std::vector<const Segment*> merged;
  for (const GraphedSegment& each : segments) {
    made->segments_.push_back(each.segment);
    made->numbers_.emplace_back(each.segment->plates().size());
    merged.push_back(each.segment.get());
  }
  const std::vector<PlateRange> ranges = CutPlates(merged, kRanges);

  // Within each range from 0 on, then moved behind those of the ranges before it.
  std::vector<uint32_t> sizes(ranges.size());
  std::vector<Status> done(ranges.size(), Ok());
  threads.ForEach(ranges.size(), [&](size_t i) {
    PlateMerge merge(merged, ranges[i]);
    uint32_t number = 0;
    for (; merge.Next(); ++number) {
      if (number % kPlatesBetweenChecks == 0 && !(done[i] = cancellation.Check())) return;
      for (const PlateOccurrence& at : merge.occurrences()) {
        made->numbers_[at.segment][at.ordinal] = number;
      }
    }
    sizes[i] = number;
  });
  for (const Status& status : done) SIGHTLINE_RETURN_IF_ERROR(status);

  for (size_t i = 0; i < ranges.size(); ++i) {
    if (made->size_ != 0) {
      for (size_t s = 0; s < merged.size(); ++s) {
        const PlateTable& plates = merged[s]->plates();
        const size_t begin = plates.LowerBound(ranges[i].from);
        const size_t end = ranges[i].to.empty() ? plates.size() : plates.LowerBound(ranges[i].to);
        for (size_t at = begin; at < end; ++at) made->numbers_[s][at] += made->size_;
      }
    }
    made->size_ += sizes[i];
  }
  return std::shared_ptr<const DayPlateNumbers>(std::move(made));
}

std::string DayPlateNumbers::PlateOf(uint32_t number) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    const auto found = std::lower_bound(numbers_[i].begin(), numbers_[i].end(), number);
    if (found == numbers_[i].end() || *found != number) continue;
    return segments_[i]->plates().Plate(static_cast<uint32_t>(found - numbers_[i].begin()));
  }
  return {};
}

std::optional<uint32_t> DayPlateNumbers::Find(std::string_view plate) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (const auto ordinal = segments_[i]->plates().Find(plate)) return numbers_[i][*ordinal];
  }
  return std::nullopt;
}

}  // namespace sightline::index
