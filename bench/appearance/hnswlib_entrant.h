// hnswlib as Debian ships it, over bytes, compiled for the machine it runs on.
#pragma once

#include "bench/appearance/data_set.h"
#include "bench/appearance/faiss_entrants.h"

namespace sightline::bench {

// M 16, efConstruction 100; kept in the data set's folder. This version knows no filters.
Built MakeHnswlib(const DataSet& data, int threads);

}  // namespace sightline::bench
