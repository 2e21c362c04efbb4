// A bulk export: every row of a filter as it stands at one moment, into one file.
#pragma once

#include <cstdint>
#include <functional>

#include "client/client.h"
#include "client/export/export_file.h"
#include "core/error.h"
#include "core/filter.h"

namespace sightline::client {

struct ExportQuestion {
  Filter filter;
  bool with_vectors = false;
};

// Streams the rows in order of time into `file`, from where it stands. When the connection breaks
// it goes on behind the last row, as long as each attempt brings rows. `progress` is called with the
// rows of this run. What came in whole is checkpointed however it ends.
Status Export(Client& client, const ExportQuestion& question, ExportFile& file,
              const std::function<void(uint64_t rows)>& progress);

}  // namespace sightline::client
