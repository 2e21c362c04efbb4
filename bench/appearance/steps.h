// What the benchmark does, one step a run: each prints one JSON object.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/appearance/city_data.h"
#include "core/error.h"

namespace sightline::bench {

// Who is measured is chosen by these words.
inline const std::vector<std::string> kEntrantWords = {
    "index",      "graph",            "faiss-hnsw", "faiss-ivf",
    "faiss-flat", "faiss-flat-bytes", "hnswlib"};

struct StepOptions {
  std::filesystem::path data;         // folder of the data set
  std::vector<std::string> entrants;  // words; the first is what others are held against
  double target = 0.95;               // recall at 10 that efforts are set for
  // Efforts are set for the recall that the first entrant reaches, where that is more.
  bool match_first = false;
  uint32_t queries = 1'000;  // asked, at most
  int rounds = 5;
  double seconds = 1;  // of each entrant in each round
  int threads = 2;     // of building, and of the second speed
  bool rebuild = false;
};

// The data set and its truth, where they are not there yet. `bigann`: the real one instead.
Result<std::string> MakeData(const StepOptions& options, const CityDataOptions& city,
                             const std::filesystem::path& bigann);
// Our index: rates of sealing and of building graphs.
Result<std::string> BuildIndex(const StepOptions& options);
// What our index takes of memory and disk.
Result<std::string> MeasureFootprint(const StepOptions& options);
// Recall, latency, throughput.
Result<std::string> MeasureSearches(const StepOptions& options);
// Exact scans of one question and of 16 at once, beside the memory's own speed.
Result<std::string> MeasureScans(const StepOptions& options);
// Every selectivity, random, correlated and against.
Result<std::string> MeasureFilters(const StepOptions& options);

}  // namespace sightline::bench
