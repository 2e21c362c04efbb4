// Random operations on a store, compared with a map after each step.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "storage/store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

namespace fs = std::filesystem;

constexpr int kSteps = 150;
constexpr int kDays = 12;

uint64_t Seed() {
  const char* given = std::getenv("SIGHTLINE_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

// What the store must hold. Ids are the identity: equal ids are duplicates.
struct Model {
  std::map<SightingId, StoredSighting> rows;

  std::vector<StoredSighting> UpTo(Sequence as_of) const {
    std::vector<StoredSighting> found;
    for (const auto& [id, row] : rows) {
      if (row.sequence <= as_of) found.push_back(row);
    }
    return found;
  }

  std::vector<std::string> PlateCountsUpTo(Sequence as_of) const {
    std::map<std::string, uint64_t> counts;
    for (const auto& [id, row] : rows) {
      if (row.sequence <= as_of && !row.sighting.plate.empty()) ++counts[row.sighting.plate];
    }
    std::vector<std::string> lines;
    for (const auto& [plate, count] : counts) lines.push_back(fmt::format("{} {}", plate, count));
    return lines;
  }
};

class StoreModel {
 public:
  explicit StoreModel(uint64_t seed) : random_(seed) {}

  void Run() {
    for (int step = 0; step < kSteps && !::testing::Test::HasFailure(); ++step) Step(step);
    Compare();
  }

 private:
  size_t Below(size_t limit) { return random_() % limit; }

  Day SomeDay() {
    // Half of all rows are of today, the others of any day.
    const auto back = Below(2) == 0 ? 0 : Below(kDays);
    return Day{static_cast<uint16_t>(kDay.number - back)};
  }

  Sighting SomeSighting() {
    // Few values, so that identities come again.
    Sighting sighting = Seen(fmt::format("P{}", Below(30)), fmt::format("K{}", Below(5)), SomeDay(),
                             static_cast<int64_t>(Below(40)) * 2'000'000);
    if (Below(4) == 0) sighting.source_id = fmt::format("s{}", Below(50));
    if (Below(10) == 0) sighting.plate = sighting.plate_read = "";
    sighting.lane = static_cast<int64_t>(Below(1000));
    if (Below(20) == 0) sighting.image = std::string(20'000, 'x');
    return sighting;
  }

  void Step(int step) {
    const size_t kind = Below(100);
    SCOPED_TRACE(fmt::format("step {} kind {}", step, kind));
    if (kind < 60) {
      AppendSome(Below(3) == 0 ? 1 + Below(300) : 1 + Below(10));
    } else if (kind < 70) {
      Reopen();
    } else if (kind < 78) {
      Kill();
    } else if (kind < 90) {
      ComparePlates();
    } else if (kind < 95) {
      CompareDay(SomeDay());
    } else {
      Compare();
    }
  }

  void AppendSome(size_t rows) {
    std::vector<Sighting> sightings;
    for (size_t i = 0; i < rows; ++i) sightings.push_back(SomeSighting());
    clock_.Set(clock_.Now() + 1);
    const AppendResult result = Append(*store_, clock_, sightings).value();
    ASSERT_EQ(result.outcomes.size(), rows);
    Sequence sequence = result.last_sequence;
    for (const AppendOutcome outcome : result.outcomes) {
      sequence -= outcome == AppendOutcome::kAccepted ? 1 : 0;
    }
    for (size_t i = 0; i < rows; ++i) {
      const bool added =
          model_.rows.try_emplace(result.ids[i],
                                  StoredSighting{.id = result.ids[i],
                                                 .sequence = sequence + 1,
                                                 .received = clock_.Now(),
                                                 .sighting = sightings[i]}).second;
      ASSERT_EQ(result.outcomes[i] == AppendOutcome::kAccepted, added) << "row " << i;
      sequence += added ? 1 : 0;
    }
    EXPECT_EQ(store_->VisibleSequence(), result.last_sequence);
    marks_.push_back(result.last_sequence);
  }

  void Reopen() {
    ASSERT_TRUE(store_->Close().has_value());
    store_.reset();
    store_ = OpenStore(data_, clock_, Options());
  }

  // Goes on with a copy of the files of the open store.
  void Kill() {
    const fs::path copy = directory_.path() / fmt::format("data-{}", ++copies_);
    CopyLive(data_, copy);
    store_.reset();
    fs::remove_all(data_);
    data_ = copy;
    store_ = OpenStore(data_, clock_, Options());
    EXPECT_TRUE(store_->GetStats()->losses.empty());
    EXPECT_TRUE(store_->GetStats()->set_aside.empty());
  }

  StoreOptions Options() {
    return {.max_open_days = 1 + Below(20), .inbox_rows = 1 + Below(200)};
  }

  Sequence SomeMark() {
    return marks_.empty() || Below(3) == 0 ? store_->VisibleSequence() : marks_[Below(marks_.size())];
  }

  void ComparePlates() {
    const Sequence as_of = SomeMark();
    EXPECT_EQ(PlateCounts(*store_, as_of), model_.PlateCountsUpTo(as_of)) << "as of " << as_of;
  }

  void CompareDay(Day day) {
    const Sequence as_of = SomeMark();
    std::map<std::string, std::set<TimestampMs>> expected;
    bool any = false;
    for (const auto& [id, row] : model_.rows) {
      if (DayOf(id.time) != day) continue;
      any = true;
      if (row.sequence > as_of || row.sighting.plate.empty()) continue;
      expected[row.sighting.plate].insert(id.time);
    }
    const auto reader = store_->OpenDay(day).value();
    ASSERT_EQ(reader != nullptr, any);
    for (const auto& [plate, times] : expected) {
      std::set<TimestampMs> found;
      const auto rows = reader->PlateRows(plate, {}, as_of).value();
      for (const PlateRow& row : rows) found.insert(day.start() + row.key.ms_of_day);
      EXPECT_EQ(found, times) << plate;
    }
  }

  void Compare() {
    const Sequence as_of = SomeMark();
    std::vector<StoredSighting> found = AllRows(*store_, as_of);
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    EXPECT_EQ(found, model_.UpTo(as_of));
    EXPECT_EQ(store_->GetStats()->sightings, model_.rows.size());
    if (model_.rows.empty()) return;
    auto row = model_.rows.begin();
    std::advance(row, Below(model_.rows.size()));
    EXPECT_EQ(store_->GetSighting(row->first, store_->VisibleSequence()).value(), row->second);
  }

  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  fs::path data_ = directory_.path() / "data-0";
  int copies_ = 0;
  SetClock clock_{kDay.start()};
  std::unique_ptr<Store> store_ = OpenStore(data_, clock_);
  Model model_;
  std::vector<Sequence> marks_;  // sequences that were visible once
};

TEST(StoreModel, AnswersLikeAMapThroughReopeningsAndKills) {
  const uint64_t seed = Seed();
  SCOPED_TRACE(fmt::format("SIGHTLINE_TEST_SEED={}", seed));
  fmt::print("SIGHTLINE_TEST_SEED={}\n", seed);
  StoreModel(seed).Run();
}

}  // namespace
}  // namespace sightline::storage
