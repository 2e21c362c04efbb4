// All cameras in memory, written through to the catalog.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/camera.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "storage/catalog.h"

namespace sightline::storage {

// Thread-safe. Reads never wait for a disk.
class CameraRegistry {
 public:
  using Record = std::shared_ptr<const CameraRecord>;

  CameraRegistry(Catalog& catalog, const Clock& clock) : catalog_(catalog), clock_(clock) {}

  Status Load() SIGHTLINE_EXCLUDES(mutex_);

  // As in Store.
  Result<std::vector<bool>> Put(std::span<const Camera> cameras)
      SIGHTLINE_EXCLUDES(write_mutex_, mutex_);
  Status AddMissing(std::span<const Camera> cameras) SIGHTLINE_EXCLUDES(write_mutex_, mutex_);
  Result<bool> Remove(std::string_view id) SIGHTLINE_EXCLUDES(write_mutex_, mutex_);
  Record Find(std::string_view id) const SIGHTLINE_EXCLUDES(mutex_);
  std::vector<Record> All() const SIGHTLINE_EXCLUDES(mutex_);

  Record FindNumber(uint32_t number) const SIGHTLINE_EXCLUDES(mutex_);
  // The numbers of all cameras whose id has this HashCameraId.
  std::vector<uint32_t> NumbersOfHash(uint32_t hash) const SIGHTLINE_EXCLUDES(mutex_);

  // Notes durably, before its first sighting is written, that a camera has sightings.
  Status MarkUsed(std::span<const uint32_t> numbers) SIGHTLINE_EXCLUDES(write_mutex_, mutex_);

 private:
  struct Known {
    Record record;
    bool used = false;
  };
  // Creates cameras and, if so wanted, replaces those that are known.
  Result<std::vector<bool>> PutSome(std::span<const Camera> cameras, bool replace)
      SIGHTLINE_REQUIRES(write_mutex_) SIGHTLINE_EXCLUDES(mutex_);
  void Insert(Known known) SIGHTLINE_REQUIRES(mutex_);

  Catalog& catalog_;
  const Clock& clock_;
  Mutex write_mutex_;  // one change at a time; taken before mutex_
  mutable Mutex mutex_;
  uint32_t next_number_ SIGHTLINE_GUARDED_BY(mutex_) = 1;
  std::map<std::string, Known, std::less<>> by_id_ SIGHTLINE_GUARDED_BY(mutex_);
  // Erased since the start. A sighting of theirs may be on its way with the number, so numbers and
  // hashes stay known; one that is created again takes its number back.
  std::map<std::string, Record, std::less<>> erased_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_map<uint32_t, std::string> id_of_number_ SIGHTLINE_GUARDED_BY(mutex_);
  std::unordered_multimap<uint32_t, uint32_t> number_of_hash_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::storage
