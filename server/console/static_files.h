// The files of the built console, kept in memory once they were asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/mutex.h"

namespace sightline::server {

// A file as it goes over the wire.
struct StaticFile {
  std::string content;
  std::string entity_tag;             // weak and quoted: of `content`
  std::string_view content_type;
  std::string_view content_encoding;  // "br", "gzip", or empty
};

// Where the console lies beside a program: built, and installed.
std::vector<std::filesystem::path> DefaultConsoleDirectories(const std::filesystem::path& program);

// Concurrency: thread-safe. Find blocks on the disk for as long as it takes to look whether a file
// has changed, and to read it when it has.
class StaticFiles {
 public:
  // The console lies in the first of `directories` that has an index.html.
  explicit StaticFiles(std::vector<std::filesystem::path> directories)
      : directories_(std::move(directories)) {}

  const std::vector<std::filesystem::path>& directories() const { return directories_; }
  // Where it lies now; nullopt when it was not built.
  std::optional<std::filesystem::path> Directory() const;

  // A plain file by its path below the directory, as a client sent it and decoded; where `path.br`
  // or `path.gz` lie beside it, the one that suits `accept_encoding`.
  // Errors: kNotFound for what is not there, what leads out of the directory by its name, and names
  // that begin with a dot; kIo where it cannot be read, kTooLarge beyond 16 MiB.
  Result<std::shared_ptr<const StaticFile>> Find(std::string_view path,
                                                 std::string_view accept_encoding);

 private:
  // What tells a file that was replaced.
  struct Version {
    uint64_t inode = 0;
    int64_t size = 0;
    int64_t changed_ns = 0;
    bool operator==(const Version&) const = default;
  };
  struct Kept {
    Version version;
    std::shared_ptr<const StaticFile> file;
  };

  static std::optional<Version> VersionOf(const std::filesystem::path& path);
  Result<std::shared_ptr<const StaticFile>> Load(const std::filesystem::path& path,
                                                 std::string_view content_encoding)
      SIGHTLINE_EXCLUDES(mutex_);

  const std::vector<std::filesystem::path> directories_;
  Mutex mutex_;
  std::map<std::filesystem::path, Kept> kept_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::server
