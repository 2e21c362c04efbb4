#include "query/plate_readings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/correction.h"
#include "query/snapshot.h"
#include "tests/support/columns_beside.h"
#include "tests/support/filled_store.h"

namespace sightline::query {
namespace {

using testing::ColumnsBeside;
using testing::ColumnsKind;
using testing::FilledStore;
using testing::StoreKind;

constexpr TimestampMs kFirstDay{int64_t{17'065} * kMillisecondsPerDay};
constexpr int64_t kDays = 4;

// A few plates over a few days, some unread, some at places of their own, some corrected.
class ReadingsTest : public ::testing::TestWithParam<ColumnsKind> {
 protected:
  ReadingsTest()
      : seed_(std::random_device()()),
        trace_(__FILE__, __LINE__, "seed " + std::to_string(seed_)),
        random_(seed_),
        filled_(StoreKind::kMemory) {
    for (int batch = 0; batch < 3; ++batch) {
      std::vector<Sighting> sightings;
      for (int i = 0; i < 300; ++i) sightings.push_back(Random());
      filled_.Add(sightings);
      Correct(15);
    }
    columns_ = std::make_unique<ColumnsBeside>(filled_.store(), GetParam());
  }

  size_t Below(size_t limit) { return random_() % limit; }
  std::string Plate() { return Below(10) == 0 ? "" : "京A" + std::to_string(Below(20)); }

  Sighting Random() {
    Sighting sighting;
    sighting.camera_id = "cam " + std::to_string(Below(6));
    sighting.time = kFirstDay + static_cast<int64_t>(Below(kDays * kMillisecondsPerDay));
    sighting.source_id = std::to_string(random_());
    sighting.plate = Plate();
    sighting.plate_read = sighting.plate;
    if (Below(5) != 0) sighting.location = Position{120 + 0.01 * Below(9), 30};
    return sighting;
  }

  void Correct(int corrections) {
    for (int i = 0; i < corrections; ++i) {
      const auto accepted = filled_.Accepted(std::numeric_limits<Sequence>::max());
      const StoredSighting& row = accepted[Below(accepted.size())];
      const std::string plate = Plate();
      // What changes nothing is refused.
      if (plate != row.sighting.plate) filled_.Correct(row.id, {.plate = plate});
    }
  }

  Sources sources() { return {.store = filled_.store(), .columns = columns_->get()}; }

  Interval Window() {
    const auto instant = [&] {
      return kFirstDay + static_cast<int64_t>(Below(kDays * kMillisecondsPerDay));
    };
    if (Below(3) == 0) return {};
    Interval window{instant(), instant()};
    if (window.to < window.from) std::swap(window.from, window.to);
    return window;
  }
  Sequence AsOf() {
    const Sequence visible = filled_.store().VisibleSequence();
    return Below(2) == 0 ? visible : Below(visible + 1);
  }

  using Readings = std::map<std::string, std::vector<PlateReading>>;

  Readings Expected(Interval window, Sequence as_of) {
    std::map<std::string, uint32_t> numbers;
    for (const auto& camera : filled_.store().Cameras()) {
      numbers[camera->camera().id] = camera->number;
    }
    Readings readings;
    for (const StoredSighting& row : filled_.Accepted(as_of)) {
      const Sighting& sighting = row.sighting;
      if (sighting.plate.empty() || !window.Contains(sighting.time)) continue;
      readings[sighting.plate].push_back(
          {.time = sighting.time,
           .camera_number = numbers.at(sighting.camera_id),
           .identity_hash = row.id.identity_hash,
           .sequence = row.corrected != 0 ? row.corrected : row.sequence,
           .place = sighting.location});
    }
    for (auto& [plate, of_plate] : readings) {
      std::sort(of_plate.begin(), of_plate.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.time, a.camera_number, a.identity_hash) <
               std::tuple(b.time, b.camera_number, b.identity_hash);
      });
    }
    return readings;
  }

  FilledStore& filled() { return filled_; }
  ColumnsBeside& columns() { return *columns_; }

 private:
  const uint64_t seed_;
  const ::testing::ScopedTrace trace_;
  std::mt19937_64 random_;
  FilledStore filled_;
  std::unique_ptr<ColumnsBeside> columns_;
};

TEST_P(ReadingsTest, OfAPlateAreAllOfItsWindowInOrder) {
  for (int round = 0; round < 8; ++round) {
    const Interval window = Window();
    const Sequence as_of = AsOf();
    const Readings expected = Expected(window, as_of);
    for (int i = 0; i < 21; ++i) {
      const std::string plate = "京A" + std::to_string(i);
      const auto found = ReadingsOfPlate(sources(), plate, window, as_of, Cancellation());
      ASSERT_TRUE(found);
      const auto known = expected.find(plate);
      EXPECT_EQ(*found, known == expected.end() ? std::vector<PlateReading>() : known->second);
    }
    columns().Seal();
  }
}

TEST_P(ReadingsTest, HaveTheirRecordsAsTheyStood) {
  const Sequence as_of = AsOf();
  for (const auto& [plate, readings] : Expected({}, as_of)) {
    std::vector<PlateReading> wanted = readings;
    std::reverse(wanted.begin(), wanted.end());
    // One that is nowhere, and one of a day that is not there, are left out.
    PlateReading lost = readings.front();
    ++lost.identity_hash;
    wanted.insert(wanted.begin(), lost);
    lost.time = kFirstDay + 10 * kDays * kMillisecondsPerDay;
    wanted.push_back(lost);
    const auto records = RecordsOf(sources(), wanted, as_of, Cancellation());
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), readings.size());
    for (size_t i = 0; i < readings.size(); ++i) {
      const PlateReading& reading = readings[readings.size() - 1 - i];
      EXPECT_EQ((*records)[i].sighting.time, reading.time);
      EXPECT_EQ((*records)[i].id.identity_hash, reading.identity_hash);
      EXPECT_EQ((*records)[i].sighting.plate, plate);
    }
  }
}

TEST_P(ReadingsTest, ASweepGivesEveryPlateOnce) {
  if (GetParam() == ColumnsKind::kNone) {
    EXPECT_FALSE(PlateSweep::Start(sources(), {}, 1, Cancellation()));
    return;
  }
  for (int round = 0; round < 8; ++round) {
    const Interval window = Window();
    const Sequence as_of = AsOf();
    const auto sweep = PlateSweep::Start(sources(), window, as_of, Cancellation());
    ASSERT_TRUE(sweep);
    Readings found;
    double progress = 0;
    while ((*sweep)->Next(Cancellation()).value()) {
      EXPECT_TRUE(found.empty() || found.rbegin()->first < (*sweep)->plate());
      EXPECT_GE((*sweep)->progress(), progress);
      progress = (*sweep)->progress();
      found[std::string((*sweep)->plate())] = {(*sweep)->readings().begin(),
                                               (*sweep)->readings().end()};
    }
    ASSERT_EQ(found, Expected(window, as_of));
    EXPECT_EQ((*sweep)->progress(), 1);
    columns().Seal();
  }
}

TEST_P(ReadingsTest, ASweepGoesOnWhereItIsSent) {
  if (GetParam() == ColumnsKind::kNone) GTEST_SKIP() << "a sweep needs columns";
  const Sequence as_of = filled().store().VisibleSequence();
  const Readings expected = Expected({}, as_of);
  const auto sweep = PlateSweep::Start(sources(), {}, as_of, Cancellation()).value();
  for (int round = 0; round < 40; ++round) {
    std::string plate = "京A" + std::to_string(Below(25));
    if (round % 2 == 0) plate += "0";
    sweep->Seek(plate);
    auto at = expected.lower_bound(plate);
    for (int steps = 0; steps < 3 && at != expected.end(); ++steps, ++at) {
      ASSERT_TRUE(sweep->Next(Cancellation()).value());
      EXPECT_EQ(sweep->plate(), at->first);
      EXPECT_TRUE(std::ranges::equal(sweep->readings(), at->second));
    }
  }
}

TEST_P(ReadingsTest, ASweepThatWasCancelledGoesOnAfterASeek) {
  if (GetParam() == ColumnsKind::kNone) GTEST_SKIP() << "a sweep needs columns";
  const Sequence as_of = filled().store().VisibleSequence();
  const auto sweep = PlateSweep::Start(sources(), {}, as_of, Cancellation()).value();
  Cancellation cancelled;
  cancelled.Cancel();
  EXPECT_EQ(sweep->Next(cancelled).error().code, ErrorCode::kCancelled);
  sweep->Seek("");
  ASSERT_TRUE(sweep->Next(Cancellation()).value());
  EXPECT_EQ(sweep->plate(), Expected({}, as_of).begin()->first);
  EXPECT_EQ(ReadingsOfPlate(sources(), "京A1", {}, as_of, cancelled).error().code,
            ErrorCode::kCancelled);
}

INSTANTIATE_TEST_SUITE_P(Columns, ReadingsTest,
                         ::testing::Values(ColumnsKind::kNone, ColumnsKind::kPlain,
                                           ColumnsKind::kIndex),
                         [](const ::testing::TestParamInfo<ColumnsKind>& tested) {
                           return testing::ColumnsKindName(tested.param);
                         });

}  // namespace
}  // namespace sightline::query
