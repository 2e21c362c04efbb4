#include "query/plate_split.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sightline::query {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
constexpr size_t kMaxVehicles = 8;
constexpr size_t kBetweenChecks = 64;
// States that are so much less likely than the best never become it.
constexpr double kHopeless = 45;

using Lasts = std::array<uint32_t, kMaxVehicles>;

struct State {
  double score = 0;
  Lasts lasts;
  uint32_t trail = kNone;  // index of the step that led here
};

// One reading's vehicle, and the step before.
struct Step {
  uint32_t before = kNone;
  int vehicle = kForeign;
};

class BeamSearch {
 public:
  BeamSearch(const SplitQuestion& question, size_t beam) : question_(question), beam_(beam) {}

  Result<Split> Run(const Cancellation& cancellation) {
    State start;
    start.lasts.fill(kNone);
    states_ = {start};
    for (size_t i = 0; i < question_.readings; ++i) {
      if (i % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      Extend(i);
      Narrow();
    }
    return Best();
  }

 private:
  double Link(uint32_t last, size_t reading) {
    for (const auto& [from, value] : links_) {
      if (from == last) return value;
    }
    const double value = question_.link(last, reading);
    links_.emplace_back(last, value);
    return value;
  }

  double Looks(size_t reading, int vehicle) const {
    if (question_.looks.empty()) return 0;
    const std::vector<double>& of = question_.looks[reading];
    return static_cast<size_t>(vehicle) < of.size() ? of[static_cast<size_t>(vehicle)] : 0;
  }

  void Push(const State& from, size_t reading, int vehicle, double weight) {
    if (weight == -std::numeric_limits<double>::infinity()) return;
    State& state = next_.emplace_back(from);
    state.score += weight;
    if (vehicle != kForeign) {
      state.lasts[static_cast<size_t>(vehicle)] = static_cast<uint32_t>(reading);
    }
    state.trail = static_cast<uint32_t>(steps_.size());
    steps_.push_back({from.trail, vehicle});
  }

  void Extend(size_t reading) {
    links_.clear();
    next_.clear();
    const int known = question_.known.empty() ? kAnyVehicle : question_.known[reading];
    const auto vehicles =
        static_cast<int>(std::min<size_t>(kMaxVehicles, static_cast<size_t>(question_.max_vehicles)));
    for (const State& state : states_) {
      size_t open = 0;
      for (int v = 0; v < vehicles; ++v) open += state.lasts[static_cast<size_t>(v)] != kNone;
      if (known == kAnyVehicle || known == kForeign) {
        Push(state, reading, kForeign, question_.foreign[reading]);
      }
      bool opened = false;
      for (int v = 0; v < vehicles; ++v) {
        if (known != kAnyVehicle && known != v) continue;
        const uint32_t last = state.lasts[static_cast<size_t>(v)];
        if (last != kNone) {
          Push(state, reading, v, Link(last, reading) + Looks(reading, v));
          continue;
        }
        // Vehicles of which nothing is known are all alike: one of them is enough.
        if (opened && question_.looks.empty() && question_.known.empty()) continue;
        opened = true;
        Push(state, reading, v, question_.open[open] + Looks(reading, v));
      }
    }
  }

  // Of equal states the best; of all the best few.
  void Narrow() {
    double best = -std::numeric_limits<double>::infinity();
    for (const State& state : next_) best = std::max(best, state.score);
    std::erase_if(next_, [best](const State& state) { return state.score < best - kHopeless; });
    std::ranges::sort(next_, [](const State& a, const State& b) {
      if (a.lasts != b.lasts) return a.lasts < b.lasts;
      if (a.score != b.score) return a.score > b.score;
      return a.trail < b.trail;
    });
    const auto rest = std::unique(next_.begin(), next_.end(), [](const State& a, const State& b) {
      return a.lasts == b.lasts;
    });
    next_.erase(rest, next_.end());
    if (next_.size() > beam_) {
      const auto better = [](const State& a, const State& b) {
        return a.score != b.score ? a.score > b.score : a.lasts < b.lasts;
      };
      std::ranges::nth_element(next_, next_.begin() + static_cast<ptrdiff_t>(beam_), better);
      next_.resize(beam_);
    }
    std::swap(states_, next_);
  }

  Split Best() const {
    Split split;
    const State* best = nullptr;
    for (const State& state : states_) {
      if (best == nullptr || state.score > best->score ||
          (state.score == best->score && state.lasts < best->lasts)) {
        best = &state;
      }
    }
    if (best == nullptr) return split;
    split.score = best->score;
    split.vehicles.resize(question_.readings);
    uint32_t trail = best->trail;
    for (size_t i = question_.readings; i-- > 0; trail = steps_[trail].before) {
      split.vehicles[i] = steps_[trail].vehicle;
    }
    return split;
  }

  const SplitQuestion& question_;
  size_t beam_;
  std::vector<State> states_;
  std::vector<State> next_;
  std::vector<Step> steps_;
  std::vector<std::pair<uint32_t, double>> links_;  // of the reading at hand
};

}  // namespace

Result<Split> SplitPlate(const SplitQuestion& question, size_t beam,
                         const Cancellation& cancellation) {
  return BeamSearch(question, beam).Run(cancellation);
}

}  // namespace sightline::query
