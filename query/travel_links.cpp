#include "query/travel_links.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sightline::query {
namespace {

// What is not of a vehicle that drove on: the false share of a link's times that is reckoned with.
// Plates that contradict themselves are left out before; what remains of clones and misreads is spread
// over all links.
constexpr double kFalseShare = 0.003;
constexpr uint64_t kLeastRank = 2;
// With fewer samples the fastest that there can be has not been seen: half of what was.
constexpr double kScarceFactor = 0.5;
// With more of them the fastest seen is nearer to the fastest that there can be.
constexpr double kAmpleFactor = 0.75;

// Drives without a stop take up to four times as long as the quickest tenth, or five minutes more.
constexpr double kQuickShare = 0.1;
constexpr double kLongestFactor = 4;
constexpr double kLongestMore = 300;
constexpr double kSlowShare = 0.95;

HourTravel TravelOf(const TravelHistogram& times) {
  if (times.total() == 0) return {};
  const double quick = times.Quantile(kQuickShare);
  const double cut = std::max(quick * kLongestFactor, quick + kLongestMore);
  return {.samples = times.total(),
          .median_s = times.Quantile(0.5, cut),
          .slow_s = times.Quantile(kSlowShare, cut)};
}

// The bins as the cameras' clocks would have had them, had they been right.
std::vector<TravelBin> WithoutClockOffsets(const TravelDay& day) {
  const auto offset = [&](uint32_t number) {
    const auto camera =
        std::ranges::lower_bound(day.cameras, number, {}, &TravelDayCamera::number);
    return camera != day.cameras.end() && camera->number == number ? camera->clock_offset_s : 0;
  };
  std::vector<TravelBin> bins = day.bins;
  bool changed = false;
  for (TravelBin& bin : bins) {
    const double shift = offset(FromOf(bin.key)) - offset(ToOf(bin.key));
    if (shift == 0) continue;
    changed = true;
    const double time =
        std::clamp(TravelBucketStart(BucketOf(bin.key)) + shift, 0.0, kMaxTravelSeconds);
    bin.key = (bin.key & ~TravelKey{255}) | static_cast<TravelKey>(TravelBucket(time));
  }
  if (!changed) return bins;
  std::ranges::sort(bins, {}, &TravelBin::key);
  std::vector<TravelBin> unique;
  for (const TravelBin& bin : bins) {
    if (!unique.empty() && unique.back().key == bin.key) {
      unique.back().count += bin.count;
    } else {
      unique.push_back(bin);
    }
  }
  return unique;
}

}  // namespace

std::optional<double> FastestCredible(const TravelHistogram& times) {
  const uint64_t samples = times.total();
  if (samples < kLeastRank) return std::nullopt;
  const auto count = static_cast<double>(samples);
  // One more than are thought to be false.
  const uint64_t rank =
      std::max(kLeastRank, static_cast<uint64_t>(std::floor(kFalseShare * count)) + 1);
  const double factor =
      samples < kAmpleSamples ? kScarceFactor
                       : kAmpleFactor - (kAmpleFactor - kScarceFactor) *
                                            std::sqrt(static_cast<double>(kAmpleSamples) / count);
  return factor * times.StartOfRank(rank);
}

const LearnedLink* TravelGraph::FindLink(uint32_t from, uint32_t to) const {
  const std::span<const LearnedLink> out = LinksOf(from);
  const auto found = std::ranges::lower_bound(out, to, {}, &LearnedLink::to);
  return found != out.end() && found->to == to ? &*found : nullptr;
}

void TravelGraphBuilder::Add(const TravelDay& day) {
  if (!day.cameras.empty() && day.cameras.back().number >= cameras_.size()) {
    cameras_.resize(day.cameras.back().number + 1);
  }
  std::vector<bool> elsewhere(cameras_.size());
  bool any_elsewhere = false;
  for (const TravelDayCamera& seen : day.cameras) {
    std::optional<TravelNode>& known = cameras_[seen.number];
    if (!known) {
      known = {.number = seen.number,
               .place = seen.place,
               .point = SpherePoint::Of(seen.place),
               .clock_offset_s = seen.clock_offset_s};
    }
    if (!IsSamePlace(known->place, seen.place)) {
      elsewhere[seen.number] = any_elsewhere = true;
      continue;
    }
    known->at_fault |= seen.left_out || seen.clock_offset_s != 0;
  }
  std::vector<TravelBin> bins = WithoutClockOffsets(day);
  if (any_elsewhere) {
    std::erase_if(bins, [&](const TravelBin& bin) {
      return elsewhere[FromOf(bin.key)] || elsewhere[ToOf(bin.key)];
    });
  }
  AddTravelBins(bins, bins_);
  graph_.basis.days.insert(graph_.basis.days.begin(), day.day);
  graph_.basis.plates += day.plates;
  graph_.basis.plates_left_out += day.plates_left_out;
  graph_.basis.readings += day.readings;
}

void TravelGraphBuilder::AddLink(uint32_t from, uint32_t to, std::span<const TravelBin> bins) {
  std::array<TravelHistogram, kHourClasses> hours;
  TravelHistogram all;
  for (const TravelBin& bin : bins) {
    hours[static_cast<size_t>(HourOf(bin.key))].Add(BucketOf(bin.key), bin.count);
    all.Add(BucketOf(bin.key), bin.count);
  }
  const std::optional<double> fastest = FastestCredible(all);
  if (!fastest) return;
  const Meters distance = GreatCircleDistance(graph_.nodes[from].point, graph_.nodes[to].point);
  LearnedLink& link = graph_.links.emplace_back();
  link.to = to;
  link.distance_m = static_cast<float>(distance.value);
  link.fastest_s = static_cast<float>(std::max(*fastest, LeastSeconds(bound_, distance)));
  link.all = TravelOf(all);
  for (size_t i = 0; i < hours.size(); ++i) link.hours[i] = TravelOf(hours[i]);
  ++graph_.first_link[from + 1];
  if (all.total() < kAmpleSamples) return;
  graph_.nodes[from].well_known = true;
  graph_.nodes[to].well_known = true;
}

TravelGraph TravelGraphBuilder::Build() && {
  graph_.node_of.assign(cameras_.size(), TravelGraph::kNoNode);
  for (const std::optional<TravelNode>& known : cameras_) {
    if (!known) continue;
    ++graph_.basis.cameras;
    graph_.basis.cameras_left_out += known->at_fault ? 1 : 0;
    graph_.node_of[known->number] = static_cast<uint32_t>(graph_.nodes.size());
    graph_.nodes.push_back(*known);
  }
  graph_.first_link.assign(graph_.nodes.size() + 1, 0);
  for (size_t begin = 0; begin < bins_.size();) {
    size_t end = begin;
    while (end < bins_.size() && LinkOf(bins_[end].key) == LinkOf(bins_[begin].key)) ++end;
    AddLink(graph_.NodeOf(FromOf(bins_[begin].key)), graph_.NodeOf(ToOf(bins_[begin].key)),
            std::span(bins_).subspan(begin, end - begin));
    begin = end;
  }
  for (size_t i = 1; i < graph_.first_link.size(); ++i) {
    graph_.first_link[i] += graph_.first_link[i - 1];
  }
  graph_.links.shrink_to_fit();
  graph_.basis.links = graph_.links.size();
  return std::move(graph_);
}

}  // namespace sightline::query
