// The `sightline` command line.
#include <fmt/format.h>

#include <exception>

#include "client/commands/commands.h"
#include "client/interrupt.h"
#include "client/output/terminal.h"

namespace {

using sightline::client::ExitCode;
using sightline::client::Outcome;

int End(const Outcome& outcome) {
  if (!outcome.message.empty()) {
    const bool color = sightline::client::UseColor(stderr);
    fmt::print(stderr, "{}sightline:{} {}\n", color ? "\x1b[1;31m" : "", color ? "\x1b[0m" : "",
               outcome.message);
  }
  return static_cast<int>(outcome.code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    sightline::client::CommandLine line;
    const auto app = sightline::client::MakeApp(line);
    try {
      app->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const bool asked_for_help =
          error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
      app->exit(error);
      return static_cast<int>(asked_for_help ? ExitCode::kOk : ExitCode::kUsage);
    }
    sightline::client::CatchInterrupts();
    const Outcome outcome = line.run();
    if (std::fflush(stdout) != 0 && outcome.code == ExitCode::kOk) {
      return End({ExitCode::kFailed, "the output could not be written in full"});
    }
    return End(outcome);
  } catch (const std::exception& error) {
    return End({ExitCode::kFailed, error.what()});
  }
}
