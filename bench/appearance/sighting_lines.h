// A data set's rows and questions as a client sends them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/appearance/data_set.h"

namespace sightline::bench {

// Thread-safe. Appends to what is given.
class SightingLines {
 public:
  // `data` is of a city and outlives the object.
  explicit SightingLines(const DataSet& data) : data_(data) {}

  // One line of NDJSON with every member of the API's record.
  void AppendRow(uint32_t row, std::string& out) const;
  // The body of POST /v1/cameras.
  void AppendCameras(std::string& out) const;
  // The body of POST /v1/search/image.
  void AppendSearch(std::string_view vector, int k, std::string& out) const;

 private:
  const DataSet& data_;
};

// The rows whose source ids stand in an answer, in that order.
std::vector<uint32_t> RowsIn(std::string_view answer);

}  // namespace sightline::bench
