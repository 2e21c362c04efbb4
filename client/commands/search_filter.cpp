#include "client/commands/search_filter.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "api/filter_json.h"
#include "client/commands/command_line.h"
#include "client/input/byte_source.h"
#include "client/input/column_map.h"

namespace sightline::client {
namespace {

constexpr size_t kMaxAreaBytes = size_t{16} << 20;

// "lon,lat,radius".
Result<Circle> ParseNear(const std::string& text) {
  std::vector<double> numbers;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    const auto number = ParseDecimal(text.substr(start, end - start), "part of --near");
    if (!number) return number.error();
    numbers.push_back(*number);
    start = end + 1;
  }
  if (numbers.size() != 3) {
    return InvalidArgument("--near is LON,LAT,RADIUS in degrees and metres: 116.31,39.98,800");
  }
  return Circle{{numbers[0], numbers[1]}, {numbers[2]}};
}

// The geometry of a GeoJSON file: itself, a Feature's, or that of a collection's only Feature.
Result<Area> ReadArea(const std::string& path) {
  SIGHTLINE_ASSIGN(const auto source, ByteSource::Open(path));
  SIGHTLINE_ASSIGN(const std::string text, ReadAll(*source, kMaxAreaBytes));
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(text).get(root)) return InvalidArgument(path + " is not JSON");
  simdjson::dom::array features;
  if (!root["features"].get(features)) {
    if (features.size() != 1) {
      return InvalidArgument(fmt::format("{} has {} features; --area takes one", path,
                                         features.size()));
    }
    root = features.at(0).value_unsafe();
  }
  simdjson::dom::element geometry;
  if (!root["geometry"].get(geometry)) root = geometry;
  const auto filter =
      api::ParseFilter(fmt::format(R"({{"area":{}}})", simdjson::minify(root)), "");
  if (!filter) return InvalidArgument(fmt::format("{}: {}", path, filter.error().message));
  return *filter->area;
}

// A value may have been stored as text, as a number or as a boolean: all that it reads as are
// meant.
void AddValues(std::string_view text, std::vector<AttributeValue>& any_of) {
  any_of.emplace_back(std::string(text));
  if (text == "true" || text == "false") {
    any_of.emplace_back(text == "true");
    return;
  }
  int64_t whole = 0;
  const char* const end = text.data() + text.size();
  if (const auto [last, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && last == end) {
    any_of.emplace_back(whole);
  } else if (const auto number = ParseDecimal(text, "value")) {
    any_of.emplace_back(*number);
  }
}

struct NameAndValue {
  std::string name;
  std::string_view value;
};

Result<NameAndValue> SplitAttribute(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return InvalidArgument(
        fmt::format("--attribute is NAME=VALUE, for example color=silver; not '{}'", text));
  }
  return NameAndValue{text.substr(0, equals), std::string_view(text).substr(equals + 1)};
}

Status AddAttribute(const std::string& text, std::vector<AttributeCondition>& conditions) {
  SIGHTLINE_ASSIGN(const NameAndValue attribute, SplitAttribute(text));
  const std::string& name = attribute.name;
  auto condition = std::ranges::find(conditions, name, &AttributeCondition::name);
  if (condition == conditions.end()) {
    condition = conditions.insert(condition, AttributeCondition{name, {}});
  }
  AddValues(attribute.value, condition->any_of);
  return Ok();
}

}  // namespace

Result<Attribute> ParseAttribute(const std::string& text) {
  SIGHTLINE_ASSIGN(NameAndValue attribute, SplitAttribute(text));
  std::vector<AttributeValue> values;
  AddValues(attribute.value, values);
  return Attribute{std::move(attribute.name), std::move(values.back())};
}

void AddLikeOptions(CLI::App& command, const std::string& name, std::string& text,
                    int& max_distance, const std::string& distance_name) {
  CLI::Option* like = command.add_option(
      name, text, "A plate misread or half remembered; '?' one unknown character");
  command
      .add_option(distance_name, max_distance,
                  "Characters that may be lost, changed or too many, 0 to 3 (1)")
      ->check(CLI::Range(0, api::kMaxPlateDistance))
      ->needs(like);
}

void AddFilterOptions(CLI::App& command, SearchFilterOptions& options,
                      const std::string& distance_name) {
  command.add_option("--plate", options.plate,
                     "Plate: '*' any characters, '?' one (quote it for the shell)");
  AddLikeOptions(command, "--plate-like", options.plate_like, options.max_distance,
                 distance_name);
  command.add_option("--camera", options.cameras, "Id of a camera; may be given again")
      ->allow_extra_args(false);
  command.add_option("--from", options.from,
                     "From this time on: 2016-09-21, '2016-09-21 10:22', RFC 3339 or milliseconds");
  command.add_option("--to", options.to, "Before this time");
  command.add_option("--near", options.near, "LON,LAT,RADIUS in degrees and metres");
  command.add_option("--area", options.area_file, "GeoJSON file with a polygon")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  command.add_option("--attribute", options.attributes,
                     "NAME=VALUE; again with the same name: either, with another: both")
      ->allow_extra_args(false);
}

Result<Filter> MakeFilter(const SearchFilterOptions& options, const TimeZone& zone) {
  Filter filter;
  filter.plate_pattern = options.plate;
  if (!options.plate_like.empty()) {
    filter.plate_like = PlateLike{options.plate_like, options.max_distance};
  }
  if (!options.cameras.empty()) filter.cameras = options.cameras;
  if (!options.from.empty()) {
    SIGHTLINE_ASSIGN(filter.time.from, ParseMoment(options.from, zone));
  }
  if (!options.to.empty()) {
    SIGHTLINE_ASSIGN(filter.time.to, ParseMoment(options.to, zone));
  }
  if (!options.near.empty()) {
    SIGHTLINE_ASSIGN(filter.near, ParseNear(options.near));
  }
  if (!options.area_file.empty()) {
    SIGHTLINE_ASSIGN(filter.area, ReadArea(options.area_file));
  }
  for (const std::string& attribute : options.attributes) {
    SIGHTLINE_RETURN_IF_ERROR(AddAttribute(attribute, filter.attributes));
  }
  return filter;
}

}  // namespace sightline::client
