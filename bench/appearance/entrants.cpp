#include "bench/appearance/entrants.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/appearance/faiss_entrants.h"
#include "bench/appearance/hnswlib_entrant.h"

namespace sightline::bench {

Result<std::unique_ptr<Entrants>> Entrants::Make(const DataSet& data, const StepOptions& options) {
  auto entrants = std::make_unique<Entrants>();
  for (const std::string& word : options.entrants) {
    if (word == "index") {
      if (!entrants->index_) entrants->index_ = std::make_unique<OurIndex>(data);
      SIGHTLINE_ASSIGN(auto made, entrants->index_->Searched(false));
      entrants->made_.push_back({.entrant = std::move(made)});
    } else if (word == "graph") {
      SIGHTLINE_ASSIGN(auto built, MakeOurGraph(data, options.threads, options.rebuild));
      entrants->made_.push_back(std::move(built));
    } else if (word == "faiss-hnsw") {
      entrants->made_.push_back(MakeFaiss(data, FaissKind::kHnsw, options.threads));
    } else if (word == "faiss-ivf") {
      entrants->made_.push_back(MakeFaiss(data, FaissKind::kIvf, options.threads));
    } else if (word == "faiss-flat") {
      entrants->made_.push_back(MakeFaiss(data, FaissKind::kFlat, options.threads));
    } else if (word == "faiss-flat-bytes") {
      entrants->made_.push_back(MakeFaiss(data, FaissKind::kFlatBytes, options.threads));
    } else if (word == "hnswlib") {
      entrants->made_.push_back(MakeHnswlib(data, options.threads));
    } else {
      return InvalidArgument(
          fmt::format("no entrant '{}'; there are {}", word, fmt::join(kEntrantWords, ", ")));
    }
  }
  return entrants;
}

std::vector<Entrant*> Entrants::all() const {
  std::vector<Entrant*> all;
  for (const Built& built : made_) all.push_back(built.entrant.get());
  return all;
}

std::vector<uint32_t> SpreadQueries(const DataSet& data, uint32_t wanted) {
  std::vector<uint32_t> queries;
  const uint32_t count = std::min(wanted, data.queries());
  for (uint64_t i = 0; i < count; ++i) {
    queries.push_back(static_cast<uint32_t>(i * data.queries() / count));
  }
  return queries;
}

}  // namespace sightline::bench
