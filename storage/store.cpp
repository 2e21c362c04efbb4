#include "storage/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "core/log.h"
#include "storage/camera_registry.h"
#include "storage/catalog.h"
#include "storage/day_directory.h"
#include "storage/day_marks.h"
#include "storage/day_reader.h"
#include "storage/directory.h"
#include "storage/inbox.h"
#include "storage/plate_dictionary.h"
#include "storage/plate_summaries.h"
#include "storage/record_codec.h"
#include "storage/recovery.h"
#include "storage/row_writer.h"
#include "storage/space_registry.h"
#include "storage/upkeep.h"

namespace sightline::storage {

namespace fs = std::filesystem;

namespace {

// A nonce is the number of this opening of the directory, then a count.
constexpr int kNonceCountBits = 40;
// Writes are refused before the disk is quite full, so that what is in memory can still be flushed.
constexpr uint64_t kReservedDiskBytes = uint64_t{256} << 20;
constexpr uint64_t kReservedDiskShare = 20;
// Moving held rows is put off to the next start when it would keep Close from returning.
constexpr auto kCloseDrain = std::chrono::seconds(3);

// The parts that need no order beside that of their members: each uses those above it.
struct Parts {
  Parts(const fs::path& directory, const StoreOptions& options, const Clock& clock,
        DirectoryLock held, std::shared_ptr<SharedResources> resources,
        std::unique_ptr<Catalog> opened_catalog, std::unique_ptr<Inbox> opened_inbox,
        std::unique_ptr<PlateDictionary> opened_dictionary)
      : lock(std::move(held)),
        shared(std::move(resources)),
        catalog(std::move(opened_catalog)),
        inbox(std::move(opened_inbox)),
        dictionary(std::move(opened_dictionary)),
        cameras(*catalog, clock),
        spaces(*catalog),
        marks(*catalog),
        days(directory / "days", shared, options.max_open_days, marks),
        writer(AsWriterParts(), options.inbox_rows) {}

  RowWriter::Parts AsWriterParts() {
    return {.catalog = *catalog,
            .cameras = cameras,
            .inbox = *inbox,
            .dictionary = *dictionary,
            .marks = marks,
            .days = days};
  }

  Status Load() {
    SIGHTLINE_RETURN_IF_ERROR(cameras.Load());
    SIGHTLINE_RETURN_IF_ERROR(spaces.Load());
    SIGHTLINE_RETURN_IF_ERROR(marks.Load());
    SIGHTLINE_RETURN_IF_ERROR(days.Scan());
    SIGHTLINE_RETURN_IF_ERROR(writer.Load());
    return Recover(AsWriterParts(), writer);
  }

  DirectoryLock lock;
  std::shared_ptr<SharedResources> shared;
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<Inbox> inbox;
  std::unique_ptr<PlateDictionary> dictionary;
  CameraRegistry cameras;
  SpaceRegistry spaces;
  DayMarks marks;
  DayDirectory days;
  RowWriter writer;
};

class StoreImpl final : public Store {
 public:
  StoreImpl(fs::path directory, const StoreOptions& options, const Clock& clock,
            std::unique_ptr<Parts> parts, uint64_t first_nonce)
      : directory_(std::move(directory)),
        options_(options),
        clock_(clock),
        parts_(std::move(parts)),
        next_nonce_(first_nonce),
        upkeep_(std::make_unique<Upkeep>(parts_->AsWriterParts(), parts_->writer, *parts_->shared,
                                         options)) {}

  ~StoreImpl() override {
    if (const Status closed = Close(); !closed) {
      Log(LogLevel::kError, "storage_close_failed", {{"reason", closed.error().message}});
    }
  }

  EncodedSighting Encode(const Sighting& sighting, uint32_t camera_number, TimestampMs received,
                         uint64_t nonce) const override {
    EncodedSighting out;
    out.day = DayOf(sighting.time);
    out.key = {.ms_of_day = MillisecondOfDay(sighting.time),
               .camera_number = camera_number,
               .identity_hash = HashIdentity(sighting.camera_id, sighting.time, sighting.source_id,
                                             sighting.plate, nonce)};
    out.plate = sighting.plate;
    out.value = EncodeRecord(sighting, received);
    if (!sighting.plate.empty()) out.by_plate = EncodePlateValue(sighting);
    out.id = {.time = sighting.time,
              .camera_hash = HashCameraId(sighting.camera_id),
              .identity_hash = out.key.identity_hash};
    return out;
  }

  uint64_t NextNonce() override { return next_nonce_++; }

  Result<AppendResult> Append(std::span<EncodedSighting> batch) override {
    SIGHTLINE_RETURN_IF_ERROR(CheckDiskSpace());
    return parts_->writer.Append(batch);
  }

  Sequence VisibleSequence() const override { return parts_->writer.visible(); }

  std::vector<Day> Days() const override {
    // Rows move from the inbox to a day, and are marked there before they leave: read in this order,
    // a day on its way is seen in one place or the other.
    const auto held = parts_->inbox->Counts();
    std::vector<Day> days = parts_->days.Days();
    const auto marks = parts_->marks.All();
    std::erase_if(days, [&marks](Day day) {
      const auto mark = marks.find(day);
      return mark != marks.end() && mark->second.state.rows == 0;
    });
    for (const auto& [day, rows] : held) days.push_back(day);
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    for (const SetAsideDay& aside : parts_->days.SetAside()) std::erase(days, aside.day);
    return days;
  }

  Result<std::shared_ptr<const DayReader>> OpenDay(Day day) override {
    SIGHTLINE_RETURN_IF_ERROR(parts_->writer.Drain(day));
    SIGHTLINE_ASSIGN(auto database, parts_->days.Open(day, /*create=*/false));
    if (database == nullptr || database->state().rows == 0) {
      return std::shared_ptr<const DayReader>();
    }
    return MakeDayReader(std::move(database));
  }

  Result<StoredSighting> GetSighting(const SightingId& id, Sequence as_of) override {
    SIGHTLINE_ASSIGN(Place found, Find(id, as_of));
    return std::move(found.sighting);
  }

  Result<StoredCorrection> Correct(const SightingId& id, const Correction& correction) override {
    SIGHTLINE_RETURN_IF_ERROR(CheckDiskSpace());
    SIGHTLINE_ASSIGN(const Place found, Find(id, VisibleSequence()));
    return parts_->writer.Correct(DayOf(id.time), found.key, correction, clock_.Now());
  }
  Result<std::vector<StoredCorrection>> Corrections(Sequence before, size_t limit) override;

  Status CommitSegments(Day day, uint64_t sealed_to, std::span<const SegmentEntry> added,
                        std::span<const std::string> removed) override {
    return parts_->writer.CommitSegments(day, sealed_to, added, removed);
  }
  Status DropSegments(Day day) override { return parts_->writer.DropSegments(day); }
  std::vector<Day> UnsealedDays() const override {
    const auto marks = parts_->marks.All();
    std::vector<Day> days = parts_->days.Days();
    std::erase_if(days, [&marks](Day day) {
      const auto mark = marks.find(day);
      return mark != marks.end() && (mark->second.sealed || mark->second.state.rows == 0);
    });
    return days;
  }

  Status VisitPlates(std::string_view prefix, std::string_view after, Sequence as_of,
                     const std::function<bool(const PlateSummary&)>& visit) override {
    SIGHTLINE_RETURN_IF_ERROR(parts_->dictionary->Merge());
    const std::vector<Day> days = Days();
    return SummarizePlates(*parts_->dictionary, days, prefix, after, as_of,
                           [this](Day day) { return OpenDay(day); }, visit);
  }

  Result<std::vector<bool>> PutCameras(std::span<const Camera> cameras) override {
    return parts_->cameras.Put(cameras);
  }
  Status AddMissingCameras(std::span<const Camera> cameras) override {
    return parts_->cameras.AddMissing(cameras);
  }
  std::shared_ptr<const CameraRecord> FindCamera(std::string_view id) const override {
    return parts_->cameras.Find(id);
  }
  std::vector<std::shared_ptr<const CameraRecord>> Cameras() const override {
    return parts_->cameras.All();
  }
  Result<bool> RemoveCamera(std::string_view id) override { return parts_->cameras.Remove(id); }

  Status PutSpace(const VectorSpace& space) override {
    SIGHTLINE_RETURN_IF_ERROR(CheckDiskSpace());
    return parts_->spaces.Put(space);
  }
  std::vector<VectorSpace> Spaces() const override { return parts_->spaces.All(); }

  Status PutEntry(std::string_view table, std::string_view key, std::string_view value) override {
    return parts_->catalog->PutEntry(table, key, value);
  }
  Status DeleteEntry(std::string_view table, std::string_view key) override {
    return parts_->catalog->DeleteEntry(table, key);
  }
  Status ChangeEntries(std::span<const EntryChange> changes) override {
    return parts_->catalog->ChangeEntries(changes);
  }
  Result<std::optional<std::string>> GetEntry(std::string_view table,
                                              std::string_view key) const override {
    return parts_->catalog->GetEntry(table, key);
  }
  Result<std::vector<std::pair<std::string, std::string>>> Entries(
      std::string_view table) const override {
    return parts_->catalog->Entries(table);
  }

  Result<uint64_t> AppendAudit(std::span<const std::string> records) override {
    return parts_->catalog->AppendAudit(records);
  }
  Result<std::vector<std::pair<uint64_t, std::string>>> ReadAudit(uint64_t before,
                                                                  size_t limit) const override {
    return parts_->catalog->ReadAudit(before, limit);
  }

  Result<std::vector<Day>> ApplyRetention() override;
  Result<Stats> GetStats() const override;
  Status Health() const override;
  Status Close() override;

 private:
  struct Place {
    RowKey key;
    StoredSighting sighting;
  };
  // kNotFound for an id that is not stored, or came after `as_of`.
  Result<Place> Find(const SightingId& id, Sequence as_of);
  Status CheckDiskSpace() const;
  // Set-aside ones too, ascending.
  std::vector<Day> DaysPastRetention() const;

  const fs::path directory_;
  const StoreOptions options_;
  const Clock& clock_;
  std::unique_ptr<Parts> parts_;
  std::atomic<uint64_t> next_nonce_;
  std::unique_ptr<Upkeep> upkeep_;
};

Status StoreImpl::CheckDiskSpace() const {
  SIGHTLINE_ASSIGN(const DiskSpace space, SpaceOf(directory_));
  const uint64_t reserve = std::min(kReservedDiskBytes, space.total_bytes / kReservedDiskShare);
  if (space.free_bytes >= reserve) return Ok();
  return Error{ErrorCode::kNoSpace,
               fmt::format("{}: {} MiB free, less than the {} MiB kept in reserve; free some disk "
                           "space, writing resumes by itself",
                           directory_.string(), space.free_bytes >> 20, reserve >> 20),
               {}};
}

Result<StoreImpl::Place> StoreImpl::Find(const SightingId& id, Sequence as_of) {
  std::vector<RowKey> keys;
  for (const uint32_t number : parts_->cameras.NumbersOfHash(id.camera_hash)) {
    keys.push_back({.ms_of_day = MillisecondOfDay(id.time),
                    .camera_number = number,
                    .identity_hash = id.identity_hash});
  }
  const Error unknown = NotFound("no sighting has this id");
  if (keys.empty()) return unknown;
  SIGHTLINE_ASSIGN(const auto reader, OpenDay(DayOf(id.time)));
  if (reader == nullptr) return unknown;
  SIGHTLINE_ASSIGN(auto found, reader->Get(keys, as_of));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (found[i] && found[i]->id == id) return Place{keys[i], std::move(*found[i])};
  }
  return unknown;
}

Result<std::vector<StoredCorrection>> StoreImpl::Corrections(Sequence before, size_t limit) {
  std::vector<StoredCorrection> corrections;
  // One that is on its way is left to the next question.
  const Sequence visible = VisibleSequence();
  before = before == 0 ? visible + 1 : std::min(before, visible + 1);
  while (corrections.size() < limit) {
    SIGHTLINE_ASSIGN(const std::vector<CorrectionPointer> pointers,
                     parts_->catalog->Corrections(before, limit - corrections.size()));
    if (pointers.empty()) break;
    for (const auto& [day, version] : pointers) {
      before = version.sequence;
      const auto database = parts_->days.Open(day, /*create=*/false);
      // Those of a day set aside are left out, like its sightings.
      if (!database && database.error().code == ErrorCode::kCorruption) continue;
      if (!database) return database.error();
      if (*database == nullptr) continue;
      SIGHTLINE_ASSIGN(auto found, (*database)->FindCorrection(version));
      // A crash between the pointer and the correction leaves a pointer to nothing.
      if (found) corrections.push_back(std::move(*found));
    }
  }
  return corrections;
}

Status StoreImpl::Health() const {
  SIGHTLINE_RETURN_IF_ERROR(CheckDiskSpace());
  return parts_->shared->background_errors.First();
}

std::vector<Day> StoreImpl::DaysPastRetention() const {
  std::vector<Day> past;
  if (options_.retention_days <= 0) return past;
  past = Days();
  for (const SetAsideDay& aside : parts_->days.SetAside()) past.push_back(aside.day);
  const int64_t today = clock_.Now().value / kMillisecondsPerDay;
  const int64_t oldest_kept = today - options_.retention_days;
  std::erase_if(past, [oldest_kept](Day day) { return day.number >= oldest_kept; });
  std::sort(past.begin(), past.end());
  return past;
}

Result<std::vector<Day>> StoreImpl::ApplyRetention() {
  const std::vector<Day> removed = DaysPastRetention();
  for (const Day day : removed) {
    SIGHTLINE_RETURN_IF_ERROR(parts_->writer.Discard(day));
    SIGHTLINE_RETURN_IF_ERROR(parts_->days.Remove(day));
    Log(LogLevel::kInfo, "day_deleted", {{"day", FormatDay(day)}});
  }
  // And those that an earlier process has removed without coming so far.
  const std::vector<Day> unpurged = parts_->days.Unpurged();
  if (unpurged.empty()) return removed;
  SIGHTLINE_RETURN_IF_ERROR(parts_->inbox->Compact());
  SIGHTLINE_RETURN_IF_ERROR(parts_->dictionary->Purge(unpurged));
  SIGHTLINE_RETURN_IF_ERROR(parts_->catalog->DeleteCorrections(unpurged));
  SIGHTLINE_RETURN_IF_ERROR(parts_->days.Purged(unpurged));
  return removed;
}

Result<Store::Stats> StoreImpl::GetStats() const {
  Stats stats;
  for (const auto& [day, mark] : parts_->marks.All()) {
    if (!mark.deleting) stats.sightings += mark.state.rows;
  }
  stats.inbox_rows = parts_->inbox->rows();
  stats.sightings += stats.inbox_rows;
  const std::vector<Day> days = Days();
  stats.days = days.size();
  if (!days.empty()) {
    stats.first_day = days.front();
    stats.last_day = days.back();
  }
  stats.open_days = parts_->days.OpenDays().size();
  stats.disk_bytes = DirectoryBytes(directory_);
  SIGHTLINE_ASSIGN(const DiskSpace space, SpaceOf(directory_));
  stats.disk_free_bytes = space.free_bytes;
  stats.retention_days = options_.retention_days;
  stats.plates_pending = parts_->dictionary->pending();
  stats.set_aside = parts_->days.SetAside();
  stats.losses = parts_->days.Losses();
  return stats;
}

Status StoreImpl::Close() {
  if (parts_ == nullptr) return Ok();
  upkeep_.reset();
  Status first = Ok();
  const auto note = [&first](const Status& status) {
    if (first && !status) first = status;
  };
  note(parts_->dictionary->Merge());
  const auto deadline = std::chrono::steady_clock::now() + kCloseDrain;
  note(parts_->writer.DrainFullest(
      0, [deadline] { return std::chrono::steady_clock::now() >= deadline; }));
  note(parts_->writer.Finish());
  note(parts_->writer.Settle());
  parts_->days.CloseAll();
  note(parts_->marks.Save());
  if (parts_->inbox->rows() == 0) note(parts_->inbox->Compact());
  note(parts_->inbox->database().Flush());
  note(parts_->dictionary->Flush());
  note(parts_->catalog->database().Flush());
  parts_.reset();
  return first;
}

// The catalog is made before anything else. Days beside a new one would get numbers of cameras and
// sequences that are given already.
Status CheckCatalogIsThere(const fs::path& directory) {
  std::error_code code;
  if (fs::exists(directory / "catalog", code)) return Ok();
  for (const char* data : {"days", "inbox"}) {
    if (!fs::exists(directory / data, code)) continue;
    return Error{ErrorCode::kCorruption,
                 fmt::format("{}: there is a folder '{}' and no folder 'catalog'; restore it from a "
                             "backup",
                             directory.string(), data),
                 {}};
  }
  return Ok();
}

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const fs::path& directory, const StoreOptions& options,
                                           const Clock& clock) {
  SIGHTLINE_RETURN_IF_ERROR(CreateDirectory(directory));
  SIGHTLINE_ASSIGN(DirectoryLock lock, DirectoryLock::Acquire(directory));
  SIGHTLINE_RETURN_IF_ERROR(CheckCatalogIsThere(directory));
  auto shared = std::make_shared<SharedResources>(options);
  SIGHTLINE_ASSIGN(auto catalog, Catalog::Open(directory / "catalog", shared));
  SIGHTLINE_ASSIGN(auto dictionary, PlateDictionary::Open(directory / "plates", shared));
  SIGHTLINE_ASSIGN(auto inbox, Inbox::Open(directory / "inbox", shared, dictionary->counted()));
  auto parts = std::make_unique<Parts>(directory, options, clock, std::move(lock),
                                       std::move(shared), std::move(catalog), std::move(inbox),
                                       std::move(dictionary));
  SIGHTLINE_RETURN_IF_ERROR(parts->Load());
  SIGHTLINE_ASSIGN(const uint64_t incarnation,
                   parts->catalog->ReadNumber(Catalog::kIncarnation));
  SIGHTLINE_RETURN_IF_ERROR(
      parts->catalog->WriteNumber(Catalog::kIncarnation, incarnation + 1));
  return std::unique_ptr<Store>(new StoreImpl(directory, options, clock, std::move(parts),
                                              (incarnation + 1) << kNonceCountBits));
}

}  // namespace sightline::storage
