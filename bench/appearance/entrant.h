// Who is measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/appearance/grid_filter.h"

namespace sightline::bench {

class Entrant {
 public:
  virtual ~Entrant() = default;

  virtual std::string name() const = 0;

  // How hard it may try, ascending, in its own measure (candidates held, lists probed). Empty: it
  // decides by itself.
  virtual std::vector<int> Efforts() const { return {}; }
  virtual void SetEffort(int) {}

  // Rows, nearest first, at most k; `filter` may be null. Thread-safe but for SetEffort. Throws
  // where it cannot.
  virtual void Search(std::string_view query, size_t k, const GridFilter* filter,
                      std::vector<uint32_t>& rows) = 0;

  // One answer for each question. Not thread-safe.
  virtual void SearchBatch(std::span<const std::string_view> queries, size_t k,
                           std::vector<std::vector<uint32_t>>& rows) {
    rows.resize(queries.size());
    for (size_t i = 0; i < queries.size(); ++i) Search(queries[i], k, nullptr, rows[i]);
  }

  // Whether a search with a filter means anything.
  virtual bool Filters() const { return true; }
};

// Candidates held, as all graphs here count them.
std::vector<int> GraphEfforts();

}  // namespace sightline::bench
