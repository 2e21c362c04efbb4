#include <cstdio>

#include "client/commands/commands.h"
#include "client/commands/completion_script.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  source <(sightline completion bash)
  sightline completion zsh > "${fpath[1]}/_sightline"
  sightline completion fish > ~/.config/fish/completions/sightline.fish)";

}  // namespace

void AddCompletionCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "completion", "Prints a completion script for a shell", kExamples);
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &line, shell] {
    line.run = [&app, shell] {
      const auto script = CompletionScript(app, *shell);
      std::fwrite(script->data(), 1, script->size(), stdout);
      return Success();
    };
  });
}

}  // namespace sightline::client
