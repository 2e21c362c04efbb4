// The import of one file, as its user sees it: progress, errors, a report, a mark to go on from.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/import/duplicates.h"
#include "client/import/importer.h"
#include "client/import/progress.h"
#include "client/import/resume_file.h"
#include "core/error.h"

namespace sightline::client {

// NDJSON: one object for each row that was not accepted, or for rows that cannot be told apart:
// {"file", "line", "last_line", "count", "outcome": "rejected" or "duplicate", "detail", "field"}.
class ImportReport {
 public:
  // kInvalidArgument when the file cannot be made.
  static Result<ImportReport> Create(const std::string& path);

  struct Entry {
    std::string_view file;
    uint64_t line = 0;
    uint64_t last_line = 0;  // 0: of one row
    uint64_t count = 1;
    std::string_view outcome;
    std::string_view detail;
    std::string_view field = {};
  };
  void Add(const Entry& entry);
  // kInvalidArgument when not everything could be written.
  Status Close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  ImportReport(std::unique_ptr<std::FILE, Closer> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  std::unique_ptr<std::FILE, Closer> file_;
  std::string path_;
};

// "the same camera, plate and time as line 17", and so on.
std::string DuplicateDetail(const DuplicateNote& note);

// Not thread-safe (an ImportObserver is told of one thing at a time).
class FileImport final : public ImportObserver {
 public:
  struct Options {
    std::string file;                     // for messages
    std::optional<uint64_t> file_size;
    ImportReport* report = nullptr;       // outlives the import; null: none
    std::optional<ResumeFile> resume;     // none: a restart begins at the first row
    std::optional<ResumeMark> resumed;    // where this run begins
    bool show_progress = true;
    std::FILE* messages = stderr;
  };
  explicit FileImport(Options options);

  Status OnBatch(const BatchOutcome& outcome) override;
  void OnTick() override;

  // At the end of a run, whole or not: wipes the bar and saves the mark, or removes it when
  // `complete`.
  Status Finish(bool complete);

  const ImportTotals& totals() const { return totals_; }  // of this run and those it goes on from
  uint64_t rows_of_run() const { return totals_.rows() - start_.totals.rows(); }
  double seconds() const;
  uint64_t last_line() const { return mark_.line; }
  const std::vector<SentRange>& ranges() const { return ranges_; }
  const std::set<uint64_t>& rejected_lines() const { return rejected_lines_; }

 private:
  void ShowErrors(const BatchOutcome& outcome);
  void ReportErrors(const BatchOutcome& outcome);

  Options options_;
  ResumeMark start_;
  ResumeMark mark_;
  ImportTotals totals_;
  uint64_t errors_shown_ = 0;
  std::vector<SentRange> ranges_;
  std::set<uint64_t> rejected_lines_;
  Progress progress_;
  Progress::Clock::time_point began_ = Progress::Clock::now();
  Progress::Clock::time_point saved_ = began_;
};

}  // namespace sightline::client
