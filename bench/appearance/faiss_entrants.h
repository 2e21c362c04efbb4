// Debian's FAISS, its best index for each use.
#pragma once

#include <memory>
#include <vector>

#include "bench/appearance/data_set.h"
#include "bench/appearance/entrant.h"

namespace sightline::bench {

enum class FaissKind {
  kHnsw,      // IndexHNSWSQ(QT_8bit_direct), M 16, efConstruction 100
  kIvf,       // IndexIVFScalarQuantizer(QT_8bit_direct), 4 sqrt(n) lists, no residuals
  kFlat,      // IndexFlatL2: vectors as floats
  kFlatBytes  // IndexScalarQuantizer(QT_8bit_direct)
};

struct Built {
  std::unique_ptr<Entrant> entrant;
  double seconds = 0;  // of building; 0: it was built before and read from a file
};

// Built on `threads` threads, or read from the data set's folder, where it is kept (flat ones are
// not). Searches use one thread each. Throws faiss::FaissException.
Built MakeFaiss(const DataSet& data, FaissKind kind, int threads);

}  // namespace sightline::bench
