// The record of truth: sightings, cameras, plates, tokens and the audit trail, durable in RocksDB.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/camera.h"
#include "core/cancellation.h"
#include "core/clock.h"
#include "core/correction.h"
#include "core/error.h"
#include "core/sighting.h"
#include "core/time.h"
#include "core/vector_space.h"
#include "storage/day.h"

namespace sightline::storage {

struct StoreOptions {
  // Memory for decompressed blocks, shared by all days.
  size_t block_cache_bytes = size_t{256} << 20;
  // Memory for rows not yet in sorted files, shared by all days. More means fewer, larger files.
  size_t memtable_bytes = size_t{256} << 20;
  // Days kept open at once. An open day costs about 0.3 MB and 8 file handles; opening one 5 ms.
  size_t max_open_days = 400;
  // Threads for flushing and compaction, shared by all days.
  int background_threads = 2;
  // Days older than this many days before today are deleted whole. 0: kept for ever.
  int retention_days = 0;
  // Rows for days that are not being written to directly wait in the inbox, this many at most,
  // before some are moved to their day.
  size_t inbox_rows = 1'000'000;
};

// What one appended sighting became, in the order of the batch.
enum class AppendOutcome : uint8_t { kAccepted, kDuplicate };

struct AppendResult {
  std::vector<AppendOutcome> outcomes;
  std::vector<SightingId> ids;  // of the stored sighting: for a duplicate, of the first
  Sequence last_sequence = 0;   // visible to readers from now on
};

// A sighting on its way in, encoded off the writer's thread. Opaque outside storage.
struct EncodedSighting {
  Day day;
  RowKey key;
  std::string plate;     // normalised; empty: unread
  std::string value;     // the record with room for the header
  std::string by_plate;  // the by_plate row's value with room for the sequence
  SightingId id;
};

// One of several changes of entries that are made together.
struct EntryChange {
  std::string table;
  std::string key;
  std::optional<std::string> value;  // none: the entry is deleted
};

// Of one plate over all days that a question covers.
struct PlateSummary {
  std::string plate;
  TimestampMs first_seen;
  TimestampMs last_seen;
  uint64_t count = 0;
};

// Writes the durable sightings. One thread at a time may call Append (ingest's committer); Encode
// may run on any thread beside it.
//
// Operation: a batch is split by day. Days that are being written to get their rows directly, one
// WriteBatch and one sync a day; rows for other days go together to the inbox, one batch and one
// sync, and are moved to their day in the background or when the day is read.
class Store {
 public:
  // Opens or creates the data directory; refuses one that another process has open. Errors name
  // the path. Damaged days are set aside (see SetAside()) and reported, not fatal.
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& directory,
                                             const StoreOptions& options, const Clock& clock);
  virtual ~Store() = default;

  // --- sightings -------------------------------------------------------------------------------

  // `sighting.location` is resolved already. `received` is stamped into the record. `nonce`
  // (NextNonce) matters only for a sighting without identity. CPU only.
  virtual EncodedSighting Encode(const Sighting& sighting, uint32_t camera_number,
                                 TimestampMs received, uint64_t nonce) const = 0;

  // Never the same twice, over restarts.
  virtual uint64_t NextNonce() = 0;

  // Makes the batch durable (synced) and returns what became of each row. The first of equal
  // identities wins, within the batch too. After an error nothing of the batch may be assumed: a
  // resend is harmless. Errors: kNoSpace, kIo, kCorruption.
  virtual Result<AppendResult> Append(std::span<EncodedSighting> batch) = 0;

  // The last sequence that readers may see: everything up to it is durable.
  virtual Sequence VisibleSequence() const = 0;

  // Days with sightings, ascending, and set-aside days left out.
  virtual std::vector<Day> Days() const = 0;

  // Opens the day for reading, with every row up to VisibleSequence() at the time of the call.
  // Null when the day holds nothing.
  virtual Result<std::shared_ptr<const DayReader>> OpenDay(Day day) = 0;

  // As it stands at `as_of`. kNotFound for an id that is not stored, or came later.
  virtual Result<StoredSighting> GetSighting(const SightingId& id, Sequence as_of) = 0;

  // --- corrections -----------------------------------------------------------------------------

  // Durable on return; the sequence is visible to readers from then on. Thread-safe, also beside
  // Append. kNotFound for an id that is not stored; kInvalidArgument for one that changes nothing.
  virtual Result<StoredCorrection> Correct(const SightingId& id, const Correction& correction) = 0;
  // Corrections with a sequence below `before` (0: from the end), newest first, at most `limit`.
  virtual Result<std::vector<StoredCorrection>> Corrections(Sequence before, size_t limit) = 0;

  // --- derived segments ------------------------------------------------------------------------

  // Makes it durable, all or nothing, that the day's segments are those it had, with `added` (whose
  // files are complete and synced in segment_directory(), which is synced here) and without
  // `removed` (whose files are then deleted), and that they hold the log below `sealed_to`, which may
  // stay as it is. Files of the directory that are in no list are deleted when the day is opened.
  // Thread-safe. kInvalidArgument for a change that does not fit what is listed, logged or there;
  // kNotFound for a day that is not.
  virtual Status CommitSegments(Day day, uint64_t sealed_to, std::span<const SegmentEntry> added,
                                std::span<const std::string> removed) = 0;
  // Forgets the day's segments and deletes their files; its log then covers every version, rows and
  // corrections, from position 0 again, in an order of its own. For segments that turn out damaged or
  // missing. Beside no CommitSegments.
  virtual Status DropSegments(Day day) = 0;
  // Days that have, or may have, versions in no segment, ascending. No I/O. A day that leaves the
  // set of open ones stays named; after a start, those that were not known to be wholly sealed are.
  // Rows are logged once they have moved from the inbox to their day.
  virtual std::vector<Day> UnsealedDays() const = 0;

  // --- plates ----------------------------------------------------------------------------------

  // Calls `visit` for each plate that starts with `prefix` and is greater than `after` (empty: from
  // the first), in byte order, with counts over everything up to `as_of`, until it returns false.
  virtual Status VisitPlates(std::string_view prefix, std::string_view after, Sequence as_of,
                             const std::function<bool(const PlateSummary&)>& visit) = 0;

  // --- cameras ---------------------------------------------------------------------------------

  // Creates or replaces; durable on return. Returns whether each was created (true) or replaced.
  virtual Result<std::vector<bool>> PutCameras(std::span<const Camera> cameras) = 0;
  // Creates those that are not known yet, and leaves the others as they are; durable on return.
  virtual Status AddMissingCameras(std::span<const Camera> cameras) = 0;
  // The camera, retired ones too; null when unknown. Thread-safe, no I/O.
  virtual std::shared_ptr<const CameraRecord> FindCamera(std::string_view id) const = 0;
  // All cameras in byte order of id, retired ones too.
  virtual std::vector<std::shared_ptr<const CameraRecord>> Cameras() const = 0;
  // Erases a camera that never had a sighting, else retires it. kNotFound when unknown. Returns
  // whether it was erased.
  virtual Result<bool> RemoveCamera(std::string_view id) = 0;

  // --- spaces of appearance vectors ---------------------------------------------------------------

  // Creates the space, durable on return; Ok for one that is there just so. kConflict where one of
  // the name is there otherwise: what its vectors mean never changes. kInvalidArgument: CheckSpace.
  virtual Status PutSpace(const VectorSpace& space) = 0;
  // In byte order of name; DefaultSpaces() are there from the start. Thread-safe, no I/O.
  virtual std::vector<VectorSpace> Spaces() const = 0;

  // --- small durable things: tokens, ... -------------------------------------------------------

  // A key-value table of the catalog, synced on write. `table` is a short lower-case name.
  virtual Status PutEntry(std::string_view table, std::string_view key, std::string_view value) = 0;
  virtual Status DeleteEntry(std::string_view table, std::string_view key) = 0;
  // All of the changes or none, with one sync.
  virtual Status ChangeEntries(std::span<const EntryChange> changes) = 0;
  // nullopt where there is none.
  virtual Result<std::optional<std::string>> GetEntry(std::string_view table,
                                                      std::string_view key) const = 0;
  virtual Result<std::vector<std::pair<std::string, std::string>>> Entries(
      std::string_view table) const = 0;

  // --- audit -----------------------------------------------------------------------------------

  // Appends audit records (JSON texts), all of them or none, with one sync, and returns the number of
  // the first; the others follow it. Records are never changed.
  virtual Result<uint64_t> AppendAudit(std::span<const std::string> records) = 0;
  // Records with a number below `before` (0: from the end), newest first, at most `limit`.
  virtual Result<std::vector<std::pair<uint64_t, std::string>>> ReadAudit(uint64_t before,
                                                                          size_t limit) const = 0;

  // --- upkeep ----------------------------------------------------------------------------------

  // Deletes days past their retention whole, set-aside ones too, and returns them. Finishes what a
  // crash cut short. Called at start and once an hour.
  virtual Result<std::vector<Day>> ApplyRetention() = 0;

  struct SetAsideDay {
    Day day;
    std::string reason;
  };
  // A day that holds less than it had acknowledged; `rows` is the least number that is missing.
  struct Loss {
    Day day;
    uint64_t rows = 0;
  };
  struct Stats {
    uint64_t sightings = 0;    // accepted and not deleted
    size_t days = 0;
    std::optional<Day> first_day;
    std::optional<Day> last_day;
    size_t open_days = 0;
    size_t inbox_rows = 0;     // waiting to be moved to their day
    uint64_t disk_bytes = 0;   // of the data directory
    uint64_t disk_free_bytes = 0;
    int retention_days = 0;
    size_t plates_pending = 0;  // readings not yet merged into the plate dictionary
    std::vector<SetAsideDay> set_aside;
    std::vector<Loss> losses;
  };
  virtual Result<Stats> GetStats() const = 0;

  // Why writes are refused at present (disk full, ...); Ok while they are not.
  virtual Status Health() const = 0;

  // Flushes and closes; idempotent. No other call may run beside it or come after.
  virtual Status Close() = 0;
};

}  // namespace sightline::storage
