#include "bench/appearance/measure.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>

#include "bench/appearance/truth.h"
#include "bench/load/http_load.h"
#include "simulation/vehicle_models.h"

namespace sightline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Of this process.
double ProcessorSeconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

// One row more where one of them is no answer.
size_t Asked(const DataSet& data, size_t k) { return k + data.about().queries_are_rows; }

}  // namespace

std::vector<int> GraphEfforts() {
  return {10,  12,  14,  16,  18,  20,  24,  28,  32,  36,  40,  48,  56,  64,  72,
          80,  96,  112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 768, 1024, 1536,
          2048, 3072, 4096};
}

double RecallOf::operator()(uint32_t query, std::span<const index::NearNode> truth, size_t k,
                            std::vector<uint32_t> rows) const {
  k = std::min(k, truth.size());
  if (k == 0) return 1;
  std::erase_if(rows, [&](uint32_t row) {
    return row >= data_.size() || data_.Excluded(query) == row;
  });
  std::ranges::sort(rows);
  const auto repeated = std::unique(rows.begin(), rows.end());
  rows.erase(repeated, rows.end());
  size_t found = 0;
  for (const index::DistanceKey key : ExactScan(data_).Keys(query, rows)) {
    found += key <= truth[k - 1].key ? 1 : 0;
  }
  return static_cast<double>(std::min(found, k)) / static_cast<double>(k);
}

std::vector<double> Recalls(const DataSet& data, Entrant& entrant,
                            std::span<const uint32_t> queries, size_t k) {
  const RecallOf recall_of(data);
  std::vector<double> recalls;
  std::vector<uint32_t> rows;
  for (const uint32_t query : queries) {
    entrant.Search(data.Query(query), Asked(data, k), nullptr, rows);
    recalls.push_back(recall_of(query, data.Truth(query), k, rows));
  }
  return recalls;
}

double Mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Tuned Tune(Entrant& entrant, double target, const std::function<double()>& recall) {
  const std::vector<int> efforts = entrant.Efforts();
  if (efforts.empty()) return {.recall = recall()};
  size_t low = 0;
  size_t high = efforts.size() - 1;  // the least that reaches it is in [low, high], if any does
  while (low < high) {
    const size_t middle = (low + high) / 2;
    entrant.SetEffort(efforts[middle]);
    if (recall() >= target) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  entrant.SetEffort(efforts[low]);
  return {.effort = efforts[low], .recall = recall()};
}

Speed Run(const DataSet& data, Entrant& entrant, std::span<const uint32_t> queries, size_t k,
          int threads, double seconds) {
  std::vector<std::vector<double>> latencies(static_cast<size_t>(threads));
  const double processor_before = ProcessorSeconds();
  const auto start = SteadyClock::now();
  {
    std::vector<std::jthread> workers;
    for (size_t thread = 0; thread < latencies.size(); ++thread) {
      workers.emplace_back([&, thread] {
        std::vector<uint32_t> rows;
        auto before = SteadyClock::now();
        for (size_t i = thread; SecondsSince(start) < seconds; i += latencies.size()) {
          entrant.Search(data.Query(queries[i % queries.size()]), Asked(data, k), nullptr, rows);
          const auto after = SteadyClock::now();
          latencies[thread].push_back(
              std::chrono::duration<double, std::milli>(after - before).count());
          before = after;
        }
      });
    }
  }
  Speed speed;
  for (const auto& each : latencies) {
    speed.latencies_ms.insert(speed.latencies_ms.end(), each.begin(), each.end());
  }
  const auto asked = static_cast<double>(speed.latencies_ms.size());
  speed.per_second = asked / SecondsSince(start);
  speed.processor_us = 1e6 * (ProcessorSeconds() - processor_before) / asked;
  return speed;
}

std::vector<Raced> Race(const DataSet& data, std::span<Entrant* const> entrants,
                        std::span<const uint32_t> queries, size_t k, int rounds, double seconds,
                        int threads) {
  std::vector<Raced> raced(entrants.size());
  // The first round warms up.
  for (int round = -1; round < rounds; ++round) {
    for (size_t i = 0; i < entrants.size(); ++i) {
      const Speed alone = Run(data, *entrants[i], queries, k, 1, seconds);
      const Speed together = Run(data, *entrants[i], queries, k, threads, seconds);
      if (round < 0) continue;
      raced[i].per_second.push_back(alone.per_second);
      raced[i].processor_us.push_back(alone.processor_us);
      raced[i].latencies_ms.insert(raced[i].latencies_ms.end(), alone.latencies_ms.begin(),
                                   alone.latencies_ms.end());
      raced[i].per_second_threads.push_back(together.per_second);
    }
  }
  return raced;
}

double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

double MedianRatio(std::span<const double> a, std::span<const double> b) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) ratios.push_back(a[i] / b[i]);
  return Median(std::move(ratios));
}

std::map<std::string, std::vector<uint32_t>> GroupsOf(const DataSet& data,
                                                      std::span<const uint32_t> queries) {
  std::map<std::string, std::vector<uint32_t>> groups;
  // The twentieth whose nearest row is farthest: half hidden, blinded, or like nobody else.
  std::vector<std::pair<index::DistanceKey, uint32_t>> by_distance;
  for (const uint32_t query : queries) {
    const auto truth = data.Truth(query);
    if (!truth.empty()) by_distance.emplace_back(truth[0].key, query);
  }
  std::ranges::sort(by_distance, std::greater<>());
  for (size_t i = 0; i < by_distance.size() / 20; ++i) {
    groups["outliers"].push_back(by_distance[i].second);
  }
  if (data.about().queries_are_rows) return groups;
  constexpr uint32_t kHour = 3'600'000;
  for (const uint32_t query : queries) {
    const DataRow& row = data.QueryRow(query);
    const bool day = row.ms_of_day >= 6 * kHour && row.ms_of_day < 20 * kHour;
    groups[day ? "by day" : "by night"].push_back(query);
    groups[ModelNameOf(row.model)].push_back(query);
  }
  return groups;
}

}  // namespace sightline::bench
