#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "client/commands/commands.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline audit
  sightline audit --limit 10000 --csv > audit.csv)";

constexpr size_t kPageRows = 1'000;

std::string Text(simdjson::dom::element object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) ? std::string() : std::string(text);
}

// Prints one page, as rows or as it came; returns the token of the next, empty at the end.
Result<std::string> PrintPage(const CommandLine& line, const TimeZone& zone,
                              const std::string& json, RowPrinter& rows) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array records;
  if (parser.parse(json).get(root) || root["records"].get(records)) {
    return Internal("the server's answer is not understood");
  }
  if (line.globals.json) {
    PrintJson(json);
    return Text(root, "next_page_token");
  }
  for (const simdjson::dom::element record : records) {
    uint64_t number = 0;
    if (record["number"].get(number)) return Internal("an audit record has no number");
    const auto time = ParseRfc3339(Text(record, "time"));
    simdjson::dom::element token;
    const bool with_token = !record["token"].get(token);
    rows.Row({std::to_string(number), time ? line.ShowTime(*time, zone) : "",
              with_token ? Text(token, "name") : "", Text(record, "remote"),
              Text(record, "method") + " " + Text(record, "path"), Text(record, "purpose"),
              Text(record, "case"), Text(record, "outcome")});
  }
  return Text(root, "next_page_token");
}

Outcome Run(const CommandLine& line, size_t limit) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const bool csv = line.globals.csv;
  RowPrinter rows =
      csv ? line.Rows({{"number"}, {"time"}, {"token"}, {"remote"}, {"call"}, {"purpose"}, {"case"},
                       {"outcome"}})
          : line.Rows({{"NO", true}, {"TIME"}, {"TOKEN"}, {"FROM"}, {"CALL"}, {"PURPOSE"}, {"CASE"},
                       {"OUTCOME"}});
  std::string page_token;
  for (size_t left = limit; left > 0;) {
    const size_t page = std::min(left, kPageRows);
    std::string target = fmt::format("/v1/audit?limit={}", page);
    if (!page_token.empty()) target += "&page_token=" + PercentEncode(page_token);
    SIGHTLINE_TRY(const std::string json, client.Get(target));
    SIGHTLINE_TRY(page_token, PrintPage(line, zone, json, rows));
    if (page_token.empty()) break;
    left -= page;
  }
  if (!line.globals.json) line.Finish(rows, "records");
  return Success();
}

}  // namespace

void AddAuditCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "audit", "Shows who asked what, and why, newest first", kExamples);
  auto limit = std::make_shared<size_t>(100);
  command->add_option("--limit", *limit, "Records to show (100)")
      ->check(CLI::Range(size_t{1}, size_t{10'000'000}));
  command->callback([&line, limit] { line.run = [&line, limit] { return Run(line, *limit); }; });
}

}  // namespace sightline::client
