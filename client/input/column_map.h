// Which column of a CSV file is which member of the API.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace sightline::client {

// One "member=column" of --map.
struct ColumnMapping {
  std::string member;
  std::string column;
};

// "plate=plate_hash". kInvalidArgument without '=' or with an empty side.
Result<ColumnMapping> ParseColumnMapping(std::string_view text);

// The values that a file writes where it has none ("NA"); an empty field is always one.
class NullWords {
 public:
  explicit NullWords(std::vector<std::string> words) : words_(std::move(words)) {}
  bool IsNull(std::string_view value) const;

 private:
  std::vector<std::string> words_;
};

// The position of `column` in `header`. kInvalidArgument, naming the columns that there are.
Result<size_t> FindColumn(std::span<const std::string> header, std::string_view column);

// A finite decimal number, nothing around it. kInvalidArgument, naming `what`.
Result<double> ParseDecimal(std::string_view text, std::string_view what);

}  // namespace sightline::client
