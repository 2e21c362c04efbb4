// sightline common: who was at several scenes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "api/habits_json.h"
#include "client/commands/commands.h"
#include "client/commands/ranked_page.h"
#include "client/output/answer_cells.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline common --visit K-0012,K-0017@2016-09-21T02:00..2016-09-21T03:00 \
                   --visit 116.31,39.98,800@2016-09-23T22:00..2016-09-23T23:00
  sightline common --min-visits 2 --visit ... --visit ... --visit ... --json)";

struct CommonOptions {
  std::vector<std::string> visits;
  uint32_t min_visits = 2;
  bool keep_misreads_apart = false;
  RankedPageOptions page;
};

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<double> ParseNumber(const std::string& text) {
  double number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

// "CAMERA[,CAMERA...]@FROM..TO" or "LON,LAT,METRES@FROM..TO".
Result<Filter> ParseVisit(const std::string& text, const TimeZone& zone) {
  const size_t at = text.rfind('@');
  const size_t dots = text.find("..", at == std::string::npos ? 0 : at);
  if (at == std::string::npos || at == 0 || dots == std::string::npos) {
    return InvalidArgument(fmt::format(
        "'{}' is no visit; write CAMERA,CAMERA@FROM..TO or LON,LAT,METRES@FROM..TO", text));
  }
  Filter filter;
  SIGHTLINE_ASSIGN(filter.time.from, ParseMoment(text.substr(at + 1, dots - at - 1), zone));
  SIGHTLINE_ASSIGN(filter.time.to, ParseMoment(text.substr(dots + 2), zone));
  std::vector<std::string> parts = Split(std::string_view(text).substr(0, at));
  if (parts.size() == 3) {
    const auto lon = ParseNumber(parts[0]);
    const auto lat = ParseNumber(parts[1]);
    const auto radius = ParseNumber(parts[2]);
    if (lon && lat && radius) {
      filter.near = Circle{{*lon, *lat}, Meters{*radius}};
      return filter;
    }
  }
  filter.cameras = std::move(parts);
  return filter;
}

Result<std::string> MakeBody(const CommandLine& line, const CommonOptions& options) {
  SIGHTLINE_ASSIGN(const TimeZone zone, line.zone());
  api::CommonPlatesBody body{.visits = {},
                             .min_visits = options.min_visits,
                             .merge_misreads = !options.keep_misreads_apart,
                             .time_zone = line.globals.time_zone,
                             .limit = {},
                             .page_token = {},
                             .as_of = {}};
  for (const std::string& visit : options.visits) {
    SIGHTLINE_ASSIGN(Filter filter, ParseVisit(visit, zone));
    body.visits.push_back(std::move(filter));
  }
  if (body.visits.size() < 2) return InvalidArgument("give at least two scenes with --visit");
  return WithRankedPage(api::WriteCommonPlates(body), options.page);
}

// The strings that count as the plate.
std::string OtherStrings(simdjson::dom::element plate) {
  std::string strings;
  simdjson::dom::array merged;
  if (plate["merged"].get(merged)) return strings;
  for (const simdjson::dom::element one : merged) {
    strings += (strings.empty() ? "" : ", ") + CellOf(one, "read_as");
  }
  return strings;
}

Outcome Run(const CommandLine& line, const CommonOptions& options) {
  SIGHTLINE_TRY_USAGE(const std::string body, MakeBody(line, options));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const std::string json,
                client.Send("POST", "/v1/analyses/common-plates", body, {.repeatable = true}));
  if (line.globals.json) {
    PrintJson(json);
    return Success();
  }
  simdjson::dom::parser parser;
  SIGHTLINE_TRY(const simdjson::dom::element root, ParseAnswer(parser, json, "plates"));
  RowPrinter rows = line.Rows({{"PLATE"}, {"VISITS", true}, {"AT"}, {"EXPECTED", true},
                               {"P", true}, {"Q", true}, {"SIGNIFICANT"}, {"READ AS"}});
  for (const simdjson::dom::element plate : simdjson::dom::array(root["plates"])) {
    double p_value = 1;
    double q_value = 1;
    if (plate["p_value"].get(p_value) || plate["q_value"].get(q_value)) continue;
    rows.Row({CellOf(plate, "plate"), CellOf(plate, "visits"), CellOf(plate, "visited"),
              CellOf(plate, "expected", 3), fmt::format("{:.2g}", p_value),
              fmt::format("{:.2g}", q_value),
              CellOf(plate, "significant") == "true" ? "yes" : "no", OtherStrings(plate)});
  }
  line.Finish(rows, "common plates");
  TellOfNextPage(line, root);
  return Success();
}

}  // namespace

void AddCommonCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "common", "Finds the plates that were at several scenes", kExamples);
  auto options = std::make_shared<CommonOptions>();
  command
      ->add_option("--visit", options->visits,
                   "A scene: CAMERA,CAMERA@FROM..TO or LON,LAT,METRES@FROM..TO; give two or more")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--min-visits", options->min_visits, "At how many, at least (2)")
      ->check(CLI::Range(2u, static_cast<unsigned>(api::kMaxVisits)));
  command->add_flag("--keep-misreads-apart", options->keep_misreads_apart,
                    "Counts strings one character apart as plates of their own");
  AddRankedPageOptions(*command, options->page);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
