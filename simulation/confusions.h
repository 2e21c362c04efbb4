// Which characters recognisers take for which.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::simulation {

struct Confusion {
  std::string_view with;  // one character, UTF-8
  double weight = 0;      // against the others of the same character
};

// What `character` (one character, UTF-8) is most often taken for; empty for an unknown one.
std::span<const Confusion> ConfusionsOf(std::string_view character);

// The characters of a text, each as its UTF-8 bytes. Views into `text`, which must be valid UTF-8.
std::vector<std::string_view> Characters(std::string_view text);

// The characters that stand for China's provinces, in the order of the standard (GA 36-2018).
std::span<const std::string_view> Provinces();
bool IsProvince(std::string_view character);

}  // namespace sightline::simulation
