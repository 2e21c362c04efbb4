// What one day says of travel times: counts that can be added up, and are kept.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/geo.h"
#include "core/sighting.h"
#include "core/time.h"
#include "query/hour_class.h"

namespace sightline::query {

// Times are counted in buckets whose widths grow with the time, by 6 % each: bucket 0 is below a
// second, the last ends behind kMaxTravelSeconds.
inline constexpr int kTravelBuckets = 150;
inline constexpr double kMaxTravelSeconds = 7'200;
// Requires 0 <= seconds <= kMaxTravelSeconds.
int TravelBucket(double seconds);
double TravelBucketStart(int bucket);  // bucket in [0, kTravelBuckets]

// Cameras with greater numbers are not counted.
inline constexpr uint32_t kMaxTravelCamera = (1u << 24) - 1;

// A link, an hour class and a bucket in one number, in that order of weight: links with their bins
// lie side by side when bins are sorted.
using TravelKey = uint64_t;
constexpr TravelKey MakeTravelKey(uint32_t from, uint32_t to, HourClass hour, int bucket) {
  return uint64_t{from} << 34 | uint64_t{to} << 10 | uint64_t{static_cast<uint8_t>(hour)} << 8 |
         static_cast<uint64_t>(bucket);
}
constexpr uint32_t FromOf(TravelKey key) { return static_cast<uint32_t>(key >> 34); }
constexpr uint32_t ToOf(TravelKey key) {
  return static_cast<uint32_t>(key >> 10) & kMaxTravelCamera;
}
constexpr HourClass HourOf(TravelKey key) { return static_cast<HourClass>(key >> 8 & 3); }
constexpr int BucketOf(TravelKey key) { return static_cast<int>(key & 255); }
constexpr uint64_t LinkOf(TravelKey key) { return key >> 10; }  // from and to

// How many vehicles took so long from one camera to the next.
struct TravelBin {
  TravelKey key = 0;
  uint32_t count = 0;

  bool operator==(const TravelBin&) const = default;
};

// A camera as the day's readings show it.
struct TravelDayCamera {
  uint32_t number = 0;
  Position place;
  // Its readings contradict those of its neighbours, or it moved: it is in no bin.
  bool left_out = false;
  double clock_offset_s = 0;  // its bins are as its clock had it; 0: nothing was seen to be wrong

  bool operator==(const TravelDayCamera&) const = default;
};

struct TravelDay {
  Day day;
  uint64_t versions = 0;  // of rows that the day had: whether it has changed since
  uint64_t readings = 0;
  uint64_t plates = 0;
  uint64_t plates_left_out = 0;          // their readings contradict each other
  std::vector<TravelDayCamera> cameras;  // ascending by number
  std::vector<TravelBin> bins;           // ascending by key

  bool operator==(const TravelDay&) const = default;
};

// In some three bytes a bin, under a checksum.
std::string EncodeTravelDay(const TravelDay& day);
// kCorruption for what EncodeTravelDay did not make.
Result<TravelDay> DecodeTravelDay(std::string_view bytes);

// Adds `more` to `bins`; both ascending by key.
void AddTravelBins(std::span<const TravelBin> more, std::vector<TravelBin>& bins);

// Of times counted by bucket.
class TravelHistogram {
 public:
  void Add(int bucket, uint64_t count) {
    counts_[static_cast<size_t>(bucket)] += count;
    total_ += count;
  }
  void Add(const TravelHistogram& other);
  uint64_t total() const { return total_; }

  // The time that `share` of all are below, [0, 1], within its bucket as if they lay evenly; of those
  // below `cut_s` alone. 0 where there are none.
  double Quantile(double share, double cut_s = kMaxTravelSeconds + 1) const;
  // Where the bucket begins that holds the `rank`-th shortest, from 1; requires rank <= total().
  double StartOfRank(uint64_t rank) const;

 private:
  std::array<uint64_t, kTravelBuckets> counts_{};
  uint64_t total_ = 0;
};

}  // namespace sightline::query
