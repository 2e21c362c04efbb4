// The database of what outlives a day: numbers, day marks, cameras, entries, the audit trail.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "storage/database.h"
#include "storage/day_database.h"
#include "storage/record_codec.h"

namespace sightline::storage {

// What the catalog knows of a day while it is closed.
struct DayMark {
  DayState state;         // at most what the day has synced: a day behind it has lost rows
  bool dirty = false;     // may hold readings that the plate dictionary has not counted
  bool deleting = false;  // retention has taken it; its directory is to go
  bool sealed = false;    // segments are known to hold all that it has logged

  bool operator==(const DayMark&) const = default;
};

// Where a correction is to be found, if it is.
struct CorrectionPointer {
  Day day;
  RowVersion version;
};

// Thread-safe.
class Catalog {
 public:
  static Result<std::unique_ptr<Catalog>> Open(const std::filesystem::path& path,
                                               const std::shared_ptr<SharedResources>& shared);

  // Numbers by name, 0 at first. Synced on write.
  Result<uint64_t> ReadNumber(std::string_view name) const;
  Status WriteNumber(std::string_view name, uint64_t value);

  Result<std::map<Day, DayMark>> DayMarks() const;
  Status PutDayMarks(const std::map<Day, DayMark>& marks, bool sync);
  Status DeleteDayMark(Day day);

  // Synced. Put before the correction itself is written to its day, so that none is ever missed; the
  // correction of a pointer may be missing.
  Status PutCorrection(const CorrectionPointer& pointer);
  // With a sequence below `before` (0: from the end), newest first, at most `limit`.
  Result<std::vector<CorrectionPointer>> Corrections(Sequence before, size_t limit) const;
  Status DeleteCorrections(std::span<const Day> days);

  Result<std::vector<CameraEntry>> Cameras() const;
  // Puts entries and the next free camera number together. Synced.
  Status PutCameras(std::span<const CameraEntry> entries, uint32_t next_number);
  Status DeleteCamera(std::string_view id);

  Status PutEntry(std::string_view table, std::string_view key, std::string_view value);
  Status ChangeEntries(std::span<const EntryChange> changes);
  Result<std::optional<std::string>> GetEntry(std::string_view table, std::string_view key) const;
  Status DeleteEntry(std::string_view table, std::string_view key);
  Result<std::vector<std::pair<std::string, std::string>>> Entries(std::string_view table) const;

  Result<uint64_t> AppendAudit(std::span<const std::string> records);
  Result<std::vector<std::pair<uint64_t, std::string>>> ReadAudit(uint64_t before,
                                                                  size_t limit) const;

  Database& database() const { return *database_; }

  static constexpr std::string_view kNextCameraNumber = "next_camera_number";
  static constexpr std::string_view kReservedSequence = "reserved_sequence";
  static constexpr std::string_view kIncarnation = "incarnation";

 private:
  enum Table : size_t { kNumbers, kDays, kCameras, kEntries, kAudit, kCorrections };

  explicit Catalog(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  Status Load();
  Status Put(Table table, std::string_view key, std::string_view value);

  std::unique_ptr<Database> database_;
  std::atomic<uint64_t> next_audit_ = 1;
};

}  // namespace sightline::storage
