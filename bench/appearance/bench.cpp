// sightline-appearance-bench: our appearance index beside FAISS and hnswlib, in one process.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "bench/appearance/steps.h"

namespace {

using sightline::Result;
using sightline::bench::CityDataOptions;
using sightline::bench::StepOptions;

}  // namespace

int main(int argc, char** argv) {
  StepOptions options;
  CityDataOptions city;
  std::string bigann;
  CLI::App app("Measures the appearance index; each step prints one JSON object");
  app.require_subcommand(1);
  const auto add_step = [&](const char* name, const char* description) {
    CLI::App* step = app.add_subcommand(name, description);
    step->add_option("--data", options.data, "Folder of the data set")->required();
    step->add_option("--threads", options.threads, "Of building, and of the second speed");
    return step;
  };
  const auto add_race = [&](CLI::App* step) {
    step->add_option("--target", options.target, "Recall at 10 that efforts are set for");
    step->add_option("--queries", options.queries, "Questions asked, at most");
    step->add_option("--rounds", options.rounds, "In turns");
    step->add_option("--seconds", options.seconds, "Of each entrant in each round");
  };
  const auto add_entrants = [&](CLI::App* step) {
    step->add_option("--entrants", options.entrants,
                     fmt::format("Who takes part, the first being held against the others: {}",
                                 fmt::join(sightline::bench::kEntrantWords, ", ")))
        ->delimiter(',')
        ->required();
    step->add_flag("--rebuild", options.rebuild, "Build our bare graph anew");
  };

  CLI::App* make = add_step("make", "Makes a data set and its exact answers");
  make->add_option("--rows", city.rows, "About so many");
  make->add_option("--queries", city.queries, "About so many");
  make->add_option("--bytes", city.vector_bytes, "Of a vector: 128 or 512");
  make->add_option("--cameras", city.cameras, "Of the city");
  make->add_option("--readings", city.readings, "Of a vehicle, about");
  make->add_option("--seed", city.seed, "Of the city");
  make->add_option("--bigann", bigann, "Folder of bigann10k: the real data set instead");
  CLI::App* build = add_step("build", "Builds our index over it");
  build->add_flag("--rebuild", options.rebuild, "From nothing");
  CLI::App* footprint = add_step("footprint", "What our index takes of memory and disk");
  CLI::App* search = add_step("search", "Recall and speed without filters");
  add_race(search);
  add_entrants(search);
  search->add_flag("--match-first", options.match_first,
                   "Efforts are set for the recall of the first entrant, where that is more");
  CLI::App* scan = add_step("scan", "Exact scans beside the memory's own speed");
  add_race(scan);
  CLI::App* filters = add_step("filters", "The grid of filters");
  add_race(filters);
  add_entrants(filters);
  CLI11_PARSE(app, argc, argv);
  city.threads = options.threads;

  const auto run = [&]() -> Result<std::string> {
    if (*make) return MakeData(options, city, bigann);
    if (*build) return BuildIndex(options);
    if (*footprint) return MeasureFootprint(options);
    if (*search) return MeasureSearches(options);
    if (*scan) return MeasureScans(options);
    if (*filters) return MeasureFilters(options);
    return std::string("{}");
  };
  try {
    const auto json = run();
    if (json) {
      std::cout << *json << '\n';
      return 0;
    }
    std::cerr << "sightline-appearance-bench: " << json.error().message << '\n';
  } catch (const std::exception& error) {
    std::cerr << "sightline-appearance-bench: " << error.what() << '\n';
  }
  return 1;
}
