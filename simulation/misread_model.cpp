#include "simulation/misread_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "simulation/confusions.h"

namespace sightline::simulation {
namespace {

constexpr std::array<double, 3> kErrors = {0.88, 0.11, 0.01};  // one, two, three
constexpr double kLoss = 0.07;
constexpr double kInsertion = 0.05;
constexpr double kByTable = 0.9;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string_view AnyOf(std::string_view characters, Random& random) {
  return characters.substr(random.Below(characters.size()), 1);
}

}  // namespace

std::string_view MisreadModel::Substitute(std::string_view character, uint32_t camera,
                                          Random& random) const {
  const auto confusions = ConfusionsOf(character);
  if (!confusions.empty() && random.Chance(kByTable)) {
    std::array<double, 16> weights{};
    const size_t size = std::min(confusions.size(), weights.size());
    for (size_t i = 0; i < size; ++i) {
      // The camera's own leaning, between a quarter and twice the usual.
      Random leaning(
          seed_, Stream::kCameras,
          {camera, static_cast<uint64_t>(static_cast<unsigned char>(character.back())), i});
      weights[i] = confusions[i].weight * leaning.Uniform(0.25, 2);
    }
    return confusions[random.Pick(std::span(weights).first(size))].with;
  }
  while (true) {
    const std::string_view other = IsProvince(character)
                                       ? Provinces()[random.Below(Provinces().size())]
                                       : AnyOf(kCharacters, random);
    if (other != character) return other;
  }
}

std::string MisreadModel::Misread(std::string_view plate, uint32_t camera, Random& random) const {
  std::string reading;
  do {
    std::vector<std::string_view> characters = Characters(plate);
    const size_t errors = 1 + random.Pick(kErrors);
    for (size_t i = 0; i < errors; ++i) {
      const double kind = random.Uniform();
      const size_t at = random.Below(characters.size());
      if (kind < kLoss && characters.size() > 4) {
        characters.erase(characters.begin() + static_cast<ptrdiff_t>(at));
      } else if (kind < kLoss + kInsertion) {
        // Dirt and screws look like 1, and edges of the plate are doubled.
        const std::string_view added = random.Chance(0.4) ? "1"
                                       : random.Chance(0.5) && !IsProvince(characters[at])
                                           ? characters[at]
                                           : AnyOf(kDigits, random);
        const size_t before = at + (at == 0 && scheme_ == PlateScheme::kChina ? 1 : 0);
        characters.insert(characters.begin() + static_cast<ptrdiff_t>(before), added);
      } else {
        characters[at] = Substitute(characters[at], camera, random);
      }
    }
    reading.clear();
    for (const std::string_view character : characters) reading += character;
  } while (reading == plate);
  return reading;
}

double MisreadModel::Confidence(bool right, Random& random) {
  // The greater part near the top, a tail below: products of uniforms.
  const double doubt = right ? 0.24 * random.Uniform() * random.Uniform()
                             : 0.6 * random.Uniform() * (0.45 + 0.55 * random.Uniform());
  return std::floor((1 - doubt) * 1000 + 0.5) / 1000;
}

}  // namespace sightline::simulation
