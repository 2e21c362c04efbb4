// A file of sightings as request bodies: batches of NDJSON that know where their lines came from.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/answers.h"
#include "client/input/byte_source.h"
#include "client/input/csv_reader.h"
#include "client/input/sighting_columns.h"
#include "core/error.h"

namespace sightline::client {

// A batch is cut when its body reaches this size, whatever its rows; a single row that is longer is
// refused here.
inline constexpr size_t kMaxBatchBytes = size_t{16} << 20;

struct BatchCamera {
  std::string id;
  std::optional<Position> location;  // of the first row that names the camera
};

struct Batch {
  std::string body;                // NDJSON, each line ended
  uint64_t rows = 0;               // lines of the body that are not blank
  uint64_t first_line = 0;         // of the file, consumed by this batch: first_line..last_line
  uint64_t last_line = 0;          // (elements, where the file is one JSON array)
  std::vector<uint64_t> lines;     // file line of each line of the body; empty: counted on from
                                   // first_line
  std::vector<RowError> rejected;  // rows refused before sending, by file line
  std::vector<BatchCamera> cameras;  // that no earlier batch named; CSV only
  uint64_t ambiguous_times = 0;      // local times that came twice; the first was taken
  uint64_t never_merged = 0;         // rows with neither plate nor source_id; CSV only
  uint64_t file_position = 0;        // how far the file was read (ByteSource::file_position)

  // The file's line of the body's line `number` (from 1).
  uint64_t FileLine(uint64_t number) const {
    return lines.empty() ? first_line + number - 1 : lines.at(number - 1);
  }
};

// Not thread-safe.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  // Fills `batch` with at most `max_rows` rows and returns true; false at the end of the file.
  // Errors are those of the source, or kInvalidArgument where the file cannot be read on.
  virtual Result<bool> Next(uint64_t max_rows, Batch& batch) = 0;
  // Passes over everything up to and including `line` of the file. Before the first Next.
  virtual Status SkipTo(uint64_t line) = 0;
};

// NDJSON: bytes are passed through untouched; only line ends are counted.
std::unique_ptr<BatchReader> MakeNdjsonBatches(std::unique_ptr<ByteSource> source);

// One JSON object or an array of them.
std::unique_ptr<BatchReader> MakeJsonBatches(std::unique_ptr<ByteSource> source);

// CSV with a header line. kInvalidArgument where the mapping does not fit it or there is none.
Result<std::unique_ptr<BatchReader>> MakeCsvBatches(std::unique_ptr<ByteSource> source,
                                                    CsvDialect dialect,
                                                    SightingColumnsOptions columns);

}  // namespace sightline::client
