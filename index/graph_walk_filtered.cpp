// A walk of which only some nodes may be in the answer. It begins as if all might, and keeps those
// that pass: where these lie around the query as thickly as in the whole graph or more, that ends
// soon. Where they do not, the query's neighbourhood was filtered away, and a second walk goes from
// passing nodes to passing nodes (as ACORN-1 does: Patel et al., SIGMOD 2024), beginning at the
// nearest ones of a sample of the whole graph.
#include <algorithm>
#include <cmath>

#include "index/graph_walker.h"

namespace sightline::index {
namespace {

// Of WalkOptions::ef. Passing nodes that are held among all are the better ones of many that were
// met, so that half as many do.
constexpr size_t kHeldAmongAll = 2;  // ef over so many
// Neighbours of a query that is far from all that pass lie in all directions.
constexpr size_t kHeldAmongPassing = 5;  // so many times ef

// The first walk follows so many times more nodes than would do if passing nodes lay evenly, within
// bounds; the greater is some 0.6 ms at 128 bytes.
constexpr double kFollowedMargin = 3;
constexpr size_t kLeastFollowed = 256;
constexpr size_t kMostFollowed = 1000;
// It looks at the share of passing nodes after every so many followed ones. In that, the share in
// the whole graph counts like kGuessWeight nodes.
constexpr size_t kFollowedALook = 32;
constexpr double kGuessWeight = 16;
// Passing nodes are missing near the query where there are fewer than this share of what is
// expected, and by more than a standard deviation.
constexpr double kMissingShare = 0.5;

// The sample: the lowest upper level of no more nodes, some 40 us; and with fewer passing ones a
// walk would find nothing.
constexpr size_t kMostSamples = 8192;
constexpr size_t kLeastPassingSamples = 8;
constexpr size_t kSamplesABatch = 64;
constexpr size_t kCopiesABatch = 64;
// Where no more nodes pass than this, comparing all of them takes as long as the second walk.
constexpr double kScannedInstead = 16'384;
// Neighbours of neighbours are looked at until a step has so many nodes that pass.
constexpr size_t kPassingAStep = 32;
constexpr size_t kMetACandidate = 64;

}  // namespace

void GraphWalker::Test() {
  memory_.passes.resize(memory_.batch.size());
  options_.filter->Test(memory_.batch, memory_.passes.data());
  for (size_t i = 0; i < memory_.batch.size(); ++i) {
    const uint32_t node = memory_.batch[i];
    if (memory_.passes[i] != 0 || !graph_.HasCopies(node)) continue;
    memory_.passes[i] = AnyPasses(graph_.CopiesOf(node)) ? 1 : 0;
  }
}

bool GraphWalker::AnyPasses(std::span<const uint32_t> nodes) {
  std::vector<uint8_t>& passes = memory_.copy_passes;
  while (!nodes.empty()) {
    const std::span<const uint32_t> next = nodes.first(std::min(nodes.size(), kCopiesABatch));
    passes.resize(next.size());
    options_.filter->Test(next, passes.data());
    if (std::ranges::any_of(passes, [](uint8_t pass) { return pass != 0; })) return true;
    nodes = nodes.subspan(next.size());
  }
  return false;
}

void GraphWalker::KeepPassing() {
  Test();
  size_t size = 0;
  for (size_t i = 0; i < memory_.batch.size(); ++i) {
    const uint32_t node = memory_.batch[i];
    if (memory_.passes[i] != 0) {
      memory_.batch[size++] = node;
    } else {
      memory_.failing.push_back(node);
    }
  }
  memory_.batch.resize(size);
}

void GraphWalker::OfferBatch() {
  NearestPool& near = memory_.near;
  NearestPool& passing = memory_.passing;
  // Only those that would be held need be tested.
  size_t size = 0;
  for (size_t i = 0; i < memory_.batch.size(); ++i) {
    const DistanceKey key = memory_.keys[i];
    const uint32_t node = memory_.batch[i];
    near.Insert(key, node);
    memory_.batch[size] = node;
    memory_.keys[size] = key;
    size += key <= passing.BoundKey() ? 1 : 0;
  }
  memory_.batch.resize(size);
  if (size == 0) return;
  Test();
  for (size_t i = 0; i < size; ++i) {
    if (memory_.passes[i] != 0) passing.Insert(memory_.keys[i], memory_.batch[i]);
  }
}

Result<bool> GraphWalker::WalkAmongAll() {
  NearestPool& near = memory_.near;
  NearestPool& passing = memory_.passing;
  const double share = std::clamp(options_.pass_share, 1.0 / graph_.nodes(), 1.0);
  passing.Reset(std::max(options_.k, ef_ / kHeldAmongAll));
  const auto wanted = static_cast<double>(passing.capacity());
  const double bound = static_cast<double>(std::max(kMostFollowed, ef_));
  const double most = std::min(std::max(kFollowedMargin * wanted / share, 1.0 * kLeastFollowed),
                               bound);
  near.Reset(static_cast<size_t>(most));
  memory_.met.Reset(near.capacity() * kMetACandidate);

  BeginBatch(Descend());
  OfferBatch();
  for (size_t followed = 0; near.HasNext(); ++followed) {
    const bool ends = passing.full() && near.NextKey() > passing.BoundKey();
    if (ends || (followed + 1) % kFollowedALook == 0) {
      const auto found = static_cast<double>(passing.CountBelow(near.NextKey()));
      const double expected = static_cast<double>(followed) * share;
      if (found < kMissingShare * expected - std::sqrt(expected)) return false;
      if (ends) return true;
      const double share_here =
          (found + kGuessWeight * share) / (static_cast<double>(followed) + kGuessWeight);
      const double met_a_step =
          static_cast<double>(visited_) / static_cast<double>(std::max<size_t>(followed, 1));
      const double affordable =
          std::min(most, static_cast<double>(options_.max_visited) / met_a_step);
      if (wanted > share_here * affordable) return false;
    }
    if (SpentAll()) return false;
    SIGHTLINE_RETURN_IF_ERROR(CheckCancelled());
    CollectNeighbours(near.TakeNext());
    if (near.HasNext()) PrefetchLinks(near.Next());
    Compare();
    OfferBatch();
  }
  // Where not even the pool is full, this is the whole graph.
  return !near.full();
}

void GraphWalker::OfferPassing() {
  for (const uint32_t node : memory_.batch) PrefetchRow(node);
  Compare();
  for (size_t i = 0; i < memory_.batch.size(); ++i) {
    memory_.passing.Insert(memory_.keys[i], memory_.batch[i]);
  }
}

size_t GraphWalker::OfferSamples() {
  size_t passing = 0;
  int level = 1;
  while (level < graph_.max_level() && graph_.LevelSize(level) > kMostSamples) ++level;
  std::span<const uint32_t> samples;
  if (level <= graph_.max_level()) samples = graph_.NodesOnLevel(level);
  while (!samples.empty()) {
    const size_t size = std::min(samples.size(), kSamplesABatch);
    memory_.batch.assign(samples.begin(), samples.begin() + static_cast<ptrdiff_t>(size));
    samples = samples.subspan(size);
    KeepPassing();
    passing += memory_.batch.size();
    OfferPassing();
  }
  return passing;
}

void GraphWalker::CollectPassing(uint32_t node) {
  memory_.failing.clear();
  CollectNeighbours(node);
  KeepPassing();
  const size_t failing = memory_.failing.size();
  if (failing <= memory_.batch.size()) return;
  for (const uint32_t neighbour : memory_.failing) PrefetchLinks(neighbour);
  memory_.found.assign(memory_.batch.begin(), memory_.batch.end());
  for (size_t i = 0; i < failing && memory_.found.size() < kPassingAStep; ++i) {
    CollectNeighbours(memory_.failing[i]);
    KeepPassing();
    memory_.found.insert(memory_.found.end(), memory_.batch.begin(), memory_.batch.end());
  }
  memory_.batch.swap(memory_.found);
}

Result<bool> GraphWalker::WalkAmongPassing() {
  NearestPool& passing = memory_.passing;
  passing.Grow(std::max(options_.k, ef_ * kHeldAmongPassing));
  memory_.met.Reset(passing.capacity() * kMetACandidate * 2);
  if (OfferSamples() < kLeastPassingSamples) return false;
  while (passing.HasNext() && !SpentAll()) {
    SIGHTLINE_RETURN_IF_ERROR(CheckCancelled());
    CollectPassing(passing.TakeNext());
    if (passing.HasNext()) PrefetchLinks(passing.Next());
    OfferPassing();
  }
  return !passing.HasNext() && passing.size() >= options_.k;
}

Status GraphWalker::Filtered(Walk& walk) {
  SIGHTLINE_ASSIGN(bool found, WalkAmongAll());
  if (!found && options_.pass_share * graph_.nodes() > kScannedInstead) {
    SIGHTLINE_ASSIGN(found, WalkAmongPassing());
  }
  walk.gave_up = !found;
  Answer(memory_.passing, walk);
  return Ok();
}

}  // namespace sightline::index
