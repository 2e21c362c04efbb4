#include "query/genuine_vehicle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sightline::query {
namespace {

// Rests within this are at one place; cameras see a vehicle some way from where it stands.
constexpr double kOnePlace = 1'500;
constexpr int64_t kLeastRestMs = 3 * 3'600'000;
constexpr int64_t kDayMs = kMillisecondsPerDay;

// Weights, in natural logarithms of odds. A vehicle that was there a day earlier ...
constexpr double kEarlierADay = 0.7;
constexpr double kMostEarlier = 2.5;
// ... on more of the days (for each doubling), more often (for each doubling), ...
constexpr double kMoreDays = 0.6;
constexpr double kMoreReadings = 0.15;
// ... with a place where it rests, hours that it keeps, and days rather than nights.
constexpr double kHome = 0.8;
constexpr double kRegular = 2.5;
// A usual hour, to either side.
constexpr double kUsualHour = 0.4;
constexpr double kNights = 0.6;
constexpr double kFitsPlate = 2.5;
// Below this difference a reason is not worth telling.
constexpr double kWorthTelling = 0.15;

// Hours of the sun: 0 to 24, by the longitude.
double SunHour(TimestampMs time, const std::optional<Position>& place) {
  const double hours = static_cast<double>(time.value % kDayMs) / 3'600'000 +
                       (place ? place->lon / 15 : 0);
  return hours - 24 * std::floor(hours / 24);
}

}  // namespace

VehicleHabits HabitsOf(std::span<const TrackReading> readings, const TravelTimes& travel_times) {
  VehicleHabits habits;
  habits.readings = readings.size();
  if (readings.empty()) return habits;
  habits.first = readings.front().time;
  habits.last = readings.back().time;
  int64_t day = -1;
  size_t nights = 0;
  std::vector<Position> rests;
  struct Departure {
    int64_t day = 0;
    double hour = 0;
  };
  std::vector<Departure> departures;  // the first reading after each long rest
  for (size_t i = 0; i < readings.size(); ++i) {
    const TrackReading& reading = readings[i];
    const double hour = SunHour(reading.time, reading.place);
    nights += hour >= 22 || hour < 5;
    if (reading.time.value / kDayMs != day) ++habits.active_days;
    day = reading.time.value / kDayMs;
    if (i == 0) continue;
    const TrackReading& last = readings[i - 1];
    const int64_t gap = reading.time - last.time;
    if (gap < kLeastRestMs || static_cast<double>(gap) / 1'000 <=
                                  travel_times.StopGapSeconds(last.reading, reading.reading)) {
      continue;
    }
    if (last.place) rests.push_back(*last.place);
    if (reading.place) rests.push_back(*reading.place);
    departures.push_back({day, hour});
  }
  habits.night_share = static_cast<double>(nights) / static_cast<double>(readings.size());
  habits.rests = rests.size();
  size_t most = 0;
  for (const Position& rest : rests) {
    size_t near = 0;
    for (const Position& other : rests) near += GreatCircleDistance(rest, other).value <= kOnePlace;
    if (near > most) most = near, habits.home = rest;
  }
  if (!rests.empty()) {
    habits.home_share = static_cast<double>(most) / static_cast<double>(rests.size());
  }
  // The hour at which it leaves on most days.
  for (const Departure& usual : departures) {
    int days = 0;
    int64_t counted = -1;
    for (const Departure& other : departures) {
      if (other.day == counted || std::abs(other.hour - usual.hour) > kUsualHour) continue;
      counted = other.day;
      ++days;
    }
    habits.regularity =
        std::max(habits.regularity, static_cast<double>(days) / habits.active_days);
  }
  return habits;
}

GenuineGuess GuessGenuine(std::span<const VehicleHabits> vehicles,
                          std::span<const std::optional<bool>> fits_plate) {
  GenuineGuess guess;
  const size_t count = vehicles.size();
  guess.reasons.resize(count);
  if (count < 2) return guess;
  std::vector<double> scores(count, 0.0);
  TimestampMs latest = vehicles[0].first;
  for (const VehicleHabits& vehicle : vehicles) latest = std::max(latest, vehicle.first);
  const auto mean_of = [&](const auto& value) {
    double sum = 0;
    for (const VehicleHabits& vehicle : vehicles) sum += value(vehicle);
    return sum / static_cast<double>(count);
  };
  const auto days = [](const VehicleHabits& v) { return std::log2(1.0 + v.active_days); };
  const auto size = [](const VehicleHabits& v) {
    return std::log2(1.0 + static_cast<double>(v.readings));
  };
  const double mean_days = mean_of(days);
  const double mean_size = mean_of(size);
  const double mean_home = mean_of([](const VehicleHabits& v) { return v.home_share; });
  const double mean_regular = mean_of([](const VehicleHabits& v) { return v.regularity; });
  const double mean_night = mean_of([](const VehicleHabits& v) { return v.night_share; });
  for (size_t i = 0; i < count; ++i) {
    const VehicleHabits& vehicle = vehicles[i];
    const auto add = [&](double score, const std::string& text) {
      scores[i] += score;
      if (std::abs(score) >= kWorthTelling) guess.reasons[i].push_back(text);
    };
    const double earlier = static_cast<double>(latest - vehicle.first) / static_cast<double>(kDayMs);
    // Hours say nothing: both were there when the window began.
    if (earlier >= 1) {
      add(std::min(kMostEarlier, kEarlierADay * earlier),
          fmt::format("seen {:.0f} days before the last of them appeared", std::floor(earlier)));
    }
    add(kMoreDays * (days(vehicle) - mean_days),
        fmt::format("seen on {} days", vehicle.active_days));
    add(kMoreReadings * (size(vehicle) - mean_size), fmt::format("read {} times", vehicle.readings));
    if (vehicle.rests >= 4) {
      add(kHome * (vehicle.home_share - mean_home),
          fmt::format("{:.0f} % of its rests are at one place", 100 * vehicle.home_share));
    }
    add(kRegular * (vehicle.regularity - mean_regular),
        fmt::format("on {:.0f} % of its days it leaves at its usual hour", 100 * vehicle.regularity));
    add(-kNights * (vehicle.night_share - mean_night),
        fmt::format("{:.0f} % of its readings are at night", 100 * vehicle.night_share));
    if (i < fits_plate.size() && fits_plate[i]) {
      add(*fits_plate[i] ? kFitsPlate / 2 : -kFitsPlate / 2,
          *fits_plate[i] ? "its looks agree with the colour of its plate"
                         : "its looks contradict the colour of its plate");
    }
  }
  const double most = *std::ranges::max_element(scores);
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  const auto best = static_cast<size_t>(std::ranges::max_element(scores) - scores.begin());
  guess.vehicle = best;
  guess.probability = 1 / sum;
  return guess;
}

}  // namespace sightline::query
