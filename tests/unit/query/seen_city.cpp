#include "tests/unit/query/seen_city.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "simulation/observation.h"
#include "simulation/simulation.h"

namespace sightline::testing {

SeenCity::SeenCity(const simulation::SimulationOptions& options) {
  simulation::City city = simulation::City::Build(options).value();
  simulation::Simulation simulation(options, city);
  const simulation::Observer observer(options, city, simulation.population());
  std::vector<simulation::ArrivedPass> passes;
  while (simulation.Next(passes)) {
    for (const simulation::ArrivedPass& pass : passes) {
      if (pass.missed) continue;
      SeenReading& reading = readings_.emplace_back();
      reading.vehicle = pass.pass.vehicle;
      observer.Read(pass, reading.sighting);
    }
  }
}

void SeenCity::Fill(FilledStore& store, const std::function<void(Sighting&)>& change) const {
  constexpr size_t kAtOnce = 5'000;
  std::vector<Sighting> batch;
  for (const SeenReading& reading : readings_) {
    batch.push_back(reading.sighting);
    if (change) change(batch.back());
    if (batch.size() == kAtOnce || &reading == &readings_.back()) {
      store.Add(batch);
      batch.clear();
    }
  }
}

std::vector<JudgedPair> DrawPairs(const SeenCity& city, const VectorSpace& space,
                                  const std::function<std::string(const Sighting&)>& vector,
                                  size_t same, size_t others, std::mt19937_64& random) {
  const std::vector<SeenReading>& readings = city.readings();
  std::map<uint32_t, std::vector<size_t>> of_vehicle;
  for (size_t i = 0; i < readings.size(); ++i) of_vehicle[readings[i].vehicle].push_back(i);
  const auto below = [&](size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
  };
  const auto distance = [&](size_t a, size_t b) {
    return VectorDistance(space, vector(readings[a].sighting), vector(readings[b].sighting));
  };
  std::vector<JudgedPair> pairs;
  while (pairs.size() < same) {
    const size_t a = below(readings.size());
    const std::vector<size_t>& own = of_vehicle[readings[a].vehicle];
    const size_t b = own[below(own.size())];
    if (a != b) pairs.push_back({distance(a, b), true});
  }
  while (pairs.size() < same + same * others) {
    const size_t a = below(readings.size());
    const size_t b = below(readings.size());
    if (readings[a].vehicle != readings[b].vehicle) pairs.push_back({distance(a, b), false});
  }
  return pairs;
}

double CalibrationError(std::span<const JudgedPair> pairs, double others, double least,
                        const std::function<double(double distance)>& probability) {
  constexpr size_t kBins = 10;
  struct Bin {
    double weight = 0;
    double probability = 0;
    double same = 0;
  };
  std::array<Bin, kBins> bins;
  const auto same = static_cast<double>(std::ranges::count_if(pairs, &JudgedPair::same));
  const double other_weight = others * same / (static_cast<double>(pairs.size()) - same);
  double weight = 0;
  for (const JudgedPair& pair : pairs) {
    const double predicted = probability(pair.distance);
    if (predicted < least) continue;
    const double counts = pair.same ? 1 : other_weight;
    Bin& bin = bins[std::min(kBins - 1, static_cast<size_t>(predicted * kBins))];
    bin.weight += counts;
    bin.probability += counts * predicted;
    bin.same += pair.same ? counts : 0;
    weight += counts;
  }
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.probability - bin.same);
  return error / weight;
}

}  // namespace sightline::testing
