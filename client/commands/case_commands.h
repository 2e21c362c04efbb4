// The parts of `sightline case`. As commands.h.
#pragma once

#include <CLI/CLI.hpp>

#include "client/commands/command_line.h"

namespace sightline::client {

// add-sighting, add-query, note, remove, run.
void AddCaseItemCommands(CLI::App& command, CommandLine& line);
// report, verify.
void AddCaseReportCommands(CLI::App& command, CommandLine& line);

}  // namespace sightline::client
