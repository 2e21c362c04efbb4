// A graph over the vectors of a sealed segment, in a file of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/vector_space.h"
#include "index/neighbour_graph.h"
#include "index/segment.h"
#include "index/segment_bytes.h"

namespace sightline::index {

// Which vectors a graph is over.
struct GraphSubject {
  std::string segment;  // its file's name
  VectorSpace space;
  uint32_t nodes = 0;
};

// Immutable, thread-safe. The form is documented in docs/segment-format.md.
class GraphFile {
 public:
  // Maps the file and verifies all of it. Errors: kCorruption when it is damaged, or not what
  // `description` says, or that is not of `subject`; kNotFound, kIo.
  static Result<std::shared_ptr<const GraphFile>> OpenFile(const std::filesystem::path& path,
                                                           const GraphSubject& subject,
                                                           std::string_view description);
  // As that, of a file that this process has just written and synced: not verified.
  static Result<std::shared_ptr<const GraphFile>> OpenWritten(const std::filesystem::path& path,
                                                              const GraphSubject& subject);

  // Of the file.
  const std::string& name() const { return name_; }
  const NeighbourGraph& graph() const { return *graph_; }
  uint64_t bytes() const { return mapping_.bytes().size(); }
  // What a day lists beside the file's name: tells this content, and what it is over, from any
  // other.
  const std::string& description() const { return description_; }

 private:
  GraphFile(Mapping mapping, std::string name)
      : mapping_(std::move(mapping)), name_(std::move(name)) {}
  static Result<std::shared_ptr<const GraphFile>> Parse(const std::filesystem::path& path,
                                                        const GraphSubject& subject, bool verify);

  Mapping mapping_;
  std::string name_;
  std::string description_;
  std::shared_ptr<const NeighbourGraph> graph_;
};

// Of the files that a day lists, by their descriptions: the segment's name and the space's. Nullopt
// for what is no graph.
std::optional<std::pair<std::string, std::string>> GraphOver(std::string_view description);

// A sealed segment, or one in memory, and the graphs over its vectors, by space.
struct GraphedSegment {
  std::shared_ptr<const Segment> segment;
  std::map<std::string, std::shared_ptr<const GraphFile>, std::less<>> graphs;

  // Null where there is none.
  const GraphFile* FindGraph(std::string_view space) const {
    const auto found = graphs.find(space);
    return found == graphs.end() ? nullptr : found->second.get();
  }
};

}  // namespace sightline::index
