#include "query/travel_day.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace sightline::query {
namespace {

constexpr double kBucketWidth = 0.06;  // of the logarithm of the time

// Where buckets begin; one more than there are.
const std::array<double, kTravelBuckets + 1>& Starts() {
  static const std::array<double, kTravelBuckets + 1> kStarts = [] {
    std::array<double, kTravelBuckets + 1> starts{};
    for (int i = 1; i <= kTravelBuckets; ++i) {
      starts[static_cast<size_t>(i)] = std::exp(kBucketWidth * (i - 1));
    }
    return starts;
  }();
  return kStarts;
}

}  // namespace

int TravelBucket(double seconds) {
  if (seconds < 1) return 0;
  return std::min(kTravelBuckets - 1, 1 + static_cast<int>(std::log(seconds) / kBucketWidth));
}

double TravelBucketStart(int bucket) { return Starts()[static_cast<size_t>(bucket)]; }

void AddTravelBins(std::span<const TravelBin> more, std::vector<TravelBin>& bins) {
  std::vector<TravelBin> sum;
  sum.reserve(bins.size() + more.size());
  auto old = bins.begin();
  for (const TravelBin& bin : more) {
    while (old != bins.end() && old->key < bin.key) sum.push_back(*old++);
    sum.push_back(bin);
    if (old != bins.end() && old->key == bin.key) sum.back().count += (old++)->count;
  }
  sum.insert(sum.end(), old, bins.end());
  bins = std::move(sum);
}

void TravelHistogram::Add(const TravelHistogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
}

double TravelHistogram::Quantile(double share, double cut_s) const {
  size_t buckets = 0;
  uint64_t below_cut = 0;
  while (buckets < counts_.size() && Starts()[buckets] < cut_s) below_cut += counts_[buckets++];
  double left = share * static_cast<double>(below_cut);
  for (size_t i = 0; i < buckets; ++i) {
    if (counts_[i] == 0) continue;
    const auto count = static_cast<double>(counts_[i]);
    if (left <= count) return std::lerp(Starts()[i], Starts()[i + 1], left / count);
    left -= count;
  }
  return 0;
}

double TravelHistogram::StartOfRank(uint64_t rank) const {
  size_t bucket = 0;
  for (uint64_t below = counts_[0]; below < rank; below += counts_[bucket]) ++bucket;
  return Starts()[bucket];
}

}  // namespace sightline::query
