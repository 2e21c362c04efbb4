#include "client/import/import_file.h"

#include <fmt/format.h>

namespace sightline::client {
namespace {

// Beyond this many rows duplicates are looked at one by one only for a report: it means reading the
// file once more and 60 bytes of memory a row.
constexpr uint64_t kRowsExplainedUnasked = 2'000'000;

std::string Rows(uint64_t count) {
  return fmt::format("{} row{}", WithThousands(count), count == 1 ? "" : "s");
}

// Looks the duplicates up in the file, reports them, and says in words where they came from.
Result<std::string> DescribeDuplicates(const std::string& path, const FileImportOptions& options,
                                       const FileImport& import) {
  SIGHTLINE_ASSIGN(OpenedFile file, OpenSightings(path, options.read));
  const auto report = [&](const DuplicateNote& note) {
    if (options.report == nullptr) return;
    const bool one_row = note.line == note.last_line;
    options.report->Add({.file = path,
                         .line = note.line,
                         .last_line = one_row ? 0 : note.last_line,
                         .count = note.count,
                         .outcome = "duplicate",
                         .detail = DuplicateDetail(note)});
  };
  SIGHTLINE_ASSIGN(
      const DuplicateSummary summary,
      ExplainDuplicates(*file.reader, import.ranges(), import.rejected_lines(), report));
  std::string text;
  if (summary.within_file > 0) {
    text += fmt::format("; {} the same sighting as an earlier line (camera and time, and source_id "
                        "or plate)",
                        WithThousands(summary.within_file));
  }
  if (summary.already_stored > 0) {
    text += fmt::format("; {} stored already before", WithThousands(summary.already_stored));
  }
  const uint64_t explained = summary.within_file + summary.already_stored;
  if (import.totals().duplicates > explained) {
    text += fmt::format("; {} counted by the run before",
                        WithThousands(import.totals().duplicates - explained));
  }
  return text;
}

void PrintSummary(const std::string& path, const FileImportOptions& options,
                  const FileImport& import) {
  const ImportTotals& totals = import.totals();
  const double seconds = import.seconds();
  const double rate = static_cast<double>(import.rows_of_run()) / std::max(seconds, 0.001);
  fmt::print(stderr, "{}: {} in {:.1f} s ({} rows/s){}\n", path, Rows(import.rows_of_run()),
             seconds, WithThousands(static_cast<uint64_t>(rate)),
             import.rows_of_run() == totals.rows()
                 ? ""
                 : fmt::format("; with the run before {}", Rows(totals.rows())));
  std::string duplicates;
  const bool explain = options.report != nullptr || totals.rows() <= kRowsExplainedUnasked;
  if (totals.duplicates > 0 && explain && path != "-") {
    const auto text = DescribeDuplicates(path, options, import);
    if (text) duplicates = *text;
  }
  fmt::print(stderr, "  accepted   {:>14}\n  duplicates {:>14}{}\n  rejected   {:>14}\n",
             WithThousands(totals.accepted), WithThousands(totals.duplicates), duplicates,
             WithThousands(totals.rejected));
  if (totals.ambiguous_times > 0) {
    fmt::print(stderr,
               "  {} fell into the hour that comes twice when clocks are set back; the first was "
               "taken\n",
               Rows(totals.ambiguous_times));
  }
  if (totals.never_merged > 0) {
    fmt::print(stderr,
               "  {} with neither plate nor source_id: sent again they would be stored again; "
               "--source-id-column COLUMN tells them apart\n",
               Rows(totals.never_merged));
  }
}

std::string HowToGoOn(const FileImport& import, const std::optional<ResumeFile>& resume) {
  if (!resume || import.last_line() == 0) {
    return fmt::format("{} acknowledged; run the same command again to send the rest (rows sent "
                       "twice are counted as duplicates, but for unread plates without source_id)",
                       Rows(import.totals().rows()));
  }
  return fmt::format("everything up to line {} is acknowledged ({}); run the same command again to "
                     "go on from there",
                     import.last_line(), Rows(import.totals().rows()));
}

Result<std::optional<ResumeFile>> ResumeFileOf(const std::string& path,
                                               const FileImportOptions& options) {
  std::optional<ResumeFile> none;
  if (!options.resume) return none;
  const auto identity =
      ImportIdentity::Of(path, options.import.client.url, options.read.settings);
  if (!identity) {
    if (options.resume_file.empty()) return none;
    return InvalidArgument(path + " is not a file; only files can be resumed");
  }
  if (!options.resume_file.empty())
    return std::optional(ResumeFile(options.resume_file, *identity));
  const auto place = ResumeFile::DefaultPath(*identity);
  if (!place) return none;
  return std::optional(ResumeFile(*place, *identity));
}

Outcome OutcomeOfInput(const Error& error) {
  // The library's kIo means the server; everything else about files is the user's to mend.
  if (error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kConflict) {
    return {ExitCode::kUsage, error.message};
  }
  return OutcomeOf(error);
}

}  // namespace

Result<OpenedFile> OpenSightings(const std::string& path, const ReadOptions& options) {
  SIGHTLINE_ASSIGN(auto source, ByteSource::Open(path));
  const auto format = options.format ? options.format : FormatOfName(path);
  if (!format || *format == FileFormat::kGeoJson) {
    return InvalidArgument(
        fmt::format("cannot tell the format of {} by its name; say --format ndjson, json or csv",
                    path));
  }
  OpenedFile file{.reader = nullptr, .size = source->file_size()};
  if (*format == FileFormat::kNdjson) {
    file.reader = MakeNdjsonBatches(std::move(source));
  } else if (*format == FileFormat::kJson) {
    file.reader = MakeJsonBatches(std::move(source));
  } else {
    SIGHTLINE_ASSIGN(TimeFormat time_format, TimeFormat::Make(options.time_format, options.zone));
    SIGHTLINE_ASSIGN(file.reader, MakeCsvBatches(std::move(source), options.dialect,
                                                 {.mappings = options.mappings,
                                                  .nulls = NullWords(options.nulls),
                                                  .time_format = std::move(time_format)}));
  }
  return file;
}

FileImportResult ImportFile(const std::string& path, const FileImportOptions& options) {
  auto file = OpenSightings(path, options.read);
  if (!file) return {OutcomeOfInput(file.error()), {}};
  auto resume = ResumeFileOf(path, options);
  if (!resume) return {OutcomeOfInput(resume.error()), {}};
  FileImport::Options import_options{.file = path,
                                     .file_size = file->size,
                                     .report = options.report,
                                     .resume = *resume,
                                     .show_progress = !options.quiet};
  if (*resume) {
    const auto mark = (*resume)->Load();
    if (!mark) return {OutcomeOfInput(mark.error()), {}};
    import_options.resumed = *mark;
  }
  if (const auto& mark = import_options.resumed) {
    if (!options.quiet) {
      fmt::print(stderr, "{}: going on behind line {}; an earlier run ended there\n", path,
                 mark->line);
    }
    if (const Status skipped = file->reader->SkipTo(mark->line); !skipped) {
      return {OutcomeOf(skipped.error()), {}};
    }
  }

  FileImport import(import_options);
  const Status imported = ImportBatches(*file->reader, options.import, import);
  const Status finished = import.Finish(imported.has_value());
  if (!imported) {
    Outcome outcome = OutcomeOf(imported.error());
    outcome.message += "\nsightline: " + HowToGoOn(import, *resume);
    return {outcome, import.totals()};
  }
  if (!finished) return {OutcomeOf(finished.error()), import.totals()};
  if (!options.quiet || options.report != nullptr) PrintSummary(path, options, import);
  if (import.totals().rejected > 0) {
    return {{ExitCode::kRejected,
             fmt::format("{}: {} rejected", path, Rows(import.totals().rejected))},
            import.totals()};
  }
  return {Outcome{}, import.totals()};
}

}  // namespace sightline::client
