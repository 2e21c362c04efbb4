// How long something took.
#pragma once

#include <chrono>
#include <cstdint>

namespace sightline::query {

// Adds the time that passes in its life.
class Stopwatch {
 public:
  // `microseconds` outlives the object.
  explicit Stopwatch(uint64_t& microseconds) : microseconds_(microseconds) {}
  ~Stopwatch() {
    microseconds_ += static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_).count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  uint64_t& microseconds_;
  const Clock::time_point start_ = Clock::now();
};

}  // namespace sightline::query
