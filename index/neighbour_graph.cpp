#include "index/neighbour_graph.h"

#include <algorithm>
#include <string>
#include <utility>

#include "index/graph_format.h"

namespace sightline::index {
namespace {

// More would be no degree of a graph; it keeps products within 64 bits.
constexpr uint32_t kGreatestDegree = 1024;

Error Damaged(std::string message) {
  return {ErrorCode::kCorruption, "a graph's " + std::move(message), {}};
}

// Whether each node's links are below `nodes`, not itself, and have no gap between them.
bool LinksHold(std::span<const uint32_t> links, size_t degree, uint32_t nodes) {
  for (size_t node = 0; node * degree < links.size(); ++node) {
    const std::span<const uint32_t> own = links.subspan(node * degree, degree);
    bool ended = false;
    for (const uint32_t link : own) {
      if (link == kNoNode) {
        ended = true;
      } else if (ended || link >= nodes || link == node) {
        return false;
      }
    }
  }
  return true;
}

// Whether the ranked nodes exist, each once, ascending within those that have equally many levels.
bool RanksHold(std::span<const uint32_t> ranked, std::span<const uint32_t> counts, uint32_t nodes) {
  size_t from = 0;
  for (size_t level = counts.size(); level > 0; --level) {
    const size_t to = counts[level - 1];
    if (to < from || to > ranked.size()) return false;
    for (size_t i = from; i < to; ++i) {
      if (ranked[i] >= nodes || (i > from && ranked[i] <= ranked[i - 1])) return false;
    }
    from = to;
  }
  if (from != ranked.size()) return false;
  std::vector<uint32_t> sorted(ranked.begin(), ranked.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

}  // namespace

Result<std::shared_ptr<const NeighbourGraph>> NeighbourGraph::Parse(const Sections& sections,
                                                                    uint32_t nodes) {
  SIGHTLINE_ASSIGN(const std::span<const GraphInfo> infos,
                   sections.Array<GraphInfo>(Column::kGraph, Part::kValues, 1));
  const GraphInfo& info = infos.front();
  if (info.nodes != nodes || info.lowest_degree == 0 || info.lowest_degree > kGreatestDegree ||
      info.upper_degree == 0 || info.upper_degree > kGreatestDegree ||
      (nodes > 0 && info.entry >= nodes)) {
    return Damaged("header does not hold");
  }
  std::shared_ptr<NeighbourGraph> graph(new NeighbourGraph);
  graph->nodes_ = nodes;
  graph->entry_ = info.entry;
  graph->lowest_degree_ = info.lowest_degree;
  graph->upper_degree_ = info.upper_degree;

  SIGHTLINE_ASSIGN(graph->lowest_links_,
                   sections.Array<uint32_t>(Column::kGraph, Part::kLinks,
                                            size_t{nodes} * info.lowest_degree));
  if (!LinksHold(graph->lowest_links_, info.lowest_degree, nodes)) {
    return Damaged("lowest level has a link to nowhere");
  }

  const Section* const count_section = sections.Find(Column::kGraph, Part::kCounts);
  const Section* const ranked_section = sections.Find(Column::kGraph, Part::kRows);
  if (count_section == nullptr || count_section->bytes.size() % sizeof(uint32_t) != 0 ||
      ranked_section == nullptr || ranked_section->bytes.size() % sizeof(uint32_t) != 0) {
    return Sections::Misshapen(Column::kGraph, Part::kCounts);
  }
  const std::span<const uint32_t> counts = count_section->As<uint32_t>();
  graph->ranked_ = ranked_section->As<uint32_t>();
  if (!RanksHold(graph->ranked_, counts, nodes)) return Damaged("levels do not hold");
  if (!graph->ranked_.empty() && graph->ranked_.front() != info.entry) {
    return Damaged("entry is not on its highest level");
  }

  size_t upper_places = 0;
  for (const uint32_t count : counts) upper_places += size_t{count} * info.upper_degree;
  SIGHTLINE_ASSIGN(std::span<const uint32_t> upper_links,
                   sections.Array<uint32_t>(Column::kGraph, Part::kUpperLinks, upper_places));
  for (const uint32_t count : counts) {
    const size_t places = size_t{count} * info.upper_degree;
    graph->upper_links_.push_back(upper_links.first(places));
    upper_links = upper_links.subspan(places);
    if (count == 0 || !LinksHold(graph->upper_links_.back(), info.upper_degree, count)) {
      return Damaged("upper level has a link to nowhere");
    }
  }
  return std::shared_ptr<const NeighbourGraph>(std::move(graph));
}

}  // namespace sightline::index
