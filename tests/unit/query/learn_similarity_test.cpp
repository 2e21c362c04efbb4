#include "query/learn_similarity.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/support/filled_store.h"
#include "tests/unit/query/seen_city.h"

namespace sightline::query {
namespace {

using testing::CalibrationError;
using testing::DrawPairs;
using testing::FilledStore;
using testing::JudgedPair;
using testing::SeenCity;
using testing::StoreKind;

constexpr TimestampMs kNow{1'709'900'000'000};

const SeenCity& City() {
  static const SeenCity kCity = [] {
    simulation::SimulationOptions options;
    options.seed = 5;
    options.vehicles = 1'600;
    options.cameras = 60;
    options.days = 2;
    options.activity = 0.5;
    options.start = TimestampMs{1'709'481'600'000};
    options.detail_vectors = true;
    return SeenCity(options);
  }();
  return kCity;
}

std::string VectorOf(const Sighting& sighting, std::string_view space) {
  for (const AppearanceVector& vector : sighting.vectors) {
    if (vector.space == space) return vector.bytes;
  }
  return {};
}

// Components of the simulator's bytes about zero, as signed bytes and as floats.
std::string SignedBytes(std::string_view bytes) {
  std::string vector;
  for (const char c : bytes) {
    vector += static_cast<char>(std::min(127, static_cast<int>(static_cast<uint8_t>(c)) - 60));
  }
  return vector;
}

std::string Floats(std::string_view bytes) {
  std::string vector(bytes.size() * sizeof(float), '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const float component = (static_cast<float>(static_cast<uint8_t>(bytes[i])) - 60) / 700;
    std::memcpy(vector.data() + i * sizeof(float), &component, sizeof(component));
  }
  return vector;
}

struct SpaceCase {
  VectorSpace space;
  std::string source;                                // of the simulator's spaces
  std::string (*convert)(std::string_view) = nullptr;  // null: as they are
};

std::vector<SpaceCase> SpaceCases() {
  const auto made = [](VectorElement element, VectorMetric metric, uint32_t bytes) {
    return VectorSpace{.name = fmt::format("{}_{}", ElementName(element), MetricName(metric)),
                       .bytes = bytes,
                       .element = element,
                       .metric = metric,
                       .model = ""};
  };
  return {
      {DefaultSpaces()[1], "vehicle"},
      {DefaultSpaces()[0], "detail"},
      {made(VectorElement::kU8, VectorMetric::kCosine, 128), "vehicle"},
      {made(VectorElement::kI8, VectorMetric::kCosine, 128), "vehicle", SignedBytes},
      {made(VectorElement::kI8, VectorMetric::kInnerProduct, 128), "vehicle", SignedBytes},
      {made(VectorElement::kF32, VectorMetric::kL2, 512), "vehicle", Floats},
  };
}

std::string ConvertedVector(const SpaceCase& c, const Sighting& sighting) {
  const std::string bytes = VectorOf(sighting, c.source);
  return c.convert == nullptr ? bytes : c.convert(bytes);
}

// What is learned of one space, judged by the truth.
void JudgeLearned(FilledStore& store, const SpaceCase& c) {
  const std::clock_t start = std::clock();
  const auto learned = LearnSimilarity(store.store(), c.space, kNow, {}, {});
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  ASSERT_TRUE(learned) << learned.error().message;
  ASSERT_NE(*learned, nullptr);
  const SimilarityModel& model = **learned;

  constexpr uint64_t kSeed = 77;
  std::mt19937_64 random(kSeed);
  const std::vector<JudgedPair> pairs =
      DrawPairs(City(), c.space, [&](const Sighting& s) { return ConvertedVector(c, s); }, 4'000,
                25, random);
  const auto similarity = [&](double distance) { return model.Similarity(distance); };
  // As it would be among as many of the same vehicle as of others.
  const auto balanced = [&](double distance) {
    const double similar = model.Similarity(distance);
    const double odds = similar / (1 - similar) * kOtherCandidates;
    return odds / (1 + odds);
  };
  const double error = CalibrationError(pairs, kOtherCandidates, 0.02, similarity);
  const double balanced_error = CalibrationError(pairs, 1, 0, balanced);
  fmt::print("{} {}: {} readings, {} plates, {} + {} pairs, {} knots, {:.2f} s; error {:.4f}, "
             "balanced {:.4f}\n",
             c.space.name, c.space.bytes, City().readings().size(), model.basis()->plates,
             model.basis()->same_pairs, model.basis()->other_pairs, model.knots().size(), seconds,
             error, balanced_error);
  EXPECT_LE(error, 0.03);
  EXPECT_LE(balanced_error, 0.03);
  for (size_t i = 1; i < model.knots().size(); ++i) {
    EXPECT_LT(model.knots()[i - 1].distance, model.knots()[i].distance);
    EXPECT_GE(model.knots()[i - 1].log_odds, model.knots()[i].log_odds);
  }
}

TEST(LearnSimilarity, SaysHowOftenTheVehicleIsTheSame) {
  FilledStore store(StoreKind::kRocksDb);
  City().Fill(store, [](Sighting& sighting) {
    std::vector<AppearanceVector> vectors;
    for (const SpaceCase& c : SpaceCases()) {
      vectors.push_back({c.space.name, ConvertedVector(c, sighting)});
    }
    std::ranges::sort(vectors, {}, &AppearanceVector::space);
    sighting.vectors = std::move(vectors);
  });
  for (const SpaceCase& c : SpaceCases()) {
    SCOPED_TRACE(c.space.name);
    JudgeLearned(store, c);
  }
}

// --- made-up readings ----------------------------------------------------------------------------

const VectorSpace& kVehicle = DefaultSpaces()[1];

// All components the same: vectors of `level` and `level` + d are d * sqrt(128) apart.
Sighting Reading(const std::string& plate, int minute, int level) {
  Sighting sighting;
  sighting.camera_id = fmt::format("C{}", minute % 7);
  sighting.time = Day{19'000}.start() + minute * kMillisecondsPerMinute;
  sighting.plate = sighting.plate_read = plate;
  sighting.vectors = {{kVehicle.name, std::string(kVehicle.bytes, static_cast<char>(level))}};
  return sighting;
}

// Plates that are no misreads of each other.
std::string Plate(int number) { return fmt::format("{0}P{0}", 100 + number); }

// Each plate has a level of its own; its readings lie within 3 of it.
std::vector<Sighting> Readings(int plates, int each) {
  std::vector<Sighting> readings;
  for (int plate = 0; plate < plates; ++plate) {
    for (int i = 0; i < each; ++i) {
      readings.push_back(Reading(Plate(plate), plate * 7 + i * 2, plate * 37 % 240 + i % 4));
    }
  }
  return readings;
}

std::shared_ptr<const SimilarityModel> Learn(FilledStore& store) {
  return LearnSimilarity(store.store(), kVehicle, kNow, {}, {}).value();
}

double Apart(int levels) { return levels * std::sqrt(128.0); }

TEST(LearnSimilarity, AFewPlatesTeachNothing) {
  for (const auto& [plates, each, learned] :
       {std::tuple(0, 0, false), std::tuple(40, 5, false), std::tuple(60, 1, false),
        std::tuple(80, 5, true)}) {
    SCOPED_TRACE(fmt::format("{} plates, {} readings each", plates, each));
    FilledStore store(StoreKind::kMemory);
    if (plates > 0) store.Add(Readings(plates, each));
    EXPECT_EQ(Learn(store) != nullptr, learned);
  }
}

TEST(LearnSimilarity, ReadingsWithoutTheVectorOrAPlateAreNoneOfTheSample) {
  FilledStore store(StoreKind::kMemory);
  std::vector<Sighting> readings = Readings(200, 4);
  for (size_t i = 0; i < readings.size(); ++i) {
    if (i < 400) readings[i].vectors[0] = {"detail", std::string(512, 'x')};  // plates 0 to 99
    if (i >= 600) readings[i].plate.clear();                                  // from 150 on
  }
  store.Add(readings);
  const auto model = Learn(store);
  ASSERT_NE(model, nullptr);
  EXPECT_EQ(model->basis()->plates, 50u);
}

TEST(LearnSimilarity, APlateWithAThousandReadingsIsOneOfMany) {
  FilledStore store(StoreKind::kMemory);
  store.Add(Readings(100, 4));
  const auto before = Learn(store);
  std::vector<Sighting> crowd;
  // Their looks have nothing in common.
  for (int i = 0; i < 1'000; ++i) crowd.push_back(Reading("TAXI", i, i * 97 % 250));
  store.Add(crowd);
  const auto after = Learn(store);
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->basis()->plates, before->basis()->plates + 1);
  EXPECT_LE(after->basis()->same_pairs, before->basis()->same_pairs + 8);
  EXPECT_GT(after->Similarity(Apart(1)), 0.2);
  EXPECT_LT(after->Similarity(Apart(100)), 0.01);
}

TEST(LearnSimilarity, PairsThatNoVehicleHasDrivenAreLeftOut) {
  uint64_t pairs[2];
  for (const bool known : {false, true}) {
    FilledStore store(StoreKind::kMemory);
    std::vector<Sighting> readings = Readings(200, 2);
    for (int plate = 0; plate < 200; ++plate) {
      // A clone at the other end of the country.
      readings.push_back(Reading(Plate(plate), plate * 7 + 1, plate * 59 % 240));
    }
    for (size_t i = 0; i < readings.size(); ++i) {
      if (known) readings[i].location = Position{i < 400 ? 100.0 : 120.0, 30};
    }
    store.Add(readings);
    const auto model = Learn(store);
    ASSERT_NE(model, nullptr);
    pairs[known ? 1 : 0] = model->basis()->same_pairs;
    // Genuine readings are a level or two of brightness apart.
    EXPECT_EQ(model->Similarity(Apart(60)) < 0.001, known);
  }
  EXPECT_EQ(pairs[0], 400u);  // of the drawn reading and each of the other two
  EXPECT_LE(pairs[1], 200u);  // of the two genuine ones, where one of them was drawn
}

TEST(LearnSimilarity, IsTheSameForTheSameStore) {
  FilledStore store(StoreKind::kMemory);
  store.Add(Readings(300, 3));
  const auto first = Learn(store);
  const auto second = Learn(store);
  ASSERT_NE(first, nullptr);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(first->knots(), second->knots());
  EXPECT_EQ(first->basis(), second->basis());
  EXPECT_EQ(first->basis()->learned_at, kNow);
  EXPECT_EQ(first->basis()->learned_as_of, store.store().VisibleSequence());
}

TEST(LearnSimilarity, EndsWhenItIsCancelled) {
  FilledStore store(StoreKind::kMemory);
  store.Add(Readings(100, 3));
  Cancellation cancellation;
  cancellation.Cancel();
  const auto learned = LearnSimilarity(store.store(), kVehicle, kNow, {}, cancellation);
  ASSERT_FALSE(learned);
  EXPECT_EQ(learned.error().code, ErrorCode::kCancelled);
}

// --- what is kept --------------------------------------------------------------------------------

TEST(SimilarityRecord, ComesBackAsItWasSaved) {
  FilledStore store(StoreKind::kMemory);
  const SimilarityBasis basis{.plates = 3,
                              .same_pairs = 5,
                              .other_pairs = 1'000'000'007,
                              .learned_at = kNow,
                              .learned_as_of = 12'345'678'901};
  const SimilarityModel model({{-1.0 / 3, 9.25}, {0, 0.1}, {1e17, -12}}, basis);
  const SimilarityModel other({{1, 1}}, {.plates = 1});
  ASSERT_TRUE(SaveSimilarity(store.store(), "vehicle", other));
  ASSERT_TRUE(SaveSimilarity(store.store(), "vehicle", model));
  ASSERT_TRUE(SaveSimilarity(store.store(), "detail", other));
  const auto loaded = LoadSimilarity(store.store());
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->size(), 2u);
  EXPECT_EQ(loaded->at("vehicle")->knots(), model.knots());
  EXPECT_EQ(loaded->at("vehicle")->basis(), model.basis());
  EXPECT_EQ(loaded->at("detail")->knots(), other.knots());
}

TEST(SimilarityRecord, WhatDoesNotParseIsCorruption) {
  const std::string head = "similarity 1\npairs 1 2 3\nlearned 4 5\n";
  const std::string kTexts[] = {
      "",
      "similarity 2\nknot 1 1\n",
      head,
      head + "knot 1\n",
      head + "knot 1 x\n",
      head + "knot 1 nan\n",
      head + "knot 1 1 1\n",
      head + "knot 2 1\nknot 1 0\n",
      head + "knot 1 1\nknot 2 1.5\n",
      head + "knots 1 1\n",
      "similarity 1\npairs 1 -2 3\nlearned 4 5\nknot 1 1\n",
  };
  for (const std::string& text : kTexts) {
    SCOPED_TRACE(text);
    FilledStore store(StoreKind::kMemory);
    ASSERT_TRUE(store.store().PutEntry("similarity", "vehicle", text));
    const auto loaded = LoadSimilarity(store.store());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorruption);
  }
  FilledStore store(StoreKind::kMemory);
  ASSERT_TRUE(store.store().PutEntry("similarity", "vehicle", head + "knot 1 1\n"));
  EXPECT_TRUE(LoadSimilarity(store.store()));
}

}  // namespace
}  // namespace sightline::query
