#include "tests/unit/index/vector_sets.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "simulation/appearance.h"
#include "simulation/random.h"
#include "simulation/vehicle_models.h"

namespace sightline::index {
namespace {

using simulation::Random;

constexpr uint32_t kCameras = 200;
constexpr uint32_t kReadingsAVehicle = 10;

std::string Reading(const simulation::AppearanceModel& model, uint32_t vehicle, Random& random) {
  Random own(9, simulation::Stream::kVehicle, {vehicle});
  const uint16_t make = simulation::DrawModel(own, simulation::kPassengerTypes);
  const auto type = static_cast<uint8_t>(simulation::VehicleModels()[make].type);
  std::string bytes;
  model.Draw({vehicle, make, type, simulation::DrawColor(own)},
             {random.Below(kCameras), random.Uniform(-1, 1)}, random, bytes);
  return bytes;
}

// The components, some 18 in the middle, as the space's own.
std::string InSpace(const VectorSpace& space, const std::string& bytes) {
  if (space.element == VectorElement::kU8) return bytes;
  std::string vector(space.bytes, '\0');
  for (size_t i = 0; i < space.dimensions(); ++i) {
    const int component = static_cast<uint8_t>(bytes[i]) - 18;
    if (space.element == VectorElement::kI8) {
      vector[i] = static_cast<char>(std::clamp(component, -128, 127));
    } else {
      const float value = static_cast<float>(component) / 16;
      std::memcpy(vector.data() + i * sizeof(value), &value, sizeof(value));
    }
  }
  return vector;
}

std::string FileBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

VectorSet SimulatedVectors(size_t rows, size_t queries, VectorElement element, VectorMetric metric,
                           uint32_t bytes) {
  VectorSet set{{.name = "test", .bytes = bytes, .element = element, .metric = metric}, {}, {}};
  const simulation::AppearanceModel model(
      1, bytes == 128 ? simulation::kVehicleSpace : simulation::kDetailSpace, kCameras);
  const auto vehicles = static_cast<uint32_t>(std::max<size_t>(1, rows / kReadingsAVehicle));
  Random random(2);
  for (size_t i = 0; i < rows; ++i) {
    const auto vehicle = static_cast<uint32_t>(i % vehicles);
    set.rows += InSpace(set.space, Reading(model, vehicle, random));
  }
  for (size_t i = 0; i < queries; ++i) {
    set.queries.push_back(InSpace(set.space, Reading(model, random.Below(vehicles), random)));
  }
  return set;
}

std::optional<VectorSet> RealVectors() {
  constexpr uint32_t kBytes = 128;
  constexpr size_t kQueries = 1'000;
  const char* root = std::getenv("SIGHTLINE_TEST_DATA");
  const std::filesystem::path data =
      root != nullptr ? root : std::filesystem::path(SIGHTLINE_SOURCE_DIR) / "../shared/data";
  const std::string file = FileBytes(data / "bigann10k" / "bigann10k_base.bvecs");
  if (file.empty()) return std::nullopt;
  VectorSet set{{.name = "real", .bytes = kBytes}, {}, {}};
  // Each is an int32, its dimension, and the components.
  for (size_t at = 0; at + 4 + kBytes <= file.size(); at += 4 + kBytes) {
    set.rows += file.substr(at + 4, kBytes);
  }
  for (size_t i = 0; i < kQueries; ++i) set.queries.push_back(set.Row(i));
  return set;
}

std::unique_ptr<BuiltGraph> Build(const VectorSet& set, const GraphOptions& options) {
  auto built = std::make_unique<BuiltGraph>();
  SegmentWriter writer(built->output);
  WriteGraph(set.Array(), options, writer, {}).value();
  writer.Finish().value();
  const Sections sections = Sections::Parse(built->output.bytes(), true).value();
  built->graph = NeighbourGraph::Parse(sections, set.Array().size()).value();
  return built;
}

std::vector<DistanceKey> NearestKeys(const VectorSet& set, const std::string& query, size_t k,
                                     const RowPredicate& passes) {
  const DistanceKernels& kernels = DistanceKernels::Of(set.space);
  std::vector<DistanceKey> all(set.Array().size());
  kernels.Contiguous(kernels.Prepare(query), set.Array().bytes.data(), all);
  std::vector<DistanceKey> keys;
  for (uint32_t row = 0; row < all.size(); ++row) {
    if (passes == nullptr || passes(row)) keys.push_back(all[row]);
  }
  const size_t size = std::min(k, keys.size());
  std::partial_sort(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(size), keys.end());
  keys.resize(size);
  return keys;
}

double RecallOf(const Walk& walk, std::span<const DistanceKey> truth) {
  if (truth.empty()) return 1;
  const auto found = std::count_if(walk.nearest.begin(), walk.nearest.end(), [&](NearNode near) {
    return near.key <= truth.back();
  });
  return static_cast<double>(found) / static_cast<double>(truth.size());
}

}  // namespace sightline::index
