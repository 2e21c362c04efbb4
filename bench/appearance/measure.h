// Recall, latency and throughput of entrants, side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/appearance/data_set.h"
#include "bench/appearance/entrant.h"

namespace sightline::bench {

// The share of the k exact answers that `rows` holds, a row as near as the last of them counting as
// one of them; 1 where there are none. Rows given twice count once.
class RecallOf {
 public:
  // `data` outlives the object.
  explicit RecallOf(const DataSet& data) : data_(data) {}
  double operator()(uint32_t query, std::span<const index::NearNode> truth, size_t k,
                    std::vector<uint32_t> rows) const;

 private:
  const DataSet& data_;
};

// Asks each question of `queries` once, without filter; the recall at k of each.
std::vector<double> Recalls(const DataSet& data, Entrant& entrant,
                            std::span<const uint32_t> queries, size_t k);
double Mean(std::span<const double> values);

// Sets the least effort whose mean recall at k reaches `target`; its recall. Entrants without
// efforts: what they reach. Where none reaches it, the greatest is set.
struct Tuned {
  int effort = 0;  // 0: it has none
  double recall = 0;
};
Tuned Tune(Entrant& entrant, double target, const std::function<double()>& recall);

// Questions, whose answers are dropped, on one thread or several.
struct Speed {
  double per_second = 0;
  double processor_us = 0;  // of a question, all threads of the process together
  std::vector<double> latencies_ms;
};
Speed Run(const DataSet& data, Entrant& entrant, std::span<const uint32_t> queries, size_t k,
          int threads, double seconds);

// What one entrant did in each round.
struct Raced {
  std::vector<double> per_second;    // by round, one thread
  std::vector<double> processor_us;  // by round, one thread
  std::vector<double> latencies_ms;  // of all rounds, one thread
  std::vector<double> per_second_threads;  // by round, `threads` threads
};
// All entrants in turns, round after round.
std::vector<Raced> Race(const DataSet& data, std::span<Entrant* const> entrants,
                        std::span<const uint32_t> queries, size_t k, int rounds, double seconds,
                        int threads);

double Median(std::vector<double> values);
// The median of a[i] / b[i].
double MedianRatio(std::span<const double> a, std::span<const double> b);

// Questions in groups: what they show, when, and how far their nearest row is.
std::map<std::string, std::vector<uint32_t>> GroupsOf(const DataSet& data,
                                                      std::span<const uint32_t> queries);

}  // namespace sightline::bench
