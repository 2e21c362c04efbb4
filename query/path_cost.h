// What each way to a day's rows would cost: the planner's model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "query/search_cost.h"

namespace sightline::query {

// Nanoseconds of one core (AMD EPYC with AVX-512), blocks in memory: measured on days of 200,000
// rows with a 128-byte vector each. Only their ratios decide.
struct PathPrices {
  double seek = 4'000;           // a cursor sent to a key
  double step = 170;             // a cursor's next key
  double decode = 820;           // the record under a cursor
  double get = 5'500;            // a record by its key; 2,100 where it lies beside the one before
  double plate_seek = 5'000;     // a plate in the plate index
  double column_row = 1;         // a row's columns compared
  double column_start = 15'000;  // a scan of a day begun
};

// What is known of a day before a row of it is read. Counts are estimates.
struct DayFacts {
  uint64_t rows = 0;          // in the time asked for
  uint64_t camera_rows = 0;   // of those, of the cameras asked for; `rows` where none were
  uint64_t passing = 0;       // of those, rows that pass everything
  uint32_t minutes = 0;       // of the day that the time asked for touches
  std::optional<size_t> cameras;   // how many were asked for
  std::optional<size_t> plates;    // how many can pass, where that is known
  uint64_t plate_rows = 0;         // and how many rows they have
  uint64_t wanted = 0;        // rows that the answer still needs
};

// The estimate of every way that these facts allow, cheapest first: `plates` where the plates are
// known, `cameras_time` where there are cameras, else `time`, and `columns`.
//
// An answer in order of time stops when it has enough rows: a way that meets rows in that order is
// expected to meet the share wanted / passing of them, one by plate must look up every plate first.
std::vector<PathEstimate> EstimatePaths(const DayFacts& facts, const PathPrices& prices = {});

}  // namespace sightline::query
