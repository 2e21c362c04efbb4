#include "core/cancellation.h"

#include <gtest/gtest.h>

namespace sightline {
namespace {

TEST(Cancellation, StopsEveryCopy) {
  const Cancellation original;
  Cancellation copy = original;
  EXPECT_TRUE(original.Check());
  copy.Cancel();
  ASSERT_FALSE(original.Check());
  EXPECT_EQ(original.Check().error().code, ErrorCode::kCancelled);
}

TEST(Cancellation, EndsAtItsDeadline) {
  const auto now = std::chrono::steady_clock::now();
  EXPECT_TRUE(Cancellation(now + std::chrono::hours(1)).Check());
  const Cancellation passed(now);
  ASSERT_FALSE(passed.Check());
  EXPECT_EQ(passed.Check().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace sightline
