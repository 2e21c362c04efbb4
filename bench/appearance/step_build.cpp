#include <fmt/format.h>

#include <fstream>
#include <unordered_set>

#include "api/json_writer.h"
#include "bench/appearance/data_set.h"
#include "bench/appearance/entrants.h"
#include "bench/appearance/measure.h"
#include "bench/appearance/our_entrants.h"
#include "bench/appearance/steps.h"
#include "bench/appearance/truth.h"

namespace sightline::bench {
namespace {

// Memory of this process that is no file's.
double RssAnonBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) * 1024;
  }
  return 0;
}

}  // namespace

Result<std::string> MakeData(const StepOptions& options, const CityDataOptions& city,
                             const std::filesystem::path& bigann) {
  if (!std::filesystem::exists(options.data / "about")) {
    if (bigann.empty()) {
      SIGHTLINE_RETURN_IF_ERROR(MakeCityData(city, options.data));
    } else {
      SIGHTLINE_RETURN_IF_ERROR(MakeSiftData(bigann, options.data));
    }
  }
  if (!std::filesystem::exists(options.data / "truth")) {
    SIGHTLINE_ASSIGN(const DataSet untold, DataSet::Open(options.data));
    SIGHTLINE_RETURN_IF_ERROR(WriteTruth(untold, options.threads));
  }
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  std::unordered_set<uint32_t> vehicles;
  for (uint32_t row = 0; row < data.size(); ++row) vehicles.insert(data.Row(row).vehicle);
  std::string json;
  api::JsonWriter(json)
      .BeginObject()
      .Key("rows").Uint(data.size())
      .Key("vehicles").Uint(vehicles.size())
      .Key("queries").Uint(data.queries())
      .Key("vector_bytes").Uint(data.space().bytes)
      .EndObject();
  return json;
}

Result<std::string> BuildIndex(const StepOptions& options) {
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  if (options.rebuild) std::filesystem::remove_all(options.data / "index");
  OurIndex index(data);
  SIGHTLINE_ASSIGN(const OurIndex::BuildTimes times, index.Build(options.threads));
  SIGHTLINE_RETURN_IF_ERROR(index.Open());
  const auto stats = index.Stats();
  const auto rate = [&](double seconds) { return seconds == 0 ? 0 : data.size() / seconds; };
  std::string json;
  api::JsonWriter(json)
      .BeginObject()
      .Key("rows").Uint(data.size())
      .Key("threads").Int(options.threads)
      .Key("segments").Uint(stats.segments)
      .Key("seal_seconds").Double(times.seal_seconds)
      .Key("graph_seconds").Double(times.graph_seconds)
      .Key("sealed_per_second").Double(rate(times.seal_seconds))
      .Key("graphed_per_second").Double(rate(times.graph_seconds))
      .EndObject();
  return json;
}

Result<std::string> MeasureFootprint(const StepOptions& options) {
  SIGHTLINE_ASSIGN(const DataSet data, DataSet::Open(options.data));
  const double before = RssAnonBytes();
  OurIndex index(data);
  SIGHTLINE_ASSIGN(auto entrant, index.Searched(false));
  std::vector<uint32_t> rows;
  for (const uint32_t query : SpreadQueries(data, options.queries)) {
    entrant->Search(data.Query(query), 10, nullptr, rows);
  }
  const double anonymous = RssAnonBytes() - before;
  const auto stats = index.Stats();
  const auto& space = stats.spaces.at(data.space().name);
  std::string json;
  api::JsonWriter(json)
      .BeginObject()
      .Key("rows").Uint(data.size())
      .Key("segments").Uint(stats.segments)
      .Key("graphs").Uint(space.graphs)
      .Key("graphed_vectors").Uint(space.graphed_vectors)
      .Key("rss_anon_bytes_a_vector").Double(anonymous / data.size())
      .Key("disk_bytes_a_vector").Double(static_cast<double>(stats.bytes) / data.size())
      .Key("graph_bytes_a_vector").Double(static_cast<double>(space.graph_bytes) / data.size())
      .EndObject();
  return json;
}

}  // namespace sightline::bench
