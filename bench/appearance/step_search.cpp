#include <algorithm>

#include "api/json_writer.h"
#include "bench/appearance/data_set.h"
#include "bench/appearance/entrants.h"
#include "bench/appearance/measure.h"
#include "bench/appearance/steps.h"
#include "bench/load/http_load.h"

namespace sightline::bench {
namespace {

// Fewer questions than this say nothing of a group.
constexpr size_t kLeastGroup = 20;
constexpr size_t kNeighbours = 10;

struct Quality {
  Tuned tuned;
  double at_1 = 0;
  double at_10 = 0;
  double at_100 = 0;
  std::string worst_group;
  double worst_group_at_10 = 1;
};

Quality Judge(const DataSet& data, Entrant& entrant, const std::vector<uint32_t>& queries,
              const Tuned& tuned) {
  Quality quality{.tuned = tuned, .worst_group = ""};
  quality.at_1 = Mean(Recalls(data, entrant, queries, 1));
  quality.at_100 = Mean(Recalls(data, entrant, queries, kTruthDepth));
  const std::vector<double> at_10 = Recalls(data, entrant, queries, kNeighbours);
  quality.at_10 = Mean(at_10);
  for (const auto& [name, group] : GroupsOf(data, queries)) {
    if (group.size() < kLeastGroup) continue;
    double sum = 0;
    for (const uint32_t query : group) {
      const auto at = std::ranges::lower_bound(queries, query) - queries.begin();
      sum += at_10[static_cast<size_t>(at)];
    }
    const double mean = sum / static_cast<double>(group.size());
    if (mean >= quality.worst_group_at_10) continue;
    quality.worst_group = name;
    quality.worst_group_at_10 = mean;
  }
  return quality;
}

}  // namespace

Result<std::string> MeasureSearches(const StepOptions& options) {
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  SIGHTLINE_ASSIGN(const auto entrants, Entrants::Make(data, options));
  // Recall is judged on all questions, efforts are set on some of them.
  const std::vector<uint32_t> all = SpreadQueries(data, data.queries());
  const std::vector<uint32_t> some = SpreadQueries(data, options.queries);
  double target = options.target;
  std::vector<Quality> qualities;
  for (size_t i = 0; i < entrants->size(); ++i) {
    Entrant& entrant = (*entrants)[i];
    const Tuned tuned = Tune(entrant, target, [&] {
      return Mean(Recalls(data, entrant, some, kNeighbours));
    });
    if (i == 0 && options.match_first) target = std::max(target, tuned.recall);
    // Exact scans of peers would take hours over all questions.
    const bool exact = tuned.effort == 0 && i > 0;
    qualities.push_back(Judge(data, entrant, exact ? some : all, tuned));
  }
  const auto everybody = entrants->all();
  const auto raced = Race(data, everybody, some, kNeighbours, options.rounds, options.seconds,
                          options.threads);

  std::string json;
  api::JsonWriter out(json);
  out.BeginObject();
  out.Key("rows").Uint(data.size()).Key("vector_bytes").Uint(data.space().bytes);
  out.Key("target").Double(target).Key("threads").Int(options.threads);
  out.Key("entrants").BeginArray();
  for (size_t i = 0; i < raced.size(); ++i) {
    const Quality& quality = qualities[i];
    const double build = entrants->build_seconds(i);
    out.BeginObject();
    out.Key("name").String(everybody[i]->name());
    out.Key("effort").Int(quality.tuned.effort);
    out.Key("recall_at_1").Double(quality.at_1);
    out.Key("recall_at_10").Double(quality.at_10);
    out.Key("recall_at_100").Double(quality.at_100);
    out.Key("worst_group").String(quality.worst_group);
    out.Key("worst_group_recall_at_10").Double(quality.worst_group_at_10);
    out.Key("p50_ms").Double(Quantile(raced[i].latencies_ms, 0.5));
    out.Key("p99_ms").Double(Quantile(raced[i].latencies_ms, 0.99));
    out.Key("per_second").Double(Median(raced[i].per_second));
    out.Key("per_second_threads").Double(Median(raced[i].per_second_threads));
    out.Key("processor_us").Double(Median(raced[i].processor_us));
    out.Key("times_as_fast").Double(MedianRatio(raced[0].per_second, raced[i].per_second));
    out.Key("times_less_processor")
        .Double(MedianRatio(raced[i].processor_us, raced[0].processor_us));
    out.Key("built_per_second").Double(build == 0 ? 0 : data.size() / build);
    out.EndObject();
  }
  out.EndArray().EndObject();
  return json;
}

}  // namespace sightline::bench
