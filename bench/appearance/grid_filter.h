// Filters of every selectivity that have to do with how a question's vehicle looks, or have not.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/appearance/data_set.h"
#include "index/column_index.h"

namespace sightline::bench {

enum class Relation {
  kNone,     // rows drawn by lot
  kOwn,      // its own model and, where others must be added, such as look alike; its own time
  kAgainst,  // other types of vehicle first, never its own model; the other end of the day
};
std::string_view RelationName(Relation relation);

// The same rows said in two ways.
struct GridFilter {
  index::ColumnQuery columns;        // what our index is asked
  std::vector<uint8_t> bits;         // bit i % 8 of byte i / 8: row i passes
  uint32_t passes = 0;               // how many do

  bool Passes(uint32_t row) const { return (bits[row / 8] >> (row % 8) & 1) != 0; }
  std::vector<uint32_t> Rows() const;  // that pass, ascending
};

// Immutable, thread-safe.
class GridFilters {
 public:
  // `data` is of a city and outlives the object.
  explicit GridFilters(const DataSet& data);

  // A filter that about `share` of all rows pass. kNone knows 0.5, 0.1, 0.01, 0.001 and 0.0001
  // alone.
  GridFilter Make(uint32_t query, Relation relation, double share) const;

 private:
  struct Choice;
  GridFilter MakeLot(double share) const;
  GridFilter Fill(const Choice& choice) const;

  const DataSet& data_;
  std::vector<std::vector<uint32_t>> times_;  // of each model's rows, ascending
};

}  // namespace sightline::bench
