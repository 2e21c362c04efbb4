// The disk forecast, the periodic tasks, the limit of open files and the metrics.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "server/disk_forecast.h"
#include "server/file_limit.h"
#include "server/metrics.h"

namespace sightline::server {
namespace {

constexpr int64_t kHourMs = 60 * kMillisecondsPerMinute;

TEST(DiskForecast, NeedsTenMinutesOfSamples) {
  DiskForecast forecast;
  EXPECT_FALSE(forecast.Get(1000));
  forecast.AddSample({0}, 100);
  forecast.AddSample({9 * kMillisecondsPerMinute}, 200);
  EXPECT_FALSE(forecast.Get(1000));
  forecast.AddSample({10 * kMillisecondsPerMinute}, 200);
  EXPECT_TRUE(forecast.Get(1000));
}

TEST(DiskForecast, DividesTheFreeBytesByTheGrowth) {
  DiskForecast forecast;
  forecast.AddSample({0}, 1000);
  forecast.AddSample({12 * kHourMs}, 2000);
  const auto expected = forecast.Get(10'000);
  ASSERT_TRUE(expected);
  EXPECT_DOUBLE_EQ(expected->bytes_per_day, 2000);
  EXPECT_DOUBLE_EQ(expected->days_until_full.value(), 5);
}

TEST(DiskForecast, AShrinkingDirectoryNeverFills) {
  DiskForecast forecast;
  forecast.AddSample({0}, 2000);
  forecast.AddSample({kHourMs}, 1000);
  const auto expected = forecast.Get(10'000);
  ASSERT_TRUE(expected);
  EXPECT_LT(expected->bytes_per_day, 0);
  EXPECT_FALSE(expected->days_until_full);
}

TEST(DiskForecast, ForgetsWhatIsOlderThanADay) {
  DiskForecast forecast;
  forecast.AddSample({0}, 0);
  for (int64_t hour = 1; hour <= 48; ++hour) forecast.AddSample({hour * kHourMs}, 1'000'000);
  EXPECT_DOUBLE_EQ(forecast.Get(10)->bytes_per_day, 0);
}

TEST(FileLimit, IsRaisedToTheHardOne) {
  rlimit given{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &given), 0);
  rlimit low = given;
  low.rlim_cur = 256;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  RaiseFileLimit();
  rlimit raised{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_EQ(raised.rlim_cur, given.rlim_max);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &given), 0);
}

TEST(Metrics, SpeakPrometheusWithTheUsualNames) {
  Metrics metrics({1'700'000'000'500});
  metrics.ObserveRequest("GET", "/v1/plates", 200, 0.003, 100, 2000);
  metrics.ObserveRequest("GET", "/v1/plates", 200, 7.0, 100, 2000);
  metrics.ObserveRequest("GET", "/v1/plates", 401, 0.001, 100, 200);
  MetricsSnapshot snapshot{.ingest = {.accepted = 12}};
  storage::Store::Stats& stats = snapshot.store.emplace();
  stats.sightings = 34;
  stats.losses = {{.day = Day{17'000}, .rows = 5}, {.day = Day{17'001}, .rows = 2}};
  const std::string text = metrics.Render(snapshot);
  for (const char* line :
       {"http_requests_total{method=\"GET\",route=\"/v1/plates\",status=\"200\"} 2",
        "http_requests_total{method=\"GET\",route=\"/v1/plates\",status=\"401\"} 1",
        "http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/plates\",le=\"0.005\"} 2",
        "http_request_duration_seconds_count{method=\"GET\",route=\"/v1/plates\"} 3",
        "http_response_bytes_total 4200", "sightline_ingest_accepted_total 12",
        "sightline_store_sightings 34", "sightline_store_loss_days 2",
        "sightline_store_lost_sightings 7", "process_resident_memory_bytes ",
        "process_start_time_seconds 1700000000.5", "# TYPE http_requests_total counter",
        "# TYPE http_request_duration_seconds histogram"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace sightline::server
