// How wide text is on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sightline::client {

// Cells of a fixed-width terminal: two for wide East Asian characters, none for combining marks.
// `text` is UTF-8 without control characters.
size_t DisplayWidth(std::string_view text);

// `text` fit to be shown: control characters and what is not UTF-8 become U+FFFD, so that nothing
// that was stored can steer the terminal.
std::string Printable(std::string_view text);

}  // namespace sightline::client
