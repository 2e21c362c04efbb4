#include "bench/appearance/faiss_entrants.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVF.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/index_io.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>

namespace sightline::bench {
namespace {

using faiss::ScalarQuantizer;

// Rows turned into floats at a time: FAISS takes nothing else.
constexpr uint32_t kChunk = 1'000'000;

void AppendFloats(std::string_view vector, std::vector<float>& out) {
  for (const char component : vector) out.push_back(static_cast<unsigned char>(component));
}

std::string NameOf(FaissKind kind) {
  switch (kind) {
    case FaissKind::kHnsw: return "FAISS HNSWSQ";
    case FaissKind::kIvf: return "FAISS IVF SQ8";
    case FaissKind::kFlat: return "FAISS flat";
    case FaissKind::kFlatBytes: return "FAISS flat SQ8";
  }
  return {};
}

class FaissEntrant final : public Entrant {
 public:
  FaissEntrant(FaissKind kind, std::unique_ptr<faiss::Index> index)
      : kind_(kind), index_(std::move(index)) {}

  std::string name() const override { return NameOf(kind_); }

  std::vector<int> Efforts() const override {
    if (kind_ == FaissKind::kHnsw) return GraphEfforts();
    if (kind_ != FaissKind::kIvf) return {};
    std::vector<int> probes;
    const auto lists = dynamic_cast<const faiss::IndexIVF&>(*index_).nlist;
    for (double probe = 1; probe < static_cast<double>(lists); probe = std::ceil(probe * 1.25)) {
      probes.push_back(static_cast<int>(probe));
    }
    probes.push_back(static_cast<int>(lists));
    return probes;
  }

  void SetEffort(int effort) override {
    effort_ = effort;
    // What a search asks for beyond the index's own is ignored without a word.
    if (auto* graph = dynamic_cast<faiss::IndexHNSW*>(index_.get())) graph->hnsw.efSearch = effort;
  }

  void Search(std::string_view query, size_t k, const GridFilter* filter,
              std::vector<uint32_t>& rows) override {
    thread_local std::vector<float> floats;
    floats.clear();
    AppendFloats(query, floats);
    Ask(1, floats.data(), k, filter, rows);
  }

  void SearchBatch(std::span<const std::string_view> queries, size_t k,
                   std::vector<std::vector<uint32_t>>& rows) override {
    std::vector<float> floats;
    for (const std::string_view query : queries) AppendFloats(query, floats);
    std::vector<uint32_t> all;
    Ask(static_cast<faiss::Index::idx_t>(queries.size()), floats.data(), k, nullptr, all);
    rows.resize(queries.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      rows[i].assign(all.begin() + static_cast<std::ptrdiff_t>(i * k),
                     all.begin() + static_cast<std::ptrdiff_t>((i + 1) * k));
    }
  }

 private:
  void Ask(faiss::Index::idx_t count, const float* queries, size_t k, const GridFilter* filter,
           std::vector<uint32_t>& rows) {
    omp_set_num_threads(1);  // of the calling thread
    thread_local std::vector<float> distances;
    thread_local std::vector<faiss::Index::idx_t> labels;
    const size_t answers = static_cast<size_t>(count) * k;
    distances.resize(answers);
    labels.resize(answers);
    faiss::IDSelectorBitmap selector(filter != nullptr ? static_cast<size_t>(index_->ntotal) : 0,
                                     filter != nullptr ? filter->bits.data() : nullptr);
    faiss::SearchParameters plain;
    faiss::SearchParametersHNSW graph;
    faiss::SearchParametersIVF lists;
    faiss::SearchParameters* parameters = &plain;
    if (kind_ == FaissKind::kHnsw) {
      graph.efSearch = effort_;
      parameters = &graph;
    } else if (kind_ == FaissKind::kIvf) {
      lists.nprobe = static_cast<size_t>(effort_);
      parameters = &lists;
    }
    if (filter != nullptr) parameters->sel = &selector;
    // Flat indexes take parameters for a selector alone.
    const bool needed = filter != nullptr || parameters != &plain;
    index_->search(count, queries, static_cast<faiss::Index::idx_t>(k), distances.data(),
                   labels.data(), needed ? parameters : nullptr);
    rows.clear();
    for (const auto label : labels) {
      if (label >= 0) {
        rows.push_back(static_cast<uint32_t>(label));
      } else if (count > 1) {
        rows.push_back(UINT32_MAX);
      }
    }
  }

  FaissKind kind_;
  std::unique_ptr<faiss::Index> index_;
  int effort_ = 16;
};

std::unique_ptr<faiss::Index> MakeEmpty(const DataSet& data, FaissKind kind) {
  const auto d = static_cast<int>(data.space().dimensions());
  switch (kind) {
    case FaissKind::kHnsw: {
      auto index = std::make_unique<faiss::IndexHNSWSQ>(d, ScalarQuantizer::QT_8bit_direct, 16);
      index->hnsw.efConstruction = 100;
      return index;
    }
    case FaissKind::kIvf: {
      const auto lists = static_cast<size_t>(4 * std::sqrt(static_cast<double>(data.size())));
      auto coarse = std::make_unique<faiss::IndexFlatL2>(d);
      auto index = std::make_unique<faiss::IndexIVFScalarQuantizer>(
          coarse.get(), static_cast<size_t>(d), lists, ScalarQuantizer::QT_8bit_direct,
          faiss::METRIC_L2, false);
      coarse.release();
      index->own_fields = true;
      return index;
    }
    case FaissKind::kFlat:
      return std::make_unique<faiss::IndexFlatL2>(d);
    case FaissKind::kFlatBytes:
      break;
  }
  return std::make_unique<faiss::IndexScalarQuantizer>(d, ScalarQuantizer::QT_8bit_direct);
}

void Train(const DataSet& data, faiss::Index& index) {
  if (index.is_trained) return;
  // As many as its clustering needs, spread over all; a graph over bytes learns nothing of them.
  const auto* lists = dynamic_cast<const faiss::IndexIVF*>(&index);
  const size_t wanted = lists != nullptr ? lists->nlist * 64 : 1'000;
  const auto step = static_cast<uint32_t>(std::max<size_t>(1, data.size() / wanted));
  std::vector<float> sample;
  faiss::Index::idx_t rows = 0;
  for (uint32_t row = 0; row < data.size(); row += step, ++rows) {
    AppendFloats(data.Vector(row), sample);
  }
  index.train(rows, sample.data());
}

}  // namespace

Built MakeFaiss(const DataSet& data, FaissKind kind, int threads) {
  const auto file = data.folder() / (kind == FaissKind::kHnsw ? "faiss-hnsw" : "faiss-ivf");
  const bool kept = kind == FaissKind::kHnsw || kind == FaissKind::kIvf;
  Built built;
  if (kept && std::filesystem::exists(file)) {
    std::unique_ptr<faiss::Index> index(faiss::read_index(file.c_str()));
    if (index->ntotal == data.size()) {
      built.entrant = std::make_unique<FaissEntrant>(kind, std::move(index));
      return built;
    }
  }
  const auto start = std::chrono::steady_clock::now();
  omp_set_num_threads(threads);
  auto index = MakeEmpty(data, kind);
  Train(data, *index);
  std::vector<float> floats;
  for (uint32_t first = 0; first < data.size(); first += kChunk) {
    const uint32_t end = std::min(first + kChunk, data.size());
    floats.clear();
    for (uint32_t row = first; row < end; ++row) AppendFloats(data.Vector(row), floats);
    index->add(end - first, floats.data());
  }
  built.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (kept) faiss::write_index(index.get(), file.c_str());
  built.entrant = std::make_unique<FaissEntrant>(kind, std::move(index));
  return built;
}

}  // namespace sightline::bench
