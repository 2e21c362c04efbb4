#include "tests/unit/index/plate_sets.h"

#include <algorithm>
#include <set>

#include "core/plate.h"
#include "core/utf8.h"

namespace sightline::index {
namespace {

constexpr std::u32string_view kProvinces = U"京津沪粤苏浙";
constexpr std::u32string_view kLatin = U"ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

char32_t OneOf(std::mt19937_64& random, std::u32string_view characters) {
  return characters[random() % characters.size()];
}

std::u32string RandomPlate(std::mt19937_64& random, PlateKind kind) {
  std::u32string plate;
  const auto repeat = [&](size_t times, auto make) {
    for (; times > 0; --times) plate.push_back(make());
  };
  switch (kind) {
    case PlateKind::kChinese:
      plate = {OneOf(random, kProvinces), OneOf(random, U"ABC")};
      repeat(5 + random() % 3, [&] { return OneOf(random, kLatin); });
      break;
    case PlateKind::kFewLetters:
      repeat(1 + random() % 12, [&] { return OneOf(random, U"A1京"); });
      break;
    case PlateKind::kPseudonyms:
      repeat(40, [&] { return OneOf(random, U"0123456789ABCDEF"); });
      break;
    case PlateKind::kManyScripts:
      repeat(1 + random() % 20, [&] { return OneOf(random, U"AB12أبกข京津é\U0001D7D8\U00020000"); });
      break;
    case PlateKind::kWideCodes:
      repeat(1 + random() % 9, [&] { return static_cast<char32_t>(0x4E00 + random() % 600); });
      break;
    case PlateKind::kWidestCodes:
      repeat(1 + random() % 6, [&] { return static_cast<char32_t>(0x20000 + random() % 90'000); });
      break;
  }
  return plate;
}

std::string Utf8Of(std::u32string_view characters) {
  std::string text;
  for (const char32_t c : characters) AppendUtf8(c, text);
  return text;
}

// One character inserted, lost or changed.
void Misread(std::mt19937_64& random, std::u32string& plate, char32_t character) {
  const size_t at = random() % plate.size();
  const size_t kind = random() % 3;
  if (kind == 0 && plate.size() > 1) {
    plate.erase(at, 1);
  } else if (kind == 1) {
    plate.insert(at, 1, character);
  } else {
    plate[at] = character;
  }
}

const std::string& OneOf(std::mt19937_64& random, const std::vector<std::string>& plates) {
  return plates[random() % plates.size()];
}

char32_t SomeCharacter(std::mt19937_64& random, const std::vector<std::string>& plates) {
  return random() % 20 == 0 ? U'Ж' : OneOf(random, CodePoints(OneOf(random, plates)));
}

}  // namespace

std::vector<std::string> RandomPlates(std::mt19937_64& random, PlateKind kind, size_t count) {
  std::set<std::string> plates;
  for (size_t i = 0; i < count; ++i) {
    std::u32string plate = RandomPlate(random, kind);
    plates.insert(Utf8Of(plate));
    if (random() % 2 == 0) {
      Misread(random, plate, OneOf(random, RandomPlate(random, kind)));
      if (std::string misread = Utf8Of(plate); misread.size() <= kMaxPlateBytes) {
        plates.insert(std::move(misread));
      }
    }
  }
  return {plates.begin(), plates.end()};
}

std::string RandomPattern(std::mt19937_64& random, const std::vector<std::string>& plates) {
  std::u32string pattern;
  const size_t wildness = 2 + random() % 8;
  for (const char32_t c : CodePoints(OneOf(random, plates))) {
    switch (random() % (2 * wildness)) {
      case 0: pattern += U"*"; break;
      case 1: pattern += U"?"; break;
      case 2: pattern += U"*?"; break;
      case 3: (pattern += U"*") += c; break;
      case 4: (pattern += U"\\") += c; break;
      case 5: pattern += random() % 4 == 0 ? SomeCharacter(random, plates) : c; break;
      default: pattern += c;
    }
  }
  if (const size_t start = random() % 3; start > 0) {
    pattern = (start == 1 ? U"*" : U"") + pattern.substr(random() % pattern.size());
  }
  if (random() % 2 == 0) pattern = pattern.substr(0, random() % (pattern.size() + 1)) + U"*";
  return Utf8Of(pattern);
}

std::string RandomText(std::mt19937_64& random, const std::vector<std::string>& plates) {
  std::u32string text = CodePoints(OneOf(random, plates));
  for (size_t errors = random() % 4; errors > 0; --errors) {
    Misread(random, text, SomeCharacter(random, plates));
  }
  for (size_t unknowns = random() % 3; unknowns > 0; --unknowns) {
    text[random() % text.size()] = U'?';
  }
  while (Utf8Of(text).size() > kMaxPlateBytes) text.pop_back();
  return Utf8Of(text);
}

}  // namespace sightline::index
