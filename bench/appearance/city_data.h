// Data sets of a simulated city and of the TEXMEX files.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/error.h"

namespace sightline::bench {

struct CityDataOptions {
  uint64_t seed = 1;
  uint64_t rows = 1'000'000;  // about so many, never fewer
  uint32_t queries = 4'000;   // about so many
  uint32_t vector_bytes = 128;
  int cameras = 40;
  double readings = 8;  // of a vehicle, about: of more than that, the rest is left out
  int threads = 2;
};

// One day of a city, each vehicle read several times; each n-th reading becomes a question instead
// of a row. Writes the files of a DataSet but for its truth.
Status MakeCityData(const CityDataOptions& options, const std::filesystem::path& folder);

// bigann10k: its base as rows, each of another vehicle, at times one after another; its questions
// are the first rows of the base.
Status MakeSiftData(const std::filesystem::path& bigann, const std::filesystem::path& folder);

}  // namespace sightline::bench
