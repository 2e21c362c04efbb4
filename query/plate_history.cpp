#include "query/plate_history.h"

#include <algorithm>

#include "query/plate_traits.h"
#include "query/split_exchange.h"
#include "query/vehicle_looks.h"

namespace sightline::query {
namespace {

constexpr int64_t kLookBackMs = 30 * kMillisecondsPerDay;
constexpr size_t kMostBefore = 2'000;
// By so much must one vehicle fit better than the next, in natural logarithms of odds.
constexpr double kFitsBetter = 6;

// What readings from before look like is the same each time.
constexpr double kLooksWeight = 0.5;

// By vehicle: how much better the readings from before look like it than like any.
Result<std::vector<double>> LooksOfEarlier(const Sources& sources, const KnownBearers& bearers,
                                           int count, std::span<const PlateReading> earlier,
                                           Sequence as_of, const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const std::vector<StoredSighting> records,
                   RecordsOf(sources, earlier, as_of, cancellation));
  std::vector<const Sighting*> all;
  for (const StoredSighting& record : records) all.push_back(&record.sighting);
  std::vector<int> vehicles(all.size(), -1);
  all.insert(all.end(), bearers.sightings.begin(), bearers.sightings.end());
  vehicles.insert(vehicles.end(), bearers.vehicles.begin(), bearers.vehicles.end());
  const VehicleLooks looks(std::move(all), sources.store.Spaces(), {});
  const std::vector<std::vector<double>> scores = looks.Score(vehicles, count);
  std::vector<double> sums(static_cast<size_t>(count), 0.0);
  for (size_t i = 0; i < records.size(); ++i) {
    for (size_t v = 0; v < sums.size(); ++v) sums[v] += kLooksWeight * scores[i][v];
  }
  return sums;
}

}  // namespace

Result<std::optional<EarlierVehicle>> FindEarlierVehicle(
    const Sources& sources, std::string_view plate, const KnownBearers& bearers,
    const ReadingJudge& judge, const TrackLinks& links, Sequence as_of,
    const Cancellation& cancellation) {
  const std::span<const TrackReading> track = bearers.track;
  const std::span<const int> vehicles = bearers.vehicles;
  TimestampMs first = track.front().reading.time;
  for (const TrackReading& reading : track) first = std::min(first, reading.reading.time);
  SIGHTLINE_ASSIGN(
      std::vector<PlateReading> readings,
      ReadingsOfPlate(sources, plate, {first - kLookBackMs, first}, as_of, cancellation));
  if (readings.size() > kMostBefore) {
    readings.erase(readings.begin(), readings.end() - static_cast<ptrdiff_t>(kMostBefore));
  }
  std::vector<TrackReading> all = judge.Correct(readings);
  if (all.empty() || !judge.ImpossiblePairs(all).empty()) return std::optional<EarlierVehicle>();
  const TimestampMs since = all.front().time;
  const size_t before = all.size();
  all.insert(all.end(), track.begin(), track.end());
  std::vector<size_t> placed;
  int count = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].place) placed.push_back(i);
    if (i >= before) count = std::max(count, vehicles[i - before] + 1);
  }
  const ExchangeQuestion question{
      .link = [&](size_t a, size_t b) { return links.Link(all[placed[a]], all[placed[b]]); },
      .is_stop = [&](size_t a, size_t b) { return links.IsStop(all[placed[a]], all[placed[b]]); },
      .traits = TraitsOf(all, placed, nullptr)};
  if (count == 0) return std::optional<EarlierVehicle>();
  SIGHTLINE_ASSIGN(std::vector<double> fits,
                   LooksOfEarlier(sources, bearers, count, readings, as_of, cancellation));
  for (int v = 0; v < count; ++v) {
    std::vector<int> split;
    for (const size_t i : placed) split.push_back(i < before ? v : vehicles[i - before]);
    fits[static_cast<size_t>(v)] += ExchangeScore(question, split);
  }
  const auto best = std::ranges::max_element(fits);
  const auto is_near = [&](double fit) { return fit > *best - kFitsBetter; };
  if (std::ranges::count_if(fits, is_near) != 1) return std::optional<EarlierVehicle>();
  return std::optional(EarlierVehicle{static_cast<int>(best - fits.begin()), since});
}

}  // namespace sightline::query
