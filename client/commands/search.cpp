#include <fmt/format.h>
#include <simdjson.h>

#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline search --plate '京A*6' --from 2016-09-21 --to 2016-09-22
  sightline search --near 116.31,39.98,800 --attribute color=silver --attribute color=gray
  sightline search --plate-like '京A?7626' --max-distance 2 --explain
  sightline search --camera K-0012 --camera K-0017 --order time_asc --all --csv > rows.csv)";

// Rows a page when all of them are wanted.
constexpr size_t kPageOfAll = 5'000;

struct SearchOptions {
  SearchFilterOptions filter;
  std::string order;
  bool explain = false;
  size_t limit = 100;
  bool all = false;
  std::string page_token;
  std::optional<Sequence> as_of;
};

std::optional<ResultOrder> OrderOf(const std::string& name) {
  if (name == "time_desc") return ResultOrder::kTimeDescending;
  if (name == "time_asc") return ResultOrder::kTimeAscending;
  if (name == "relevance") return ResultOrder::kRelevance;
  return std::nullopt;
}

// "columns on 28 of 30 days: about 1200 rows, 110 records, 2.1 ms".
std::string DescribePath(const simdjson::dom::element& path) {
  const auto number = [&](const char* name) {
    int64_t value = 0;
    return path[name].get(value) == simdjson::SUCCESS ? value : 0;
  };
  std::string_view name;
  if (path["path"].get(name)) name = "?";
  return fmt::format("{} on {} of {} days: about {} rows, {} records, {:.1f} ms", name,
                     number("days_chosen"), number("days_considered"), number("rows"),
                     number("records"), static_cast<double>(number("microseconds")) / 1000);
}

// How the server found the rows, on standard error: it is no row.
void ShowExplain(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element explain;
  simdjson::dom::object members;
  if (parser.parse(json)["explain"].get(explain) || explain.get(members)) return;
  fmt::print(stderr, "\n");
  for (const auto [name, value] : members) {
    simdjson::dom::array paths;
    std::string_view text;
    if (!value.get(paths)) {
      for (const simdjson::dom::element path : paths) {
        fmt::print(stderr, "{:<14} {}\n", "considered", DescribePath(path));
      }
    } else if (!value.get(text)) {
      fmt::print(stderr, "{:<14} {}\n", name, text);
    } else {
      fmt::print(stderr, "{:<14} {}\n", name, simdjson::minify(value));
    }
  }
}

Outcome Run(const CommandLine& line, const SearchOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const Filter filter, MakeFilter(options.filter, zone));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const SearchQuery query{.filter = filter,
                          .order = OrderOf(options.order),
                          .limit = options.all ? kPageOfAll : options.limit,
                          .page_token = options.page_token,
                          .as_of = options.as_of,
                          .explain = options.explain};

  if (line.globals.json && options.all) {
    const Status streamed = client.SearchNdjson(query, [](std::string_view piece) {
      std::fwrite(piece.data(), 1, piece.size(), stdout);
      return Ok();
    });
    return streamed ? Success() : OutcomeOf(streamed.error());
  }
  if (line.globals.json) {
    SIGHTLINE_TRY(const SightingPage page, client.Search(query));
    PrintJson(page.json);
    return Success();
  }
  std::vector<Column> columns = SightingColumnsShown(line);
  if (filter.plate_like) AppendMatchColumns(line, columns);
  RowPrinter rows = line.Rows(std::move(columns));
  std::string next_page_token;
  const auto print = [&](const SightingPage& page) {
    for (const FoundSighting& found : page.sightings) {
      std::vector<std::string> row = SightingRow(line, zone, found);
      if (filter.plate_like) AppendMatch(found.match, row);
      rows.Row(std::move(row));
    }
    next_page_token = page.next_page_token;
    return Ok();
  };
  if (options.all) {
    const Status searched = client.SearchEachPage(query, print);
    if (searched) {
      line.Finish(rows, "sightings");
      return Success();
    }
    rows.Finish();
    return OutcomeOf(searched.error());
  }
  SIGHTLINE_TRY(const SightingPage page, client.Search(query));
  print(page).value();
  line.Finish(rows, "sightings");
  if (options.explain) ShowExplain(page.json);
  if (!next_page_token.empty() && !line.globals.quiet) {
    fmt::print(stderr, "There is more: --all shows everything, --page-token {} the next page.\n",
               next_page_token);
  }
  return Success();
}

}  // namespace

void AddSearchCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "search", "Finds sightings by plate, place, time and more",
                                 kExamples);
  auto options = std::make_shared<SearchOptions>();
  AddFilterOptions(*command, options->filter);
  command
      ->add_option("--order", options->order,
                   "time_desc (newest first), time_asc, or with --plate-like relevance (the "
                   "likeliest first: what --plate-like means without --order)")
      ->check(CLI::IsMember({"time_desc", "time_asc", "relevance"}));
  CLI::Option* limit = command->add_option("--limit", options->limit, "Rows to show (100)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}));
  CLI::Option* all =
      command
          ->add_flag("--all", options->all, "Every row, as a stream; with --json one object a line")
          ->excludes(limit);
  command
      ->add_flag("--explain", options->explain, "Says how the rows were found and what that cost")
      ->excludes(all);
  command->add_option("--page-token", options->page_token, "Goes on behind an earlier page");
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
