#include "bench/appearance/hnswlib_entrant.h"

// Included here alone: the header defines functions that are not inline.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

namespace sightline::bench {
namespace {

// The squared distance, in a loop that the compiler turns into vector instructions: faster than the
// library's own for bytes (L2SpaceI), whose loop it does not.
int SquaredDistance(const void* a, const void* b, const void* size) {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  const size_t bytes = *static_cast<const size_t*>(size);
  int sum = 0;
  for (size_t i = 0; i < bytes; ++i) {
    const int difference = left[i] - right[i];
    sum += difference * difference;
  }
  return sum;
}

class ByteSpace final : public hnswlib::SpaceInterface<int> {
 public:
  explicit ByteSpace(size_t bytes) : bytes_(bytes) {}
  size_t get_data_size() override { return bytes_; }
  hnswlib::DISTFUNC<int> get_dist_func() override { return SquaredDistance; }
  void* get_dist_func_param() override { return &bytes_; }

 private:
  size_t bytes_;
};

using Graph = hnswlib::HierarchicalNSW<int>;

class HnswlibEntrant final : public Entrant {
 public:
  HnswlibEntrant(std::unique_ptr<ByteSpace> space, std::unique_ptr<Graph> graph)
      : space_(std::move(space)), graph_(std::move(graph)) {}

  std::string name() const override { return "hnswlib u8"; }
  std::vector<int> Efforts() const override { return GraphEfforts(); }
  void SetEffort(int effort) override { graph_->setEf(static_cast<size_t>(effort)); }
  bool Filters() const override { return false; }

  void Search(std::string_view query, size_t k, const GridFilter*,
              std::vector<uint32_t>& rows) override {
    auto farthest_first = graph_->searchKnn(query.data(), k);
    rows.clear();
    for (; !farthest_first.empty(); farthest_first.pop()) {
      rows.push_back(static_cast<uint32_t>(farthest_first.top().second));
    }
    std::ranges::reverse(rows);
  }

 private:
  std::unique_ptr<ByteSpace> space_;  // the graph keeps its address
  std::unique_ptr<Graph> graph_;
};

}  // namespace

Built MakeHnswlib(const DataSet& data, int threads) {
  const auto file = data.folder() / "hnswlib";
  auto space = std::make_unique<ByteSpace>(data.space().bytes);
  Built built;
  if (std::filesystem::exists(file)) {
    auto graph = std::make_unique<Graph>(space.get(), file.string());
    if (graph->cur_element_count == data.size()) {
      built.entrant = std::make_unique<HnswlibEntrant>(std::move(space), std::move(graph));
      return built;
    }
  }
  const auto start = std::chrono::steady_clock::now();
  auto graph = std::make_unique<Graph>(space.get(), data.size(), 16, 100);
  graph->addPoint(data.Vector(0).data(), 0);
  std::atomic<uint32_t> next = 1;
  {
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&] {
        for (uint32_t row = next++; row < data.size(); row = next++) {
          graph->addPoint(data.Vector(row).data(), row);
        }
      });
    }
  }
  built.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  graph->saveIndex(file.string());
  built.entrant = std::make_unique<HnswlibEntrant>(std::move(space), std::move(graph));
  return built;
}

}  // namespace sightline::bench
