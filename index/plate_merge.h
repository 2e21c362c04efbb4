// The plates of several segments side by side, in byte order.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/plate_key.h"
#include "index/segment.h"

namespace sightline::index {

// Where a plate stands in one of the segments that are merged.
struct PlateOccurrence {
  uint32_t segment = 0;  // its place among them
  uint32_t ordinal = 0;
};

// Plates [from, to) in byte order; empty `to`: no end.
struct PlateRange {
  std::string from;
  std::string to;
};

// Some of a segment's plates.
class PlateSet {
 public:
  explicit PlateSet(const Segment& segment) : words_((segment.plates().size() + 63) / 64) {}

  void Add(uint32_t ordinal) { words_[ordinal / 64] |= uint64_t{1} << (ordinal % 64); }
  // The first of them from `ordinal` on; `end` where there is none before it.
  uint32_t NextFrom(uint32_t ordinal, uint32_t end) const;

 private:
  std::vector<uint64_t> words_;
};

// Walks the plates of a range, each once. Not thread-safe. The segments outlive it.
//
// Operation: a heap of the segments' next plates by their keys; some 40 ns for each plate of each
// segment.
class PlateMerge {
 public:
  // `chosen`: of each segment, plates that are not among them are passed over unseen; empty: all
  // are chosen. Outlives the object.
  PlateMerge(std::vector<const Segment*> segments, const PlateRange& range,
             std::span<const PlateSet> chosen = {});

  // To the next plate; false: there is none.
  bool Next();
  // Next() then goes to the first plate of the range that is not below `plate`. May move backwards.
  void Seek(std::string_view plate);

  // Of the plate at hand, in no particular order; never empty.
  std::span<const PlateOccurrence> occurrences() const { return occurrences_; }
  std::string Plate() const;

  // How many rows with a plate the segments have before the plate to come.
  uint64_t RowsPassed() const;

 private:
  struct Head {
    PlateKey key;
    uint32_t segment = 0;
    uint32_t ordinal = 0;
  };

  bool Before(const Head& a, const Head& b) const;
  void SiftDown(size_t at);
  void Fill();
  uint32_t NextFrom(uint32_t segment, uint32_t ordinal) const {
    return chosen_.empty() ? ordinal : chosen_[segment].NextFrom(ordinal, ends_[segment]);
  }

  std::vector<const Segment*> segments_;
  std::span<const PlateSet> chosen_;
  std::vector<PlateKeys> keys_;
  std::vector<uint32_t> begins_;  // ordinals of the range
  std::vector<uint32_t> next_;
  std::vector<uint32_t> ends_;
  std::vector<Head> heap_;  // the least first
  std::vector<PlateOccurrence> occurrences_;
};

// Cuts all plates of the segments into at most `pieces` ranges of about as many plates each.
std::vector<PlateRange> CutPlates(std::span<const Segment* const> segments, size_t pieces);

}  // namespace sightline::index
