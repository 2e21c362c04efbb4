#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/travel_times.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline travel-times --from K-0012 --to K-0017
  sightline travel-times --from K-0012 --to K-0301 --hours rush
  sightline travel-times --from K-0012 --all --csv > links.csv)";

constexpr size_t kPageOfAll = 10'000;

struct TravelOptions {
  std::string from;
  std::string to;
  std::string hours;
  size_t limit = 100;
  bool all = false;
};

std::string Show(const std::optional<double>& number) {
  return number ? fmt::format("{:.1f}", *number) : std::string();
}

Outcome ShowWay(const CommandLine& line, Client& client, const TravelOptions& options) {
  SIGHTLINE_TRY(const TravelWay way,
                TravelTimes(client).Between(options.from, options.to, options.hours));
  if (line.globals.json) {
    PrintJson(way.json);
    return Success();
  }
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "hour_class" : "HOURS"},
                               {csv ? "samples" : "SAMPLES", true},
                               {csv ? "median_s" : "MEDIAN S", true},
                               {csv ? "slow_s" : "95 % S", true},
                               {csv ? "median_kmh" : "KM/H", true},
                               {csv ? "via" : "VIA"}});
  for (const TravelHourInfo& hour : way.hours) {
    rows.Row({hour.hour_class, std::to_string(hour.samples), Show(hour.median_s),
              Show(hour.slow_s), Show(hour.median_kmh),
              hour.direct ? "direct" : fmt::format("{}", fmt::join(hour.via, " "))});
  }
  line.Finish(rows, "travel times");
  if (line.globals.quiet) return Success();
  fmt::print(stderr, "{} m; the fastest credible time is {:.1f} s ({:.1f} s by the bound alone).\n",
             way.distance_m ? fmt::format("{:.0f}", *way.distance_m) : "?", way.fastest_s,
             way.bound_s);
  for (const std::string& camera : way.at_fault) {
    fmt::print(stderr, "{} contradicts its neighbours: the bound alone judges its readings.\n",
               camera);
  }
  return Success();
}

Outcome ShowLinks(const CommandLine& line, Client& client, const TravelOptions& options) {
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "to_camera" : "TO"},
                               {csv ? "distance_m" : "METRES", true},
                               {csv ? "samples" : "SAMPLES", true},
                               {csv ? "fastest_s" : "FASTEST S", true},
                               {csv ? "median_s" : "MEDIAN S", true},
                               {csv ? "slow_s" : "95 % S", true},
                               {csv ? "median_kmh" : "KM/H", true}});
  std::string page_token;
  do {
    SIGHTLINE_TRY(const TravelLinkPage page,
                  TravelTimes(client).LinksFrom(
                      options.from, options.all ? kPageOfAll : options.limit, page_token));
    page_token = page.next_page_token;
    if (line.globals.json) {
      PrintJson(page.json);
      continue;
    }
    for (const TravelLinkInfo& link : page.links) {
      rows.Row({link.to_camera, fmt::format("{:.0f}", link.distance_m),
                std::to_string(link.all.samples), fmt::format("{:.1f}", link.fastest_s),
                Show(link.all.median_s), Show(link.all.slow_s), Show(link.all.median_kmh)});
    }
  } while (options.all && !page_token.empty());
  if (line.globals.json) return Success();
  line.Finish(rows, "links");
  if (!page_token.empty() && !line.globals.quiet) {
    fmt::print(stderr, "There is more: --all shows everything.\n");
  }
  return Success();
}

Outcome Run(const CommandLine& line, const TravelOptions& options) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  return options.to.empty() ? ShowLinks(line, client, options) : ShowWay(line, client, options);
}

}  // namespace

void AddTravelTimesCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "travel-times", "Shows how long vehicles take from camera to camera", kExamples);
  auto options = std::make_shared<TravelOptions>();
  command->add_option("--from", options->from, "The id of a camera")->required();
  CLI::Option* to =
      command->add_option("--to", options->to, "Another; without it the links out of the first");
  command->add_option("--hours", options->hours, "night, day, rush or weekend alone")
      ->check(CLI::IsMember({"night", "day", "rush", "weekend"}))
      ->needs(to);
  CLI::Option* limit = command->add_option("--limit", options->limit, "Links to show (100)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}))
                           ->excludes(to);
  command->add_flag("--all", options->all, "Every link, page by page")
      ->excludes(limit)
      ->excludes(to);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
