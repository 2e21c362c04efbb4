#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "client/commands/commands.h"
#include "client/commands/job_commands.h"
#include "client/interrupt.h"
#include "client/jobs.h"
#include "client/output/terminal.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline jobs list
  sightline jobs show 3f9c2a17...
  sightline jobs cancel 3f9c2a17...)";

constexpr std::chrono::milliseconds kFirstWait{50};
constexpr std::chrono::milliseconds kLongestWait{2'000};

struct ListOptions {
  std::string status;
  size_t limit = 100;
};

std::string Percent(double progress) { return fmt::format("{:.0f}%", progress * 100); }

Outcome List(const CommandLine& line, const ListOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const JobList list, Jobs(client).List(options.status, options.limit));
  if (line.globals.json) {
    PrintJson(list.json);
    return Success();
  }
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "id" : "ID"},
                               {csv ? "kind" : "KIND"},
                               {csv ? "status" : "STATUS"},
                               {csv ? "progress" : "PROGRESS", true},
                               {csv ? "created" : "CREATED"},
                               {csv ? "ended" : "ENDED"},
                               {csv ? "created_by" : "BY"},
                               {csv ? "question" : "QUESTION"}});
  for (const JobInfo& job : list.jobs) {
    rows.Row({job.id, job.kind, job.status,
              csv ? fmt::format("{}", job.progress) : Percent(job.progress),
              line.ShowTime(job.created, zone), job.ended ? line.ShowTime(*job.ended, zone) : "",
              job.created_by, job.question});
  }
  line.Finish(rows, "jobs");
  return Success();
}

Outcome Show(const CommandLine& line, const std::string& id, bool cancel) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  Jobs jobs(client);
  SIGHTLINE_TRY(const JobAnswer answer, cancel ? jobs.Cancel(id) : jobs.Find(id));
  ShowJob(line, zone, answer);
  return Success();
}

}  // namespace

void ShowJob(const CommandLine& line, const TimeZone& zone, const JobAnswer& answer) {
  if (line.globals.json) {
    PrintJson(answer.json);
    return;
  }
  const JobInfo& job = answer.job;
  const auto time = [&](const std::optional<TimestampMs>& when) {
    return when ? line.ShowTime(*when, zone) : std::string();
  };
  const std::pair<const char*, std::string> members[] = {
      {"id", job.id},
      {"kind", job.kind},
      {"status", job.status},
      {"progress", line.globals.csv ? fmt::format("{}", job.progress) : Percent(job.progress)},
      {"question", job.question},
      {"result", job.result},
      {"error", job.error},
      {"created", time(job.created)},
      {"created_by", job.created_by},
      {"started", time(job.started)},
      {"ended", time(job.ended)}};
  RowPrinter rows = line.Rows({{line.globals.csv ? "name" : "NAME"},
                               {line.globals.csv ? "value" : "VALUE"}});
  for (const auto& [name, value] : members) {
    if (!value.empty()) rows.Row({name, value});
  }
  rows.Finish();
}

Outcome AwaitJob(const CommandLine& line, Client& client, const std::string& id,
                 JobAnswer& ended) {
  const bool shows_progress = !line.globals.quiet && UseColor(stderr);
  for (auto wait = kFirstWait;; wait = std::min(2 * wait, kLongestWait)) {
    SIGHTLINE_TRY(ended, Jobs(client).Find(id));
    const JobInfo& job = ended.job;
    if (shows_progress) fmt::print(stderr, "\r{} {:<5}", job.status, Percent(job.progress));
    if (job.has_ended()) {
      if (shows_progress) fmt::print(stderr, "\n");
      return Success();
    }
    if (StopRequested()) return {ExitCode::kInterrupted, "the job goes on without this command"};
    std::this_thread::sleep_for(wait);
  }
}

Outcome WaitForJob(const CommandLine& line, const TimeZone& zone, Client& client,
                   const std::string& id) {
  JobAnswer ended;
  if (Outcome outcome = AwaitJob(line, client, id, ended); outcome.code != ExitCode::kOk) {
    return outcome;
  }
  ShowJob(line, zone, ended);
  if (ended.job.status == "done") return Success();
  return {ExitCode::kFailed, fmt::format("the job is {}", ended.job.status)};
}

void AddJobsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "jobs", "Lists, shows and cancels jobs", kExamples);
  command->require_subcommand(1);
  CLI::App* list =
      AddCommand(*command, "list", "Lists the jobs, newest first", "  sightline jobs list");
  auto options = std::make_shared<ListOptions>();
  list->add_option("--status", options->status, "queued, running, done, failed or cancelled (all)")
      ->check(CLI::IsMember({"queued", "running", "done", "failed", "cancelled"}));
  list->add_option("--limit", options->limit, "Jobs to show (100)")
      ->check(CLI::Range(size_t{1}, size_t{10'000}));
  list->callback(
      [&line, options] { line.run = [&line, options] { return List(line, *options); }; });

  const auto add = [&](const char* name, const char* description, const char* examples,
                       bool cancels) {
    CLI::App* one = AddCommand(*command, name, description, examples);
    auto id = std::make_shared<std::string>();
    one->add_option("ID", *id, "The id, as the list shows it")->required();
    one->callback([&line, id, cancels] {
      line.run = [&line, id, cancels] { return Show(line, *id, cancels); };
    });
  };
  add("show", "Shows one job", "  sightline jobs show 3f9c2a17...", /*cancels=*/false);
  add("cancel", "Cancels a job; one that runs ends once it notices",
      "  sightline jobs cancel 3f9c2a17...", /*cancels=*/true);
}

}  // namespace sightline::client
