#include "client/commands/ranked_page.h"

#include <fmt/format.h>

#include <cstdio>

namespace sightline::client {
namespace {

constexpr size_t kMaxRanked = 10'000;

}  // namespace

void AddRankedPageOptions(CLI::App& command, RankedPageOptions& options) {
  command.add_option("--limit", options.limit, "Plates to show (100)")
      ->check(CLI::Range(size_t{1}, kMaxRanked));
  command.add_option("--page-token", options.token, "Goes on behind an earlier page");
  command.add_option("--as-of", options.as_of, "Answers as of this ingest sequence");
}

std::string WithRankedPage(std::string question, const RankedPageOptions& options) {
  question.pop_back();  // the object goes on
  question += fmt::format(",\"limit\":{}", options.limit);
  if (!options.token.empty()) question += fmt::format(",\"page_token\":\"{}\"", options.token);
  if (options.as_of) question += fmt::format(",\"as_of\":{}", *options.as_of);
  return question + "}";
}

void TellOfNextPage(const CommandLine& line, simdjson::dom::element answer) {
  const std::string next = CellOf(answer, "next_page_token");
  if (next.empty() || line.globals.quiet) return;
  fmt::print(stderr, "{} in all: --limit asks for up to {}, --page-token {} for the next page.\n",
             CellOf(answer, "found"), kMaxRanked, next);
}

}  // namespace sightline::client
