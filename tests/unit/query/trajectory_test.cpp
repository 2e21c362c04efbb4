#include "query/trajectory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kNoon{int64_t{17'065} * kMillisecondsPerDay + 12 * 3'600'000};
constexpr int64_t kGap = 25 * kMillisecondsPerMinute;

Sighting Reading(TimestampMs time, std::optional<Position> place = Position{0, 0},
                 std::string camera = "a", std::string plate = "A1") {
  Sighting sighting;
  sighting.camera_id = std::move(camera);
  sighting.time = time;
  sighting.plate_read = plate;
  sighting.plate = std::move(plate);
  sighting.location = place;
  return sighting;
}

struct Replay {
  std::vector<TrajectoryPoint> points;
  std::vector<Trip> trips;

  std::vector<uint64_t> TripOfEach() const {
    std::vector<uint64_t> numbers;
    for (const TrajectoryPoint& point : points) numbers.push_back(point.trip);
    return numbers;
  }
  std::vector<uint64_t> TripNumbers() const {
    std::vector<uint64_t> numbers;
    for (const Trip& trip : trips) numbers.push_back(trip.number);
    return numbers;
  }
};

void Append(Replay& replay, const std::vector<TrajectoryPoint>& points, std::vector<Trip> trips) {
  replay.points.insert(replay.points.end(), points.begin(), points.end());
  replay.trips.insert(replay.trips.end(), trips.begin(), trips.end());
}

// One replay, taken `batch` points at a time.
Replay Streamed(storage::Store& store, const TrajectoryRequest& request, size_t batch = 1000) {
  Trajectory trajectory(store, request, {});
  Replay replay;
  for (;;) {
    const std::vector<TrajectoryPoint> points = trajectory.Next(batch).value();
    Append(replay, points, trajectory.TakeTrips());
    if (points.empty()) return replay;
  }
}

// The same, each page a replay of its own.
Replay Paged(storage::Store& store, TrajectoryRequest request, size_t page) {
  Replay replay;
  for (;;) {
    Trajectory trajectory(store, request, {});
    const std::vector<TrajectoryPoint> points = trajectory.Next(page).value();
    Append(replay, points, trajectory.TakeTrips());
    if (points.empty()) return replay;
    const StoredSighting& last = points.back().sighting;
    request.after = {last.sighting.time, last.sighting.camera_id, last.id};
    request.as_of = trajectory.as_of();
  }
}

void ExpectSame(const Replay& a, const Replay& b) {
  ASSERT_EQ(a.points.size(), b.points.size());
  for (size_t i = 0; i < a.points.size(); ++i) {
    EXPECT_EQ(a.points[i].sighting, b.points[i].sighting);
    EXPECT_EQ(a.points[i].trip, b.points[i].trip);
  }
  ASSERT_EQ(a.TripNumbers(), b.TripNumbers());
  for (size_t i = 0; i < a.trips.size(); ++i) {
    EXPECT_EQ(a.trips[i].from, b.trips[i].from);
    EXPECT_EQ(a.trips[i].to, b.trips[i].to);
    EXPECT_EQ(a.trips[i].line, b.trips[i].line);
    EXPECT_EQ(a.trips[i].times, b.trips[i].times);
    EXPECT_DOUBLE_EQ(a.trips[i].length.value, b.trips[i].length.value);
  }
}

class TrajectoryTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  FilledStore filled_{GetParam()};
  storage::Store& store_ = filled_.store();
};

TEST_P(TrajectoryTest, AnUnknownPlateHasNoPoints) {
  filled_.Add({Reading(kNoon)});
  const Replay replay = Streamed(store_, {.plate = "A2"});
  EXPECT_TRUE(replay.points.empty());
  EXPECT_TRUE(replay.trips.empty());
}

TEST_P(TrajectoryTest, AGapOfExactlyTheLimitGoesOnAndOneMoreMillisecondEnds) {
  filled_.Add({Reading(kNoon), Reading(kNoon + kGap), Reading(kNoon + 2 * kGap + 1),
               Reading(kNoon + 3 * kGap + 1)});
  const Replay replay = Streamed(store_, {.plate = "A1"});
  EXPECT_EQ(replay.TripOfEach(), (std::vector<uint64_t>{1, 1, 2, 2}));
  ASSERT_EQ(replay.TripNumbers(), (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(replay.trips[0].from, kNoon);
  EXPECT_EQ(replay.trips[0].to, kNoon + kGap);
  EXPECT_EQ(replay.trips[1].from, kNoon + 2 * kGap + 1);
}

TEST_P(TrajectoryTest, ASingleReadingCountsAsATripWithoutBeingOne) {
  filled_.Add({Reading(kNoon), Reading(kNoon + 2 * kGap), Reading(kNoon + 2 * kGap + 1)});
  const Replay replay = Streamed(store_, {.plate = "A1"});
  EXPECT_EQ(replay.TripOfEach(), (std::vector<uint64_t>{1, 2, 2}));
  EXPECT_EQ(replay.TripNumbers(), (std::vector<uint64_t>{2}));
}

TEST_P(TrajectoryTest, ArrivalOrderDoesNotMatterAndTripsCrossMidnight) {
  const TimestampMs midnight = DayOf(kNoon).end();
  filled_.Add({Reading(midnight + 60'000, Position{0, 3}), Reading(midnight - 60'000, Position{0, 1})});
  filled_.Add({Reading(midnight, Position{0, 2}), Reading(midnight, Position{9, 9}, "b", "B2")});
  const Replay replay = Streamed(store_, {.plate = "A1"});
  ASSERT_EQ(replay.trips.size(), 1u);
  EXPECT_EQ(replay.trips[0].line, (std::vector<Position>{{0, 1}, {0, 2}, {0, 3}}));
  EXPECT_EQ(replay.trips[0].times,
            (std::vector<TimestampMs>{midnight - 60'000, midnight, midnight + 60'000}));
  EXPECT_NEAR(replay.trips[0].length.value, 2 * 111'195.08, 0.1);
}

TEST_P(TrajectoryTest, ReadingsWithoutAPlaceArePointsButNotInTheLine) {
  filled_.Add({Reading(kNoon, Position{0, 0}), Reading(kNoon + 1, std::nullopt),
               Reading(kNoon + 2, Position{0, 1}), Reading(kNoon + 2 * kGap, Position{0, 2}),
               Reading(kNoon + 2 * kGap + 1, std::nullopt)});
  const Replay replay = Streamed(store_, {.plate = "A1"});
  EXPECT_EQ(replay.TripOfEach(), (std::vector<uint64_t>{1, 1, 1, 2, 2}));
  ASSERT_EQ(replay.trips.size(), 2u);
  EXPECT_EQ(replay.trips[0].line, (std::vector<Position>{{0, 0}, {0, 1}}));
  EXPECT_TRUE(replay.trips[1].line.empty());
  EXPECT_TRUE(replay.trips[1].times.empty());
  EXPECT_EQ(replay.trips[1].length.value, 0);
  EXPECT_EQ(replay.trips[1].to, kNoon + 2 * kGap + 1);
}

TEST_P(TrajectoryTest, EqualTimesGoByCamera) {
  filled_.Add({Reading(kNoon, Position{0, 2}, "c"), Reading(kNoon, Position{0, 0}, "a"),
               Reading(kNoon, Position{0, 1}, "b")});
  const Replay replay = Streamed(store_, {.plate = "A1", .trip_gap_ms = 0});
  ASSERT_EQ(replay.trips.size(), 1u);
  EXPECT_EQ(replay.trips[0].line, (std::vector<Position>{{0, 0}, {0, 1}, {0, 2}}));
}

TEST_P(TrajectoryTest, TheWindowCutsTripsAndNumbersThemFromOne) {
  filled_.Add({Reading(kNoon), Reading(kNoon + 1000), Reading(kNoon + 2000), Reading(kNoon + 3000)});
  const Replay replay = Streamed(store_, {.plate = "A1", .time = {kNoon + 1000, kNoon + 3000}});
  EXPECT_EQ(replay.TripOfEach(), (std::vector<uint64_t>{1, 1}));
  ASSERT_EQ(replay.trips.size(), 1u);
  EXPECT_EQ(replay.trips[0].to, kNoon + 2000);
  EXPECT_TRUE(Streamed(store_, {.plate = "A1", .time = {kNoon, kNoon}}).points.empty());
}

TEST_P(TrajectoryTest, EveryPageSizeGivesThePointsAndTripsOfOneShot) {
  std::vector<Sighting> sightings;
  TimestampMs time = DayOf(kNoon).end() - 3 * kGap;
  for (int i = 0; i < 40; ++i) {
    // Trips of 1, 2, 3, ... readings; ties; places missing here and there; some over midnight.
    time = time + (i == 1 || i == 3 || i == 6 || i == 10 || i == 30 ? 2 * kGap : (i % 3) * 60'000);
    const auto place = i % 5 == 2 ? std::nullopt : std::optional(Position{0.01 * i, 0});
    sightings.push_back(Reading(time, place, std::string(1, static_cast<char>('z' - i % 26))));
  }
  filled_.Add(sightings);
  const Replay whole = Streamed(store_, {.plate = "A1"});
  ASSERT_EQ(whole.points.size(), 40u);
  EXPECT_EQ(whole.TripNumbers(), (std::vector<uint64_t>{2, 3, 4, 5, 6}));
  for (const size_t page : {1, 2, 3, 4, 5, 7, 39, 40, 41}) {
    SCOPED_TRACE(page);
    ExpectSame(Streamed(store_, {.plate = "A1"}, page), whole);
    ExpectSame(Paged(store_, {.plate = "A1"}, page), whole);
  }
}

TEST_P(TrajectoryTest, AsOfHidesWhatCameLater) {
  const Sequence before =
      filled_.Add({Reading(kNoon), Reading(kNoon + 2 * kGap)}).last_sequence;
  filled_.Add({Reading(kNoon + kGap)});
  EXPECT_EQ(Streamed(store_, {.plate = "A1", .as_of = before}).TripOfEach(),
            (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(Streamed(store_, {.plate = "A1"}).TripOfEach(), (std::vector<uint64_t>{1, 1, 1}));
}

TEST_P(TrajectoryTest, ACancelledReplayStops) {
  filled_.Add({Reading(kNoon)});
  Cancellation cancellation;
  Trajectory trajectory(store_, {.plate = "A1"}, cancellation);
  cancellation.Cancel();
  EXPECT_EQ(trajectory.Next(1).error().code, ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Stores, TrajectoryTest, ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& test) { return testing::StoreKindName(test.param); });

}  // namespace
}  // namespace sightline::query
