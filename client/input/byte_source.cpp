#include "client/input/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sightline::client {

class ByteSource::Impl {
 public:
  explicit Impl(gzFile opened) : file(opened) {}
  ~Impl() { gzclose_r(file); }

  gzFile file;
};

ByteSource::ByteSource(std::unique_ptr<Impl> impl, std::string name,
                       std::optional<uint64_t> file_size)
    : impl_(std::move(impl)), name_(std::move(name)), file_size_(file_size) {}
ByteSource::~ByteSource() = default;

Result<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path) {
  const bool standard_input = path == "-";
  const int descriptor =
      standard_input ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return InvalidArgument(path + ": no such file");
    return InvalidArgument(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
  }
  struct stat status = {};
  fstat(descriptor, &status);
  if (S_ISDIR(status.st_mode)) {
    close(descriptor);
    return InvalidArgument(path + " is a folder");
  }
  std::optional<uint64_t> size;
  if (S_ISREG(status.st_mode)) size = static_cast<uint64_t>(status.st_size);
  gzFile file = gzdopen(descriptor, "rb");
  gzbuffer(file, 256U << 10);
  return std::unique_ptr<ByteSource>(new ByteSource(
      std::make_unique<Impl>(file), standard_input ? "standard input" : path, size));
}

Result<size_t> ByteSource::Read(std::span<char> buffer) {
  errno = 0;
  const int read = gzread(impl_->file, buffer.data(), static_cast<unsigned>(buffer.size()));
  if (read > 0) return static_cast<size_t>(read);
  int code = Z_OK;
  const char* reason = gzerror(impl_->file, &code);
  if (code == Z_OK || code == Z_STREAM_END) return 0;
  if (code == Z_ERRNO) {
    if (errno == EINTR) return Error{ErrorCode::kCancelled, "interrupted", {}};
    return InvalidArgument(fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
  }
  return Error{ErrorCode::kCorruption,
               code == Z_BUF_ERROR ? fmt::format("{} is cut off: its gzip data has no end", name_)
                                   : fmt::format("{} is damaged: {}", name_, reason),
               {}};
}

uint64_t ByteSource::file_position() const {
  return static_cast<uint64_t>(std::max<z_off_t>(gzoffset(impl_->file), 0));
}

Result<std::string> ReadAll(ByteSource& source, size_t max_bytes) {
  std::string all;
  std::string buffer(size_t{256} << 10, '\0');
  while (true) {
    SIGHTLINE_ASSIGN(const size_t read, source.Read(buffer));
    if (read == 0) return all;
    if (all.size() + read > max_bytes) {
      return Error{ErrorCode::kTooLarge,
                   fmt::format("{} is longer than {} MiB", source.name(), max_bytes >> 20), {}};
    }
    all.append(buffer, 0, read);
  }
}

}  // namespace sightline::client
