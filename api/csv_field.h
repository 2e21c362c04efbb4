// A field of a CSV file (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace sightline::api {

// Appends `text`, quoted where it must be.
inline void AppendCsvField(std::string_view text, std::string& out) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace sightline::api
