#include "index/plate_merge.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sightline::index {

uint32_t PlateSet::NextFrom(uint32_t ordinal, uint32_t end) const {
  if (ordinal >= end) return end;
  size_t at = ordinal / 64;
  uint64_t word = words_[at] & ~uint64_t{0} << (ordinal % 64);
  while (word == 0) {
    if (++at * 64 >= end) return end;
    word = words_[at];
  }
  const size_t found = at * 64 + static_cast<size_t>(std::countr_zero(word));
  return static_cast<uint32_t>(std::min<size_t>(end, found));
}

PlateMerge::PlateMerge(std::vector<const Segment*> segments, const PlateRange& range,
                       std::span<const PlateSet> chosen)
    : segments_(std::move(segments)), chosen_(chosen) {
  for (const Segment* const segment : segments_) {
    const PlateTable& plates = segment->plates();
    keys_.emplace_back(plates);
    begins_.push_back(range.from.empty() ? 0 : plates.LowerBound(range.from));
    ends_.push_back(range.to.empty() ? static_cast<uint32_t>(plates.size())
                                     : plates.LowerBound(range.to));
  }
  next_ = begins_;
  heap_.reserve(segments_.size());
  Fill();
}

void PlateMerge::Seek(std::string_view plate) {
  for (size_t i = 0; i < segments_.size(); ++i) {
    next_[i] = std::clamp(segments_[i]->plates().LowerBound(plate), begins_[i],
                          std::max(begins_[i], ends_[i]));
  }
  Fill();
}

void PlateMerge::Fill() {
  heap_.clear();
  for (uint32_t i = 0; i < segments_.size(); ++i) {
    next_[i] = NextFrom(i, next_[i]);
    if (next_[i] < ends_[i]) heap_.push_back({keys_[i].Of(next_[i]), i, next_[i]});
  }
  for (size_t at = heap_.size() / 2; at-- > 0;) SiftDown(at);
  occurrences_.clear();
}

bool PlateMerge::Before(const Head& a, const Head& b) const {
  if (a.key != b.key) return a.key < b.key;
  if (a.key.is_whole()) return false;
  return segments_[a.segment]->plates().Plate(a.ordinal) <
         segments_[b.segment]->plates().Plate(b.ordinal);
}

void PlateMerge::SiftDown(size_t at) {
  const Head head = heap_[at];
  while (true) {
    size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && Before(heap_[child + 1], heap_[child])) ++child;
    if (!Before(heap_[child], head)) break;
    heap_[at] = heap_[child];
    at = child;
  }
  heap_[at] = head;
}

bool PlateMerge::Next() {
  occurrences_.clear();
  if (heap_.empty()) return false;
  const Head first = heap_.front();
  do {
    Head& head = heap_.front();
    occurrences_.push_back({head.segment, head.ordinal});
    const uint32_t next = NextFrom(head.segment, next_[head.segment] + 1);
    next_[head.segment] = next;
    if (next < ends_[head.segment]) {
      head.ordinal = next;
      head.key = keys_[head.segment].Of(next);
    } else {
      head = heap_.back();
      heap_.pop_back();
    }
    if (!heap_.empty()) SiftDown(0);
    // The heap's least is not below what was taken: it is the same plate or a later one.
  } while (!heap_.empty() && !Before(first, heap_.front()));
  return true;
}

std::string PlateMerge::Plate() const {
  const PlateOccurrence& any = occurrences_.front();
  return segments_[any.segment]->plates().Plate(any.ordinal);
}

uint64_t PlateMerge::RowsPassed() const {
  uint64_t rows = 0;
  for (size_t i = 0; i < segments_.size(); ++i) rows += segments_[i]->PostingsBefore(next_[i]);
  return rows;
}

std::vector<PlateRange> CutPlates(std::span<const Segment* const> segments, size_t pieces) {
  // Quantiles of the segment with most plates stand for those of all.
  const Segment* largest = nullptr;
  for (const Segment* const segment : segments) {
    if (largest == nullptr || segment->plates().size() > largest->plates().size()) {
      largest = segment;
    }
  }
  std::vector<PlateRange> ranges(1);
  const size_t plates = largest == nullptr ? 0 : largest->plates().size();
  for (size_t i = 1; i < pieces; ++i) {
    const size_t at = plates * i / pieces;
    if (at == 0 || at == plates * (i - 1) / pieces) continue;
    ranges.back().to = largest->plates().Plate(static_cast<uint32_t>(at));
    ranges.push_back({.from = ranges.back().to, .to = {}});
  }
  return ranges;
}

}  // namespace sightline::index
