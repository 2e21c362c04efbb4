#include "index/graph_file.h"

#include <fmt/format.h>

#include <array>
#include <sstream>

namespace sightline::index {
namespace {

constexpr int kGraphVersion = 1;

std::string Describe(const GraphSubject& subject, uint64_t bytes, uint64_t fingerprint) {
  const VectorSpace& space = subject.space;
  return fmt::format("graph {} segment {} space {} {} {} {} nodes {} bytes {} fingerprint {:016x}",
                     kGraphVersion, subject.segment, space.name, ElementName(space.element),
                     MetricName(space.metric), space.bytes, subject.nodes, bytes, fingerprint);
}

}  // namespace

Result<std::shared_ptr<const GraphFile>> GraphFile::OpenFile(const std::filesystem::path& path,
                                                             const GraphSubject& subject,
                                                             std::string_view description) {
  SIGHTLINE_ASSIGN(auto file, Parse(path, subject, /*verify=*/true));
  if (file->description() != description) {
    return Error{ErrorCode::kCorruption, "not the graph that the day lists", {}};
  }
  return file;
}

Result<std::shared_ptr<const GraphFile>> GraphFile::OpenWritten(const std::filesystem::path& path,
                                                                const GraphSubject& subject) {
  return Parse(path, subject, /*verify=*/false);
}

Result<std::shared_ptr<const GraphFile>> GraphFile::Parse(const std::filesystem::path& path,
                                                          const GraphSubject& subject,
                                                          bool verify) {
  SIGHTLINE_ASSIGN(Mapping mapping, Mapping::OfFile(path));
  std::shared_ptr<GraphFile> file(new GraphFile(std::move(mapping), path.filename().string()));
  SIGHTLINE_ASSIGN(const Sections sections, Sections::Parse(file->mapping_.bytes(), verify));
  SIGHTLINE_ASSIGN(file->graph_, NeighbourGraph::Parse(sections, subject.nodes));
  file->description_ = Describe(subject, file->bytes(), sections.fingerprint());
  return std::shared_ptr<const GraphFile>(std::move(file));
}

std::optional<std::pair<std::string, std::string>> GraphOver(std::string_view description) {
  std::istringstream words{std::string(description)};
  std::array<std::string, 6> first;
  for (std::string& word : first) words >> word;
  const auto& [graph, version, segment, segment_name, space, space_name] = first;
  if (!words || graph != "graph" || segment != "segment" || space != "space") return std::nullopt;
  return std::pair(segment_name, space_name);
}

}  // namespace sightline::index
