#include "server/console/basemap_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sightline::server {
namespace {

// The start of an archive of version 3: https://github.com/protomaps/PMTiles/blob/main/spec/v3
constexpr std::string_view kMagic("PMTiles\x03", 8);

}  // namespace

Result<std::unique_ptr<BasemapFile>> BasemapFile::Open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return InvalidArgument(fmt::format("basemap: cannot read {}: {}", path.string(),
                                       std::strerror(errno)));
  }
  struct stat info {};
  ::fstat(file, &info);
  std::string tag = fmt::format("\"{:x}-{:x}-{:x}\"", info.st_ino, info.st_size,
                                info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec);
  std::unique_ptr<BasemapFile> basemap(
      new BasemapFile(file, static_cast<uint64_t>(info.st_size), std::move(tag)));
  const Result<std::string> start =
      basemap->size() < kMagic.size() ? std::string() : basemap->Read(0, kMagic.size());
  if (!start || *start != kMagic) {
    return InvalidArgument(
        fmt::format("basemap: {} is no PMTiles archive of version 3", path.string()));
  }
  return basemap;
}

BasemapFile::~BasemapFile() { ::close(file_); }

Result<std::string> BasemapFile::Read(uint64_t offset, size_t length) const {
  std::string bytes(length, '\0');
  for (size_t done = 0; done < length;) {
    const ssize_t got = ::pread(file_, bytes.data() + done, length - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return Error{ErrorCode::kIo,
                   fmt::format("the basemap cannot be read: {}",
                               got < 0 ? std::strerror(errno) : "it has become shorter"),
                   {}};
    }
    done += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace sightline::server
