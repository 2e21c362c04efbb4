// Numbers for the plates of a day over all of its segments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "index/day_readings.h"
#include "index/graph_file.h"
#include "index/search_threads.h"

namespace sightline::index {

// Ranks in byte order. Holds the segments.
class DayPlateNumbers final : public PlateNumbers {
 public:
  // Merges the segments' plate tables, ranges of plates side by side where threads are idle.
  static Result<std::shared_ptr<const DayPlateNumbers>> Make(
      std::span<const GraphedSegment> segments, SearchThreads& threads,
      const Cancellation& cancellation);

  uint32_t size() const override { return size_; }
  std::string PlateOf(uint32_t number) const override;
  std::optional<uint32_t> Find(std::string_view plate) const override;

  // The numbers of a segment's plates by ordinal, ascending; `segment` by its place in what they
  // were made of.
  std::span<const uint32_t> NumbersOf(size_t segment) const { return numbers_[segment]; }

 private:
  DayPlateNumbers() = default;

  std::vector<std::shared_ptr<const Segment>> segments_;
  std::vector<std::vector<uint32_t>> numbers_;
  uint32_t size_ = 0;
};

}  // namespace sightline::index
