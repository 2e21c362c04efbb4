#include "client/import/file_import.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "api/json_writer.h"
#include "client/output/display_width.h"
#include "client/output/terminal.h"

namespace sightline::client {
namespace {

constexpr uint64_t kErrorsShown = 20;
constexpr std::chrono::seconds kSaveInterval{1};

std::string At(std::string_view field) {
  return field.empty() ? std::string() : fmt::format(" (at {})", field);
}

}  // namespace

Result<ImportReport> ImportReport::Create(const std::string& path) {
  std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "w"));
  if (!file) {
    return InvalidArgument(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return ImportReport(std::move(file), path);
}

void ImportReport::Add(const Entry& entry) {
  std::string line;
  api::JsonWriter json(line);
  json.BeginObject().Key("file").String(entry.file).Key("line").Uint(entry.line);
  if (entry.last_line != 0) {
    json.Key("last_line").Uint(entry.last_line).Key("count").Uint(entry.count);
  }
  json.Key("outcome").String(entry.outcome).Key("detail").String(entry.detail);
  if (!entry.field.empty()) json.Key("field").String(entry.field);
  json.EndObject();
  line.push_back('\n');
  std::fwrite(line.data(), 1, line.size(), file_.get());
}

Status ImportReport::Close() {
  const bool failed = std::ferror(file_.get()) != 0;
  if (std::fclose(file_.release()) != 0 || failed) {
    return InvalidArgument(fmt::format("the report {} could not be written in full", path_));
  }
  return Ok();
}

std::string DuplicateDetail(const DuplicateNote& note) {
  if (note.earlier_line != 0) {
    return fmt::format("the same sighting as line {}: camera and time, and source_id or plate",
                       note.earlier_line);
  }
  if (note.line == note.last_line) return "stored already, before this request";
  return fmt::format("{} rows of these lines were stored already; the server does not say which",
                     note.count);
}

FileImport::FileImport(Options options)
    : options_(std::move(options)),
      start_(options_.resumed.value_or(ResumeMark{})),
      mark_(start_),
      totals_(start_.totals),
      progress_(options_.messages, IsTerminal(options_.messages)) {}

void FileImport::ShowErrors(const BatchOutcome& outcome) {
  for (const RowError& error : outcome.errors) {
    if (errors_shown_ == kErrorsShown) break;
    if (++errors_shown_ == 1) progress_.Clear();
    fmt::print(options_.messages, "{}:{}: {}{}\n", options_.file, error.line,
               Printable(error.detail), At(error.field));
    if (errors_shown_ == kErrorsShown) {
      fmt::print(options_.messages, "further errors are counted{}\n",
                 options_.report != nullptr ? " and written to the report"
                                            : "; --report FILE lists them");
    }
  }
}

void FileImport::ReportErrors(const BatchOutcome& outcome) {
  if (options_.report == nullptr) return;
  for (const RowError& error : outcome.errors) {
    options_.report->Add({.file = options_.file,
                          .line = error.line,
                          .outcome = "rejected",
                          .detail = error.detail,
                          .field = error.field});
  }
  if (outcome.errors.size() < outcome.rejected) {
    options_.report->Add({.file = options_.file,
                          .line = outcome.first_line,
                          .last_line = outcome.last_line,
                          .count = outcome.rejected - outcome.errors.size(),
                          .outcome = "rejected",
                          .detail = "further rows of these lines; the server names the first 1,000 "
                                    "of a request (a smaller --batch shows more)"});
  }
}

Status FileImport::OnBatch(const BatchOutcome& outcome) {
  totals_.accepted += outcome.accepted;
  totals_.duplicates += outcome.duplicates;
  totals_.rejected += outcome.rejected;
  totals_.ambiguous_times += outcome.ambiguous_times;
  totals_.never_merged += outcome.never_merged;
  ShowErrors(outcome);
  ReportErrors(outcome);
  for (const RowError& error : outcome.errors) rejected_lines_.insert(error.line);
  ranges_.push_back(
      {outcome.first_line, outcome.last_line, outcome.accepted, outcome.duplicates});
  mark_ = {outcome.last_line, outcome.file_position, totals_};
  const auto now = Progress::Clock::now();
  if (options_.resume && now - saved_ >= kSaveInterval) {
    saved_ = now;
    SIGHTLINE_RETURN_IF_ERROR(options_.resume->Save(mark_));
  }
  OnTick();
  return Ok();
}

void FileImport::OnTick() {
  if (!options_.show_progress) return;
  const auto now = Progress::Clock::now();
  progress_.Update({.rows = rows_of_run(),
                    .file_position = mark_.file_position,
                    .start_position = start_.file_position,
                    .file_size = options_.file_size,
                    .elapsed = now - began_},
                   now);
}

Status FileImport::Finish(bool complete) {
  progress_.Clear();
  if (!options_.resume) return Ok();
  if (complete) {
    options_.resume->Remove();
    return Ok();
  }
  if (mark_.line == start_.line) return Ok();
  return options_.resume->Save(mark_);
}

double FileImport::seconds() const {
  return std::chrono::duration<double>(Progress::Clock::now() - began_).count();
}

}  // namespace sightline::client
