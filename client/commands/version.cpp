#include <fmt/format.h>

#include "client/commands/commands.h"

namespace sightline::client {

void AddVersionCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "version", "Prints the version of this program", "  sightline version");
  command->callback([&line] {
    line.run = [&line] {
      if (line.globals.json) {
        PrintJson(R"({"version":")" SIGHTLINE_VERSION R"("})");
      } else {
        fmt::print("sightline {}\n", SIGHTLINE_VERSION);
      }
      return Success();
    };
  });
}

}  // namespace sightline::client
