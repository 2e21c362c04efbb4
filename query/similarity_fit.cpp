#include "query/similarity_fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace sightline::query {
namespace {

// Pairs of a block, at least: what its odds are then off by is small beside what a person reads
// from them.
constexpr double kLeastPairs = 30;
constexpr double kHalfPair = 0.5;

// Neighbouring pairs that are given the same odds.
struct Block {
  double same = 0;  // pairs
  double other = 0;
  double same_distances = 0;  // their sum
  double other_distances = 0;

  void Add(const Block& next) {
    same += next.same;
    other += next.other;
    same_distances += next.same_distances;
    other_distances += next.other_distances;
  }
};

// One block for each distance, ascending.
std::vector<Block> Singles(std::vector<double> same, std::vector<double> other) {
  std::ranges::sort(same);
  std::ranges::sort(other);
  std::vector<Block> blocks;
  size_t i = 0;
  size_t j = 0;
  while (i < same.size() || j < other.size()) {
    const double distance = i == same.size()    ? other[j]
                            : j == other.size() ? same[i]
                                                : std::min(same[i], other[j]);
    Block block;
    for (; i < same.size() && same[i] == distance; ++i) block.same += 1;
    for (; j < other.size() && other[j] == distance; ++j) block.other += 1;
    block.same_distances = block.same * distance;
    block.other_distances = block.other * distance;
    blocks.push_back(block);
  }
  return blocks;
}

// Joins each block with those before it for as long as `belong(before, block)` says so.
template <typename Belong>
std::vector<Block> Join(const std::vector<Block>& blocks, Belong belong) {
  std::vector<Block> joined;
  for (Block block : blocks) {
    while (!joined.empty() && belong(joined.back(), block)) {
      Block before = joined.back();
      joined.pop_back();
      before.Add(block);
      block = before;
    }
    joined.push_back(block);
  }
  return joined;
}

}  // namespace

std::vector<SimilarityKnot> FitSimilarity(std::vector<double> same, std::vector<double> other) {
  const auto same_pairs = static_cast<double>(same.size());
  const auto other_pairs = static_cast<double>(other.size());
  std::vector<Block> blocks = Singles(std::move(same), std::move(other));

  // Weights of the two kinds do not change which of two shares is greater.
  blocks = Join(blocks, [](const Block& before, const Block& block) {
    return before.same * block.other <= block.same * before.other;
  });
  blocks = Join(blocks, [](const Block& before, const Block& block) {
    return std::min(before.same + before.other, block.same + block.other) < kLeastPairs;
  });
  const auto log_odds = [&](const Block& block) {
    const double of_same = (block.same + kHalfPair) / (same_pairs + 2 * kHalfPair);
    const double of_other = (block.other + kHalfPair) / (other_pairs + 2 * kHalfPair);
    return std::log(of_same / of_other / kOtherCandidates);
  };
  blocks = Join(blocks, [&](const Block& before, const Block& block) {
    return log_odds(before) <= log_odds(block);
  });

  std::vector<SimilarityKnot> knots;
  for (const Block& block : blocks) {
    const double weight = block.same / same_pairs + kOtherCandidates * block.other / other_pairs;
    const double distances = block.same_distances / same_pairs +
                             kOtherCandidates * block.other_distances / other_pairs;
    knots.push_back({distances / weight, log_odds(block)});
  }
  return knots;
}

}  // namespace sightline::query
