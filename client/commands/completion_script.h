// Completion scripts for shells, made from the command line itself.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sightline::client {

// The script for "bash", "zsh" or "fish"; nullopt for another shell. It knows every command and
// option of `app` as they are now, so it cannot fall behind them.
std::optional<std::string> CompletionScript(const CLI::App& app, std::string_view shell);

}  // namespace sightline::client
