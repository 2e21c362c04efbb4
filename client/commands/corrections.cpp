#include <fmt/format.h>

#include <cstdio>

#include "client/commands/commands.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline corrections
  sightline corrections --from 2016-09-21 --all --json > corrections.ndjson)";

constexpr size_t kPageOfAll = 5'000;

struct CorrectionOptions {
  std::string from;
  std::string to;
  size_t limit = 100;
  bool all = false;
  std::optional<Sequence> as_of;
};

std::string ShowPlate(const CommandLine& line, const CorrectionInfo& correction,
                      const std::string& plate) {
  if (!correction.names_plate) return {};
  return plate.empty() && !line.globals.csv ? "(unread)" : plate;
}

std::vector<Column> Columns(const CommandLine& line) {
  if (line.globals.csv) {
    return {{"corrected_at"},      {"by"},         {"sighting_id"}, {"camera_id"}, {"time"},
            {"plate_before"},      {"plate"},      {"attributes_before"},
            {"attributes"},        {"note"}};
  }
  return {{"CORRECTED"}, {"BY"},    {"SIGHTING"}, {"CAMERA"}, {"TIME"},
          {"WAS"},       {"PLATE"}, {"WERE"},     {"ATTRIBUTES"}, {"NOTE"}};
}

Outcome Run(const CommandLine& line, const CorrectionOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  CorrectionQuery query{.limit = options.all ? kPageOfAll : options.limit,
                        .as_of = options.as_of};
  for (const auto& [text, moment] :
       {std::pair(&options.from, &query.from), std::pair(&options.to, &query.to)}) {
    if (text->empty()) continue;
    SIGHTLINE_TRY_USAGE(*moment, ParseMoment(*text, zone));
  }
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  if (line.globals.json && options.all) {
    const Status streamed = client.CorrectionsNdjson(query, [](std::string_view piece) {
      std::fwrite(piece.data(), 1, piece.size(), stdout);
      return Ok();
    });
    return streamed ? Success() : OutcomeOf(streamed.error());
  }
  RowPrinter rows = line.Rows(Columns(line));
  do {
    SIGHTLINE_TRY(const CorrectionPage page, client.ListCorrections(query));
    query.page_token = page.next_page_token;
    if (line.globals.json) {
      PrintJson(page.json);
      return Success();
    }
    for (const CorrectionInfo& one : page.corrections) {
      rows.Row({line.ShowTime(one.corrected, zone), one.by, one.sighting_id, one.camera_id,
                line.ShowTime(one.time, zone), ShowPlate(line, one, one.plate_before),
                ShowPlate(line, one, one.plate), one.attributes_before, one.attributes, one.note});
    }
  } while (options.all && !query.page_token.empty());
  line.Finish(rows, "corrections");
  if (!query.page_token.empty() && !line.globals.quiet) {
    fmt::print(stderr, "There is more: --all shows everything.\n");
  }
  return Success();
}

}  // namespace

void AddCorrectionsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "corrections", "Lists what was corrected, newest first: what recognisers learn from",
      kExamples);
  auto options = std::make_shared<CorrectionOptions>();
  command->add_option("--from", options->from, "Corrected from this time on");
  command->add_option("--to", options->to, "Corrected before this time");
  CLI::Option* limit = command->add_option("--limit", options->limit, "Corrections to show (100)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}));
  command
      ->add_flag("--all", options->all, "Every correction; with --json one object a line")
      ->excludes(limit);
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
