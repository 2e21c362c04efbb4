#include "storage/directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sightline::storage {

namespace fs = std::filesystem;

namespace {

Error SystemError(const fs::path& path, std::string_view doing, const std::error_code& code) {
  const auto kind = code == std::errc::no_space_on_device ? ErrorCode::kNoSpace : ErrorCode::kIo;
  return {kind, fmt::format("{}: cannot {}: {}", path.string(), doing, code.message()), {}};
}

Error LastSystemError(const fs::path& path, std::string_view doing) {
  return SystemError(path, doing, std::error_code(errno, std::generic_category()));
}

}  // namespace

Status SyncDirectory(const fs::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return LastSystemError(directory, "open the directory");
  const bool synced = ::fsync(file) == 0;
  const Error error = synced ? Error{} : LastSystemError(directory, "sync the directory");
  ::close(file);
  if (!synced) return error;
  return Ok();
}

Result<DirectoryLock> DirectoryLock::Acquire(const fs::path& directory) {
  const fs::path path = directory / "LOCK";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return LastSystemError(path, "open the lock file");
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    const bool held = errno == EWOULDBLOCK;
    const Error error = LastSystemError(path, "lock it");
    ::close(file);
    if (!held) return error;
    return Error{ErrorCode::kConflict,
                 fmt::format("{}: the data directory is in use by another process; stop that one or "
                             "choose another directory",
                             directory.string()),
                 {}};
  }
  return DirectoryLock(file);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) ::close(file_);
}

Status CreateDirectory(const fs::path& directory) {
  std::error_code code;
  if (!fs::create_directories(directory, code)) {
    if (code) return SystemError(directory, "create the directory", code);
    return Ok();
  }
  // What it holds is for the server's user alone.
  fs::permissions(directory, fs::perms::owner_all, code);
  if (code) return SystemError(directory, "set the mode of the directory", code);
  const fs::path parent = fs::absolute(directory).parent_path();
  return SyncDirectory(parent);
}

Status RemoveDirectory(const fs::path& directory) {
  std::error_code code;
  fs::remove_all(directory, code);
  if (code) return SystemError(directory, "remove the directory", code);
  return SyncDirectory(fs::absolute(directory).parent_path());
}

uint64_t DirectoryBytes(const fs::path& directory) {
  uint64_t bytes = 0;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(directory, code), end; !code && entry != end;
       entry.increment(code)) {
    // Files come and go while the store runs; one that is gone counts nothing.
    std::error_code gone;
    const auto size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

Result<DiskSpace> SpaceOf(const fs::path& directory) {
  std::error_code code;
  const fs::space_info space = fs::space(directory, code);
  if (code) return SystemError(directory, "ask for its free space", code);
  return DiskSpace{.total_bytes = space.capacity, .free_bytes = space.available};
}

}  // namespace sightline::storage
