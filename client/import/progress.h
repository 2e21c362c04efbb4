// How far an import has come, for the person who waits.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace sightline::client {

struct ProgressState {
  uint64_t rows = 0;           // acknowledged in this run
  uint64_t file_position = 0;  // bytes of the file that are settled
  uint64_t start_position = 0;  // where this run began
  std::optional<uint64_t> file_size;
  std::chrono::duration<double> elapsed{0};
};

// "[=======>            ]  38 %  1,234,567 rows  81,234 rows/s  0:42 left". Without a known size
// there is no bar and no time left.
std::string ProgressBar(const ProgressState& state);

// "1,234,567 rows, 81,234 rows/s, 38 %, 0:42 left".
std::string ProgressLine(const ProgressState& state);

// "1,234,567".
std::string WithThousands(uint64_t number);

// Draws at most ten times a second on a terminal, one line every ten seconds elsewhere. Not
// thread-safe.
class Progress {
 public:
  // Writes to `out`, which outlives the object. `terminal`: whether `out` is one.
  Progress(std::FILE* out, bool terminal) : out_(out), terminal_(terminal) {}

  using Clock = std::chrono::steady_clock;
  void Update(const ProgressState& state, Clock::time_point now);
  // Wipes the bar, so that other text can be written. It comes back with the next Update.
  void Clear();

 private:
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  std::optional<Clock::time_point> last_;
};

}  // namespace sightline::client
