#include <fmt/format.h>

#include <optional>
#include <utility>

#include "client/commands/commands.h"
#include "client/commands/job_commands.h"
#include "client/commands/search_filter.h"
#include "client/companions.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline companions 京A12345 --from 2016-09-21 --to 2016-09-28
  sightline companions 京A12345 --within 30 --evidence
  sightline companions --camera K-0012 --attribute color=red --from 2016-09-21 --to 2016-09-22
  sightline companions --all --from 2016-09-21 --to 2016-09-22 --wait)";

struct CompanionsOptions {
  std::string plate;
  SearchFilterOptions filter;
  std::vector<std::string> sightings;
  api::CompanionsBody question;
  size_t limit = 20;
  bool all = false;
  bool wait = false;
  bool evidence = false;
  std::string job;
};

// Who is asked about; the window is the question's own.
Result<api::CompanionsBody> MakeQuestion(const CompanionsOptions& options, const TimeZone& zone) {
  api::CompanionsBody question = options.question;
  SIGHTLINE_ASSIGN(Filter filter, MakeFilter(options.filter, zone));
  question.time = std::exchange(filter.time, {});
  if (options.all) return question;
  question.limit = options.limit;
  api::CompanionTargetBody& target = question.target.emplace();
  const bool has_filter = filter != Filter();
  if (!options.plate.empty() + !options.sightings.empty() + has_filter != 1) {
    return InvalidArgument("give a plate, or options of the filter, or --sighting, or --all");
  }
  target.plate = options.plate;
  if (has_filter) target.filter = std::move(filter);
  for (const std::string& text : options.sightings) {
    SIGHTLINE_ASSIGN(const SightingId id, ParseSightingId(text));
    target.sightings.push_back(id);
  }
  return question;
}

std::vector<Column> CompanionColumns(const CommandLine& line, bool in_pairs) {
  const bool csv = line.globals.csv;
  std::vector<Column> columns = {{csv ? "plate" : "PLATE"}};
  if (in_pairs) columns.insert(columns.begin(), {{csv ? "group" : "GROUP", true},
                                                 {csv ? "of" : "OF"}});
  for (const auto& [name, title] : {std::pair("significant", "SIGNIFICANT"), {"order", "ORDER"}}) {
    columns.push_back({csv ? name : title});
  }
  for (const auto& [name, title] :
       {std::pair("cameras", "CAMERAS"), {"meetings", "MEETINGS"}, {"trips", "TRIPS"},
        {"expected", "EXPECTED"}, {"median_gap_s", "GAP S"}, {"p_value", "P"},
        {"score", "SCORE"}}) {
    columns.push_back({csv ? name : title, true});
  }
  return columns;
}

void AppendCompanion(const CommandLine& line, const CompanionInfo& companion,
                     std::vector<std::string>& row) {
  const bool csv = line.globals.csv;
  const auto number = [&](double value, const char* shown) {
    return csv ? fmt::format("{}", value) : fmt::format(fmt::runtime(shown), value);
  };
  row.push_back(companion.plate);
  row.push_back(csv ? (companion.significant ? "true" : "false")
                    : (companion.significant ? "yes" : "no"));
  row.push_back(companion.order);
  row.push_back(std::to_string(companion.cameras));
  row.push_back(std::to_string(companion.meetings));
  row.push_back(std::to_string(companion.trips));
  row.push_back(number(companion.expected, "{:.1f}"));
  row.push_back(number(companion.median_gap_s, "{:+.1f}"));
  row.push_back(number(companion.p_value, "{:.1e}"));
  row.push_back(number(companion.score, "{:.1f}"));
}

void ShowEvidence(const CommandLine& line, const TimeZone& zone, const CompanionList& list) {
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "plate" : "PLATE"},
                               {csv ? "camera_id" : "CAMERA"},
                               {csv ? "time" : "TIME"},
                               {csv ? "other_time" : "OTHER TIME"},
                               {csv ? "gap_s" : "GAP S", true},
                               {csv ? "read_as" : "READ AS"}});
  for (const CompanionInfo& companion : list.companions) {
    for (const CompanionEvidence& one : companion.evidence) {
      const double gap = static_cast<double>(one.other_time - one.time) / 1000;
      rows.Row({companion.plate, one.camera_id, line.ShowTime(one.time, zone),
                line.ShowTime(one.other_time, zone), fmt::format("{:+.1f}", gap), one.read_as});
    }
  }
  line.Finish(rows, "meetings");
}

void ShowCompanions(const CommandLine& line, const CompanionList& list) {
  RowPrinter rows = line.Rows(CompanionColumns(line, /*in_pairs=*/false));
  for (const CompanionInfo& companion : list.companions) {
    std::vector<std::string> row;
    AppendCompanion(line, companion, row);
    rows.Row(std::move(row));
  }
  line.Finish(rows, "companions");
  if (!line.globals.quiet && !line.globals.csv) {
    fmt::print(stderr, "{} vehicles were beside the target at one of its {} readings.\n",
               list.hypotheses, list.readings);
  }
}

Outcome ShowGroups(const CommandLine& line, const JobAnswer& answer) {
  if (line.globals.json) {
    PrintJson(answer.json);
    return Success();
  }
  if (answer.job.result.empty()) {
    return {ExitCode::kFailed, fmt::format("the job has no result; it is {}", answer.job.status)};
  }
  SIGHTLINE_TRY(const std::vector<CompanionGroupInfo> groups,
                ParseCompanionGroups(answer.job.result));
  RowPrinter rows = line.Rows(CompanionColumns(line, /*in_pairs=*/true));
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const CompanionGroupPair& pair : groups[i].pairs) {
      std::vector<std::string> row = {std::to_string(i + 1), pair.plate};
      AppendCompanion(line, pair.other, row);
      rows.Row(std::move(row));
    }
  }
  line.Finish(rows, "groups");
  return Success();
}

Outcome Run(const CommandLine& line, const CompanionsOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  JobAnswer job;
  if (!options.job.empty()) {
    SIGHTLINE_TRY(job, Jobs(client).Find(options.job));
    return ShowGroups(line, job);
  }
  SIGHTLINE_TRY_USAGE(const api::CompanionsBody question, MakeQuestion(options, zone));
  if (options.all) {
    SIGHTLINE_TRY(job, Companions(client).FindGroups(question));
    if (!options.wait) {
      ShowJob(line, zone, job);
      return Success();
    }
    Outcome outcome = AwaitJob(line, client, job.job.id, job);
    if (outcome.code != ExitCode::kOk) return outcome;
    return ShowGroups(line, job);
  }
  SIGHTLINE_TRY(const CompanionList list, Companions(client).Find(question));
  if (line.globals.json) {
    PrintJson(list.json);
  } else if (options.evidence) {
    ShowEvidence(line, zone, list);
  } else {
    ShowCompanions(line, list);
  }
  return Success();
}

}  // namespace

void AddCompanionsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "companions", "Finds who travels with a vehicle, or all groups that do", kExamples);
  auto options = std::make_shared<CompanionsOptions>();
  CLI::Option* plate = command->add_option("PLATE", options->plate, "The vehicle asked about");
  AddFilterOptions(*command, options->filter);
  CLI::Option* sightings =
      command
          ->add_option("--sighting", options->sightings,
                       "Id of a sighting of the vehicle asked about; may be given again")
          ->allow_extra_args(false);
  command
      ->add_option("--within", options->question.within_s,
                   "Seconds apart at a camera, at most (10)")
      ->check(CLI::Range(uint32_t{1}, api::kMaxWithinSeconds));
  command
      ->add_option("--min-cameras", options->question.min_cameras,
                   "Different cameras at which they must have met (2)")
      ->check(CLI::Range(uint32_t{1}, api::kMaxMinCameras));
  CLI::Option* limit = command->add_option("--limit", options->limit, "Companions to show (20)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}));
  command->add_option("--as-of", options->question.as_of, "Answers as of this ingest sequence");
  command->add_flag("--evidence", options->evidence, "Shows every meeting, a line each");
  CLI::Option* all =
      command
          ->add_flag("--all", options->all,
                     "Every group of the window (--from, --to) that moves together: a job")
          ->excludes(plate)
          ->excludes(sightings)
          ->excludes(limit);
  command->add_flag("--wait", options->wait, "Waits for the job's end, and shows the groups")
      ->needs(all);
  command->add_option("--job", options->job, "Shows the groups that this job found")
      ->excludes(all)
      ->excludes(plate);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
