// A basemap as one file: PMTiles, which a map in the browser reads by ranges.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "core/error.h"

namespace sightline::server {

// The file as it was when it was opened: one that is moved into its place is read after a restart.
// Concurrency: thread-safe.
class BasemapFile {
 public:
  // Errors: kInvalidArgument where it cannot be read or is no PMTiles archive of version 3.
  static Result<std::unique_ptr<BasemapFile>> Open(const std::filesystem::path& path);
  ~BasemapFile();
  BasemapFile(const BasemapFile&) = delete;
  BasemapFile& operator=(const BasemapFile&) = delete;

  uint64_t size() const { return size_; }
  // Strong and quoted; another one for another file, or the same one changed.
  const std::string& entity_tag() const { return entity_tag_; }

  // `length` bytes from `offset`, which lie within the file. Blocks. Errors: kIo, also where the
  // file has become shorter.
  Result<std::string> Read(uint64_t offset, size_t length) const;

 private:
  BasemapFile(int file, uint64_t size, std::string entity_tag)
      : file_(file), size_(size), entity_tag_(std::move(entity_tag)) {}

  const int file_;  // owned
  const uint64_t size_;
  const std::string entity_tag_;
};

}  // namespace sightline::server
