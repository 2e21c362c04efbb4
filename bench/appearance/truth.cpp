#include "bench/appearance/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

namespace sightline::bench {
namespace {

using index::DistanceKey;
using index::NearNode;

// Rows compared at a time: they stay in the second-level cache for every group of questions.
constexpr uint32_t kBlock = 4'096;
constexpr uint32_t kGroup = 16;

// The k least of what was offered.
class Nearest {
 public:
  explicit Nearest(size_t k) : k_(k) {}

  void Offer(NearNode node) {
    if (heap_.size() == k_) {
      if (!(node < heap_.front())) return;
      std::ranges::pop_heap(heap_);
      heap_.pop_back();
    }
    heap_.push_back(node);
    std::ranges::push_heap(heap_);
  }

  std::vector<NearNode> Take() {
    std::ranges::sort_heap(heap_);
    return std::move(heap_);
  }

 private:
  size_t k_;
  std::vector<NearNode> heap_;
};

Status CheckKernels(const DataSet& data) {
  constexpr uint32_t kRows = 20'000;
  const index::DistanceKernels& kernels = index::DistanceKernels::Of(data.space());
  std::vector<uint32_t> rows(std::min(kRows, data.size()));
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = static_cast<uint32_t>(i * data.size() / rows.size());
  }
  for (uint32_t query = 0; query < std::min(5u, data.queries()); ++query) {
    const auto keys = ExactScan(data).Keys(query, rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      const double defined =
          VectorDistance(data.space(), data.Query(query), data.Vector(rows[i]));
      const double computed = kernels.DistanceOf(keys[i]);
      if (std::abs(defined - computed) > 1e-9 * (1 + defined)) {
        return Internal(fmt::format("row {} is {} from question {}, and {} by our kernels", rows[i],
                                    defined, query, computed));
      }
    }
  }
  return Ok();
}

}  // namespace

std::vector<std::vector<NearNode>> ExactScan::Nearest(std::span<const uint32_t> queries,
                                                      size_t k) const {
  std::vector<index::PreparedVector> prepared;
  std::vector<bench::Nearest> found(queries.size(), bench::Nearest(k));
  for (const uint32_t query : queries) prepared.push_back(kernels_.Prepare(data_.Query(query)));
  std::vector<DistanceKey> keys(size_t{kBlock} * kGroup);
  for (uint32_t first = 0; first < data_.size(); first += kBlock) {
    const uint32_t rows = std::min(kBlock, data_.size() - first);
    const std::byte* at = data_.vectors().data() + size_t{first} * data_.space().bytes;
    for (size_t group = 0; group < queries.size(); group += kGroup) {
      const size_t size = std::min<size_t>(kGroup, queries.size() - group);
      kernels_.Batch(std::span(prepared).subspan(group, size), at, rows, keys.data());
      for (size_t i = 0; i < size; ++i) {
        const auto excluded = data_.Excluded(queries[group + i]);
        for (uint32_t row = 0; row < rows; ++row) {
          if (excluded == first + row) continue;
          found[group + i].Offer({keys[i * rows + row], first + row});
        }
      }
    }
  }
  std::vector<std::vector<NearNode>> answers;
  for (bench::Nearest& each : found) answers.push_back(each.Take());
  return answers;
}

std::vector<DistanceKey> ExactScan::Keys(uint32_t query, std::span<const uint32_t> rows) const {
  std::vector<DistanceKey> keys(rows.size());
  kernels_.Gather(kernels_.Prepare(data_.Query(query)), data_.vectors().data(), rows, keys.data());
  return keys;
}

std::vector<NearNode> ExactScan::NearestAmong(uint32_t query, std::span<const uint32_t> rows,
                                              size_t k) const {
  const auto keys = Keys(query, rows);
  bench::Nearest found(k);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (data_.Excluded(query) != rows[i]) found.Offer({keys[i], rows[i]});
  }
  return found.Take();
}

Status WriteTruth(const DataSet& data, int threads) {
  SIGHTLINE_RETURN_IF_ERROR(CheckKernels(data));
  const ExactScan scan(data);
  // Many questions a scan, so that rows are read from memory few times.
  constexpr uint32_t kQueries = 256;
  std::vector<NearNode> truth(size_t{data.queries()} * kTruthDepth);
  std::atomic<uint32_t> next = 0;
  {
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&] {
        for (uint32_t first = next.fetch_add(kQueries); first < data.queries();
             first = next.fetch_add(kQueries)) {
          std::vector<uint32_t> queries(std::min(kQueries, data.queries() - first));
          std::iota(queries.begin(), queries.end(), first);
          const auto answers = scan.Nearest(queries, kTruthDepth);
          for (size_t i = 0; i < queries.size(); ++i) {
            std::ranges::copy(answers[i], truth.begin() + static_cast<std::ptrdiff_t>(
                                                              queries[i] * kTruthDepth));
          }
        }
      });
    }
  }
  std::ofstream file(data.folder() / "truth", std::ios::binary);
  file.write(reinterpret_cast<const char*>(truth.data()),
             static_cast<std::streamsize>(truth.size() * sizeof(NearNode)));
  file.close();
  if (!file) return Error{ErrorCode::kIo, "the truth cannot be written", {}};
  return Ok();
}

}  // namespace sightline::bench
