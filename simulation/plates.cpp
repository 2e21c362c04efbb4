#include "simulation/plates.h"

#include <array>

#include "simulation/confusions.h"

namespace sightline::simulation {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ";  // of Chinese plates: no I, no O
constexpr std::string_view kAllLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

char Digit(Random& random) { return static_cast<char>('0' + random.Below(10)); }
char OneOf(std::string_view letters, Random& random) {
  return letters[random.Below(letters.size())];
}

// FNV-1a, 64 bits: a plate in a set.
uint64_t HashOf(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return Mix(hash);
}

// Five characters, digits but for two letters at most (GA 36-2018).
std::string ChineseNumber(Random& random) {
  std::string number;
  for (int i = 0; i < 5; ++i) number += Digit(random);
  constexpr std::array<double, 3> kLetterCounts = {0.15, 0.35, 0.5};
  const size_t letters = random.Pick(kLetterCounts);
  for (size_t i = 0; i < letters; ++i) number[random.Below(5)] = OneOf(kLetters, random);
  return number;
}

std::string ChinesePlate(Random& random, PlateUse use) {
  std::string plate;
  if (use == PlateUse::kVisitor) {
    // Neighbouring provinces are likelier than distant ones.
    const auto provinces = Provinces();
    const size_t index = std::min(random.Below(provinces.size()), random.Below(provinces.size()));
    plate += provinces[(index + 1) % provinces.size()];
    plate += OneOf("AAABBCDEFGHJKL", random);
  } else {
    plate += "京";
    plate += OneOf("AEFGHJKLMNPQYBC", random);
  }
  if (use == PlateUse::kNewEnergy) {
    plate += OneOf("DDDAF", random);
    std::string rest;
    for (int i = 0; i < 5; ++i) rest += Digit(random);
    if (random.Chance(0.3)) rest[0] = OneOf(kLetters, random);
    return plate + rest;
  }
  return plate + ChineseNumber(random);
}

std::string Pattern(Random& random, std::string_view pattern) {
  std::string plate;
  for (const char c : pattern) plate += c == '9' ? Digit(random) : OneOf(kAllLetters, random);
  return plate;
}

std::string CalifornianPlate(Random& random, PlateUse use) {
  if (use == PlateUse::kLarge) return Pattern(random, "9A99999");  // commercial
  if (use == PlateUse::kVisitor) {
    constexpr std::array<std::string_view, 4> kStates = {"AAA9999", "AAA999", "999AAA", "9AA9999"};
    return Pattern(random, kStates[random.Below(kStates.size())]);
  }
  std::string plate = Pattern(random, "9AAA999");
  // The series in use: 5 to 9.
  plate[0] = static_cast<char>('5' + random.Below(5));
  return plate;
}

}  // namespace

std::string PlateOffice::Draw(Random& random, PlateUse use) const {
  return scheme_ == PlateScheme::kChina ? ChinesePlate(random, use) : CalifornianPlate(random, use);
}

bool PlateOffice::Take(const std::string& plate) { return taken_.insert(HashOf(plate)).second; }

std::string PlateOffice::Issue(uint64_t vehicle, PlateUse use) {
  Random random(seed_, Stream::kPlate, {vehicle});
  while (true) {
    std::string plate = Draw(random, use);
    if (Take(plate)) return plate;
  }
}

std::string PlateOffice::IssueNeighbour(uint64_t vehicle, const std::string& plate) {
  constexpr int kTries = 20;
  Random random(seed_, Stream::kPlate, {vehicle, 1});
  const std::vector<std::string_view> characters = Characters(plate);
  for (int i = 0; i < kTries; ++i) {
    const size_t at = random.Below(characters.size());
    const auto confusions = ConfusionsOf(characters[at]);
    if (confusions.empty()) continue;
    const std::string_view other = confusions[random.Below(confusions.size())].with;
    // A plate of the same kind: no I or O in China, the letter after the province stays a letter,
    // and elsewhere digits stay digits.
    const bool is_digit = other[0] >= '0' && other[0] <= '9';
    const bool was_digit = characters[at][0] >= '0' && characters[at][0] <= '9';
    if (scheme_ == PlateScheme::kChina) {
      if (other == "I" || other == "O" || (at == 1 && is_digit)) continue;
    } else if (is_digit != was_digit) {
      continue;
    }
    const auto begin = static_cast<size_t>(characters[at].data() - plate.data());
    std::string neighbour = plate;
    neighbour.replace(begin, characters[at].size(), other);
    if (Take(neighbour)) return neighbour;
  }
  return {};
}

}  // namespace sightline::simulation
