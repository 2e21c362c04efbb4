#include <fmt/format.h>

#include <memory>

#include "client/commands/commands.h"
#include "client/output/display_width.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline trajectory 京N6UT45 --from 2016-09-21 --to 2016-09-22
  sightline trajectory 京N6UT45 --format gpx -o track.gpx
  sightline trajectory 京N6UT45 --format csv | cut -d, -f1,2)";

struct TrajectoryOptions {
  std::string plate;
  std::string from;
  std::string to;
  std::string format;
  std::string output;
  std::optional<Sequence> as_of;
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Streams the answer in `query.format` to the file or to standard output.
Outcome Save(Client& client, const TrajectoryQuery& query, const std::string& path) {
  std::unique_ptr<std::FILE, FileCloser> file;
  if (!path.empty()) {
    file.reset(std::fopen(path.c_str(), "wb"));
    if (!file) return UsageError(fmt::format("cannot write {}", path));
  }
  std::FILE* out = file ? file.get() : stdout;
  const Status streamed = client.Trajectory(query, [&](std::string_view piece) -> Status {
    if (std::fwrite(piece.data(), 1, piece.size(), out) == piece.size()) return Ok();
    return InvalidArgument("the output could not be written in full");
  });
  if (!streamed) {
    // What was written so far must not be taken for the whole.
    file.reset();
    if (!path.empty()) std::remove(path.c_str());
    return OutcomeOf(streamed.error());
  }
  if (file && std::fclose(file.release()) != 0) {
    return {ExitCode::kFailed, fmt::format("{} could not be written in full", path)};
  }
  return Success();
}

std::string ShowTrip(const CommandLine& line, const TimeZone& zone,
                     const TrajectoryAnswer::Trip& trip) {
  return fmt::format("trip {}: {} to {}, {:.2f} km", trip.number, line.ShowTime(trip.from, zone),
                     line.ShowTime(trip.to, zone), trip.length.value / 1000);
}

// The readings trip by trip, and what the trips were.
Outcome ShowTable(const CommandLine& line, const TimeZone& zone, Client& client,
                  const TrajectoryQuery& query) {
  SIGHTLINE_TRY(const TrajectoryAnswer answer, client.ReadTrajectory(query));
  RowPrinter rows = line.Rows({{"TRIP", true}, {"TIME"}, {"CAMERA"}, {"LON, LAT", true},
                               {"KM/H", true}, {"ATTRIBUTES"}, {"ID"}});
  for (const TrajectoryAnswer::Point& point : answer.points) {
    const Sighting& sighting = point.sighting.sighting;
    rows.Row({std::to_string(point.trip), line.ShowTime(sighting.time, zone), sighting.camera_id,
              ShowPosition(sighting.location),
              sighting.speed_kmh ? fmt::format("{:.1f}", *sighting.speed_kmh) : "",
              ShowAttributes(sighting.attributes), point.sighting.id.ToString()});
  }
  line.Finish(rows, "sightings");
  if (line.globals.quiet) return Success();
  fmt::print("\n{}: {} readings\n", Printable(query.plate), answer.points.size());
  for (const TrajectoryAnswer::Trip& trip : answer.trips) {
    fmt::print("{}\n", ShowTrip(line, zone, trip));
  }
  return Success();
}

Outcome Run(const CommandLine& line, const TrajectoryOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  TrajectoryQuery query{.plate = options.plate, .as_of = options.as_of};
  for (const auto& [text, moment] :
       {std::pair(&options.from, &query.from), std::pair(&options.to, &query.to)}) {
    if (text->empty()) continue;
    SIGHTLINE_TRY_USAGE(*moment, ParseMoment(*text, zone));
  }
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  std::string format = options.format;
  const bool is_json = format == "geojson" || format == "mfjson";
  if (!format.empty() &&
      ((line.globals.csv && format != "csv") || (line.globals.json && !is_json))) {
    return UsageError(fmt::format("{} and --format {} contradict each other",
                                  line.globals.csv ? "--csv" : "--json", format));
  }
  if (format.empty() && line.globals.csv) format = "csv";
  if (format.empty() && (line.globals.json || !options.output.empty())) format = "geojson";
  if (format.empty()) return ShowTable(line, zone, client, query);
  SIGHTLINE_TRY(query.format, api::ParseTrajectoryFormat(format));
  return Save(client, query, options.output);
}

}  // namespace

void AddTrajectoryCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "trajectory", "Replays a plate: its readings in order, and its trips",
                 kExamples);
  auto options = std::make_shared<TrajectoryOptions>();
  command->add_option("PLATE", options->plate, "The plate, whole")->required();
  command->add_option("--from", options->from, "From this time on");
  command->add_option("--to", options->to, "Before this time");
  command
      ->add_option("--format", options->format,
                   "geojson, mfjson, gpx, kml or csv (a table; with -o geojson)")
      ->check(CLI::IsMember({"geojson", "mfjson", "gpx", "kml", "csv"}));
  command->add_option("-o,--output", options->output, "Writes here instead of standard output")
      ->type_name("FILE");
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
