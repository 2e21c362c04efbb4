#include "server/metrics.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <map>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "server/process_stats.h"
#include "server/version.h"

namespace sightline::server {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using SpaceCounts = std::map<std::string, index::ColumnIndex::SpaceStats>;

const std::vector<double> kLatencyBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                             0.1,    0.25,  0.5,    1,     2.5,  5,     10, 60};

void AddValue(Families& families, prometheus::MetricType type, const char* name, const char* help,
              double value) {
  prometheus::ClientMetric metric;
  metric.counter.value = value;
  metric.gauge.value = value;
  families.push_back({name, help, type, {std::move(metric)}});
}

template <typename Number>
void AddGauge(Families& families, const char* name, const char* help, Number value) {
  AddValue(families, prometheus::MetricType::Gauge, name, help, static_cast<double>(value));
}

template <typename Number>
void AddCounter(Families& families, const char* name, const char* help, Number value) {
  AddValue(families, prometheus::MetricType::Counter, name, help, static_cast<double>(value));
}

void AddBuildInfo(Families& families) {
  prometheus::ClientMetric metric;
  metric.label.push_back({"version", std::string(kVersion)});
  metric.gauge.value = 1;
  families.push_back({"sightline_build_info", "The running version.", prometheus::MetricType::Gauge,
                      {std::move(metric)}});
}

void AddProcess(Families& families, TimestampMs start) {
  const ProcessStats stats = ReadProcessStats();
  AddCounter(families, "process_cpu_seconds_total", "User and system CPU time.", stats.cpu_seconds);
  AddGauge(families, "process_resident_memory_bytes", "Resident memory.", stats.resident_bytes);
  AddGauge(families, "process_virtual_memory_bytes", "Virtual memory.", stats.virtual_bytes);
  AddGauge(families, "process_open_fds", "Open file descriptors.", stats.open_fds);
  AddGauge(families, "process_max_fds", "Most file descriptors that may be open.", stats.max_fds);
  AddGauge(families, "process_threads", "Threads.", stats.threads);
  AddGauge(families, "process_start_time_seconds", "Start of the process, Unix time.",
           static_cast<double>(start.value) / 1000);
}

uint64_t LostRows(const storage::Store::Stats& store) {
  uint64_t rows = 0;
  for (const storage::Store::Loss& loss : store.losses) rows += loss.rows;
  return rows;
}

void AddStore(Families& families, const storage::Store::Stats& store) {
  AddGauge(families, "sightline_store_sightings", "Sightings kept.", store.sightings);
  AddGauge(families, "sightline_store_days", "Days with sightings.", store.days);
  AddGauge(families, "sightline_store_open_days", "Days open at present.", store.open_days);
  AddGauge(families, "sightline_store_set_aside_days", "Damaged days that do not answer.",
           store.set_aside.size());
  AddGauge(families, "sightline_store_loss_days",
           "Days that hold less than they had acknowledged.", store.losses.size());
  AddGauge(families, "sightline_store_lost_sightings",
           "Acknowledged sightings that those days lack, at least.", LostRows(store));
  AddGauge(families, "sightline_store_inbox_rows", "Sightings waiting to be moved to their day.",
           store.inbox_rows);
  AddGauge(families, "sightline_store_plates_pending",
           "Readings not yet merged into the plate dictionary.", store.plates_pending);
  AddGauge(families, "sightline_store_disk_bytes", "Bytes of the data directory.",
           store.disk_bytes);
  AddGauge(families, "sightline_store_disk_free_bytes", "Free bytes of its file system.",
           store.disk_free_bytes);
}

void AddSpaces(Families& families, const SpaceCounts& spaces) {
  const auto add = [&](const char* name, const char* help, auto value) {
    prometheus::MetricFamily family{name, help, prometheus::MetricType::Gauge, {}};
    for (const auto& [space, counts] : spaces) {
      prometheus::ClientMetric& metric = family.metric.emplace_back();
      metric.label.push_back({"space", space});
      metric.gauge.value = static_cast<double>(counts.*value);
    }
    families.push_back(std::move(family));
  };
  using Counts = index::ColumnIndex::SpaceStats;
  add("sightline_index_vectors", "Vectors of those days.", &Counts::vectors);
  add("sightline_index_sealed_vectors", "Of these, in segments.", &Counts::sealed_vectors);
  add("sightline_index_graphed_vectors",
      "Of these, in a graph; the others are compared one by one until theirs is built.",
      &Counts::graphed_vectors);
  add("sightline_index_graphs", "Graphs of those days.", &Counts::graphs);
  add("sightline_index_graph_bytes", "Bytes of those graphs on disk.", &Counts::graph_bytes);
}

void AddIndex(Families& families, const MetricsSnapshot& snapshot) {
  const index::ColumnIndex::DayStats& index = snapshot.index;
  AddGauge(families, "sightline_index_days", "Days whose columns are ready.",
           snapshot.index_days);
  AddGauge(families, "sightline_index_segments", "Sealed segments of those days.",
           index.segments);
  AddGauge(families, "sightline_index_sealed_rows", "Sightings in them.", index.sealed_rows);
  AddGauge(families, "sightline_index_unsealed_rows", "Sightings of those days in memory alone.",
           index.unsealed_rows);
  AddGauge(families, "sightline_index_segment_bytes", "Bytes of those segments on disk.",
           index.bytes);
  AddCounter(families, "sightline_index_segments_written_total",
             "Segments sealed or merged since the start.", snapshot.sealer.segments_written);
  AddCounter(families, "sightline_index_seal_failures_total",
             "Sealings that failed and were put off.", snapshot.sealer.failures);
  AddCounter(families, "sightline_index_seal_seconds_total", "Time spent sealing and merging.",
             snapshot.sealer.busy_seconds);
  AddSpaces(families, index.spaces);
  AddCounter(families, "sightline_index_graphs_built_total", "Graphs built since the start.",
             snapshot.graphs.graphs_built);
  AddCounter(families, "sightline_index_graph_failures_total",
             "Graphs that could not be built and were put off.", snapshot.graphs.failures);
  AddCounter(families, "sightline_index_graph_seconds_total",
             "Time spent building graphs, with the rests that others were left.",
             snapshot.graphs.build_seconds);
  AddGauge(families, "sightline_index_graph_days_pending",
           "Days that are looked at for graphs that are due.", snapshot.graphs.days_pending);
}

void AddConflicts(Families& families, const ConflictBook::Stats& conflicts) {
  prometheus::MetricFamily family{"sightline_conflicts", "Conflicts of plates, by kind.",
                                  prometheus::MetricType::Gauge, {}};
  for (size_t kind = 0; kind < conflicts.by_kind.size(); ++kind) {
    prometheus::ClientMetric metric;
    metric.label.push_back(
        {"kind", std::string(ConflictKindName(static_cast<query::ConflictKind>(kind)))});
    metric.gauge.value = static_cast<double>(conflicts.by_kind[kind]);
    family.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(family));
  AddGauge(families, "sightline_conflicts_open", "Conflicts that nobody has judged.",
           conflicts.open);
}

void AddLiveCheck(Families& families, const LiveConflicts::Stats& live) {
  AddCounter(families, "sightline_live_check_readings_total",
             "Readings checked for cloned plates as they arrived.", live.checked);
  AddCounter(families, "sightline_live_check_judged_total", "Plates judged between sweeps.",
             live.judged);
  AddCounter(families, "sightline_live_check_raised_total", "Conflicts raised between sweeps.",
             live.raised);
  AddCounter(families, "sightline_live_check_skipped_total",
             "Readings and plates left to the next sweep.", live.skipped);
  AddGauge(families, "sightline_live_check_queued_readings", "Readings that wait to be checked.",
           live.queued);
  AddGauge(families, "sightline_live_check_longest_seconds",
           "Longest time from a commit to the conflict, of the last hundred raised.",
           live.longest_s);
}

}  // namespace

class Metrics::Impl {
 public:
  explicit Impl(TimestampMs process_start)
      : start_(process_start),
        requests_(prometheus::BuildCounter()
                      .Name("http_requests_total")
                      .Help("Requests answered, by method, route and status.")
                      .Register(registry_)),
        durations_(prometheus::BuildHistogram()
                       .Name("http_request_duration_seconds")
                       .Help("From the request's head to the end of its answer.")
                       .Register(registry_)),
        bytes_in_(prometheus::BuildCounter()
                      .Name("http_request_bytes_total")
                      .Help("Bytes of requests, head and body.")
                      .Register(registry_)
                      .Add({})),
        bytes_out_(prometheus::BuildCounter()
                       .Name("http_response_bytes_total")
                       .Help("Bytes of answers, head and body.")
                       .Register(registry_)
                       .Add({})),
        image_searches_(registry_) {}

  ImageSearchMetrics& image_searches() { return image_searches_; }

  void ObserveRequest(std::string_view method, std::string_view route, int status, double seconds,
                      uint64_t bytes_in, uint64_t bytes_out) {
    const Series series = Find(method, route, status);
    series.count->Increment();
    series.duration->Observe(seconds);
    bytes_in_.Increment(static_cast<double>(bytes_in));
    bytes_out_.Increment(static_cast<double>(bytes_out));
  }

  std::string Render(const MetricsSnapshot& snapshot) const {
    Families families = registry_.Collect();
    AddBuildInfo(families);
    AddProcess(families, start_);
    AddGauge(families, "http_connections", "Open connections.", snapshot.connections);
    AddGauge(families, "http_requests_in_flight", "Requests being answered.",
             snapshot.requests_in_flight);
    AddCounter(families, "http_connections_refused_total",
               "Connections refused for max_connections.", snapshot.refused_connections);
    AddGauge(families, "sightline_worker_queued", "Work on the query threads or waiting for them.",
             snapshot.queued_work);
    AddCounter(families, "sightline_ingest_accepted_total", "Sightings stored since the start.",
               snapshot.ingest.accepted);
    AddCounter(families, "sightline_ingest_duplicates_total", "Resent sightings since the start.",
               snapshot.ingest.duplicates);
    AddCounter(families, "sightline_ingest_rejected_total",
               "Well-formed sightings refused since the start.", snapshot.ingest.rejected);
    AddCounter(families, "sightline_ingest_commits_total", "Durable batches since the start.",
               snapshot.ingest.commits);
    AddGauge(families, "sightline_ingest_queued_rows", "Sightings waiting to be stored.",
             snapshot.ingest.queued_rows);
    AddGauge(families, "sightline_store_visible_sequence", "The newest ingest sequence.",
             snapshot.visible_sequence);
    AddGauge(families, "sightline_store_healthy", "1 while writes are accepted.",
             snapshot.store_healthy ? 1 : 0);
    if (snapshot.store) AddStore(families, *snapshot.store);
    AddIndex(families, snapshot);
    AddConflicts(families, snapshot.conflicts);
    AddLiveCheck(families, snapshot.live_check);
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return std::move(out).str();
  }

 private:
  struct Series {
    prometheus::Counter* count = nullptr;
    prometheus::Histogram* duration = nullptr;
  };

  // Kept beside the registry's own look-up, which builds label maps at every call.
  Series Find(std::string_view method, std::string_view route, int status) {
    std::string key = fmt::format("{} {} {}", method, status, route);
    MutexLock lock(mutex_);
    const auto found = series_.find(key);
    if (found != series_.end()) return found->second;
    const std::string method_text(method);
    const std::string route_text(route);
    const Series series{
        .count = &requests_.Add(
            {{"method", method_text}, {"route", route_text}, {"status", std::to_string(status)}}),
        .duration = &durations_.Add({{"method", method_text}, {"route", route_text}},
                                    kLatencyBuckets)};
    series_.emplace(std::move(key), series);
    return series;
  }

  const TimestampMs start_;
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Counter& bytes_in_;
  prometheus::Counter& bytes_out_;
  ImageSearchMetrics image_searches_;
  Mutex mutex_;
  std::unordered_map<std::string, Series> series_ SIGHTLINE_GUARDED_BY(mutex_);
};

Metrics::Metrics(TimestampMs process_start) : impl_(std::make_unique<Impl>(process_start)) {}
Metrics::~Metrics() = default;

void Metrics::ObserveRequest(std::string_view method, std::string_view route, int status,
                             double seconds, uint64_t bytes_in, uint64_t bytes_out) {
  impl_->ObserveRequest(method, route, status, seconds, bytes_in, bytes_out);
}

ImageSearchMetrics& Metrics::image_searches() { return impl_->image_searches(); }

std::string Metrics::Render(const MetricsSnapshot& snapshot) const {
  return impl_->Render(snapshot);
}

}  // namespace sightline::server
