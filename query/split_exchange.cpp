#include "query/split_exchange.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace sightline::query {
namespace {

constexpr double kImpossible = -std::numeric_limits<double>::infinity();
// Instants are taken where a drive begins, and where crossing over costs less than this.
constexpr double kCheapCrossing = -25;
constexpr size_t kMostInstants = 160;
constexpr int kMostExchanges = 80;
constexpr double kLeastGain = 1e-6;

// How often each value of a trait was counted for a vehicle.
struct Counts {
  std::vector<double> of;
  double sum = 0;
};

class Exchange {
 public:
  Exchange(const ExchangeQuestion& question, std::vector<int>& vehicles)
      : question_(question), vehicles_(vehicles) {
    for (const int vehicle : vehicles_) count_ = std::max(count_, vehicle + 1);
    for (const SplitTrait& trait : question_.traits) {
      std::vector<double>& shares = shares_.emplace_back();
      double all = 0;
      for (const int value : trait.values) {
        if (value < 0) continue;
        shares.resize(std::max(shares.size(), static_cast<size_t>(value) + 1), 0.0);
        shares[static_cast<size_t>(value)] += 1;
        all += 1;
      }
      for (double& share : shares) share *= trait.concentration / all;
    }
    Count();
  }

  double Score() const {
    double score = 0;
    for (int v = 0; v < count_; ++v) {
      std::optional<size_t> last;
      for (size_t i = 0; i < vehicles_.size(); ++i) {
        if (vehicles_[i] != v) continue;
        if (last) score += question_.link(*last, i);
        last = i;
      }
      for (size_t t = 0; t < question_.traits.size(); ++t) score += TraitScore(t, v);
    }
    return score;
  }

  Result<double> Run(const Cancellation& cancellation) {
    double score = Score();
    for (int n = 0; n < kMostExchanges; ++n) {
      std::optional<Move> best;
      for (int a = 0; a < count_; ++a) {
        for (int b = a + 1; b < count_; ++b) {
          SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
          const std::optional<Move> move = BestBetween(a, b);
          if (move && (!best || move->gain > best->gain)) best = move;
        }
      }
      if (!best) break;
      const std::vector<int> before = vehicles_;
      Apply(*best);
      const double reached = Score();
      // Where drives begin has changed with it: what was expected of it need not come.
      if (reached <= score + kLeastGain) {
        vehicles_ = before;
        Count();
        break;
      }
      score = reached;
    }
    return score;
  }

 private:
  // Readings [from, to) change sides between a and b.
  struct Move {
    int a = 0;
    int b = 0;
    size_t from = 0;
    size_t to = 0;
    double gain = 0;
  };

  double TraitScore(size_t t, int vehicle) const {
    const Counts& counts = counts_[t][static_cast<size_t>(vehicle)];
    const double prior = question_.traits[t].concentration;
    double score = std::lgamma(prior) - std::lgamma(counts.sum + prior);
    for (size_t k = 0; k < counts.of.size(); ++k) {
      if (counts.of[k] == 0) continue;
      score += std::lgamma(counts.of[k] + shares_[t][k]) - std::lgamma(shares_[t][k]);
    }
    return question_.traits[t].weight * score;
  }

  // What begins and ends a drive, and the counts, of the split as it is.
  void Count() {
    const size_t size = vehicles_.size();
    begins_.assign(size, false);
    ends_.assign(size, false);
    for (int v = 0; v < count_; ++v) {
      std::optional<size_t> last;
      for (size_t i = 0; i < size; ++i) {
        if (vehicles_[i] != v) continue;
        if (!last || question_.is_stop(*last, i)) {
          begins_[i] = true;
          if (last) ends_[*last] = true;
        }
        last = i;
      }
      if (last) ends_[*last] = true;
    }
    counts_.assign(question_.traits.size(), {});
    for (size_t t = 0; t < question_.traits.size(); ++t) {
      counts_[t].resize(static_cast<size_t>(count_));
      for (Counts& counts : counts_[t]) counts.of.assign(shares_[t].size(), 0.0);
      for (size_t i = 0; i < size; ++i) {
        if (vehicles_[i] < 0 || !IsCounted(t, i)) continue;
        Counts& counts = counts_[t][static_cast<size_t>(vehicles_[i])];
        counts.of[static_cast<size_t>(question_.traits[t].values[i])] += 1;
        counts.sum += 1;
      }
    }
  }

  bool IsCounted(size_t t, size_t reading) const {
    const SplitTrait& trait = question_.traits[t];
    if (trait.values[reading] < 0) return false;
    switch (trait.counted) {
      case SplitTrait::Counted::kAll:
        return true;
      case SplitTrait::Counted::kAtStops:
        return begins_[reading] || ends_[reading];
      case SplitTrait::Counted::kAfterStops:
        return begins_[reading];
    }
    return false;
  }

  double Link(const std::optional<size_t>& a, const std::optional<size_t>& b) const {
    return a && b ? question_.link(*a, *b) : 0;
  }

  // Of a and b alone: their readings, and for each place among these the last of each before it and
  // the first from it on.
  struct Pair {
    std::vector<size_t> readings;
    std::array<std::vector<std::optional<size_t>>, 2> last;   // [side][place]
    std::array<std::vector<std::optional<size_t>>, 2> first;
  };

  Pair PairOf(int a, int b) const {
    Pair pair;
    for (size_t i = 0; i < vehicles_.size(); ++i) {
      if (vehicles_[i] == a || vehicles_[i] == b) pair.readings.push_back(i);
    }
    const size_t size = pair.readings.size();
    for (size_t side = 0; side < 2; ++side) {
      const int vehicle = side == 0 ? a : b;
      pair.last[side].resize(size + 1);
      pair.first[side].resize(size + 1);
      for (size_t p = 0; p < size; ++p) {
        const size_t i = pair.readings[p];
        pair.last[side][p + 1] = vehicles_[i] == vehicle ? i : pair.last[side][p];
      }
      for (size_t p = size; p-- > 0;) {
        const size_t i = pair.readings[p];
        pair.first[side][p] = vehicles_[i] == vehicle ? i : pair.first[side][p + 1];
      }
    }
    return pair;
  }

  // What crossing over at one place costs, if both go on after it.
  double Crossing(const Pair& pair, size_t p) const {
    return Link(pair.last[0][p], pair.first[1][p]) + Link(pair.last[1][p], pair.first[0][p]) -
           Link(pair.last[0][p], pair.first[0][p]) - Link(pair.last[1][p], pair.first[1][p]);
  }

  std::vector<size_t> InstantsOf(const Pair& pair) const {
    struct Instant {
      size_t place = 0;
      double rank = 0;
    };
    std::vector<Instant> instants;
    for (size_t p = 0; p < pair.readings.size(); ++p) {
      const double crossing = Crossing(pair, p);
      const bool begins = begins_[pair.readings[p]];
      const bool after_end = p > 0 && ends_[pair.readings[p - 1]];
      if (!begins && !after_end && !(crossing > kCheapCrossing)) continue;
      instants.push_back({p, begins || after_end ? 0 : crossing});
    }
    if (instants.size() > kMostInstants) {
      std::ranges::stable_sort(instants, [](const Instant& x, const Instant& y) {
        return x.rank > y.rank;
      });
      instants.resize(kMostInstants);
      std::ranges::sort(instants, {}, &Instant::place);
    }
    std::vector<size_t> places;
    for (const Instant& instant : instants) places.push_back(instant.place);
    places.push_back(pair.readings.size());
    return places;
  }

  // The first of a side in [from, to), and the last.
  static std::optional<size_t> FirstIn(const Pair& pair, size_t side, size_t from, size_t to) {
    const auto& found = pair.first[side][from];
    return found && (to >= pair.readings.size() || *found < pair.readings[to]) ? found
                                                                              : std::nullopt;
  }
  static std::optional<size_t> LastIn(const Pair& pair, size_t side, size_t from, size_t to) {
    const auto& found = pair.last[side][to];
    return found && *found >= pair.readings[from] ? found : std::nullopt;
  }

  // What the links gain; -infinity where a vehicle would be left without readings.
  double LinkGain(const Pair& pair, size_t from, size_t to) const {
    double gain = 0;
    for (size_t side = 0; side < 2; ++side) {
      const size_t other = 1 - side;
      const auto& before = pair.last[side][from];
      const auto& after = pair.first[side][to];
      const auto first_own = FirstIn(pair, side, from, to);
      const auto last_own = LastIn(pair, side, from, to);
      const auto first_other = FirstIn(pair, other, from, to);
      const auto last_other = LastIn(pair, other, from, to);
      if (!before && !after && !first_other) return kImpossible;
      gain -= first_own ? Link(before, first_own) + Link(last_own, after) : Link(before, after);
      gain += first_other ? Link(before, first_other) + Link(last_other, after)
                          : Link(before, after);
    }
    return gain;
  }

  std::optional<Move> BestBetween(int a, int b) {
    const Pair pair = PairOf(a, b);
    const std::vector<size_t> places = InstantsOf(pair);
    std::optional<Move> best;
    for (size_t k = 0; k + 1 < places.size(); ++k) {
      counts_now_ = {};
      for (const int vehicle : {a, b}) {
        auto& of_side = counts_now_[vehicle == a ? 0 : 1];
        for (const auto& of_trait : counts_) {
          of_side.push_back(of_trait[static_cast<size_t>(vehicle)]);
        }
      }
      double traits = 0;
      for (size_t m = k + 1; m < places.size(); ++m) {
        for (size_t p = places[m - 1]; p < places[m]; ++p) {
          const size_t i = pair.readings[p];
          traits += ChangeSides(i, vehicles_[i] == a ? 0 : 1);
        }
        if (places[k] == 0 && places[m] == pair.readings.size()) continue;
        // Most of them are hopeless before a link is looked at; links can gain little.
        if (traits <= kMostLost) continue;
        const double gain = traits + LinkGain(pair, places[k], places[m]);
        if (gain > kLeastGain && (!best || gain > best->gain)) {
          best = Move{a, b, pair.readings[places[k]],
                      places[m] < pair.readings.size() ? pair.readings[places[m]]
                                                       : vehicles_.size(),
                      gain};
        }
      }
    }
    return best;
  }

  // What the traits gain by one reading.
  double ChangeSides(size_t reading, size_t side) {
    double gain = 0;
    for (size_t t = 0; t < question_.traits.size(); ++t) {
      if (!IsCounted(t, reading)) continue;
      const auto value = static_cast<size_t>(question_.traits[t].values[reading]);
      Counts& from = counts_now_[side][t];
      Counts& to = counts_now_[1 - side][t];
      const double prior = question_.traits[t].concentration;
      const double share = shares_[t][value];
      from.of[value] -= 1;
      from.sum -= 1;
      gain += question_.traits[t].weight *
              std::log((to.of[value] + share) * (from.sum + prior) /
                       ((from.of[value] + share) * (to.sum + prior)));
      to.of[value] += 1;
      to.sum += 1;
    }
    return gain;
  }

  void Apply(const Move& move) {
    for (size_t i = move.from; i < move.to; ++i) {
      if (vehicles_[i] == move.a) {
        vehicles_[i] = move.b;
      } else if (vehicles_[i] == move.b) {
        vehicles_[i] = move.a;
      }
    }
    Count();
  }

  static constexpr double kMostLost = -60;

  const ExchangeQuestion& question_;
  std::vector<int>& vehicles_;
  int count_ = 0;
  std::vector<std::vector<double>> shares_;  // by trait and value, times the concentration
  std::vector<std::vector<Counts>> counts_;  // by trait and vehicle
  std::vector<bool> begins_;                 // by reading: a drive
  std::vector<bool> ends_;
  std::array<std::vector<Counts>, 2> counts_now_;  // of the two at hand, by trait
};

}  // namespace

double ExchangeScore(const ExchangeQuestion& question, const std::vector<int>& vehicles) {
  std::vector<int> copy = vehicles;
  return Exchange(question, copy).Score();
}

Result<double> ExchangeStretches(const ExchangeQuestion& question, std::vector<int>& vehicles,
                                 const Cancellation& cancellation) {
  return Exchange(question, vehicles).Run(cancellation);
}

}  // namespace sightline::query
