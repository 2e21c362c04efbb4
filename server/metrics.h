// Numbers for Prometheus.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/ingestor.h"
#include "ingest/sealer.h"
#include "server/conflict_book.h"
#include "server/image_search_metrics.h"
#include "server/live_conflicts.h"
#include "storage/store.h"

namespace sightline::server {

// State that is looked up when the metrics are asked for.
struct MetricsSnapshot {
  ingest::Ingestor::Stats ingest;
  size_t index_days = 0;                // whose columns are ready
  index::ColumnIndex::DayStats index;  // over those days
  ingest::Sealer::Stats sealer;
  ingest::GraphBuilder::Stats graphs;
  LiveConflicts::Stats live_check;
  ConflictBook::Stats conflicts;
  std::optional<storage::Store::Stats> store;  // none when it could not be read
  Sequence visible_sequence = 0;
  bool store_healthy = true;
  size_t connections = 0;
  size_t requests_in_flight = 0;
  uint64_t refused_connections = 0;
  size_t queued_work = 0;
};

// Thread-safe.
class Metrics {
 public:
  explicit Metrics(TimestampMs process_start);
  ~Metrics();

  // One exchange that has ended. `route` is the route's template, empty when none was found.
  void ObserveRequest(std::string_view method, std::string_view route, int status, double seconds,
                      uint64_t bytes_in, uint64_t bytes_out);

  ImageSearchMetrics& image_searches();

  // The Prometheus text format, with the process's own numbers.
  std::string Render(const MetricsSnapshot& snapshot) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
