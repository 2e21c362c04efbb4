// What commands show of jobs.
#pragma once

#include <string>

#include "client/commands/command_line.h"
#include "client/jobs.h"

namespace sightline::client {

// The job's members, a line each; with --json as the answer came.
void ShowJob(const CommandLine& line, const TimeZone& zone, const JobAnswer& answer);

// Asks again and again until the job has ended, however it did, and shows its progress on standard
// error. Other ends than kOk: it could not be asked, or this command was interrupted.
Outcome AwaitJob(const CommandLine& line, Client& client, const std::string& id, JobAnswer& ended);

// The same, and shows the job. One that failed or was cancelled ends the command with kFailed.
Outcome WaitForJob(const CommandLine& line, const TimeZone& zone, Client& client,
                   const std::string& id);

}  // namespace sightline::client
