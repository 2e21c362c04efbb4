#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline plates
  sightline plates --match '京A*6' --limit 1000
  sightline plates --like '京A?7626' --max-distance 2
  sightline plates --all --csv > plates.csv)";

constexpr size_t kPageOfAll = 10'000;

struct PlatesOptions {
  std::string match;
  std::string like;
  int max_distance = 1;
  size_t limit = 100;
  bool all = false;
  std::optional<Sequence> as_of;
};

Outcome Run(const CommandLine& line, const PlatesOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  PlateQuery query{.match = options.match,
                   .limit = options.all ? kPageOfAll : options.limit,
                   .as_of = options.as_of};
  if (!options.like.empty()) query.like = PlateLike{options.like, options.max_distance};
  std::vector<Column> columns = {{line.globals.csv ? "plate" : "PLATE"},
                                 {line.globals.csv ? "count" : "SEEN", true},
                                 {line.globals.csv ? "first_seen" : "FIRST SEEN"},
                                 {line.globals.csv ? "last_seen" : "LAST SEEN"}};
  if (query.like) AppendMatchColumns(line, columns);
  RowPrinter rows = line.Rows(std::move(columns));
  do {
    SIGHTLINE_TRY(const PlatePage page, client.ListPlates(query));
    query.page_token = page.next_page_token;
    if (line.globals.json) {
      PrintJson(page.json);
      continue;
    }
    for (const PlateInfo& plate : page.plates) {
      std::vector<std::string> row = {plate.plate, std::to_string(plate.count),
                                      line.ShowTime(plate.first_seen, zone),
                                      line.ShowTime(plate.last_seen, zone)};
      if (query.like) AppendMatch(plate.match, row);
      rows.Row(std::move(row));
    }
  } while (options.all && !query.page_token.empty());
  if (!line.globals.json) line.Finish(rows, "plates");
  if (!query.page_token.empty() && !line.globals.json && !line.globals.quiet) {
    fmt::print(stderr, "There is more: --all shows everything.\n");
  }
  return Success();
}

}  // namespace

void AddPlatesCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "plates", "Lists the plates that were ever read", kExamples);
  auto options = std::make_shared<PlatesOptions>();
  command->add_option("--match", options->match,
                      "Pattern: '*' any characters, '?' one (quote it for the shell)");
  AddLikeOptions(*command, "--like", options->like, options->max_distance);
  CLI::Option* limit = command->add_option("--limit", options->limit, "Plates to show (100)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}));
  command->add_flag("--all", options->all, "Every plate, page by page")->excludes(limit);
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
