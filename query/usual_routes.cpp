#include "query/usual_routes.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "query/circular_median.h"

namespace sightline::query {
namespace {

constexpr size_t kLeastCameras = 3;
constexpr size_t kMostCameras = 200;  // of one trip; the rest is not looked at
constexpr double kMostTrips = 0.5;    // of the trips pass a route's camera

using Cameras = std::vector<uint32_t>;

// The length of the longest common subsequence. O(a x b).
size_t CommonCameras(const Cameras& a, const Cameras& b) {
  std::vector<size_t> row(b.size() + 1);
  for (const uint32_t camera : a) {
    size_t diagonal = 0;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t above = row[j + 1];
      row[j + 1] = camera == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

bool IsSameRoute(const Cameras& a, const Cameras& b) {
  const double mean = static_cast<double>(a.size() + b.size()) / 2;
  const double possible = static_cast<double>(std::min(a.size(), b.size()));
  if (possible < kSameRoute * mean) return false;
  return static_cast<double>(CommonCameras(a, b)) >= kSameRoute * mean;
}

// The cameras of one trip as long as that sees the most of all of them.
Cameras Consensus(const std::vector<Cameras>& sequences, const std::vector<size_t>& members) {
  std::map<uint32_t, size_t> passed;
  for (const size_t member : members) {
    const std::set<uint32_t> distinct(sequences[member].begin(), sequences[member].end());
    for (const uint32_t camera : distinct) ++passed[camera];
  }
  const double least = kMostTrips * static_cast<double>(members.size());
  Cameras best;
  for (const size_t member : members) {
    Cameras usual;
    for (const uint32_t camera : sequences[member]) {
      if (static_cast<double>(passed[camera]) >= least) usual.push_back(camera);
    }
    if (usual.size() > best.size()) best = std::move(usual);
  }
  return best;
}

// What most of them have; nothing where most have none.
std::optional<uint32_t> Mostly(const std::vector<std::optional<uint32_t>>& values) {
  std::map<std::optional<uint32_t>, size_t> counts;
  for (const auto& value : values) ++counts[value];
  const auto most = std::ranges::max_element(
      counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? std::nullopt : most->first;
}

}  // namespace

std::vector<UsualRoute> FindUsualRoutes(std::span<const PlateReading> readings,
                                        std::span<const TripRange> trips,
                                        std::span<const TripEnds> ends, const TimeZone& zone,
                                        const UsualRouteOptions& options) {
  std::vector<Cameras> sequences(trips.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < trips.size(); ++i) {
    for (size_t j = trips[i].begin; j < trips[i].end && sequences[i].size() < kMostCameras; ++j) {
      const uint32_t camera = readings[j].camera_number;
      if (sequences[i].empty() || sequences[i].back() != camera) sequences[i].push_back(camera);
    }
    if (sequences[i].size() >= kLeastCameras) order.push_back(i);
  }
  std::ranges::stable_sort(order, [&](size_t a, size_t b) {
    return sequences[a].size() > sequences[b].size();
  });

  std::vector<std::vector<size_t>> groups;  // the first of each stands for it
  for (const size_t trip : order) {
    const auto same = std::ranges::find_if(groups, [&](const std::vector<size_t>& group) {
      return IsSameRoute(sequences[group.front()], sequences[trip]);
    });
    if (same != groups.end()) {
      same->push_back(trip);
    } else if (groups.size() < kMostRoutes) {
      groups.push_back({trip});
    }
  }

  std::vector<UsualRoute> routes;
  for (std::vector<size_t>& group : groups) {
    std::set<int64_t> days;
    std::vector<int64_t> departs;
    std::vector<double> takes;
    std::vector<std::optional<uint32_t>> from;
    std::vector<std::optional<uint32_t>> to;
    for (const size_t trip : group) {
      const TimestampMs begin = readings[trips[trip].begin].time;
      const TimestampMs end = readings[trips[trip].end - 1].time;
      const LocalMoment moment = zone.LocalMomentOf(begin);
      days.insert(moment.day);
      departs.push_back(moment.ms_of_day);
      takes.push_back(static_cast<double>(end - begin) / 1000);
      from.push_back(ends[trip].from);
      to.push_back(ends[trip].to);
    }
    if (days.size() < options.least_days) continue;
    std::ranges::sort(group);
    std::ranges::nth_element(takes, takes.begin() + static_cast<ptrdiff_t>(takes.size() / 2));
    routes.push_back({.cameras = Consensus(sequences, group),
                      .from = Mostly(from),
                      .to = Mostly(to),
                      .trips = static_cast<uint32_t>(group.size()),
                      .days = static_cast<uint32_t>(days.size()),
                      .departs_ms = CircularMedian(departs).value_or(0),
                      .median_s = takes[takes.size() / 2],
                      .trip_numbers = group});
  }
  std::ranges::stable_sort(routes, [](const UsualRoute& a, const UsualRoute& b) {
    return std::pair(a.days, a.trips) > std::pair(b.days, b.trips);
  });
  if (routes.size() > options.most) routes.resize(options.most);
  return routes;
}

}  // namespace sightline::query
