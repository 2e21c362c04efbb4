#include "server/image_search_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"

namespace sightline::server {
namespace {

const std::vector<double> kSecondsBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                             0.025,  0.05,    0.1,    0.25,  0.5,    1,     5};
const std::vector<double> kRecallBuckets = {0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1};

constexpr double kMicrosecondsPerSecond = 1e6;

using Counters = prometheus::Family<prometheus::Counter>;
using Histograms = prometheus::Family<prometheus::Histogram>;

// How a segment was searched, as a label, and where its count stands.
struct SegmentPath {
  const char* path;
  uint64_t index::NearestCost::*count;
};
constexpr std::array<SegmentPath, 5> kSegmentPaths = {{
    {"pruned", &index::NearestCost::segments_pruned},
    {"scanned", &index::NearestCost::segments_scanned},
    {"walked", &index::NearestCost::segments_walked},
    {"without_graph", &index::NearestCost::segments_without_graph},
    {"given_up", &index::NearestCost::walks_given_up},
}};

Counters& BuildCounters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Histograms& BuildHistograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

class ImageSearchMetrics::Impl {
 public:
  explicit Impl(prometheus::Registry& registry)
      : seconds_(BuildHistograms(registry, "sightline_image_search_seconds",
                                 "Image searches, records included, by space and whether they "
                                 "had to be exact.")),
        recall_(BuildHistograms(registry, "sightline_image_search_recall",
                                "Of sampled searches: the share of the exact answer that was "
                                "answered.")),
        segments_(BuildCounters(registry, "sightline_image_search_segments_total",
                                "Segments that image searches met, by what was done.")),
        rows_(BuildCounters(registry, "sightline_image_search_rows_compared_total",
                            "Vectors compared one by one.")),
        nodes_(BuildCounters(registry, "sightline_image_search_nodes_visited_total",
                             "Vectors compared on walks through graphs.")),
        records_(BuildCounters(registry, "sightline_image_search_records_read_total",
                               "Records read for image searches.")) {}

  void Observe(const query::ImageRequest& request, const query::ImageAnswer& answer) {
    Series& series = Find(answer.space.name);
    const query::ImageCost& cost = answer.cost;
    series.seconds[request.exact ? 1 : 0]->Observe(static_cast<double>(cost.microseconds) /
                                                   kMicrosecondsPerSecond);
    for (size_t i = 0; i < kSegmentPaths.size(); ++i) {
      Add(*series.segments[i], cost.index.*kSegmentPaths[i].count);
    }
    Add(*series.rows, cost.index.rows_compared);
    Add(*series.nodes, cost.index.nodes_visited);
    Add(*series.records, cost.records_read);
  }

  void ObserveRecall(std::string_view space, double recall) { Find(space).recall->Observe(recall); }

 private:
  struct Series {
    std::array<prometheus::Histogram*, 2> seconds{};  // approximate, exact
    prometheus::Histogram* recall = nullptr;
    std::array<prometheus::Counter*, kSegmentPaths.size()> segments{};
    prometheus::Counter* rows = nullptr;
    prometheus::Counter* nodes = nullptr;
    prometheus::Counter* records = nullptr;
  };

  static void Add(prometheus::Counter& counter, uint64_t count) {
    counter.Increment(static_cast<double>(count));
  }

  // Spaces are few and made by operators: each may have series of its own.
  Series& Find(std::string_view space) {
    MutexLock lock(mutex_);
    const auto found = series_.find(space);
    if (found != series_.end()) return found->second;
    const std::string name(space);
    Series series;
    for (size_t exact = 0; exact < series.seconds.size(); ++exact) {
      series.seconds[exact] = &seconds_.Add(
          {{"space", name}, {"exact", exact == 1 ? "true" : "false"}}, kSecondsBuckets);
    }
    for (size_t i = 0; i < kSegmentPaths.size(); ++i) {
      series.segments[i] = &segments_.Add({{"space", name}, {"path", kSegmentPaths[i].path}});
    }
    series.recall = &recall_.Add({{"space", name}}, kRecallBuckets);
    series.rows = &rows_.Add({{"space", name}});
    series.nodes = &nodes_.Add({{"space", name}});
    series.records = &records_.Add({{"space", name}});
    return series_.emplace(name, series).first->second;
  }

  Histograms& seconds_;
  Histograms& recall_;
  Counters& segments_;
  Counters& rows_;
  Counters& nodes_;
  Counters& records_;
  Mutex mutex_;
  // Entries stay where they are and are not changed once they are in.
  std::map<std::string, Series, std::less<>> series_ SIGHTLINE_GUARDED_BY(mutex_);
};

ImageSearchMetrics::ImageSearchMetrics(prometheus::Registry& registry)
    : impl_(std::make_unique<Impl>(registry)) {}
ImageSearchMetrics::~ImageSearchMetrics() = default;

void ImageSearchMetrics::Observe(const query::ImageRequest& request,
                                 const query::ImageAnswer& answer) {
  impl_->Observe(request, answer);
}

void ImageSearchMetrics::ObserveRecall(std::string_view space, double recall) {
  impl_->ObserveRecall(space, recall);
}

}  // namespace sightline::server
