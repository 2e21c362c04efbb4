#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/commands/commands.h"
#include "client/import/import_file.h"
#include "client/interrupt.h"

namespace sightline::client {
namespace {

constexpr const char* kFooter =
    R"(A row that is bad costs itself alone; the others are stored. Rows that are there already are
counted as duplicates, so a file may be sent twice. But a row with neither plate nor source_id is
the same as no other and is stored each time; --source-id-column helps. An import that was cut off
goes on where it stopped when the same command is given again.

Examples:
  sightline import readings.ndjson.gz
  sightline import alpr.csv.gz --delimiter '|' --null NA --camera-kind mobile \
      --map plate=plate_hash,time=dt,camera=device,lon=lon,lat=lat \
      --time-format '%m/%d/%Y - %H:%M:%S' --tz America/Los_Angeles --report odd-rows.ndjson
  generate | sightline import - --format ndjson)";

// Tries of one request before the import gives up: with growing waits, about a minute.
constexpr int kAttempts = 10;
constexpr uint64_t kDryRunRows = 5;

struct ImportCommandOptions {
  std::vector<std::string> files;
  std::string format;
  std::vector<std::string> mappings;
  std::string source_id_column;
  std::vector<std::string> nulls;
  std::string delimiter = ",";
  bool no_quotes = false;
  std::string time_format;
  std::string camera_kind;
  uint64_t batch = 20'000;
  int connections = 1;
  bool compress = false;
  bool dry_run = false;
  std::string report;
  std::string resume_file;
  bool no_resume = false;
};

Result<ReadOptions> MakeReadOptions(const CommandLine& line, const ImportCommandOptions& given) {
  ReadOptions options{.nulls = given.nulls, .time_format = given.time_format};
  if (!given.format.empty()) options.format = FormatNamed(given.format);
  SIGHTLINE_ASSIGN(options.dialect.delimiter, ParseDelimiter(given.delimiter));
  options.dialect.quotes = !given.no_quotes;
  for (const std::string& text : given.mappings) {
    SIGHTLINE_ASSIGN(ColumnMapping mapping, ParseColumnMapping(text));
    options.mappings.push_back(std::move(mapping));
  }
  if (!given.source_id_column.empty()) {
    options.mappings.push_back({"source_id", given.source_id_column});
  }
  // Times of a file are not read by this computer's clock unless the user says whose clock it was.
  if (!line.globals.time_zone.empty()) {
    SIGHTLINE_ASSIGN(options.zone, line.zone());
  }
  options.settings = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", given.format,
                                 fmt::join(given.mappings, ","), given.source_id_column,
                                 fmt::join(given.nulls, ","), given.delimiter, given.no_quotes,
                                 given.time_format, line.globals.time_zone);
  return options;
}

// Shows what would be sent.
Outcome DryRun(const std::string& path, const ReadOptions& options) {
  SIGHTLINE_TRY_USAGE(OpenedFile file, OpenSightings(path, options));
  Batch batch;
  uint64_t rows = 0;
  uint64_t bad = 0;
  while (true) {
    SIGHTLINE_TRY(const bool any, file.reader->Next(kDryRunRows, batch));
    if (!any) break;
    if (rows < kDryRunRows) PrintJson(batch.body);
    for (const RowError& error : batch.rejected) {
      if (++bad <= 20) fmt::print(stderr, "{}:{}: {}\n", path, error.line, error.detail);
    }
    rows += batch.rows;
    if (StopRequested()) return {ExitCode::kInterrupted, "interrupted"};
  }
  fmt::print(stderr, "{}: {} rows would be sent, {} cannot be read; nothing was sent\n", path,
             WithThousands(rows), WithThousands(bad));
  return bad == 0 ? Success() : Outcome{ExitCode::kRejected, ""};
}

// The worse of two ends; a file whose rows were partly refused does not hide one that failed.
void Merge(const Outcome& outcome, Outcome& all) {
  if (outcome.code != ExitCode::kOk &&
      (all.code == ExitCode::kOk || all.code == ExitCode::kRejected)) {
    all.code = outcome.code;
    all.message += all.message.empty() ? outcome.message : "\nsightline: " + outcome.message;
  }
}

Outcome Run(const CommandLine& line, const ImportCommandOptions& given) {
  SIGHTLINE_TRY_USAGE(const ReadOptions read, MakeReadOptions(line, given));
  if (!given.resume_file.empty() && given.files.size() > 1) {
    return UsageError("--resume-file goes with one file");
  }
  for (const std::string& path : given.files) {
    const auto format = read.format ? read.format : FormatOfName(path);
    if (!given.camera_kind.empty() && format && *format != FileFormat::kCsv) {
      return UsageError("--camera-kind goes with CSV; register the cameras of " + path +
                        " with 'sightline cameras import'");
    }
  }
  FileImportOptions options{.read = read,
                            .resume_file = given.resume_file,
                            .resume = !given.no_resume,
                            .quiet = line.globals.quiet};
  options.import.client = line.client_options(kAttempts);
  options.import.client.cancelled = &AbortRequested();
  options.import.stop = &StopRequested();
  options.import.batch_rows = given.batch;
  options.import.connections = given.connections;
  options.import.compress = given.compress;
  if (!given.camera_kind.empty()) {
    options.import.camera_kind =
        given.camera_kind == "mobile" ? CameraKind::kMobile : CameraKind::kCheckpoint;
  }
  std::optional<ImportReport> report;
  if (!given.report.empty() && !given.dry_run) {
    SIGHTLINE_TRY_USAGE(ImportReport created, ImportReport::Create(given.report));
    report.emplace(std::move(created));
    options.report = &*report;
  }

  Outcome all;
  ImportTotals totals;
  for (const std::string& path : given.files) {
    if (given.dry_run) {
      Merge(DryRun(path, read), all);
      continue;
    }
    const FileImportResult result = ImportFile(path, options);
    Merge(result.outcome, all);
    totals.accepted += result.totals.accepted;
    totals.duplicates += result.totals.duplicates;
    totals.rejected += result.totals.rejected;
    if (all.code != ExitCode::kOk && all.code != ExitCode::kRejected) break;
  }
  if (line.globals.json && !given.dry_run) {
    PrintJson(fmt::format(R"({{"accepted":{},"duplicates":{},"rejected":{}}})", totals.accepted,
                          totals.duplicates, totals.rejected));
  }
  if (report) {
    if (const Status closed = report->Close(); !closed) Merge(OutcomeOf(closed.error()), all);
  }
  return all;
}

void AddCsvOptions(CLI::App& command, ImportCommandOptions& options) {
  command
      .add_option("--map", options.mappings,
                  "MEMBER=COLUMN,...; members are camera, time, plate, source_id, lon, lat, "
                  "plate_color, plate_confidence, lane, speed_kmh, image, attributes.NAME, "
                  "attributes.NAME:number, attributes.NAME:boolean (columns called like them)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("CSV");
  command.add_option("--source-id-column", options.source_id_column,
                     "The same as --map source_id=COLUMN")
      ->group("CSV");
  command.add_option("--delimiter", options.delimiter, "One character, or 'tab' (,)")->group("CSV");
  command.add_flag("--no-quotes", options.no_quotes, "'\"' is a character like any other")
      ->group("CSV");
  command.add_option("--null", options.nulls, "A value that stands for none; repeatable")
      ->allow_extra_args(false)
      ->group("CSV");
  command
      .add_option("--time-format", options.time_format,
                  "rfc3339, unix, unix-ms, or as of strptime(3) with %f for fractions (rfc3339)")
      ->group("CSV");
  command
      .add_option(
          "--camera-kind", options.camera_kind,
          "Makes cameras that the server does not know: mobile, or checkpoint where the row "
          "has a position")
      ->check(CLI::IsMember({"mobile", "checkpoint"}))
      ->group("CSV");
}

}  // namespace

void AddImportCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "import", "Sends sightings: NDJSON, JSON or CSV, plain or gzip", {});
  command->footer(kFooter);
  auto options = std::make_shared<ImportCommandOptions>();
  command->add_option("FILE", options->files, "The files; '-' is standard input")->required();
  command->add_option("--format", options->format, "ndjson, json or csv (by the name)")
      ->check(CLI::IsMember({"ndjson", "json", "csv"}));
  AddCsvOptions(*command, *options);
  command->add_option("--batch", options->batch, "Rows a request (20000)")
      ->check(CLI::Range(uint64_t{1}, uint64_t{10'000'000}));
  command->add_option("--connections", options->connections,
                      "Requests at once (1); with more, rows are stored out of order")
      ->check(CLI::Range(1, 64));
  command->add_flag("--compress", options->compress, "Sends gzip, for slow links");
  command->add_flag("--dry-run", options->dry_run,
                    "Reads everything, shows the first rows, sends nothing");
  command->add_option("--report", options->report,
                      "Writes every rejected and duplicate row, and why, as NDJSON")
      ->type_name("FILE");
  CLI::Option* resume = command->add_option(
      "--resume-file", options->resume_file,
      "Where to remember how far it came ($XDG_STATE_HOME/sightline/resume/)");
  resume->type_name("FILE");
  command->add_flag("--no-resume", options->no_resume, "Starts at the first row, remembers nothing")
      ->excludes(resume);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
