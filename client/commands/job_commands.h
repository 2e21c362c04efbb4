// What commands show of jobs.
#pragma once

#include <string>

#include "client/commands/command_line.h"
#include "client/jobs.h"

namespace sightline::client {

// The job's members, a line each; with --json as the answer came.
void ShowJob(const CommandLine& line, const TimeZone& zone, const JobAnswer& answer);

// Asks again and again until the job has ended, and shows its progress on standard error. A job
// that failed or was cancelled ends the command with kFailed.
Outcome WaitForJob(const CommandLine& line, const TimeZone& zone, Client& client,
                   const std::string& id);

}  // namespace sightline::client
