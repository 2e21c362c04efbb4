#include "server/disk_forecast.h"

namespace sightline::server {
namespace {

constexpr int64_t kMinSpanMs = 10 * kMillisecondsPerMinute;

}  // namespace

void DiskForecast::AddSample(TimestampMs time, uint64_t disk_bytes) {
  MutexLock lock(mutex_);
  samples_.push_back({time, disk_bytes});
  while (samples_.size() > 2 && time - samples_[1].time >= kMillisecondsPerDay)
    samples_.pop_front();
}

std::optional<DiskForecast::Forecast> DiskForecast::Get(uint64_t disk_free_bytes) const {
  MutexLock lock(mutex_);
  if (samples_.size() < 2) return std::nullopt;
  const Sample& first = samples_.front();
  const Sample& last = samples_.back();
  const int64_t span_ms = last.time - first.time;
  if (span_ms < kMinSpanMs) return std::nullopt;
  const double grown = static_cast<double>(last.disk_bytes) - static_cast<double>(first.disk_bytes);
  Forecast forecast{.bytes_per_day = grown * static_cast<double>(kMillisecondsPerDay) /
                                     static_cast<double>(span_ms)};
  if (grown > 0) {
    forecast.days_until_full = static_cast<double>(disk_free_bytes) / forecast.bytes_per_day;
  }
  return forecast;
}

}  // namespace sightline::server
