// The page of a ranked list that a command shows: its options, its members of the question, and the
// way to the next one.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "client/commands/command_line.h"
#include "client/output/answer_cells.h"
#include "core/sighting.h"

namespace sightline::client {

struct RankedPageOptions {
  size_t limit = 100;
  std::string token;  // empty: the first page
  std::optional<Sequence> as_of;
};

// --limit, --page-token and --as-of. `options` outlives the parse.
void AddRankedPageOptions(CLI::App& command, RankedPageOptions& options);

// The question, an object with members, and limit, page_token and as_of behind them.
std::string WithRankedPage(std::string question, const RankedPageOptions& options);

// Says on stderr how the next page is asked for, where the answer has one; nothing when quiet.
void TellOfNextPage(const CommandLine& line, simdjson::dom::element answer);

}  // namespace sightline::client
