#include "index/graph_insertion.h"

#include <faiss/impl/HNSW.h>

#include <algorithm>
#include <thread>

namespace sightline::index {
namespace {

// For each candidate that is followed, about so many nodes are met that were not before.
constexpr size_t kMetACandidate = 64;

}  // namespace

void NodeLocks::Lock(uint32_t node) {
  while (locks_[node].test_and_set(std::memory_order_acquire)) std::this_thread::yield();
}

GraphInsertion::GraphInsertion(const VectorArray& vectors, size_t ef_construction,
                               faiss::HNSW& graph, NodeLocks& locks)
    : vectors_(vectors),
      kernels_(DistanceKernels::Of(*vectors.space)),
      ef_construction_(ef_construction),
      graph_(graph),
      locks_(locks),
      chosen_(static_cast<size_t>(graph.max_level) + 1) {}

PreparedVector GraphInsertion::Prepared(uint32_t node) const {
  return kernels_.Prepare(
      {reinterpret_cast<const char*>(vectors_.At(node)), vectors_.space->bytes});
}

GraphInsertion::Place GraphInsertion::LinksOf(uint32_t node, int level) const {
  const auto at = static_cast<size_t>(level);
  const auto first = static_cast<size_t>(graph_.cum_nneighbor_per_level[at]);
  const auto last = static_cast<size_t>(graph_.cum_nneighbor_per_level[at + 1]);
  return {graph_.neighbors.data() + graph_.offsets[node] + first, last - first};
}

void GraphInsertion::Collect(uint32_t node, int level, bool only_new) {
  batch_.clear();
  const Place links = LinksOf(node, level);
  for (size_t i = 0; i < links.size; ++i) {
    const int32_t link = links[i].load(std::memory_order_relaxed);
    if (link < 0) break;
    const auto neighbour = static_cast<uint32_t>(link);
    if (only_new && !met_.Add(neighbour)) continue;
    const std::byte* const row = vectors_.At(neighbour);
    for (size_t byte = 0; byte < vectors_.space->bytes; byte += 64) {
      __builtin_prefetch(row + byte);
    }
    batch_.push_back(neighbour);
  }
}

void GraphInsertion::Compare(const PreparedVector& from) {
  if (keys_.size() < batch_.size()) keys_.resize(batch_.size());
  kernels_.Gather(from, vectors_.bytes.data(), batch_, keys_.data());
}

NearNode GraphInsertion::Descend(const PreparedVector& query, NearNode from, int level) {
  for (bool nearer = true; nearer;) {
    nearer = false;
    Collect(from.node, level, false);
    Compare(query);
    for (size_t i = 0; i < batch_.size(); ++i) {
      if (keys_[i] >= from.key) continue;
      from = {keys_[i], batch_[i]};
      nearer = true;
    }
  }
  return from;
}

void GraphInsertion::FindNear(const PreparedVector& query, NearNode from, int level) {
  pool_.Reset(ef_construction_);
  met_.Reset(ef_construction_ * kMetACandidate);
  pool_.Insert(from.key, from.node);
  met_.Add(from.node);
  while (pool_.HasNext()) {
    Collect(pool_.TakeNext(), level, true);
    if (pool_.HasNext()) __builtin_prefetch(LinksOf(pool_.Next(), level).first);
    Compare(query);
    for (size_t i = 0; i < batch_.size(); ++i) pool_.Insert(keys_[i], batch_[i]);
  }
}

void GraphInsertion::KeepDiverse(std::vector<NearNode>& candidates, size_t most) {
  dropped_.assign(candidates.size(), 0);
  size_t kept = 0;
  for (size_t i = 0; i < candidates.size() && kept < most; ++i) {
    if (dropped_[i] != 0) continue;
    const NearNode next = candidates[i];
    candidates[kept++] = next;
    if (kept == most) break;
    batch_.clear();
    places_.clear();
    for (size_t j = i + 1; j < candidates.size(); ++j) {
      if (dropped_[j] != 0) continue;
      batch_.push_back(candidates[j].node);
      places_.push_back(static_cast<uint32_t>(j));
    }
    if (batch_.empty()) break;
    Compare(Prepared(next.node));
    for (size_t j = 0; j < batch_.size(); ++j) {
      dropped_[places_[j]] = keys_[j] < candidates[places_[j]].key;
    }
  }
  candidates.resize(kept);
}

void GraphInsertion::LinkBack(uint32_t from, NearNode to, int level) {
  const Place links = LinksOf(from, level);
  locks_.Lock(from);
  size_t used = 0;
  while (used < links.size && links[used].load(std::memory_order_relaxed) >= 0) ++used;
  if (used < links.size) {
    links[used].store(static_cast<int32_t>(to.node), std::memory_order_relaxed);
  } else {
    Collect(from, level, false);
    Compare(Prepared(from));
    crowd_.clear();
    for (size_t i = 0; i < batch_.size(); ++i) crowd_.push_back({keys_[i], batch_[i]});
    crowd_.push_back(to);
    std::sort(crowd_.begin(), crowd_.end());
    KeepDiverse(crowd_, links.size);
    for (size_t i = 0; i < links.size; ++i) {
      const auto link = i < crowd_.size() ? static_cast<int32_t>(crowd_[i].node) : -1;
      links[i].store(link, std::memory_order_relaxed);
    }
  }
  locks_.Unlock(from);
}

void GraphInsertion::Insert(uint32_t node) {
  const PreparedVector query = Prepared(node);
  NearNode nearest{kFarthestKey, static_cast<uint32_t>(graph_.entry_point)};
  kernels_.Gather(query, vectors_.bytes.data(), {&nearest.node, 1}, &nearest.key);
  const int top = graph_.levels[node] - 1;
  int level = graph_.max_level;
  for (; level > top; --level) nearest = Descend(query, nearest, level);
  for (; level >= 0; --level) {
    FindNear(query, nearest, level);
    std::vector<NearNode>& chosen = chosen_[static_cast<size_t>(level)];
    chosen.clear();
    for (size_t i = 0; i < pool_.size(); ++i) chosen.push_back({pool_.KeyAt(i), pool_.NodeAt(i)});
    nearest = chosen.front();
    KeepDiverse(chosen, LinksOf(node, level).size);
  }
  // Nobody meets the node before it is linked to from elsewhere, so its own links need no lock.
  for (level = 0; level <= top; ++level) {
    const Place links = LinksOf(node, level);
    const std::vector<NearNode>& chosen = chosen_[static_cast<size_t>(level)];
    for (size_t i = 0; i < chosen.size(); ++i) {
      links[i].store(static_cast<int32_t>(chosen[i].node), std::memory_order_relaxed);
    }
  }
  for (level = top; level >= 0; --level) {
    for (const NearNode& neighbour : chosen_[static_cast<size_t>(level)]) {
      LinkBack(neighbour.node, {neighbour.key, node}, level);
    }
  }
}

}  // namespace sightline::index
