// Random operations on a store, compared with a map after each step.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

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

using Versions = std::set<std::pair<Sequence, SightingId>>;

// What the store must hold. Ids are the identity: equal ids are duplicates.
struct Model {
  // Each row as it came, and as each correction left it.
  std::map<SightingId, std::vector<StoredSighting>> rows;
  std::vector<StoredCorrection> corrections;
  // What segments hold of a day, and their names.
  struct Sealed {
    uint64_t to = 0;
    Versions versions;
    std::vector<SegmentEntry> segments;
  };
  std::map<Day, Sealed> sealed;

  static Sequence SequenceOf(const StoredSighting& version) {
    return version.corrected != 0 ? version.corrected : version.sequence;
  }

  static const StoredSighting* At(const std::vector<StoredSighting>& versions, Sequence as_of) {
    const StoredSighting* found = nullptr;
    for (const StoredSighting& version : versions) {
      if (SequenceOf(version) <= as_of) found = &version;
    }
    return found;
  }

  std::vector<StoredSighting> UpTo(Sequence as_of) const {
    std::vector<StoredSighting> found;
    for (const auto& [id, versions] : rows) {
      if (const StoredSighting* version = At(versions, as_of)) found.push_back(*version);
    }
    return found;
  }

  std::vector<std::string> PlateCountsUpTo(Sequence as_of) const {
    std::map<std::string, uint64_t> counts;
    for (const StoredSighting& row : UpTo(as_of)) {
      if (!row.sighting.plate.empty()) ++counts[row.sighting.plate];
    }
    std::vector<std::string> lines;
    for (const auto& [plate, count] : counts) lines.push_back(fmt::format("{} {}", plate, count));
    return lines;
  }

  Versions VersionsOf(Day day) const {
    Versions found;
    for (const auto& [id, versions] : rows) {
      if (DayOf(id.time) != day) continue;
      for (const StoredSighting& version : versions) found.emplace(SequenceOf(version), id);
    }
    return found;
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
    if (kind < 40) {
      AppendSome(Below(3) == 0 ? 1 + Below(300) : 1 + Below(10));
    } else if (kind < 55) {
      for (size_t i = Below(8); i > 0; --i) CorrectOne();
    } else if (kind < 62) {
      CommitSegments(SomeDay());
    } else if (kind < 64) {
      DropSegments(SomeDay());
    } else if (kind < 71) {
      Reopen();
    } else if (kind < 78) {
      Kill();
    } else if (kind < 83) {
      CompareLog(SomeDay());
    } else if (kind < 86) {
      CompareCorrections();
    } else if (kind < 91) {
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
                                  std::vector{StoredSighting{.id = result.ids[i],
                                                             .sequence = sequence + 1,
                                                             .received = clock_.Now(),
                                                             .sighting = sightings[i]}}).second;
      ASSERT_EQ(result.outcomes[i] == AppendOutcome::kAccepted, added) << "row " << i;
      sequence += added ? 1 : 0;
    }
    EXPECT_EQ(store_->VisibleSequence(), result.last_sequence);
    marks_.push_back(result.last_sequence);
  }

  Attribute SomeAttribute() {
    return {fmt::format("a{}", Below(4)), static_cast<int64_t>(Below(3))};
  }

  void CorrectOne() {
    if (model_.rows.empty()) return;
    auto row = model_.rows.begin();
    // Few rows, so that some are corrected often.
    std::advance(row, Below(std::min<size_t>(20, model_.rows.size())));
    Correction correction{.note = "note", .author = "author"};
    if (Below(3) != 0) {
      correction.plate = Below(6) == 0 ? std::string() : fmt::format("P{}", Below(30));
    }
    if (Below(2) == 0) correction.attributes = {SomeAttribute()};
    if (Below(3) == 0) correction.removed_attributes = {fmt::format("a{}", 4 + Below(2))};
    if (Below(3) == 0) correction.removed_attributes = {fmt::format("a{}", Below(4))};

    const StoredSighting& before = row->second.back();
    StoredSighting after = before;
    if (correction.plate) after.sighting.plate = *correction.plate;
    std::map<std::string, AttributeValue> attributes;
    for (const Attribute& a : before.sighting.attributes) attributes[a.name] = a.value;
    StoredCorrection expected{.sighting = row->first,
                              .corrected = clock_.Now(),
                              .correction = correction,
                              .camera_id = before.sighting.camera_id,
                              .plate_before = before.sighting.plate};
    std::set<std::string> named(correction.removed_attributes.begin(),
                                correction.removed_attributes.end());
    for (const Attribute& a : correction.attributes) named.insert(a.name);
    for (const std::string& name : named) {
      const auto found = attributes.find(name);
      if (found != attributes.end()) {
        expected.attributes_before.push_back({found->first, found->second});
      }
    }
    for (const std::string& name : correction.removed_attributes) attributes.erase(name);
    for (const Attribute& a : correction.attributes) attributes[a.name] = a.value;
    after.sighting.attributes.clear();
    for (const auto& [name, value] : attributes) after.sighting.attributes.push_back({name, value});

    const auto stored = store_->Correct(row->first, correction);
    if (after == before) {
      ASSERT_FALSE(stored.has_value());
      EXPECT_EQ(stored.error().code, ErrorCode::kInvalidArgument);
      return;
    }
    ASSERT_TRUE(stored.has_value()) << stored.error().message;
    expected.sequence = after.corrected = stored->sequence;
    EXPECT_EQ(*stored, expected);
    EXPECT_EQ(store_->VisibleSequence(), stored->sequence);
    model_.corrections.push_back(expected);
    row->second.push_back(after);
    marks_.push_back(stored->sequence);
  }

  void CompareCorrections() {
    const size_t end = Below(model_.corrections.size() + 1);
    const Sequence before =
        end == model_.corrections.size() ? 0 : model_.corrections[end].sequence;
    std::vector<StoredCorrection> expected(model_.corrections.begin(),
                                           model_.corrections.begin() + static_cast<ptrdiff_t>(end));
    std::reverse(expected.begin(), expected.end());
    expected.resize(std::min(expected.size(), 1 + Below(10)));
    EXPECT_EQ(store_->Corrections(before, expected.size()).value(), expected);
  }

  static Versions AsIds(const DayReader& day, const std::vector<RowVersion>& log) {
    Versions found;
    for (const RowVersion& version : log) {
      const SightingId id{.time = day.day().start() + version.key.ms_of_day,
                          .camera_hash = HashCameraId(day.CameraId(version.key.camera_number)),
                          .identity_hash = version.key.identity_hash};
      EXPECT_TRUE(found.emplace(version.sequence, id).second) << "logged twice";
    }
    return found;
  }

  void CommitSegments(Day day) {
    const auto reader = store_->OpenDay(day).value();
    if (reader == nullptr) return;
    Model::Sealed& sealed = model_.sealed[day];
    const uint64_t to = sealed.to + Below(reader->log_end() - sealed.to + 1);
    for (const auto& version : AsIds(*reader, reader->ReadLog(sealed.to, to - sealed.to))) {
      EXPECT_TRUE(sealed.versions.insert(version).second) << "sealed twice";
    }
    std::vector<SegmentEntry> added;
    for (size_t i = Below(3); i > 0; --i) {
      added.push_back({.name = fmt::format("s{}", ++segments_), .description = "what it holds"});
      std::ofstream(reader->segment_directory() / added.back().name) << "segment";
    }
    // One that a crash left before it was listed.
    std::ofstream(reader->segment_directory() / fmt::format("s{}", ++segments_)) << "leftover";
    std::vector<std::string> removed;
    if (Below(3) == 0 && !sealed.segments.empty()) {
      const auto gone = sealed.segments.begin() + static_cast<ptrdiff_t>(Below(sealed.segments.size()));
      removed.push_back(gone->name);
      sealed.segments.erase(gone);
    }
    ASSERT_TRUE(store_->CommitSegments(day, to, added, removed).has_value());
    sealed.to = to;
    sealed.segments.insert(sealed.segments.end(), added.begin(), added.end());
    CompareLog(day);
  }

  void DropSegments(Day day) {
    const auto reader = store_->OpenDay(day).value();
    if (reader == nullptr) return;
    ASSERT_TRUE(store_->DropSegments(day).has_value());
    model_.sealed.erase(day);
    CompareLog(day);
  }

  // Each version is in the segments or in the log, once.
  void CompareLog(Day day) {
    const auto reader = store_->OpenDay(day).value();
    if (reader == nullptr) return;
    const Model::Sealed& sealed = model_.sealed[day];
    ASSERT_EQ(reader->sealed_to(), sealed.to);
    EXPECT_EQ(reader->Segments(), sealed.segments);
    const Versions expected = model_.VersionsOf(day);
    ASSERT_EQ(reader->log_end(), expected.size());
    std::vector<RowVersion> log;
    while (sealed.to + log.size() < reader->log_end()) {
      const auto some = reader->ReadLog(sealed.to + log.size(), 1 + Below(100));
      ASSERT_FALSE(some.empty());
      log.insert(log.end(), some.begin(), some.end());
    }
    Versions found = AsIds(*reader, log);
    for (const auto& version : sealed.versions) {
      EXPECT_TRUE(found.insert(version).second) << "sealed and logged";
    }
    EXPECT_EQ(found, expected);
    // Read again, from anywhere.
    if (!log.empty()) {
      const size_t from = Below(log.size());
      EXPECT_EQ(reader->ReadLog(sealed.to + from, log.size()),
                std::vector<RowVersion>(log.begin() + static_cast<ptrdiff_t>(from), log.end()));
      const std::vector<Day> unsealed = store_->UnsealedDays();
      EXPECT_TRUE(std::binary_search(unsealed.begin(), unsealed.end(), day));
    }
    if (sealed.to > 0) {
      EXPECT_TRUE(reader->ReadLog(sealed.to - 1, 10).empty());
    }
    for (const SegmentEntry& segment : sealed.segments) {
      EXPECT_TRUE(fs::exists(reader->segment_directory() / segment.name));
    }
  }

  // A listed file goes missing while the store is closed; returns the day it was of.
  std::optional<Day> LoseASegment() {
    for (const auto& [day, sealed] : model_.sealed) {
      if (sealed.segments.empty() || Below(4) != 0) continue;
      const auto& lost = sealed.segments[Below(sealed.segments.size())];
      EXPECT_TRUE(fs::remove(data_ / "days" / FormatDay(day) / "segments" / lost.name));
      return day;
    }
    return std::nullopt;
  }

  void Reopen() {
    ASSERT_TRUE(store_->Close().has_value());
    store_.reset();
    const std::optional<Day> lost = LoseASegment();
    if (Below(4) == 0) fs::remove_all(data_ / "plates");  // it is rebuilt
    store_ = OpenStore(data_, clock_, Options());
    if (lost) DropWhatIsMissing(*lost);
  }

  // The store still lists the file that is missing; its reader drops the segments.
  void DropWhatIsMissing(Day day) {
    EXPECT_EQ(store_->OpenDay(day).value()->Segments(), model_.sealed[day].segments);
    DropSegments(day);
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
    using Row = std::tuple<TimestampMs, uint64_t, Sequence>;
    std::map<std::string, std::set<Row>> expected;
    bool any = false;
    for (const auto& [id, versions] : model_.rows) {
      if (DayOf(id.time) != day) continue;
      any = true;
      for (const StoredSighting& version : versions) expected[version.sighting.plate];
      const StoredSighting* row = Model::At(versions, as_of);
      if (row == nullptr || row->sighting.plate.empty()) continue;
      expected[row->sighting.plate].emplace(id.time, id.identity_hash, Model::SequenceOf(*row));
    }
    expected.erase("");
    const auto reader = store_->OpenDay(day).value();
    ASSERT_EQ(reader != nullptr, any);
    for (const auto& [plate, rows] : expected) {
      std::set<Row> found;
      const auto keys = reader->PlateRows(plate, {}, as_of).value();
      for (const PlateRow& row : keys) {
        found.emplace(day.start() + row.key.ms_of_day, row.key.identity_hash, row.sequence);
        EXPECT_TRUE(reader->IsInForce(row, as_of));
        EXPECT_FALSE(reader->IsInForce(row, row.sequence - 1));
      }
      EXPECT_EQ(found, rows) << plate;
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
    const StoredSighting* expected = Model::At(row->second, as_of);
    const auto one = store_->GetSighting(row->first, as_of);
    ASSERT_EQ(one.has_value(), expected != nullptr);
    if (expected != nullptr) {
      EXPECT_EQ(*one, *expected);
    }
  }

  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  fs::path data_ = directory_.path() / "data-0";
  int copies_ = 0;
  int segments_ = 0;
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
