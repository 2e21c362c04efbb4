// UTF-8 as code points and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sightline {

// NextCodePoint for any code point.
char32_t NextOfAnyLength(std::string_view text, size_t& at);

// The code point that starts at byte `at`, which moves behind it; U+FFFD for a malformed sequence.
// Requires at < text.size(). Thread-safe, as all of these.
inline char32_t NextCodePoint(std::string_view text, size_t& at) {
  // Most of a plate is ASCII.
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte >= 0x80) return NextOfAnyLength(text, at);
  ++at;
  return byte;
}

// All code points of `text`.
std::u32string CodePoints(std::string_view text);

// Appends one code point to `text`, U+FFFD where it is none (a surrogate, above U+10FFFF).
void AppendUtf8(char32_t code_point, std::string& text);

}  // namespace sightline
