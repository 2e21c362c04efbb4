#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "storage/store.h"
#include "tests/support/filled_store.h"
#include "tests/unit/storage/store_fixture.h"

namespace sightline::storage {
namespace {

using testing::FilledStore;
using testing::StoreKind;

const VectorSpace kFace{.name = "face",
                        .bytes = 512,
                        .element = VectorElement::kF32,
                        .metric = VectorMetric::kCosine,
                        .model = "模型 3"};

class SpacesTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  Store& store() { return filled_.store(); }
  FilledStore filled_{GetParam()};
};

TEST_P(SpacesTest, TheDefaultsAreThereFromTheStart) {
  EXPECT_EQ(store().Spaces(), DefaultSpaces());
}

TEST_P(SpacesTest, AreListedInByteOrderOfName) {
  ASSERT_TRUE(store().PutSpace(kFace));
  ASSERT_TRUE(store().PutSpace({.name = "z"}));
  const std::vector<VectorSpace> expected = {
      DefaultSpaces()[0], kFace, DefaultSpaces()[1], {.name = "z"}};
  EXPECT_EQ(store().Spaces(), expected);
}

TEST_P(SpacesTest, WhatVectorsMeanNeverChanges) {
  ASSERT_TRUE(store().PutSpace(kFace));
  EXPECT_TRUE(store().PutSpace(kFace)) << "as it is";
  EXPECT_TRUE(store().PutSpace(DefaultSpaces()[0])) << "as it is";
  VectorSpace bytes = kFace;
  bytes.bytes = 128;
  VectorSpace element = kFace;
  element.element = VectorElement::kI8;
  VectorSpace metric = kFace;
  metric.metric = VectorMetric::kL2;
  VectorSpace model = kFace;
  model.model = "";
  VectorSpace vehicle = kFace;
  vehicle.name = "vehicle";
  for (const VectorSpace& other : {bytes, element, metric, model, vehicle}) {
    const Status put = store().PutSpace(other);
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, ErrorCode::kConflict);
  }
  EXPECT_EQ(store().Spaces(),
            (std::vector<VectorSpace>{DefaultSpaces()[0], kFace, DefaultSpaces()[1]}));
}

TEST_P(SpacesTest, RefusesWhatIsNoSpace) {
  const Status put = store().PutSpace({.name = "Face"});
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store().Spaces(), DefaultSpaces());
}

INSTANTIATE_TEST_SUITE_P(Stores, SpacesTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kRocksDb),
                         [](const auto& test) { return testing::StoreKindName(test.param); });

TEST(DurableSpaces, ArePutBeforePutReturns) {
  const TemporaryDirectory directory;
  const SetClock clock{kDay.start()};
  auto store = OpenStore(directory.path() / "data", clock);
  ASSERT_TRUE(store->PutSpace(kFace));
  CopyLive(directory.path() / "data", directory.path() / "killed");
  const std::vector<VectorSpace> spaces = store->Spaces();
  EXPECT_EQ(spaces.size(), 3u);
  store.reset();
  for (const char* name : {"data", "killed"}) {
    EXPECT_EQ(OpenStore(directory.path() / name, clock)->Spaces(), spaces) << name;
  }
}

TEST(DurableSpaces, OfTwoThatArePutAtOnceOneWins) {
  const TemporaryDirectory directory;
  const SetClock clock{kDay.start()};
  auto store = OpenStore(directory.path() / "data", clock);
  VectorSpace other = kFace;
  other.model = "other";
  for (int round = 0; round < 8; ++round) {
    const std::string name = "face" + std::to_string(round);
    std::vector<Status> outcomes(2, Ok());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        VectorSpace space = i == 0 ? kFace : other;
        space.name = name;
        outcomes[i] = store->PutSpace(space);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_NE(outcomes[0].has_value(), outcomes[1].has_value());
  }
}

}  // namespace
}  // namespace sightline::storage
