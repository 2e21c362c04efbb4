#include <fmt/format.h>

#include "client/commands/commands.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline help
  sightline help cameras import)";

Outcome Run(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  std::string path = app.get_name();
  for (const std::string& word : words) {
    const auto found = command->get_subcommands(
        [&](const CLI::App* subcommand) { return subcommand->get_name() == word; });
    path += " " + word;
    if (found.empty()) return UsageError(fmt::format("there is no command '{}'", path));
    command = found.front();
  }
  fmt::print("{}", command->get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal));
  return Success();
}

}  // namespace

void AddHelpCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "help", "Tells of a command, like --help", kExamples);
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("COMMAND", *words, "The command (all of them)");
  command->callback([&app, &line, words] {
    line.run = [&app, words] { return Run(app, *words); };
  });
}

}  // namespace sightline::client
