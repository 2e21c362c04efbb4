// Names of the index's files.
#pragma once

#include <string>
#include <string_view>

namespace sightline::index {

// Sixteen hexadecimal digits and the extension. Never one that was there before: a file of that name
// may still wait to be deleted.
std::string NewFileName(std::string_view extension);

}  // namespace sightline::index
