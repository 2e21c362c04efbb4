// The filter as options of a command.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/time_zone.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::client {

struct SearchFilterOptions {
  std::string plate;
  std::string plate_like;
  int max_distance = 1;
  std::vector<std::string> cameras;
  std::string from;
  std::string to;
  std::string near;
  std::string area_file;
  std::vector<std::string> attributes;
};

// The option `name` for a plate_like's text, and `distance_name` for how far from it a plate may
// be. Both values outlive the parse.
void AddLikeOptions(CLI::App& command, const std::string& name, std::string& text,
                    int& max_distance, const std::string& distance_name = "--max-distance");

// `options` outlives the parse. `distance_name`: as of AddLikeOptions.
void AddFilterOptions(CLI::App& command, SearchFilterOptions& options,
                      const std::string& distance_name = "--max-distance");

// "NAME=VALUE"; the value is a number or a boolean where it reads as one. kInvalidArgument for text
// without a name.
Result<Attribute> ParseAttribute(const std::string& text);

// kInvalidArgument for what cannot be read, naming the option.
Result<Filter> MakeFilter(const SearchFilterOptions& options, const TimeZone& zone);

}  // namespace sightline::client
