#include "client/input/column_map.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sightline::client {

Result<ColumnMapping> ParseColumnMapping(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return InvalidArgument(
        fmt::format("'{}' is no mapping; write member=column, for example plate=plate_hash", text));
  }
  return ColumnMapping{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

bool NullWords::IsNull(std::string_view value) const {
  return value.empty() || std::ranges::find(words_, value) != words_.end();
}

Result<size_t> FindColumn(std::span<const std::string> header, std::string_view column) {
  const auto found = std::ranges::find(header, column);
  if (found == header.end()) {
    return InvalidArgument(fmt::format("there is no column '{}'; the file's columns are {}", column,
                                       fmt::join(header, ", ")));
  }
  if (std::find(found + 1, header.end(), column) != header.end()) {
    return InvalidArgument(fmt::format("the file has two columns '{}'", column));
  }
  return static_cast<size_t>(found - header.begin());
}

Result<double> ParseDecimal(std::string_view text, std::string_view what) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return InvalidArgument(fmt::format("the {} '{}' is not a number", what, text.substr(0, 64)));
  }
  return number;
}

}  // namespace sightline::client
