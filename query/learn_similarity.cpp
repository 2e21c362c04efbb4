#include "query/learn_similarity.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plate_distance.h"
#include "query/reading_sample.h"
#include "query/similarity_fit.h"
#include "query/travel_bound.h"

namespace sightline::query {
namespace {

constexpr uint64_t kSeed = 0x51'6E'17;
constexpr size_t kMostPairsOfAPlate = 8;
// With fewer pairs a curve says less than the default.
constexpr size_t kLeastPlates = 50;
constexpr size_t kLeastSamePairs = 100;
constexpr size_t kLeastOtherPairs = 1'000;
// Two plates this alike may be one, where the readings look alike, too: nearer than so many of the
// same vehicle.
constexpr int kMisread = 1;
constexpr double kLookAlike = 0.95;
constexpr size_t kBetweenChecks = 64;

std::string_view VectorOf(const Sighting& sighting, const VectorSpace& space) {
  for (const AppearanceVector& vector : sighting.vectors) {
    if (vector.space == space.name) return vector.bytes;
  }
  return {};
}

struct PlatePairs {
  std::vector<double> distances;
  std::vector<Sighting> readings;  // those that another one of their plate was found for
};

Result<PlatePairs> ComparePlates(ReadingSampler& sampler, std::vector<Sighting> readings,
                                 size_t wanted, const VectorSpace& space,
                                 const ReadingSampler::Accept& accept,
                                 const Cancellation& cancellation) {
  const size_t of_a_plate =
      std::clamp<size_t>(wanted / std::max<size_t>(1, readings.size()), 1, kMostPairsOfAPlate);
  PlatePairs pairs;
  for (size_t i = 0; i < readings.size(); ++i) {
    if (i % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const size_t before = pairs.distances.size();
    for (const Sighting& other : sampler.Others(readings[i], of_a_plate, accept)) {
      if (!JudgeTravel(TravelBound(), readings[i], other).possible) continue;
      pairs.distances.push_back(
          VectorDistance(space, VectorOf(readings[i], space), VectorOf(other, space)));
    }
    if (pairs.distances.size() > before) pairs.readings.push_back(std::move(readings[i]));
  }
  return pairs;
}

// Pairs a step apart in the random order, then two steps, ...: no pair comes twice.
Result<std::vector<double>> CompareOthers(std::span<const Sighting> readings, size_t wanted,
                                          double look_alike, const VectorSpace& space,
                                          const Cancellation& cancellation) {
  std::vector<double> distances;
  for (size_t step = 1; step <= (readings.size() - 1) / 2; ++step) {
    for (size_t i = 0; i < readings.size(); ++i) {
      if (distances.size() == wanted) return distances;
      if (i % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const Sighting& a = readings[i];
      const Sighting& b = readings[(i + step) % readings.size()];
      const double distance = VectorDistance(space, VectorOf(a, space), VectorOf(b, space));
      if (distance <= look_alike && WithinPlateDistance(a.plate, b.plate, kMisread)) continue;
      distances.push_back(distance);
    }
  }
  return distances;
}

double Quantile(std::vector<double> values, double share) {
  const auto at = static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

}  // namespace

Result<std::shared_ptr<const SimilarityModel>> LearnSimilarity(
    storage::Store& store, const VectorSpace& space, TimestampMs now,
    const SimilarityLearningLimits& limits, const Cancellation& cancellation) {
  using Model = std::shared_ptr<const SimilarityModel>;
  const ReadingSampler::Accept accept = [&](const Sighting& sighting) {
    return CheckVector(space, VectorOf(sighting, space)).has_value();
  };
  SimilarityBasis basis{.learned_at = now, .learned_as_of = store.VisibleSequence()};
  ReadingSampler sampler(store, {limits.readings, limits.days, limits.probes}, kSeed);
  SIGHTLINE_ASSIGN(std::vector<Sighting> readings, sampler.Draw(accept, cancellation));
  SIGHTLINE_ASSIGN(PlatePairs same, ComparePlates(sampler, std::move(readings),
                                                   limits.same_pairs, space, accept, cancellation));
  basis.plates = same.readings.size();
  basis.same_pairs = same.distances.size();
  if (basis.plates < kLeastPlates || basis.same_pairs < kLeastSamePairs) return Model();

  SIGHTLINE_ASSIGN(std::vector<double> others,
                   CompareOthers(same.readings, limits.other_pairs,
                                 Quantile(same.distances, kLookAlike), space, cancellation));
  basis.other_pairs = others.size();
  if (basis.other_pairs < kLeastOtherPairs) return Model();
  return std::make_shared<const SimilarityModel>(
      FitSimilarity(std::move(same.distances), std::move(others)), basis);
}

}  // namespace sightline::query
