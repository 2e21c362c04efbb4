// sightline habits: vehicles by what they do.
#include <memory>

#include "api/habits_json.h"
#include "api/json_writer.h"
#include "client/commands/commands.h"
#include "client/commands/ranked_page.h"
#include "client/commands/search_filter.h"
#include "client/output/answer_cells.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline habits --night-only --from 2016-09-21 --to 2016-09-28
  sightline habits --frequent --min-passes 20 --camera K-0012 --from 2016-09-21 --to 2016-09-22
  sightline habits --first-seen --night-only --area port.json --from 2016-09-21 --to 2016-09-28)";

struct HabitsOptions {
  bool night_only = false;
  double min_share = api::HabitsBody::NightOnly{}.min_share;
  bool frequent = false;
  uint32_t min_passes = api::HabitsBody::Frequent{}.min_passes;
  uint32_t min_days = api::HabitsBody::Frequent{}.min_days;
  bool first_seen = false;
  uint32_t min_readings = api::HabitsBody{}.min_readings;
  RankedPageOptions page;
  SearchFilterOptions filter;
};

Result<std::string> MakeBody(const CommandLine& line, const HabitsOptions& options) {
  SIGHTLINE_ASSIGN(const TimeZone zone, line.zone());
  api::HabitsBody body;
  SIGHTLINE_ASSIGN(body.filter, MakeFilter(options.filter, zone));
  if (options.night_only) body.night_only.emplace().min_share = options.min_share;
  if (options.frequent) body.frequent = {options.min_passes, options.min_days};
  if (!options.night_only && !options.frequent && !options.first_seen) {
    return InvalidArgument("name a habit with --night-only, --frequent or --first-seen");
  }
  body.first_seen = options.first_seen;
  body.min_readings = options.min_readings;
  body.time_zone = line.globals.time_zone;
  return WithRankedPage(api::WriteHabits(body), options.page);
}

Outcome Run(const CommandLine& line, const HabitsOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const std::string body, MakeBody(line, options));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const std::string json,
                client.Send("POST", "/v1/analyses/habits", body, {.repeatable = true}));
  if (line.globals.json) {
    PrintJson(json);
    return Success();
  }
  simdjson::dom::parser parser;
  SIGHTLINE_TRY(const simdjson::dom::element root, ParseAnswer(parser, json, "plates"));
  RowPrinter rows = line.Rows({{"PLATE"}, {"READINGS", true}, {"CAMERAS", true}, {"DAYS", true},
                               {"NIGHTS", true}, {"NIGHT SHARE", true}, {"PASSES", true},
                               {"MOST A DAY", true}, {"FIRST SEEN"}});
  for (const simdjson::dom::element plate : simdjson::dom::array(root["plates"])) {
    simdjson::dom::element busiest;
    const bool has_day = plate["busiest_day"].get(busiest) == simdjson::SUCCESS;
    const auto first = ParseRfc3339(CellOf(plate, "first_seen"));
    rows.Row({CellOf(plate, "plate"), CellOf(plate, "readings"), CellOf(plate, "cameras"),
              CellOf(plate, "days"), CellOf(plate, "nights"), CellOf(plate, "night_share"),
              CellOf(plate, "passes"), has_day ? CellOf(busiest, "passes") : "",
              first ? line.ShowTime(*first, zone) : ""});
  }
  line.Finish(rows, "plates");
  TellOfNextPage(line, root);
  return Success();
}

}  // namespace

void AddHabitsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "habits", "Finds vehicles that are out at night alone, new, or pass often", kExamples);
  auto options = std::make_shared<HabitsOptions>();
  command->add_flag("--night-only", options->night_only, "Out at night alone");
  command
      ->add_option("--min-share", options->min_share, "Of the readings at night, at least (0.8)")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--frequent", options->frequent, "Passes often");
  command->add_option("--min-passes", options->min_passes, "On a day, at least (10)")
      ->check(CLI::Range(1u, api::kMaxHabitCount));
  command->add_option("--min-days", options->min_days, "Days with as many, at least (1)")
      ->check(CLI::Range(1u, api::kMaxHabitCount));
  command->add_flag("--first-seen", options->first_seen, "Never seen before --from");
  command->add_option("--min-readings", options->min_readings, "At least (3)")
      ->check(CLI::Range(1u, api::kMaxHabitCount));
  AddRankedPageOptions(*command, options->page);
  AddFilterOptions(*command, options->filter, "--plate-distance");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
