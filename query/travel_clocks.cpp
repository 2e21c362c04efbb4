#include "query/travel_clocks.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

namespace sightline::query {
namespace {

constexpr uint64_t kLeastSamples = 20;  // each way
constexpr size_t kLeastNeighbours = 3;
constexpr double kLeastOffset = 8;
// So many of the neighbours must show half of the offset at least.
constexpr double kAgreeing = 0.75;
// Of a link's times: low enough to be of vehicles that did not stop, high enough to be sure of.
constexpr double kShare = 0.25;

// A typical time of each link, by LinkOf.
std::unordered_map<uint64_t, double> TypicalTimes(std::span<const TravelBin> bins) {
  std::unordered_map<uint64_t, double> times;
  for (size_t begin = 0; begin < bins.size();) {
    const uint64_t link = LinkOf(bins[begin].key);
    TravelHistogram histogram;
    size_t end = begin;
    for (; end < bins.size() && LinkOf(bins[end].key) == link; ++end) {
      histogram.Add(BucketOf(bins[end].key), bins[end].count);
    }
    if (histogram.total() >= kLeastSamples) times.emplace(link, histogram.Quantile(kShare));
    begin = end;
  }
  return times;
}

double Median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

std::map<uint32_t, double> FindClockOffsets(std::span<const TravelBin> bins) {
  const std::unordered_map<uint64_t, double> times = TypicalTimes(bins);
  std::map<uint32_t, std::vector<double>> differences;  // of each camera against its neighbours
  for (const auto& [link, there] : times) {
    const TravelKey key = link << 10;
    const uint32_t from = FromOf(key);
    const uint32_t to = ToOf(key);
    const auto back = times.find(LinkOf(MakeTravelKey(to, from, HourClass::kNight, 0)));
    if (back != times.end()) differences[to].push_back((there - back->second) / 2);
  }
  std::map<uint32_t, double> offsets;
  for (auto& [camera, shown] : differences) {
    if (shown.size() < kLeastNeighbours) continue;
    const double offset = Median(shown);
    if (std::abs(offset) < kLeastOffset) continue;
    const auto agreeing = std::ranges::count_if(shown, [&](double one) {
      return one * offset > 0 && std::abs(one) >= std::abs(offset) / 2;
    });
    if (static_cast<double>(agreeing) >= kAgreeing * static_cast<double>(shown.size())) {
      offsets.emplace(camera, offset);
    }
  }
  return offsets;
}

}  // namespace sightline::query
