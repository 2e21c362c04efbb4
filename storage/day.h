// One day of the store, as its readers see it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/row_key.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::storage {

using sightline::RowKey;

// A row under a cursor: the key, and what its header says without decoding the record.
struct RowView {
  RowKey key;
  Sequence sequence = 0;
  TimestampMs received;
  std::string_view value;  // valid until the cursor moves; pass to DayReader::Decode
};

// Reads rows of a day in key order (RowKey). Moves forward, except where a seek says otherwise. Not
// thread-safe; keeps its day alive.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  virtual bool Valid() const = 0;
  virtual const RowView& row() const = 0;
  virtual void Next() = 0;
  // Positions at the first row at or after `at` in key order: minute of ms_of_day, camera number,
  // ms_of_day, identity hash. {minute * 60 000, camera, 0} is the camera's first row in the minute
  // or what follows. `at.ms_of_day` may be past the end of the day: then Valid() is false. May move
  // backwards.
  virtual void Seek(const RowKey& at) = 0;
  // Positions at the first row of the last minute before `minute` (of day, [0, 1440]) that has
  // rows; Valid() is false when there is none. Queries in descending order walk the day by this.
  virtual void SeekMinuteBefore(uint32_t minute) = 0;
  // The reason why Valid() became false before the end, if any.
  virtual Status status() const = 0;
};

// One version of a row: as it came, with the sequence of its ingest, or as a correction left it, with
// the correction's.
struct RowVersion {
  RowKey key;
  Sequence sequence = 0;

  bool operator==(const RowVersion&) const = default;
};
using PlateRow = RowVersion;

// A file of a day that is derived from its rows: a sealed segment of the index. Storage keeps the
// list and the file's life, and knows nothing of what is inside.
struct SegmentEntry {
  std::string name;         // of a file in DayReader::segment_directory()
  std::string description;  // bytes of the index's own

  bool operator==(const SegmentEntry&) const = default;
};

// One open day. Thread-safe. Holding it keeps the day open and its files on disk, also when
// retention has deleted the day.
class DayReader {
 public:
  virtual ~DayReader() = default;
  virtual Day day() const = 0;

  // All rows; rows appended after the call may be missing.
  virtual std::unique_ptr<RowCursor> Rows() const = 0;

  // The rows that bear the plate at `as_of` (corrections up to it applied), in (ms, camera number,
  // hash) order. Each is named with the sequence of the version in force.
  virtual Result<std::vector<PlateRow>> PlateRows(std::string_view plate, Interval time,
                                                  Sequence as_of) const = 0;

  // Records by key, in the order of `keys`, corrections up to `as_of` applied; a key that is not
  // stored, or came after `as_of`, gives nullopt.
  virtual Result<std::vector<std::optional<StoredSighting>>> Get(std::span<const RowKey> keys,
                                                                 Sequence as_of) const = 0;

  // The record under a cursor, corrections up to `as_of` applied.
  virtual Result<StoredSighting> Decode(const RowView& row, Sequence as_of) const = 0;

  // Whether `version` is the one in force at `as_of`: not above it, and with no correction of the
  // row between the two. No I/O; a day without corrections answers from the sequence alone.
  virtual bool IsInForce(const RowVersion& version, Sequence as_of) const = 0;
  // Where false, no row was ever corrected: every version not above `as_of` is in force there. True
  // is safe to say. No I/O.
  virtual bool HasCorrections() const { return true; }

  // The camera's id for a number used in this day; empty when the day does not know the number.
  virtual std::string CameraId(uint32_t camera_number) const = 0;

  // --- what the index is derived from -----------------------------------------------------------

  // Every version of a row is logged in the day, durable with it, until sealed segments hold it.
  // Positions count versions from the day's first; [sealed_to(), log_end()) are in no segment.
  virtual uint64_t sealed_to() const = 0;
  virtual uint64_t log_end() const = 0;
  // The versions at [from, from + limit) of the log, fewer at its end. Empty for what is sealed
  // already (`from` below sealed_to()), and where the log cannot be read, which is logged.
  virtual std::vector<RowVersion> ReadLog(uint64_t from, size_t limit) const = 0;
  // The segments that hold everything below sealed_to(), in the order in which they were committed.
  virtual std::vector<SegmentEntry> Segments() const = 0;
  // There. Who writes a file into it holds the day open until the file is listed: files that are in
  // no list are deleted when the day is opened.
  virtual std::filesystem::path segment_directory() const = 0;
};

}  // namespace sightline::storage
