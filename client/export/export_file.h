// The file that an export writes, so that it can be cut off anywhere and gone on with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/sighting.h"

namespace sightline::client {

// The place of a row in (time, camera id, id) order.
struct ExportPosition {
  TimestampMs time;
  std::string camera_id;
  std::string id;

  auto operator<=>(const ExportPosition&) const = default;
};

// Of one NDJSON row. kInternal where it has no id, time or camera_id.
Result<ExportPosition> PositionOfRow(std::string_view row);

// How far an export has come.
struct ExportMark {
  Sequence as_of = 0;
  uint64_t rows = 0;
  std::optional<ExportPosition> last;  // none: no row yet

  bool operator==(const ExportMark&) const = default;
};

// Operation: rows go to FILE.partial in blocks of whole lines; a name that ends in ".gz" makes each
// block a gzip member (RFC 1952 lets members follow each other). After each block, once it is
// synced, FILE.state.json says how far the file is good. Finish gives the file its name.
//
// Not thread-safe.
class ExportFile {
 public:
  // `question` names everything that shapes the rows. Goes on where a file of the same question was
  // cut off; mark() is then what it holds. kConflict when `path` is there already, or the cut-off
  // file is of another question; kIo where files cannot be read or written.
  static Result<std::unique_ptr<ExportFile>> Open(const std::filesystem::path& path,
                                                  const std::string& question);
  ~ExportFile();

  const ExportMark& mark() const;
  bool resumed() const;

  // Sets mark().as_of, of a new export.
  void Begin(Sequence as_of);
  // One row without its line end, behind all before.
  Status Append(std::string_view row);
  // Makes what was appended part of the file and of the state.
  Status Checkpoint();

  struct Sealed {
    uint64_t bytes = 0;
    std::string sha256;  // of the file as it lies
  };
  // Checkpoints, and gives the file its name.
  Result<Sealed> Finish();

 private:
  class Impl;
  explicit ExportFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::client
