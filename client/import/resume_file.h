// Where an import stood, so that the next run goes on from there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/error.h"

namespace sightline::client {

struct ImportTotals {
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  uint64_t rejected = 0;
  uint64_t ambiguous_times = 0;
  uint64_t never_merged = 0;  // Batch::never_merged

  uint64_t rows() const { return accepted + duplicates + rejected; }
  bool operator==(const ImportTotals&) const = default;
};

struct ResumeMark {
  uint64_t line = 0;           // everything up to this line is acknowledged
  uint64_t file_position = 0;  // and about so many bytes of the file
  ImportTotals totals;         // of all runs so far

  bool operator==(const ResumeMark&) const = default;
};

// What an import is: the same file (by path, size and time of change), read the same way, for the
// same server.
struct ImportIdentity {
  std::string fingerprint;  // hex

  // `settings`: everything else that shapes what is sent, as text. nullopt for standard input.
  static std::optional<ImportIdentity> Of(const std::string& path, const std::string& server,
                                          const std::string& settings);
};

// A small JSON file. Without it an import begins at the first row again: that costs time, and rows
// with neither plate nor source_id are stored twice.
class ResumeFile {
 public:
  ResumeFile(std::filesystem::path path, ImportIdentity identity)
      : path_(std::move(path)), identity_(std::move(identity)) {}

  // The place that is taken when the user names none: $XDG_STATE_HOME/sightline/resume/, else
  // ~/.local/state/sightline/resume/, named by the identity. nullopt without a home.
  static std::optional<std::filesystem::path> DefaultPath(const ImportIdentity& identity);

  // The mark left by an earlier run; nullopt when there is none. kConflict when the file is another
  // import's or none of ours.
  Result<std::optional<ResumeMark>> Load() const;
  // Replaces the mark. kInvalidArgument when it cannot be written.
  Status Save(const ResumeMark& mark) const;
  void Remove() const;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  ImportIdentity identity_;
};

}  // namespace sightline::client
