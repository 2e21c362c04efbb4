// A store in a directory of its own, and short ways to fill it and to look inside.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/sighting.h"
#include "storage/store.h"

namespace sightline::storage {

// Removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SetClock final : public Clock {
 public:
  explicit SetClock(TimestampMs now) : now_(now.value) {}
  TimestampMs Now() const override { return {now_}; }
  void Set(TimestampMs now) { now_ = now.value; }

 private:
  std::atomic<int64_t> now_;
};

// 2016-09-21.
inline constexpr Day kDay{17'065};

// A sighting with a plate and nothing else, `ms` after the start of the day.
Sighting Seen(std::string plate, std::string camera, Day day, int64_t ms);

// Every member set.
Sighting FullSighting(std::string plate, std::string camera, Day day, int64_t ms);

// Opens, or fails the test by throwing.
std::unique_ptr<Store> OpenStore(const std::filesystem::path& directory, const Clock& clock,
                                 const StoreOptions& options = {});

// Unknown cameras become mobile ones. The received time is `clock`'s.
Result<AppendResult> Append(Store& store, const Clock& clock, std::span<const Sighting> sightings);
Result<AppendResult> Append(Store& store, const Clock& clock,
                            std::initializer_list<Sighting> sightings);

size_t Accepted(const AppendResult& result);

// All rows of all days up to `as_of`, decoded, in order.
std::vector<StoredSighting> AllRows(Store& store, Sequence as_of);

// "plate count", in order.
std::vector<std::string> PlateCounts(Store& store, Sequence as_of);

// As a kill would leave it: all files as they are at one instant while the store is open.
void CopyLive(const std::filesystem::path& from, const std::filesystem::path& to);

// The files below whose bytes hold `text`.
std::vector<std::string> FilesHolding(const std::filesystem::path& directory, std::string_view text);

}  // namespace sightline::storage
