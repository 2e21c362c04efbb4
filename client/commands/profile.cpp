// sightline profile: the habits of a plate.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "client/commands/commands.h"
#include "client/output/answer_cells.h"
#include "client/output/display_width.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline profile 京N6UT45
  sightline profile 京N6UT45 --from 2016-09-01 --to 2016-10-01 --time-zone Asia/Shanghai
  sightline profile 京N6UT45 --json)";

struct ProfileOptions {
  std::string plate;
  std::string from;
  std::string to;
  std::optional<Sequence> as_of;
};

using Element = simdjson::dom::element;

std::string ShowLocation(Element place) {
  double lon = 0;
  double lat = 0;
  if (place["location"]["lon"].get(lon) != simdjson::SUCCESS ||
      place["location"]["lat"].get(lat) != simdjson::SUCCESS) {
    return "";
  }
  return fmt::format("{:.5f}, {:.5f}", lon, lat);
}

void ShowPlaces(const CommandLine& line, Element root) {
  RowPrinter rows = line.Rows({{"#", true}, {"PLACE"}, {"LON, LAT", true}, {"WITHIN M", true},
                               {"STAYS", true}, {"DAYS", true}, {"NIGHTS", true}, {"HOURS", true},
                               {"ARRIVES"}, {"LEAVES"}, {"CONFIDENCE", true}});
  size_t number = 0;
  for (const Element place : simdjson::dom::array(root["places"])) {
    const Element hours = place["hours"];
    rows.Row({std::to_string(number++), CellOf(place, "kind"), ShowLocation(place),
              CellOf(place, "radius_m", 0), CellOf(place, "stays"), CellOf(place, "days"),
              CellOf(place, "nights"), CellOf(hours, "total", 1), CellOf(hours, "arrives"),
              CellOf(hours, "leaves"), CellOf(place, "confidence")});
  }
  line.Finish(rows, "resting places");
}

void ShowRoutes(const CommandLine& line, Element root) {
  RowPrinter rows = line.Rows({{"FROM", true}, {"TO", true}, {"TRIPS", true}, {"DAYS", true},
                               {"DEPARTS"}, {"TAKES S", true}, {"CAMERAS"}});
  for (const Element route : simdjson::dom::array(root["routes"])) {
    std::string cameras;
    for (const Element camera : simdjson::dom::array(route["cameras"])) {
      cameras += (cameras.empty() ? "" : " ") + std::string(std::string_view(camera));
    }
    rows.Row({CellOf(route, "from_place"), CellOf(route, "to_place"), CellOf(route, "trips"),
              CellOf(route, "days"), CellOf(route, "departs"), CellOf(route, "median_s", 0),
              cameras});
  }
  line.Finish(rows, "usual routes");
}

// One line a weekday, a mark an hour: the more readings, the fuller.
void ShowHours(Element root) {
  constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  constexpr std::string_view kMarks = " .:oO@";
  uint64_t most = 1;
  for (const Element day : simdjson::dom::array(root["hours_by_weekday"])) {
    for (const Element hour : simdjson::dom::array(day)) most = std::max(most, uint64_t{hour});
  }
  fmt::print("\n      0     6     12    18    24\n");
  size_t number = 0;
  for (const Element day : simdjson::dom::array(root["hours_by_weekday"])) {
    std::string marks;
    for (const Element hour : simdjson::dom::array(day)) {
      const uint64_t count = uint64_t{hour};
      marks += kMarks[count == 0 ? 0 : 1 + (count - 1) * (kMarks.size() - 1) / most];
    }
    fmt::print("{}  |{}|\n", kDays[number++ % std::size(kDays)], marks);
  }
}

// kInternal where a member is missing: simdjson throws then.
Status Show(const CommandLine& line, const TimeZone& zone, const std::string& json) {
  simdjson::dom::parser parser;
  SIGHTLINE_ASSIGN(const Element root, ParseAnswer(parser, json, "places"));
  const auto moment = [&](std::string_view member) {
    const auto time = ParseRfc3339(CellOf(root, member));
    return time ? line.ShowTime(*time, zone) : std::string("-");
  };
  try {
    if (!line.globals.quiet && !line.globals.csv) {
      fmt::print("{}: {} readings on {} days, {} trips, night share {} (hours of {})\n",
                 Printable(CellOf(root, "plate")), CellOf(root, "readings"),
                 CellOf(root, "days"), CellOf(root, "trips"), CellOf(root, "night_share"),
                 CellOf(root, "tz"));
      fmt::print("first seen {}, last seen {}, set aside {}\n\n", moment("first_seen"),
                 moment("last_seen"), CellOf(root["set_aside"], "readings"));
    }
    ShowPlaces(line, root);
    if (line.globals.csv) return Ok();
    fmt::print("\n");
    ShowRoutes(line, root);
    ShowHours(root);
    for (const Element change : simdjson::dom::array(root["change_points"])) {
      fmt::print("\nfrom {} on: {} changed (p = {})\n", CellOf(change, "day"),
                 CellOf(change, "kind"), CellOf(change, "p_value", 3));
    }
  } catch (const simdjson::simdjson_error& error) {
    return Internal(fmt::format("the server's answer is not understood: {}", error.what()));
  }
  return Ok();
}

Outcome Run(const CommandLine& line, const ProfileOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  std::string target = "/v1/plates/" + PercentEncode(options.plate) + "/profile";
  char separator = '?';
  const auto add = [&](const char* name, const std::string& value) {
    target += fmt::format("{}{}={}", std::exchange(separator, '&'), name, PercentEncode(value));
  };
  for (const auto& [name, text] : {std::pair("from", &options.from), std::pair("to", &options.to)}) {
    if (text->empty()) continue;
    SIGHTLINE_TRY_USAGE(const TimestampMs moment, ParseMoment(*text, zone));
    add(name, FormatTimestamp(moment));
  }
  if (!line.globals.time_zone.empty()) add("tz", line.globals.time_zone);
  if (options.as_of) add("as_of", std::to_string(*options.as_of));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const std::string json, client.Get(target));
  if (line.globals.json) {
    PrintJson(json);
    return Success();
  }
  const Status shown = Show(line, zone, json);
  return shown ? Success() : OutcomeOf(shown.error());
}

}  // namespace

void AddProfileCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "profile", "Shows where a plate rests, its usual routes and hours", kExamples);
  auto options = std::make_shared<ProfileOptions>();
  command->add_option("plate", options->plate, "The plate")->required();
  command->add_option("--from", options->from, "Not before this time");
  command->add_option("--to", options->to, "Before this time");
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
