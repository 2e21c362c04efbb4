#include "core/utf8.h"

#include <unicode/utf8.h>

namespace sightline {

char32_t NextOfAnyLength(std::string_view text, size_t& at) {
  UChar32 c = 0;
  U8_NEXT_OR_FFFD(text.data(), at, text.size(), c);
  return static_cast<char32_t>(c);
}

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (size_t at = 0; at < text.size();) points.push_back(NextCodePoint(text, at));
  return points;
}

void AppendUtf8(char32_t code_point, std::string& text) {
  char bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  const bool is_scalar = code_point <= 0x10FFFF && !U_IS_SURROGATE(code_point);
  const char32_t c = is_scalar ? code_point : U'\uFFFD';
  U8_APPEND_UNSAFE(bytes, length, c);
  text.append(bytes, static_cast<size_t>(length));
}

}  // namespace sightline
