// sightline counts, od and speeds: flat rows, counted by the server.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/input/byte_source.h"

namespace sightline::client {
namespace {

constexpr const char* kCountsExamples =
    R"(  sightline counts --by hour,color --from 2016-09-21 --to 2016-09-22
  sightline counts --by camera_id --plate '京A*' --no-fill
  sightline counts --by weekday,hour_of_day --attribute type=truck --csv > trucks.csv)";

constexpr const char* kFlowsExamples =
    R"(  sightline od --zones districts.json --by hour_class --from 2016-09-21 --to 2016-09-22
  sightline od --from 2016-09-21 --to 2016-09-22 --csv > trips.csv)";

constexpr const char* kSpeedsExamples =
    R"(  sightline speeds --from-camera K-0012 --by hour_of_day --from 2016-09-01 --to 2016-10-01
  sightline speeds --from 2016-09-21 --to 2016-09-22 --min-count 50 --csv > speeds.csv)";

constexpr size_t kMaxZonesBytes = size_t{16} << 20;
constexpr std::string_view kUnitsHelp =
    "minute, hour, day, week, hour_of_day, weekday, hour_class";

struct CommonOptions {
  std::vector<std::string> by;
  std::optional<Sequence> as_of;
  std::optional<size_t> max_rows;
};

void AddCommonOptions(CLI::App& command, CommonOptions& options, const std::string& what) {
  command.add_option("--by", options.by, "What to group by, with commas: " + what)->delimiter(',');
  command.add_option("--max-rows", options.max_rows,
                     "More rows than this are an error (100,000)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}));
  command.add_option("--as-of", options.as_of, "Answers as of this ingest sequence");
}

void WriteCommon(api::JsonWriter& json, const CommandLine& line, const CommonOptions& options) {
  json.Key("group_by").BeginArray();
  for (const std::string& key : options.by) json.String(key);
  json.EndArray();
  if (!line.globals.time_zone.empty()) json.Key("tz").String(line.globals.time_zone);
  if (options.max_rows) json.Key("max_rows").Uint(*options.max_rows);
  if (options.as_of) json.Key("as_of").Uint(*options.as_of);
}

bool IsInterval(const std::string& column) {
  return column == "minute" || column == "hour" || column == "day" || column == "week";
}

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// Wide enough for what people compare; the JSON bears every digit.
std::string NumberText(simdjson::dom::element value) {
  if (value.type() == simdjson::dom::element_type::DOUBLE) {
    return fmt::format("{:.1f}", double{value});
  }
  return simdjson::minify(value);
}

std::string CellText(const CommandLine& line, const TimeZone& zone, const std::string& column,
                     simdjson::dom::element value) {
  std::string_view text;
  if (value.is_null()) return "-";
  if (value.get(text) != simdjson::SUCCESS) return NumberText(value);
  if (IsInterval(column)) {
    if (const auto time = ParseRfc3339(text)) return line.ShowTime(*time, zone);
  }
  return std::string(text);
}

// A table of an answer's rows. `columns`: members of each, the first `texts` of them no numbers.
Outcome ShowTable(const CommandLine& line, const std::string& answer,
                  const std::vector<std::string>& columns, size_t texts) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array list;
  std::string_view zone_name;
  if (parser.parse(answer).get(root) != simdjson::SUCCESS ||
      root["rows"].get(list) != simdjson::SUCCESS ||
      root["tz"].get(zone_name) != simdjson::SUCCESS) {
    return OutcomeOf(Internal("the server's answer is not understood: it has no rows"));
  }
  SIGHTLINE_TRY(const TimeZone zone, TimeZone::Named(std::string(zone_name)));
  std::vector<Column> titles;
  for (const std::string& column : columns) {
    titles.push_back({Upper(column), titles.size() >= texts});
  }
  RowPrinter rows = line.Rows(std::move(titles));
  for (const simdjson::dom::element row : list) {
    std::vector<std::string> fields;
    for (const std::string& column : columns) {
      simdjson::dom::element value;
      if (row.at_key(column).get(value) != simdjson::SUCCESS) {
        return OutcomeOf(Internal("the server's answer is not understood: a row lacks " + column));
      }
      fields.push_back(CellText(line, zone, column, value));
    }
    rows.Row(std::move(fields));
  }
  line.Finish(rows, "rows");
  return Success();
}

// Asks, and shows the answer as JSON, CSV or a table.
Outcome Ask(const CommandLine& line, const std::string& target, const std::string& question,
            const std::vector<std::string>& columns, size_t texts) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  if (line.globals.csv) {
    const auto print = [](std::string_view piece) -> Status {
      fwrite(piece.data(), 1, piece.size(), stdout);
      return Ok();
    };
    if (const Status done = client.Post(target, question, "text/csv", print); !done) {
      return OutcomeOf(done.error());
    }
    return Success();
  }
  std::string answer;
  const auto keep = [&](std::string_view piece) -> Status {
    answer += piece;
    return Ok();
  };
  if (const Status done = client.Post(target, question, "application/json", keep); !done) {
    return OutcomeOf(done.error());
  }
  if (line.globals.json) {
    PrintJson(answer);
    return Success();
  }
  return ShowTable(line, answer, columns, texts);
}

// --- counts --------------------------------------------------------------------------------------

struct CountsOptions {
  SearchFilterOptions filter;
  CommonOptions common;
  bool no_fill = false;
};

Outcome RunCounts(const CommandLine& line, const CountsOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const Filter filter, MakeFilter(options.filter, zone));
  std::string question;
  {
    api::JsonWriter json(question);
    json.BeginObject().Key("filter");
    api::WriteFilter(json, filter);
    WriteCommon(json, line, options.common);
    if (options.no_fill) json.Key("fill").Bool(false);
    json.EndObject();
  }
  std::vector<std::string> columns = options.common.by;
  columns.insert(columns.end(), {"count", "distinct_plates"});
  return Ask(line, "/v1/stats/counts", question, columns, options.common.by.size());
}

// --- trips and speeds ----------------------------------------------------------------------------

struct WindowOptions {
  std::string from;
  std::string to;
};

void AddWindowOptions(CLI::App& command, WindowOptions& options, const std::string& what) {
  command.add_option("--from", options.from, what + " at or after this time");
  command.add_option("--to", options.to, what + " before this time");
}

Status WriteWindow(api::JsonWriter& json, const CommandLine& line, const WindowOptions& options) {
  SIGHTLINE_ASSIGN(const TimeZone zone, line.zone());
  if (!options.from.empty()) {
    SIGHTLINE_ASSIGN(const TimestampMs from, ParseMoment(options.from, zone));
    json.Key("from").Time(from);
  }
  if (!options.to.empty()) {
    SIGHTLINE_ASSIGN(const TimestampMs to, ParseMoment(options.to, zone));
    json.Key("to").Time(to);
  }
  return Ok();
}

struct FlowsOptions {
  WindowOptions window;
  CommonOptions common;
  std::string zones_file;
  size_t min_readings = 2;
};

Result<std::string> FlowsQuestion(const CommandLine& line, const FlowsOptions& options) {
  std::string question;
  api::JsonWriter json(question);
  json.BeginObject();
  if (!options.zones_file.empty()) {
    SIGHTLINE_ASSIGN(const auto source, ByteSource::Open(options.zones_file));
    SIGHTLINE_ASSIGN(const std::string text, ReadAll(*source, kMaxZonesBytes));
    simdjson::dom::parser parser;
    simdjson::dom::element zones;
    if (parser.parse(text).get(zones) != simdjson::SUCCESS) {
      return InvalidArgument(options.zones_file + " is not JSON");
    }
    json.Key("zones").Raw(simdjson::minify(zones));
  }
  json.Key("min_readings").Uint(options.min_readings);
  const Status window = WriteWindow(json, line, options.window);
  WriteCommon(json, line, options.common);
  json.EndObject();
  if (!window) return window.error();
  return question;
}

Outcome RunFlows(const CommandLine& line, const FlowsOptions& options) {
  SIGHTLINE_TRY_USAGE(const std::string question, FlowsQuestion(line, options));
  std::vector<std::string> columns = {"origin", "destination"};
  columns.insert(columns.end(), options.common.by.begin(), options.common.by.end());
  const size_t texts = columns.size();
  columns.insert(columns.end(), {"trips", "distinct_plates", "median_s"});
  return Ask(line, "/v1/stats/origin-destination", question, columns, texts);
}

struct SpeedsOptions {
  WindowOptions window;
  CommonOptions common;
  std::string from_camera;
  std::string to_camera;
  size_t min_count = 5;
};

Result<std::string> SpeedsQuestion(const CommandLine& line, const SpeedsOptions& options) {
  std::string question;
  api::JsonWriter json(question);
  json.BeginObject();
  if (!options.from_camera.empty()) json.Key("from_camera").String(options.from_camera);
  if (!options.to_camera.empty()) json.Key("to_camera").String(options.to_camera);
  json.Key("min_count").Uint(options.min_count);
  const Status window = WriteWindow(json, line, options.window);
  WriteCommon(json, line, options.common);
  json.EndObject();
  if (!window) return window.error();
  return question;
}

Outcome RunSpeeds(const CommandLine& line, const SpeedsOptions& options) {
  SIGHTLINE_TRY_USAGE(const std::string question, SpeedsQuestion(line, options));
  std::vector<std::string> columns = {"from_camera", "to_camera"};
  columns.insert(columns.end(), options.common.by.begin(), options.common.by.end());
  const size_t texts = columns.size();
  columns.insert(columns.end(), {"count", "distance_m", "p15_s", "median_s", "p85_s", "p15_kmh",
                                 "median_kmh", "p85_kmh"});
  return Ask(line, "/v1/stats/segment-speeds", question, columns, texts);
}

}  // namespace

void AddCountsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "counts", "Counts sightings and their distinct plates by group", kCountsExamples);
  auto options = std::make_shared<CountsOptions>();
  AddCommonOptions(*command, options->common,
                   fmt::format("camera_id, plate, plate_color, {}, or any attribute", kUnitsHelp));
  AddFilterOptions(*command, options->filter);
  command->add_flag("--no-fill", options->no_fill, "Leave out times without sightings");
  command->callback(
      [&line, options] { line.run = [&line, options] { return RunCounts(line, *options); }; });
}

void AddFlowsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "od", "Counts trips from zone to zone (origin and destination)",
                 kFlowsExamples);
  auto options = std::make_shared<FlowsOptions>();
  command->add_option("--zones", options->zones_file,
                      "JSON: [{\"name\", \"cameras\": [ids] or \"area\": GeoJSON}]; else each "
                      "camera is a zone")
      ->type_name("FILE");
  command->add_option("--min-readings", options->min_readings,
                      "Trips of fewer readings are not counted (2)")
      ->check(CLI::Range(size_t{1}, size_t{100}));
  AddWindowOptions(*command, options->window, "Trips that depart");
  AddCommonOptions(*command, options->common, std::string(kUnitsHelp));
  command->callback(
      [&line, options] { line.run = [&line, options] { return RunFlows(line, *options); }; });
}

void AddSpeedsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "speeds", "Travel times and speeds from camera to camera, as seen", kSpeedsExamples);
  auto options = std::make_shared<SpeedsOptions>();
  command->add_option("--from-camera", options->from_camera, "Id of the first camera (any)");
  command->add_option("--to-camera", options->to_camera, "Id of the next camera (any)");
  command->add_option("--min-count", options->min_count,
                      "Groups of fewer vehicles are left out (5)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}));
  AddWindowOptions(*command, options->window, "Vehicles at the first camera");
  AddCommonOptions(*command, options->common, std::string(kUnitsHelp));
  command->callback(
      [&line, options] { line.run = [&line, options] { return RunSpeeds(line, *options); }; });
}

}  // namespace sightline::client
