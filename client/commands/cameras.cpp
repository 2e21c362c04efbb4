#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/input/camera_file.h"
#include "client/output/display_width.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline cameras list
  sightline cameras import cameras.geojson)";

constexpr const char* kListExamples = R"(  sightline cameras list
  sightline cameras list --bbox 116.30,39.90,116.40,40.00
  sightline cameras list --json > cameras.geojson)";

constexpr const char* kImportExamples = R"(  sightline cameras import cameras.geojson
  sightline cameras import sites.csv --map id=site,name=street,lon=x,lat=y --delimiter ';'
  sightline cameras import cameras.ndjson.gz)";

constexpr size_t kErrorsShown = 20;

Outcome List(const CommandLine& line, const CameraQuery& query) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const CameraList list, client.ListCameras(query));
  if (line.globals.json) {
    PrintJson(list.json);
    return Success();
  }
  const bool csv = line.globals.csv;
  RowPrinter rows =
      csv ? line.Rows({{"id"}, {"name"}, {"kind"}, {"lon"}, {"lat"}, {"heading_deg"}, {"retired"}})
          : line.Rows({{"ID"}, {"NAME"}, {"KIND"}, {"LON, LAT", true}, {"HEADING", true}});
  for (const CameraInfo& info : list.cameras) {
    const Camera& camera = info.camera;
    const std::string kind = camera.kind == CameraKind::kMobile ? "mobile" : "checkpoint";
    const std::string heading =
        camera.heading_deg ? fmt::format("{}", *camera.heading_deg) : std::string();
    if (csv) {
      rows.Row({camera.id, camera.name, kind,
                camera.location ? fmt::format("{}", camera.location->lon) : "",
                camera.location ? fmt::format("{}", camera.location->lat) : "", heading,
                info.retired ? "true" : "false"});
    } else {
      rows.Row({camera.id, camera.name, info.retired ? kind + ", retired" : kind,
                ShowPosition(camera.location), heading});
    }
  }
  line.Finish(rows, "cameras");
  return Success();
}

Outcome Import(const CommandLine& line, const std::string& path, const CameraFileOptions& options) {
  SIGHTLINE_TRY_USAGE(const CameraFile file, ReadCameraFile(path, options));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  TextBody body(file.body);
  SIGHTLINE_TRY(CameraOutcome outcome, client.PutCameras(body, file.format));
  const uint64_t rejected = outcome.rejected + file.rejected.size();
  std::vector<RowError> errors = file.rejected;
  for (RowError& error : outcome.errors) {
    if (!file.lines.empty() && error.line >= 1 && error.line <= file.lines.size()) {
      error.line = file.lines[error.line - 1];
    }
    errors.push_back(error);
  }
  for (size_t i = 0; i < errors.size() && i < kErrorsShown; ++i) {
    fmt::print(stderr, "{}:{}: {}{}\n", path, errors[i].line, Printable(errors[i].detail),
               errors[i].field.empty() ? "" : fmt::format(" (at {})", errors[i].field));
  }
  if (line.globals.json) {
    PrintJson(fmt::format(R"({{"created":{},"replaced":{},"rejected":{}}})", outcome.created,
                          outcome.replaced, rejected));
  } else if (!line.globals.quiet) {
    fmt::print("{}: {} created, {} replaced, {} rejected\n", path, outcome.created,
               outcome.replaced, rejected);
  }
  if (rejected == 0) return Success();
  return {ExitCode::kRejected, fmt::format("{}: {} cameras rejected", path, rejected)};
}

struct ImportOptions {
  std::string path;
  std::string format;
  std::vector<std::string> mappings;
  std::vector<std::string> nulls;
  std::string delimiter = ",";
};

Outcome ParseAndImport(const CommandLine& line, const ImportOptions& given) {
  CameraFileOptions options{.nulls = NullWords(given.nulls)};
  SIGHTLINE_TRY_USAGE(options.dialect.delimiter, ParseDelimiter(given.delimiter));
  if (!given.format.empty()) options.format = FormatNamed(given.format);
  for (const std::string& text : given.mappings) {
    SIGHTLINE_TRY_USAGE(ColumnMapping mapping, ParseColumnMapping(text));
    options.mappings.push_back(std::move(mapping));
  }
  return Import(line, given.path, options);
}

}  // namespace

void AddCamerasCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "cameras", "Lists or imports cameras", kExamples);
  command->require_subcommand(1);
  CLI::App* list = AddCommand(*command, "list", "Lists the cameras", kListExamples);
  auto query = std::make_shared<CameraQuery>();
  list->add_flag("--retired", query->with_retired, "Those that were retired as well");
  list->add_option("--bbox", query->bbox,
                   "MINLON,MINLAT,MAXLON,MAXLAT in degrees: those that stand in it");
  list->callback([&line, query] { line.run = [&line, query] { return List(line, *query); }; });

  CLI::App* import = AddCommand(*command, "import",
                                "Creates or replaces cameras from GeoJSON, NDJSON, JSON or CSV, "
                                "plain or gzip",
                                kImportExamples);
  auto options = std::make_shared<ImportOptions>();
  import->add_option("FILE", options->path, "The file; '-' is standard input")->required();
  import->add_option("--format", options->format, "geojson, ndjson, json or csv (by the name)")
      ->check(CLI::IsMember({"geojson", "ndjson", "json", "csv"}));
  import
      ->add_option("--map", options->mappings,
                   "CSV: MEMBER=COLUMN,...; members are id, name, lon, lat, heading_deg, kind "
                   "(columns called like them)")
      ->delimiter(',')
      ->allow_extra_args(false);
  import->add_option("--delimiter", options->delimiter, "CSV: one character, or 'tab' (,)");
  import->add_option("--null", options->nulls, "CSV: a value that stands for none; repeatable")
      ->allow_extra_args(false);
  import->callback(
      [&line, options] { line.run = [&line, options] { return ParseAndImport(line, *options); }; });
}

}  // namespace sightline::client
