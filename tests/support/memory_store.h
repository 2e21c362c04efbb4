// A storage::Store in maps: the model that the real one is compared with, and a quick stand-in for
// tests of the rooms above it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "storage/store.h"

namespace sightline::testing {

class MemoryDay;

// Keeps the contract of storage::Store, but for durability: nothing outlives the object, nothing is
// ever full, no day is past its retention. Cameras are recorded at the epoch, and so are corrections.
// Segments' files lie in a temporary directory. Thread-safe.
class MemoryStore : public storage::Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  storage::EncodedSighting Encode(const Sighting& sighting, uint32_t camera_number,
                                  TimestampMs received, uint64_t nonce) const override;
  uint64_t NextNonce() override;
  Result<storage::AppendResult> Append(std::span<storage::EncodedSighting> batch) override;
  Sequence VisibleSequence() const override;
  std::vector<Day> Days() const override;
  Result<std::shared_ptr<const storage::DayReader>> OpenDay(Day day) override;
  Result<StoredSighting> GetSighting(const SightingId& id, Sequence as_of) override;
  Result<StoredCorrection> Correct(const SightingId& id, const Correction& correction) override;
  Result<std::vector<StoredCorrection>> Corrections(Sequence before, size_t limit) override;
  Status CommitSegments(Day day, uint64_t sealed_to, std::span<const storage::SegmentEntry> added,
                        std::span<const std::string> removed) override;
  Status DropSegments(Day day) override;
  std::vector<Day> UnsealedDays() const override;
  Status VisitPlates(std::string_view prefix, std::string_view after, Sequence as_of,
                     const std::function<bool(const storage::PlateSummary&)>& visit) override;

  Result<std::vector<bool>> PutCameras(std::span<const Camera> cameras) override;
  Status AddMissingCameras(std::span<const Camera> cameras) override;
  std::shared_ptr<const CameraRecord> FindCamera(std::string_view id) const override;
  std::vector<std::shared_ptr<const CameraRecord>> Cameras() const override;
  Result<bool> RemoveCamera(std::string_view id) override;

  Status PutSpace(const VectorSpace& space) override;
  std::vector<VectorSpace> Spaces() const override;

  Status PutEntry(std::string_view table, std::string_view key, std::string_view value) override;
  Status ChangeEntries(std::span<const storage::EntryChange> changes) override;
  Result<std::optional<std::string>> GetEntry(std::string_view table,
                                              std::string_view key) const override;
  Status DeleteEntry(std::string_view table, std::string_view key) override;
  Result<std::vector<std::pair<std::string, std::string>>> Entries(
      std::string_view table) const override;

  Result<uint64_t> AppendAudit(std::span<const std::string> records) override;
  Result<std::vector<std::pair<uint64_t, std::string>>> ReadAudit(uint64_t before,
                                                                  size_t limit) const override;

  Result<std::vector<Day>> ApplyRetention() override;
  Result<Stats> GetStats() const override;
  Status Health() const override;
  Status Close() override;

 private:
  using Table = std::map<std::string, std::string, std::less<>>;
  // Where the sighting with an id is.
  struct Place {
    std::shared_ptr<MemoryDay> day;
    storage::RowKey key;
  };

  std::shared_ptr<MemoryDay> FindOrAddDay(Day day) SIGHTLINE_REQUIRES(mutex_);

  mutable Mutex mutex_;
  // What Encode was given, by the number that stands in EncodedSighting::value.
  mutable std::vector<StoredSighting> encoded_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, std::shared_ptr<MemoryDay>> days_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<SightingId, Place> by_id_ SIGHTLINE_GUARDED_BY(mutex_);
  std::vector<StoredCorrection> corrections_ SIGHTLINE_GUARDED_BY(mutex_);
  std::filesystem::path directory_ SIGHTLINE_GUARDED_BY(mutex_);  // empty: not made yet
  Sequence last_sequence_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  uint64_t last_nonce_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::shared_ptr<const CameraRecord>, std::less<>> cameras_
      SIGHTLINE_GUARDED_BY(mutex_);
  uint32_t last_camera_number_ SIGHTLINE_GUARDED_BY(mutex_) = 0;
  std::map<std::string, VectorSpace> spaces_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<std::string, Table, std::less<>> tables_ SIGHTLINE_GUARDED_BY(mutex_);
  std::vector<std::string> audit_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::testing
