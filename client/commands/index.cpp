#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/job_commands.h"
#include "client/index.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline index status
  sightline index status --day 2016-09-21
  sightline index rebuild --day 2016-09-21 --wait
  sightline index rebuild --space vehicle)";

struct RebuildOptions {
  RebuildQuery query;
  bool wait = false;
};

SpaceCounts SumOf(const std::map<std::string, SpaceCounts>& spaces) {
  SpaceCounts sum;
  for (const auto& [name, counts] : spaces) {
    sum.vectors += counts.vectors;
    sum.graphed_vectors += counts.graphed_vectors;
    sum.graphs += counts.graphs;
    sum.graph_bytes += counts.graph_bytes;
  }
  return sum;
}

// What a day's row and a segment's have in common, behind their first columns.
void AppendVectors(const std::map<std::string, SpaceCounts>& spaces,
                   std::vector<std::string>& row) {
  const SpaceCounts sum = SumOf(spaces);
  row.push_back(std::to_string(sum.vectors));
  row.push_back(std::to_string(sum.graphed_vectors));
  row.push_back(std::to_string(sum.graphs));
}

void ShowDays(const CommandLine& line, const IndexAnswer& index) {
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "day" : "DAY"},
                               {csv ? "segments" : "SEGMENTS", true},
                               {csv ? "sealed_rows" : "SEALED", true},
                               {csv ? "unsealed_rows" : "UNSEALED", true},
                               {csv ? "bytes" : "BYTES", true},
                               {csv ? "vectors" : "VECTORS", true},
                               {csv ? "graphed_vectors" : "GRAPHED", true},
                               {csv ? "graphs" : "GRAPHS", true}});
  const auto add = [&](const std::string& name, const IndexCounts& counts) {
    std::vector<std::string> row = {name, std::to_string(counts.segments),
                                    std::to_string(counts.sealed_rows),
                                    std::to_string(counts.unsealed_rows),
                                    std::to_string(counts.bytes)};
    AppendVectors(counts.spaces, row);
    rows.Row(std::move(row));
  };
  for (const IndexDay& day : index.days) add(day.day, day.counts);
  if (!csv && index.days.size() > 1) add("all", index.sum);
  line.Finish(rows, "days");
}

void ShowSegments(const CommandLine& line, const IndexDay& day) {
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "segment" : "SEGMENT"},
                               {csv ? "rows" : "ROWS", true},
                               {csv ? "bytes" : "BYTES", true},
                               {csv ? "vectors" : "VECTORS", true},
                               {csv ? "graphed_vectors" : "GRAPHED", true},
                               {csv ? "graphs" : "GRAPHS", true}});
  for (const IndexSegment& segment : day.segments) {
    std::vector<std::string> row = {segment.name, std::to_string(segment.rows),
                                    std::to_string(segment.bytes)};
    AppendVectors(segment.spaces, row);
    rows.Row(std::move(row));
  }
  line.Finish(rows, "segments");
}

Outcome State(const CommandLine& line, const std::string& day) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const IndexAnswer index, Index(client).State(day));
  if (line.globals.json) {
    PrintJson(index.json);
    return Success();
  }
  if (!day.empty() && !index.days.empty()) {
    ShowSegments(line, index.days.front());
    return Success();
  }
  ShowDays(line, index);
  if (!line.globals.quiet) {
    fmt::print(stderr, "{} days with sightings in no segment yet, {} vectors in no graph yet.\n",
               index.days_unsealed, index.vectors_without_graph);
    if (index.stored_days > index.days.size()) {
      fmt::print(stderr, "The newest {} of {} days are shown.\n", index.days.size(),
                 index.stored_days);
    }
  }
  return Success();
}

Outcome Rebuild(const CommandLine& line, const RebuildOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const JobAnswer answer, Index(client).Rebuild(options.query));
  if (options.wait) return WaitForJob(line, zone, client, answer.job.id);
  ShowJob(line, zone, answer);
  return Success();
}

}  // namespace

void AddIndexCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "index", "Shows the index, and builds it anew", kExamples);
  command->require_subcommand(1);
  CLI::App* status = AddCommand(*command, "status", "Shows what the index holds, day by day",
                                "  sightline index status --day 2016-09-21");
  auto day = std::make_shared<std::string>();
  status->add_option("--day", *day, "The segments of this day (UTC), 2016-09-21");
  status->callback([&line, day] { line.run = [&line, day] { return State(line, *day); }; });

  CLI::App* rebuild =
      AddCommand(*command, "rebuild", "Starts a job that writes segments anew from what is stored",
                 "  sightline index rebuild --day 2016-09-21 --wait");
  auto options = std::make_shared<RebuildOptions>();
  CLI::Option* of_day = rebuild->add_option("--day", options->query.day, "Of this day (UTC) alone");
  rebuild->add_option("--segment", options->query.segment, "This segment of the day alone")
      ->needs(of_day);
  rebuild->add_option("--space", options->query.space, "The graphs of this space alone");
  rebuild->add_flag("--wait", options->wait, "Waits for the job's end, and shows what it did");
  rebuild->callback(
      [&line, options] { line.run = [&line, options] { return Rebuild(line, *options); }; });
}

}  // namespace sightline::client
