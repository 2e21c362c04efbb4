#include <fmt/format.h>

#include "client/commands/commands.h"

namespace sightline::client {
namespace {

constexpr const char* kFooter =
    R"(Exit status: 0 done, 1 the server said no or something failed, 2 usage, 3 the server cannot
be reached, 4 some rows were rejected, 5 not found, 130 interrupted.

Examples:
  sightline import readings.ndjson.gz
  sightline search --plate '京A*' --from 2016-09-21 --to 2016-09-22 --purpose 'case 17'
  sightline trajectory 京N6UT45 --format gpx -o track.gpx

'sightline COMMAND --help' tells of a command and shows examples.)";

// What was wrong with the command line, and which help tells more: that of the command as far as it
// was understood.
std::string FailureMessage(const CLI::App* app, const CLI::Error& error) {
  std::string path = app->get_name();
  const CLI::App* command = app;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
    path += " " + command->get_name();
  }
  const std::vector<std::string> unknown = app->remaining(/*recurse=*/true);
  const bool wants_command = command->get_require_subcommand_min() > 0;
  std::string what = error.what();
  if (wants_command && !unknown.empty()) {
    const std::string& word = unknown.front();
    what = fmt::format("there is no {} '{}'", word.starts_with('-') ? "option" : "command", word);
  }
  return fmt::format("sightline: {}\nTry '{} --help'.\n", what, path);
}

// An empty argument comes from a variable that was not set, and would silently widen the question:
// every option refuses it.
void RefuseEmptyArguments(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() == 0) continue;
    option->check([](const std::string& value) {
      return value.empty() ? std::string("the argument is empty") : std::string();
    });
  }
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    RefuseEmptyArguments(*command);
  }
}

}  // namespace

CLI::App* AddCommand(CLI::App& parent, const char* name, const char* description,
                     std::string_view examples) {
  CLI::App* command = parent.add_subcommand(name, description);
  command->fallthrough();
  if (!examples.empty()) command->footer("Examples:\n" + std::string(examples));
  return command;
}

std::unique_ptr<CLI::App> MakeApp(CommandLine& line) {
  auto app = std::make_unique<CLI::App>("Asks a Sightline server, and feeds it.", "sightline");
  app->footer(kFooter);
  app->require_subcommand(1);
  app->get_formatter()->column_width(34);
  app->failure_message(FailureMessage);
  app->set_version_flag("--version", "sightline " SIGHTLINE_VERSION,
                        "Print the version of this program and exit");
  GlobalOptions& globals = line.globals;
  // The environment is read by ClientOptions::FromEnvironment; naming it here is for the help.
  app->add_option("--url", globals.url,
                  "Where the server is (env SIGHTLINE_URL; http://127.0.0.1:8080)");
  app->add_option("--token", globals.token,
                  "Bearer token (env SIGHTLINE_TOKEN); others on this machine may see it");
  app->add_option("--token-file", globals.token_file,
                  "File whose first line is the token (env SIGHTLINE_TOKEN_FILE)")
      ->type_name("FILE");
  app->add_option("--purpose", globals.purpose,
                  "Why you ask; kept in the audit log (env SIGHTLINE_PURPOSE)");
  app->add_option("--case", globals.case_number, "Case number (env SIGHTLINE_CASE)");
  app->add_option("--ca-file", globals.ca_file,
                  "Certificates (PEM) to trust for https (env SIGHTLINE_CA_FILE)")
      ->type_name("FILE");
  app->add_option("--tz", globals.time_zone,
                  "IANA time zone of times that are shown, and of times given without an offset "
                  "(this computer's)")
      ->type_name("ZONE")
      ->check([](const std::string& name) {
        const auto zone = TimeZone::Named(name);
        return zone ? std::string() : zone.error().message;
      });
  CLI::Option* json = app->add_flag("--json", globals.json, "Print the server's JSON as it comes");
  app->add_flag("--csv", globals.csv, "Print CSV (RFC 4180, times in UTC) instead of a table")
      ->excludes(json);
  app->add_flag("-q,--quiet", globals.quiet, "No progress and no summaries");

  AddCamerasCommand(*app, line);
  AddImportCommand(*app, line);
  AddSearchCommand(*app, line);
  AddSimilarCommand(*app, line);
  AddPlatesCommand(*app, line);
  AddTrajectoryCommand(*app, line);
  AddProfileCommand(*app, line);
  AddHabitsCommand(*app, line);
  AddCommonCommand(*app, line);
  AddCompanionsCommand(*app, line);
  AddSweepCommand(*app, line);
  AddConflictsCommand(*app, line);
  AddSightingCommand(*app, line);
  AddCorrectionsCommand(*app, line);
  AddTravelTimesCommand(*app, line);
  AddCountsCommand(*app, line);
  AddFlowsCommand(*app, line);
  AddSpeedsCommand(*app, line);
  AddExportCommand(*app, line);
  AddCaseCommand(*app, line);
  AddStatusCommand(*app, line);
  AddSpacesCommand(*app, line);
  AddIndexCommand(*app, line);
  AddJobsCommand(*app, line);
  AddTokenCommand(*app, line);
  AddAuditCommand(*app, line);
  AddSimulateCommand(*app, line);
  AddCompletionCommand(*app, line);
  AddVersionCommand(*app, line);
  AddHelpCommand(*app, line);
  RefuseEmptyArguments(*app);
  return app;
}

}  // namespace sightline::client
