// The filter as options of a command.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/time_zone.h"
#include "core/error.h"
#include "core/filter.h"

namespace sightline::client {

struct SearchFilterOptions {
  std::string plate;
  std::vector<std::string> cameras;
  std::string from;
  std::string to;
  std::string near;
  std::string area_file;
  std::vector<std::string> attributes;
};

// `options` outlives the parse.
void AddFilterOptions(CLI::App& command, SearchFilterOptions& options);

// kInvalidArgument for what cannot be read, naming the option.
Result<Filter> MakeFilter(const SearchFilterOptions& options, const TimeZone& zone);

}  // namespace sightline::client
