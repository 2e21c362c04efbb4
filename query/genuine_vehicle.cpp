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

// P(a clone was there before the first reading of all), P(one is gone before the last).
constexpr double kThereBefore = 0.35;
constexpr double kGoneBefore = 0.25;
// A gap that every vehicle is assumed to have had, beside its own: so many days on average.
constexpr double kAssumedGap = 0.7;
constexpr double kMostLate = 7;
constexpr double kMostGone = 2;

// Weights, in natural logarithms of odds. A vehicle that is read on more of its days, more often (for
// each doubling), with a place where it rests, hours that it keeps, and days rather than nights.
constexpr double kMoreDays = 1;
constexpr double kMoreReadings = 0.15;
constexpr double kHome = 0.8;
constexpr double kRegular = 1.5;
// A usual hour, to either side.
constexpr double kUsualHour = 0.4;
constexpr double kNights = 0.6;
constexpr double kFitsPlate = 2.5;
// P(no inspection sticker | a clone), which has no papers to be inspected by, and of a genuine one.
constexpr double kCloneWithout = 0.4;
constexpr double kGenuineWithout = 0.08;
// Below this difference a reason is not worth telling.
constexpr double kWorthTelling = 0.15;
// Less is told as 0.0 days.
constexpr double kToldDays = 0.05;

// Hours of the sun: 0 to 24, by the longitude.
double SunHour(TimestampMs time, const std::optional<Position>& place) {
  const double hours = static_cast<double>(time.value % kDayMs) / 3'600'000 +
                       (place ? place->lon / 15 : 0);
  return hours - 24 * std::floor(hours / 24);
}

double Days(int64_t ms) { return static_cast<double>(ms) / static_cast<double>(kDayMs); }

// ln of how much likelier it is to see nothing for `silent_days` of one that came or went at some time
// of `days` with probability 1 - `there`, than of one that was there throughout.
double SilenceEvidence(std::span<const double> gaps, double silent_days, double days,
                       double there) {
  double sum = kAssumedGap;
  double longer = std::exp(-silent_days / kAssumedGap);  // gaps longer than the silence
  double beyond = kAssumedGap * longer;                  // what they exceed it by
  for (const double gap : gaps) {
    sum += gap;
    if (gap <= silent_days) continue;
    longer += 1;
    beyond += gap - silent_days;
  }
  const double throughout = longer / sum;
  const double within = 1 - beyond / sum;
  return std::log(there + (1 - there) / std::max(days, kAssumedGap) * within / throughout);
}

}  // namespace

double LateStartEvidence(const VehicleHabits& vehicle, double late_days, double days) {
  return std::min(kMostLate, SilenceEvidence(vehicle.gaps_days, late_days, days, kThereBefore));
}

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
    habits.gaps_days.push_back(Days(gap));
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
                          std::span<const VehiclePapers> papers) {
  GenuineGuess guess;
  const size_t count = vehicles.size();
  guess.reasons.resize(count);
  if (count < 2) return guess;
  std::vector<double> scores(count, 0.0);
  TimestampMs first = vehicles[0].first;
  TimestampMs last = vehicles[0].last;
  for (const VehicleHabits& vehicle : vehicles) {
    first = std::min(first, vehicle.first);
    last = std::max(last, vehicle.last);
  }
  const double in_all = Days(last - first);
  const auto mean_of = [&](const auto& value) {
    double sum = 0;
    for (const VehicleHabits& vehicle : vehicles) sum += value(vehicle);
    return sum / static_cast<double>(count);
  };
  // Of the days since it was first read.
  const auto days = [&](const VehicleHabits& v) {
    return v.active_days / std::max(1.0, std::ceil(Days(last - v.first)));
  };
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
    const double late = Days(vehicle.first - first);
    add(-LateStartEvidence(vehicle, late, in_all),
        late == 0          ? std::string("the first of them that was read")
        : late < kToldDays ? std::string("read from the start on")
                           : fmt::format("first read {:.1f} days after the first of them", late));
    const double gone = Days(last - vehicle.last);
    add(-std::min(kMostGone, SilenceEvidence(vehicle.gaps_days, gone, in_all, 1 - kGoneBefore)),
        gone < kToldDays ? std::string("read until the end")
                         : fmt::format("not read for the last {:.1f} days", gone));
    add(kMoreDays * (days(vehicle) - mean_days),
        fmt::format("seen on {} days", vehicle.active_days));
    add(kMoreReadings * (size(vehicle) - mean_size),
        fmt::format("read {} times", vehicle.readings));
    if (vehicle.rests >= 4) {
      add(kHome * (vehicle.home_share - mean_home),
          fmt::format("{:.0f} % of its rests are at one place", 100 * vehicle.home_share));
    }
    add(kRegular * (vehicle.regularity - mean_regular),
        fmt::format("on {:.0f} % of its days it leaves at its usual hour",
                    100 * vehicle.regularity));
    add(-kNights * (vehicle.night_share - mean_night),
        fmt::format("{:.0f} % of its readings are at night", 100 * vehicle.night_share));
    if (const std::optional<bool> fits = papers[i].fits_plate) {
      add(*fits ? kFitsPlate / 2 : -kFitsPlate / 2,
          *fits ? "its looks agree with the colour of its plate"
                : "its looks contradict the colour of its plate");
    }
    if (const std::optional<bool> sticker = papers[i].sticker) {
      add(*sticker ? std::log((1 - kGenuineWithout) / (1 - kCloneWithout))
                   : std::log(kGenuineWithout / kCloneWithout),
          *sticker ? "it bears an inspection sticker" : "it bears no inspection sticker");
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
