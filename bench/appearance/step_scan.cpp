#include <algorithm>
#include <chrono>

#include "api/json_writer.h"
#include "bench/appearance/data_set.h"
#include "bench/appearance/entrants.h"
#include "bench/appearance/faiss_entrants.h"
#include "bench/appearance/measure.h"
#include "bench/appearance/our_entrants.h"
#include "bench/appearance/read_speed.h"
#include "bench/appearance/steps.h"
#include "index/distance_kernels.h"

namespace sightline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kNeighbours = 10;
constexpr size_t kTogether = 16;

// The distances alone, with nobody kept.
class KernelAlone final : public Entrant {
 public:
  explicit KernelAlone(const DataSet& data)
      : data_(data),
        kernels_(index::DistanceKernels::Of(data.space())),
        keys_(kTogether * kBlock) {}

  std::string name() const override { return "Sightline kernel alone"; }

  void Search(std::string_view query, size_t, const GridFilter*,
              std::vector<uint32_t>&) override {
    const index::PreparedVector prepared = kernels_.Prepare(query);
    ForEachBlock([&](const std::byte* rows, size_t count) {
      kernels_.Contiguous(prepared, rows, std::span(keys_).first(count));
    });
  }

  void SearchBatch(std::span<const std::string_view> queries, size_t,
                   std::vector<std::vector<uint32_t>>&) override {
    std::vector<index::PreparedVector> prepared;
    for (const std::string_view query : queries) prepared.push_back(kernels_.Prepare(query));
    ForEachBlock([&](const std::byte* rows, size_t count) {
      kernels_.Batch(prepared, rows, count, keys_.data());
    });
  }

 private:
  static constexpr size_t kBlock = 1'024;

  template <typename Visit>
  void ForEachBlock(const Visit& visit) const {
    const size_t bytes = data_.space().bytes;
    for (size_t first = 0; first < data_.size(); first += kBlock) {
      visit(data_.vectors().data() + first * bytes, std::min(kBlock, data_.size() - first));
    }
  }

  const DataSet& data_;
  const index::DistanceKernels& kernels_;
  std::vector<index::DistanceKey> keys_;
};

// Seconds of one batch, the best of those that fit into `seconds`.
double BatchSeconds(const DataSet& data, Entrant& entrant, double seconds) {
  const auto numbers = SpreadQueries(data, kTogether);
  std::vector<std::string_view> queries;
  for (const uint32_t query : numbers) queries.push_back(data.Query(query));
  std::vector<std::vector<uint32_t>> rows;
  double best = 0;
  const auto start = SteadyClock::now();
  while (best == 0 || SteadyClock::now() - start < std::chrono::duration<double>(seconds)) {
    const auto before = SteadyClock::now();
    entrant.SearchBatch(queries, kNeighbours, rows);
    const double took = std::chrono::duration<double>(SteadyClock::now() - before).count();
    best = best == 0 ? took : std::min(best, took);
  }
  return best;
}

}  // namespace

Result<std::string> MeasureScans(const StepOptions& options) {
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  OurIndex index(data);
  std::vector<std::unique_ptr<Entrant>> entrants;
  SIGHTLINE_ASSIGN(entrants.emplace_back(), index.Searched(true));
  entrants.push_back(std::make_unique<KernelAlone>(data));
  for (const FaissKind kind : {FaissKind::kFlat, FaissKind::kFlatBytes}) {
    entrants.push_back(MakeFaiss(data, kind, options.threads).entrant);
  }
  const auto queries = SpreadQueries(data, 100);
  const double exact = Mean(Recalls(data, *entrants[0], queries, kNeighbours));
  const double memory = MemoryReadSpeed(data.vectors().size(), 10);
  const double file = ReadSpeed(data.vectors(), 10);
  std::vector<std::vector<double>> per_second(entrants.size());
  std::vector<std::vector<double>> processor_us(entrants.size());
  std::vector<std::vector<double>> batches(entrants.size());
  for (int round = 0; round < options.rounds; ++round) {
    for (size_t i = 0; i < entrants.size(); ++i) {
      const Speed speed = Run(data, *entrants[i], queries, kNeighbours, 1, options.seconds);
      per_second[i].push_back(speed.per_second);
      processor_us[i].push_back(speed.processor_us);
      batches[i].push_back(1 / BatchSeconds(data, *entrants[i], options.seconds));
    }
  }

  std::string json;
  api::JsonWriter out(json);
  out.BeginObject();
  out.Key("rows").Uint(data.size()).Key("vector_bytes").Uint(data.space().bytes);
  out.Key("memory_bytes_per_second").Double(memory).Key("file_bytes_per_second").Double(file);
  out.Key("exact_recall_at_10").Double(exact);
  out.Key("entrants").BeginArray();
  for (size_t i = 0; i < entrants.size(); ++i) {
    const double scans = Median(per_second[i]);
    out.BeginObject();
    out.Key("name").String(entrants[i]->name());
    out.Key("scans_per_second").Double(scans);
    out.Key("processor_ms").Double(Median(processor_us[i]) / 1000);
    out.Key("share_of_memory_speed")
        .Double(scans * static_cast<double>(data.vectors().size()) / memory);
    out.Key("times_as_fast").Double(MedianRatio(per_second[0], per_second[i]));
    out.Key("ms_for_16").Double(1000 / Median(batches[i]));
    out.Key("times_as_fast_for_16").Double(MedianRatio(batches[0], batches[i]));
    out.EndObject();
  }
  out.EndArray().EndObject();
  return json;
}

}  // namespace sightline::bench
