// Sightings as a city's cameras would push them, made fast enough to load a server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sightline::bench {

struct RecordSourceOptions {
  uint64_t seed = 1;
  int64_t first_time_ms = 1'474'416'000'000;  // 2016-09-21T00:00:00Z
  int64_t span_ms = 86'400'000;               // times spread over this much
  uint64_t rows = 10'000'000;                 // rows over the span
  bool scattered = false;                     // times at random over the span instead of ascending
  uint32_t cameras = 1000;
  uint32_t plates = 6'000'000;
};

// Row i is a function of the options and i alone, so that any row can be made again for checking.
// Every member of the API's record is present, with one 128-byte vector of random bytes.
// Thread-safe.
class RecordSource {
 public:
  explicit RecordSource(const RecordSourceOptions& options);

  // Appends row `index` as one line of NDJSON.
  void AppendLine(uint64_t index, std::string& out) const;
  // Appends the body of POST /v1/cameras for all cameras of the source.
  void AppendCameras(std::string& out) const;

  // What row `index` says, to ask for it again.
  std::string PlateOf(uint64_t index) const;
  int64_t TimeOf(uint64_t index) const;

 private:
  RecordSourceOptions options_;
  std::vector<std::string> attributes_;  // ready-made "attributes" objects
};

}  // namespace sightline::bench
