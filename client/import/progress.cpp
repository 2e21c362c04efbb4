#include "client/import/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sightline::client {
namespace {

constexpr int kBarCells = 30;

// The settled share of the file, nullopt where its size is not known.
std::optional<double> Share(const ProgressState& state) {
  if (!state.file_size) return std::nullopt;
  if (*state.file_size == 0) return 1.0;
  return std::min(1.0, static_cast<double>(state.file_position) /
                           static_cast<double>(*state.file_size));
}

uint64_t Rate(const ProgressState& state) {
  if (state.elapsed.count() <= 0) return 0;
  return static_cast<uint64_t>(std::llround(static_cast<double>(state.rows) /
                                            state.elapsed.count()));
}

std::string Duration(double seconds) {
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

// Empty until there is something to tell it from.
std::string TimeLeft(const ProgressState& state) {
  if (!state.file_size || state.file_position <= state.start_position) return {};
  const double done = static_cast<double>(state.file_position - state.start_position);
  const double left = static_cast<double>(*state.file_size) -
                      static_cast<double>(std::min(state.file_position, *state.file_size));
  return Duration(state.elapsed.count() * left / done) + " left";
}

}  // namespace

std::string WithThousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string ProgressBar(const ProgressState& state) {
  std::string text;
  if (const auto share = Share(state)) {
    const int cells = static_cast<int>(*share * kBarCells);
    text = fmt::format("[{}{}{}] {:3.0f} %  ", std::string(static_cast<size_t>(cells), '='),
                       cells < kBarCells ? ">" : "",
                       std::string(static_cast<size_t>(std::max(kBarCells - 1 - cells, 0)), ' '),
                       std::floor(*share * 100));
  }
  text += fmt::format("{} rows  {} rows/s", WithThousands(state.rows), WithThousands(Rate(state)));
  if (const std::string left = TimeLeft(state); !left.empty()) text += "  " + left;
  return text;
}

std::string ProgressLine(const ProgressState& state) {
  std::string text =
      fmt::format("{} rows, {} rows/s", WithThousands(state.rows), WithThousands(Rate(state)));
  if (const auto share = Share(state)) text += fmt::format(", {:.0f} %", std::floor(*share * 100));
  if (const std::string left = TimeLeft(state); !left.empty()) text += ", " + left;
  return text;
}

void Progress::Update(const ProgressState& state, Clock::time_point now) {
  using namespace std::chrono_literals;
  const Clock::duration interval = terminal_ ? Clock::duration(100ms) : Clock::duration(10s);
  if (!last_) last_ = terminal_ ? now - interval : now;
  if (now - *last_ < interval) return;
  last_ = now;
  if (terminal_) {
    // Back to the line's start, the text, then erase what an earlier, longer one left.
    fmt::print(out_, "\r{}\x1b[K", ProgressBar(state));
    drawn_ = true;
  } else {
    fmt::print(out_, "{}\n", ProgressLine(state));
  }
  std::fflush(out_);
}

void Progress::Clear() {
  if (!drawn_) return;
  fmt::print(out_, "\r\x1b[K");
  std::fflush(out_);
  drawn_ = false;
  last_.reset();
}

}  // namespace sightline::client
