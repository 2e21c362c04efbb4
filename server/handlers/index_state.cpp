#include "server/handlers/index_state.h"

#include <algorithm>

namespace sightline::server {

index::ColumnIndex::DayStats SumOf(std::span<const index::ColumnIndex::DayStats> days) {
  index::ColumnIndex::DayStats sum;
  for (const index::ColumnIndex::DayStats& day : days) {
    sum.segments += day.segments;
    sum.sealed_rows += day.sealed_rows;
    sum.unsealed_rows += day.unsealed_rows;
    sum.bytes += day.bytes;
    for (const auto& [name, counts] : day.spaces) {
      index::ColumnIndex::SpaceStats& total = sum.spaces[name];
      total.vectors += counts.vectors;
      total.sealed_vectors += counts.sealed_vectors;
      total.graphed_vectors += counts.graphed_vectors;
      total.graphs += counts.graphs;
      total.graph_bytes += counts.graph_bytes;
    }
  }
  return sum;
}

Result<IndexState> ReadIndexState(const Services& services, const Cancellation& cancellation) {
  std::vector<Day> stored = services.store.Days();
  IndexState state{.days = {}, .stored_days = stored.size()};
  const size_t ready = std::min(stored.size(), services.config.store.max_open_days);
  stored.erase(stored.begin(), stored.end() - static_cast<std::ptrdiff_t>(ready));
  for (const Day day : stored) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_RETURN_IF_ERROR(services.columns.Open(day, cancellation));
  }
  for (index::ColumnIndex::DayStats& day : services.columns.GetStats()) {
    if (std::ranges::binary_search(stored, day.day)) state.days.push_back(std::move(day));
  }
  std::ranges::sort(state.days, {}, &index::ColumnIndex::DayStats::day);
  return state;
}

void WriteSpaceCounts(api::JsonWriter& json, const index::ColumnIndex::SpaceStats& counts) {
  json.Key("vectors").Uint(counts.vectors);
  json.Key("sealed_vectors").Uint(counts.sealed_vectors);
  json.Key("graphed_vectors").Uint(counts.graphed_vectors);
  json.Key("graphs").Uint(counts.graphs);
  json.Key("graph_bytes").Uint(counts.graph_bytes);
}

void WriteSpacesMember(api::JsonWriter& json, const SpaceCounts& spaces) {
  json.Key("spaces").BeginObject();
  for (const auto& [name, counts] : spaces) {
    json.Key(name).BeginObject();
    WriteSpaceCounts(json, counts);
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace sightline::server
