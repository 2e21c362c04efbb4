#include "bench/appearance/data_set.h"

#include <fmt/format.h>

#include <fstream>

#include "simulation/random.h"
#include "simulation/vehicle_models.h"

namespace sightline::bench {

Status DataSet::WriteAbout(const std::filesystem::path& folder, const About& about) {
  std::ofstream file(folder / "about");
  file << about.vector_bytes << ' ' << about.queries_are_rows << ' ' << about.cameras << '\n';
  file.close();
  if (!file) return Error{ErrorCode::kIo, "about cannot be written", {}};
  return Ok();
}

DataSet::DataSet(std::filesystem::path folder, const About& about, index::Mapping vectors,
                 index::Mapping rows, index::Mapping query_vectors, index::Mapping query_rows)
    : folder_(std::move(folder)),
      about_(about),
      vectors_(std::move(vectors)),
      rows_(std::move(rows)),
      query_vectors_(std::move(query_vectors)),
      query_rows_(std::move(query_rows)) {
  for (const VectorSpace& space : DefaultSpaces()) {
    if (space.bytes == about.vector_bytes) space_ = space;
  }
}

Result<DataSet> DataSet::Open(const std::filesystem::path& folder) {
  About about;
  std::ifstream file(folder / "about");
  if (!file) return NotFound(fmt::format("no data set in {}", folder.string()));
  file >> about.vector_bytes >> about.queries_are_rows >> about.cameras;
  SIGHTLINE_ASSIGN(auto vectors, index::Mapping::OfFile(folder / "base.vectors"));
  SIGHTLINE_ASSIGN(auto rows, index::Mapping::OfFile(folder / "base.rows"));
  SIGHTLINE_ASSIGN(auto query_vectors, index::Mapping::OfFile(folder / "query.vectors"));
  SIGHTLINE_ASSIGN(auto query_rows, index::Mapping::OfFile(folder / "query.rows"));
  DataSet made(folder, about, std::move(vectors), std::move(rows), std::move(query_vectors),
               std::move(query_rows));
  if (made.space_.bytes != about.vector_bytes ||
      made.vectors_.bytes().size() != size_t{made.size()} * about.vector_bytes ||
      made.query_vectors_.bytes().size() != size_t{made.queries()} * about.vector_bytes) {
    return Error{ErrorCode::kCorruption, "the files of the data set do not fit each other", {}};
  }
  if (std::filesystem::exists(folder / "truth")) {
    SIGHTLINE_ASSIGN(made.truth_, index::Mapping::OfFile(folder / "truth"));
    const size_t wanted = size_t{made.queries()} * kTruthDepth * sizeof(index::NearNode);
    if (made.truth_->bytes().size() != wanted) {
      return Error{ErrorCode::kCorruption, "the truth is not of these questions", {}};
    }
  }
  return made;
}

std::span<const DataRow> DataSet::Rows(const index::Mapping& file) {
  return {reinterpret_cast<const DataRow*>(file.bytes().data()),
          file.bytes().size() / sizeof(DataRow)};
}

std::string_view DataSet::VectorAt(const index::Mapping& file, uint32_t number) const {
  const std::byte* first = file.bytes().data() + size_t{number} * about_.vector_bytes;
  return {reinterpret_cast<const char*>(first), about_.vector_bytes};
}

std::optional<uint32_t> DataSet::Excluded(uint32_t query) const {
  return about_.queries_are_rows ? std::optional(query) : std::nullopt;
}

std::span<const index::NearNode> DataSet::Truth(uint32_t query) const {
  if (!truth_) return {};
  const auto* all = reinterpret_cast<const index::NearNode*>(truth_->bytes().data());
  std::span<const index::NearNode> answers(all + size_t{query} * kTruthDepth, kTruthDepth);
  // Sets with fewer rows end in none.
  size_t size = answers.size();
  while (size > 0 && answers[size - 1].key == index::kFarthestKey) --size;
  return answers.first(size);
}

int LotOf(uint32_t row) {
  const double draw = static_cast<double>(simulation::Mix(row + 0x9E37'79B9'7F4A'7C15u) >> 11) *
                      0x1p-53;
  int lot = 0;
  for (const double share : {0.5, 0.1, 0.01, 0.001, 0.0001}) lot += draw < share ? 1 : 0;
  return lot;
}

std::string LotNameOf(int lot) { return fmt::format("lot {}", lot); }

std::string ModelNameOf(uint16_t model) {
  const simulation::VehicleModel& named = simulation::VehicleModels()[model];
  return fmt::format("{} {}", named.brand, named.model);
}

}  // namespace sightline::bench
