// The file system calls that storage needs besides RocksDB's.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/error.h"

namespace sightline::storage {

// Holds the data directory for one process (flock on its LOCK file) until destroyed.
class DirectoryLock {
 public:
  // Errors: kConflict when another process holds it, kIo.
  static Result<DirectoryLock> Acquire(const std::filesystem::path& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_ = -1;
};

// Creates the directory where it is missing, and makes its entry in its parent durable.
Status CreateDirectory(const std::filesystem::path& directory);

// Makes the entries of the directory durable.
Status SyncDirectory(const std::filesystem::path& directory);

// Removes it with all that is in it; Ok when it is not there.
Status RemoveDirectory(const std::filesystem::path& directory);

// Of all files below.
uint64_t DirectoryBytes(const std::filesystem::path& directory);

struct DiskSpace {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;  // for an ordinary user
};
Result<DiskSpace> SpaceOf(const std::filesystem::path& directory);

}  // namespace sightline::storage
