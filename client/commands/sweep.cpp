#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>

#include "client/commands/commands.h"
#include "client/commands/job_commands.h"
#include "client/conflicts.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline sweep cloned-plates --yesterday --tz Asia/Shanghai
  sightline sweep cloned-plates --from 2016-09-21 --to 2016-09-28
  sightline sweep cloned-plates --yesterday --exit-code --quiet || notify-someone)";

struct SweepOptions {
  std::string from;
  std::string to;
  bool yesterday = false;
  bool no_wait = false;
  bool exit_code = false;
};

// The day before today on the calendar of `zone`.
Result<Interval> Yesterday(const TimeZone& zone) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const TimestampMs now{
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
  const int64_t today = zone.LocalMomentOf(now).day;
  Interval window;
  SIGHTLINE_ASSIGN(window.from,
                   ParseMoment(FormatDay(Day{static_cast<uint16_t>(today - 1)}), zone));
  SIGHTLINE_ASSIGN(window.to, ParseMoment(FormatDay(Day{static_cast<uint16_t>(today)}), zone));
  return window;
}

Result<Interval> WindowOf(const SweepOptions& options, const TimeZone& zone) {
  if (options.yesterday) return Yesterday(zone);
  if (options.from.empty() || options.to.empty()) {
    return InvalidArgument("say what to sweep: --yesterday, or --from and --to");
  }
  Interval window;
  SIGHTLINE_ASSIGN(window.from, ParseMoment(options.from, zone));
  SIGHTLINE_ASSIGN(window.to, ParseMoment(options.to, zone));
  return window;
}

struct Counts {
  uint64_t cloned = 0;
  uint64_t all = 0;
};

Counts ReadCounts(simdjson::simdjson_result<simdjson::dom::element> member) {
  Counts counts;
  simdjson::dom::object object;
  if (member.get(object) != simdjson::SUCCESS) return counts;
  for (const auto [kind, value] : object) {
    uint64_t count = 0;
    if (value.get(count) != simdjson::SUCCESS) continue;
    counts.all += count;
    if (kind == "cloned") counts.cloned = count;
  }
  return counts;
}

// One line for a person and for the mail that cron sends; the number of new conflicts.
uint64_t Summarize(const CommandLine& line, const TimeZone& zone, const Interval& window,
                   const std::string& result) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(result).get(root) != simdjson::SUCCESS) return 0;
  uint64_t plates = 0;
  uint64_t readings = 0;
  simdjson::dom::array faults;
  simdjson::dom::array late;
  const bool counted = root["plates"].get(plates) == simdjson::SUCCESS &&
                       root["readings"].get(readings) == simdjson::SUCCESS &&
                       root["faults"].get(faults) == simdjson::SUCCESS &&
                       root["late_days"].get(late) == simdjson::SUCCESS;
  const Counts conflicts = ReadCounts(root["conflicts"]);
  const Counts fresh = ReadCounts(root["new"]);
  if (line.globals.json) {
    PrintJson(result);
  } else if (counted) {
    fmt::print("{} to {}: {} conflicts ({} cloned), {} new ({} cloned); {} cameras at fault; "
               "{} plates, {} readings; {} days swept again for late readings\n",
               line.ShowTime(window.from, zone), line.ShowTime(window.to, zone), conflicts.all,
               conflicts.cloned, fresh.all, fresh.cloned, faults.size(), plates, readings,
               late.size());
  }
  return fresh.all;
}

Outcome Sweep(const CommandLine& line, const SweepOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const Interval window, WindowOf(options, zone));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const JobAnswer begun, Conflicts(client).Sweep(window));
  if (options.no_wait) {
    ShowJob(line, zone, begun);
    return Success();
  }
  JobAnswer ended;
  if (Outcome outcome = AwaitJob(line, client, begun.job.id, ended);
      outcome.code != ExitCode::kOk) {
    return outcome;
  }
  if (ended.job.status != "done") {
    return {ExitCode::kFailed, fmt::format("the sweep is {}: {}", ended.job.status,
                                           ended.job.error)};
  }
  const uint64_t fresh = Summarize(line, zone, window, ended.job.result);
  if (options.exit_code && fresh > 0) return {ExitCode::kNews, {}};
  return Success();
}

}  // namespace

void AddSweepCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "sweep", "Looks through a whole window for what nobody asked about",
                 kExamples);
  command->require_subcommand(1);
  CLI::App* cloned = AddCommand(
      *command, "cloned-plates",
      "Finds plates that were in two places at once (see `sightline conflicts`)", kExamples);
  auto options = std::make_shared<SweepOptions>();
  CLI::Option* yesterday = cloned->add_flag("--yesterday", options->yesterday,
                                            "The day before today on the calendar of --tz");
  cloned->add_option("--from", options->from, "From this time on")->excludes(yesterday);
  cloned->add_option("--to", options->to, "Before this time")->excludes(yesterday);
  CLI::Option* no_wait = cloned->add_flag("--no-wait", options->no_wait,
                                          "Shows the job, and does not wait for its end");
  cloned
      ->add_flag("--exit-code", options->exit_code,
                 "Ends with 6 where it found conflicts that were not known before")
      ->excludes(no_wait);
  cloned->callback(
      [&line, options] { line.run = [&line, options] { return Sweep(line, *options); }; });
}

}  // namespace sightline::client
