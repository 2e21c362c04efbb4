#include <fmt/format.h>
#include <simdjson.h>

#include "client/commands/commands.h"
#include "client/output/display_width.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline status
  sightline status --json
  sightline status --url https://anpr.example.org --ca-file ca.pem)";

std::string ShowScalar(simdjson::dom::element value) {
  if (value.is_null()) return "-";
  std::string_view text;
  if (!value.get(text)) return Printable(text);
  return simdjson::minify(value);
}

// One line a member; objects inside are indented below their name, so that members that a newer
// server adds are shown as well.
void Show(simdjson::dom::object object, int indent) {
  for (const auto [key, value] : object) {
    const std::string name = std::string(static_cast<size_t>(indent), ' ') + Printable(key);
    simdjson::dom::object inner;
    if (!value.get(inner)) {
      fmt::print("{}\n", name);
      Show(inner, indent + 2);
    } else {
      fmt::print("{:<26} {}\n", name, ShowScalar(value));
    }
  }
}

Outcome Run(const CommandLine& line) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const std::string json, client.ServerStatus());
  if (line.globals.json) {
    PrintJson(json);
    return Success();
  }
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(json).get(root)) {
    return {ExitCode::kFailed, "the server's answer is not understood"};
  }
  if (!line.globals.csv) {
    Show(root, 0);
    return Success();
  }
  RowPrinter rows = line.Rows({{"name"}, {"value"}});
  for (const auto [key, value] : root) {
    std::string_view text;
    rows.Row({std::string(key),
              value.get(text) ? std::string(simdjson::minify(value)) : std::string(text)});
  }
  rows.Finish();
  return Success();
}

}  // namespace

void AddStatusCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "status", "Shows what the server holds and how it does", kExamples);
  command->callback([&line] { line.run = [&line] { return Run(line); }; });
}

}  // namespace sightline::client
