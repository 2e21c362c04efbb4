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

// A section of 32-bit numbers.
Result<std::span<const uint32_t>> NumbersOf(const Sections& sections, Part part) {
  const Section* const section = sections.Find(Column::kGraph, part);
  if (section == nullptr || section->bytes.size() % sizeof(uint32_t) != 0) {
    return Sections::Misshapen(Column::kGraph, part);
  }
  return section->As<uint32_t>();
}

// Whether each is below `nodes` and greater than the one before it.
bool Ascend(std::span<const uint32_t> numbers, uint32_t nodes) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] >= nodes || (i > 0 && numbers[i] <= numbers[i - 1])) return false;
  }
  return true;
}

// Whether the ranked nodes exist, each once, ascending within those that have equally many levels.
bool RanksHold(std::span<const uint32_t> ranked, std::span<const uint32_t> counts, uint32_t nodes) {
  size_t from = 0;
  for (size_t level = counts.size(); level > 0; --level) {
    const size_t to = counts[level - 1];
    if (to < from || to > ranked.size()) return false;
    if (!Ascend(ranked.subspan(from, to - from), nodes)) return false;
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
  SIGHTLINE_RETURN_IF_ERROR(graph->ReadLinks(sections));
  SIGHTLINE_RETURN_IF_ERROR(graph->ReadUpperLevels(sections));
  SIGHTLINE_RETURN_IF_ERROR(graph->ReadCopies(sections));
  return std::shared_ptr<const NeighbourGraph>(std::move(graph));
}

Status NeighbourGraph::ReadLinks(const Sections& sections) {
  SIGHTLINE_ASSIGN(lowest_links_,
                   sections.Array<uint32_t>(Column::kGraph, Part::kLinks, nodes_ * lowest_degree_));
  if (!LinksHold(lowest_links_, lowest_degree_, nodes_)) {
    return Damaged("lowest level has a link to nowhere");
  }
  return Ok();
}

Status NeighbourGraph::ReadUpperLevels(const Sections& sections) {
  SIGHTLINE_ASSIGN(const std::span<const uint32_t> counts, NumbersOf(sections, Part::kCounts));
  SIGHTLINE_ASSIGN(ranked_, NumbersOf(sections, Part::kRows));
  if (!RanksHold(ranked_, counts, nodes_)) return Damaged("levels do not hold");
  if (!ranked_.empty() && ranked_.front() != entry_) {
    return Damaged("entry is not on its highest level");
  }
  size_t places = 0;
  for (const uint32_t count : counts) places += count * upper_degree_;
  SIGHTLINE_ASSIGN(std::span<const uint32_t> links,
                   sections.Array<uint32_t>(Column::kGraph, Part::kUpperLinks, places));
  for (const uint32_t count : counts) {
    upper_links_.push_back(links.first(count * upper_degree_));
    links = links.subspan(count * upper_degree_);
    if (count == 0 || !LinksHold(upper_links_.back(), upper_degree_, count)) {
      return Damaged("upper level has a link to nowhere");
    }
  }
  return Ok();
}

Status NeighbourGraph::ReadCopies(const Sections& sections) {
  SIGHTLINE_ASSIGN(originals_, NumbersOf(sections, Part::kOriginals));
  SIGHTLINE_ASSIGN(starts_, sections.Array<uint32_t>(Column::kGraph, Part::kStarts,
                                                     originals_.size() + 1));
  SIGHTLINE_ASSIGN(copies_, NumbersOf(sections, Part::kPostings));
  if (!Ascend(originals_, nodes_) || starts_.front() != 0 || starts_.back() != copies_.size()) {
    return Damaged("copies do not hold");
  }
  for (size_t i = 0; i < originals_.size(); ++i) {
    // The last start is known, and none before it may be greater.
    if (starts_[i] >= starts_[i + 1] || starts_[i + 1] > copies_.size() ||
        !Ascend(copies_.subspan(starts_[i], starts_[i + 1] - starts_[i]), nodes_)) {
      return Damaged("copies do not hold");
    }
  }
  if (!originals_.empty()) has_copies_.resize(nodes_ / 64 + 1);
  for (const uint32_t node : originals_) has_copies_[node / 64] |= uint64_t{1} << (node % 64);
  return Ok();
}

std::span<const uint32_t> NeighbourGraph::CopiesOf(uint32_t node) const {
  const auto at = std::lower_bound(originals_.begin(), originals_.end(), node);
  const auto i = static_cast<size_t>(at - originals_.begin());
  return copies_.subspan(starts_[i], starts_[i + 1] - starts_[i]);
}

}  // namespace sightline::index
