// Opens a file of sightings the way that the user asked for and imports it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/exit_code.h"
#include "client/import/file_import.h"
#include "client/import/importer.h"
#include "client/input/batch.h"
#include "client/input/file_format.h"
#include "core/error.h"

namespace sightline::client {

// How files are read.
struct ReadOptions {
  std::optional<FileFormat> format;  // none: by the name
  CsvDialect dialect;
  std::vector<ColumnMapping> mappings;
  std::vector<std::string> nulls;
  std::string time_format;
  std::optional<TimeZone> zone;  // of times without an offset

  // Everything above as text: what a resume mark is bound to besides the file.
  std::string settings;
};

struct OpenedFile {
  std::unique_ptr<BatchReader> reader;
  std::optional<uint64_t> size;
};

// kInvalidArgument for a file that cannot be opened or a format or mapping that does not fit.
Result<OpenedFile> OpenSightings(const std::string& path, const ReadOptions& options);

struct FileImportOptions {
  ReadOptions read;
  ImportOptions import;
  ImportReport* report = nullptr;    // null: none
  std::string resume_file;           // empty: the default place
  bool resume = true;
  bool quiet = false;
};

struct FileImportResult {
  Outcome outcome;  // kOk and kRejected: the file was read to its end
  ImportTotals totals;
};

// Imports `path` ("-": standard input); says what became of it on standard error, and for a
// complete file what its duplicates were.
FileImportResult ImportFile(const std::string& path, const FileImportOptions& options);

}  // namespace sightline::client
