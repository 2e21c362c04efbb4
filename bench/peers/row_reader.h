// Sightings as lines of NDJSON, and the same as rows of PostgreSQL's COPY.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "api/sighting_json.h"
#include "bench/peers/camera_table.h"
#include "core/error.h"

namespace sightline::bench {

// The lines of a stream. One thread.
class LineReader {
 public:
  explicit LineReader(std::FILE* file);  // not owned

  // The next line with its line end, valid until the next call; false at the end of the stream.
  bool Next(std::string_view& line);

 private:
  std::FILE* file_;
  std::string buffer_;
  size_t begin_ = 0;  // of what was not given out yet
  size_t end_ = 0;
};

// Parses sightings as the server would, and writes them for COPY. One thread.
class RowConverter {
 public:
  explicit RowConverter(CameraTable cameras);

  // The sighting with its place filled in, as ingest fills it in. kInvalidArgument where the line
  // is none, or its camera is not in the table.
  Result<Sighting> Parse(std::string_view line);

  void AppendCopyRow(const Sighting& sighting, std::string& out) const;

 private:
  CameraTable cameras_;
  api::SightingParser parser_;
};

}  // namespace sightline::bench
