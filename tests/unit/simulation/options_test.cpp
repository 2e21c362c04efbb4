#include "simulation/options.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace sightline::simulation {
namespace {

TEST(SimulationOptions, TheDefaultsAreValid) { EXPECT_TRUE(Validate({})); }

TEST(SimulationOptions, WhatIsOutOfRangeIsNamed) {
  const struct {
    const char* field;
    std::function<void(SimulationOptions&)> spoil;
  } cases[] = {
      {"vehicles", [](auto& o) { o.vehicles = 0; }},
      {"vehicles", [](auto& o) { o.vehicles = 20'000'001; }},
      {"cameras", [](auto& o) { o.cameras = 0; }},
      {"cameras", [](auto& o) { o.cameras = 20'001; }},
      {"days", [](auto& o) { o.days = 0; }},
      {"days", [](auto& o) { o.days = 3'651; }},
      {"activity", [](auto& o) { o.activity = 0; }},
      {"activity", [](auto& o) { o.activity = 1.01; }},
      {"misread", [](auto& o) { o.misread = -0.01; }},
      {"misread", [](auto& o) { o.misread = 0.7, o.unread = 0.4; }},
      {"unread", [](auto& o) { o.unread = 1.5; }},
      {"missed", [](auto& o) { o.missed = std::numeric_limits<double>::quiet_NaN(); }},
      {"wrong-clock", [](auto& o) { o.wrong_clock = 2; }},
      {"wrong-position", [](auto& o) { o.wrong_position = -1; }},
      {"mobile", [](auto& o) { o.mobile = 1.1; }},
      {"clones", [](auto& o) { o.clones = -1; }},
      {"clones-same-model", [](auto& o) { o.clones_same_model = 7; }},
      {"clones-from-start", [](auto& o) { o.clones_from_start = -0.1; }},
      {"clones-without-sticker", [](auto& o) { o.clones_without_sticker = 1.1; }},
      {"convoy-vehicles", [](auto& o) { o.convoy_vehicles = 1.5; }},
      {"start", [](auto& o) { o.start = TimestampMs{-1}; }},
      {"start", [](auto& o) { o.start = kMaxTimestamp; }},
  };
  for (const auto& [field, spoil] : cases) {
    SCOPED_TRACE(field);
    SimulationOptions options;
    spoil(options);
    const Status status = Validate(options);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(status.error().field, field);
    EXPECT_FALSE(status.error().message.empty());
  }
}

}  // namespace
}  // namespace sightline::simulation
