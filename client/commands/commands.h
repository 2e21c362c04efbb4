// The commands of `sightline`. Each adds its subcommand with options, help and examples to the app
// and, when it is chosen, leaves what to do in CommandLine::run. Both arguments outlive the parse
// and the run.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>

#include "client/commands/command_line.h"

namespace sightline::client {

void AddCamerasCommand(CLI::App& app, CommandLine& line);
void AddImportCommand(CLI::App& app, CommandLine& line);
void AddSearchCommand(CLI::App& app, CommandLine& line);
void AddSimilarCommand(CLI::App& app, CommandLine& line);
void AddPlatesCommand(CLI::App& app, CommandLine& line);
void AddCompanionsCommand(CLI::App& app, CommandLine& line);
void AddTrajectoryCommand(CLI::App& app, CommandLine& line);
void AddProfileCommand(CLI::App& app, CommandLine& line);
void AddHabitsCommand(CLI::App& app, CommandLine& line);
void AddCommonCommand(CLI::App& app, CommandLine& line);
void AddTravelTimesCommand(CLI::App& app, CommandLine& line);
void AddCountsCommand(CLI::App& app, CommandLine& line);
void AddFlowsCommand(CLI::App& app, CommandLine& line);
void AddSpeedsCommand(CLI::App& app, CommandLine& line);
void AddExportCommand(CLI::App& app, CommandLine& line);
void AddCorrectionsCommand(CLI::App& app, CommandLine& line);
void AddCaseCommand(CLI::App& app, CommandLine& line);
void AddSweepCommand(CLI::App& app, CommandLine& line);
void AddConflictsCommand(CLI::App& app, CommandLine& line);
void AddSightingCommand(CLI::App& app, CommandLine& line);
void AddStatusCommand(CLI::App& app, CommandLine& line);
void AddSpacesCommand(CLI::App& app, CommandLine& line);
void AddIndexCommand(CLI::App& app, CommandLine& line);
void AddJobsCommand(CLI::App& app, CommandLine& line);
void AddTokenCommand(CLI::App& app, CommandLine& line);
void AddAuditCommand(CLI::App& app, CommandLine& line);
void AddSimulateCommand(CLI::App& app, CommandLine& line);
void AddCompletionCommand(CLI::App& app, CommandLine& line);
void AddVersionCommand(CLI::App& app, CommandLine& line);
void AddHelpCommand(CLI::App& app, CommandLine& line);

// The whole command line: global options and every command. `line` outlives it.
std::unique_ptr<CLI::App> MakeApp(CommandLine& line);

// A subcommand whose options may stand beside the global ones; `examples` ends its help.
CLI::App* AddCommand(CLI::App& parent, const char* name, const char* description,
                     std::string_view examples);

}  // namespace sightline::client
