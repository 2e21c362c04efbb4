// UTF-8 as code points and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sightline {

// The code point that starts at byte `at`, which moves behind it; U+FFFD for a malformed sequence.
// Requires at < text.size(). Thread-safe, as all of these.
char32_t NextCodePoint(std::string_view text, size_t& at);

// All code points of `text`.
std::u32string CodePoints(std::string_view text);

// Appends one code point to `text`, U+FFFD where it is none (a surrogate, above U+10FFFF).
void AppendUtf8(char32_t code_point, std::string& text);

}  // namespace sightline
