// The bytes of a file or of standard input, decompressed where they are gzip.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/error.h"

namespace sightline::client {

// Whether the bytes are gzip is told by their first two, not by the name. Not thread-safe.
class ByteSource {
 public:
  // "-" is standard input. kInvalidArgument when the file cannot be opened.
  static Result<std::unique_ptr<ByteSource>> Open(const std::string& path);
  ~ByteSource();

  // At most buffer.size() bytes; 0 is the end. kCorruption for damaged or cut-off gzip,
  // kInvalidArgument when reading fails, kCancelled when a signal came.
  Result<size_t> Read(std::span<char> buffer);

  // Of the file as it lies, compressed or not: how far it was read, and its size where it has one.
  uint64_t file_position() const;
  std::optional<uint64_t> file_size() const { return file_size_; }
  const std::string& name() const { return name_; }  // for messages

 private:
  class Impl;
  ByteSource(std::unique_ptr<Impl> impl, std::string name, std::optional<uint64_t> file_size);

  std::unique_ptr<Impl> impl_;
  std::string name_;
  std::optional<uint64_t> file_size_;
};

// Everything that is left, at most `max_bytes`. kTooLarge beyond that.
Result<std::string> ReadAll(ByteSource& source, size_t max_bytes);

}  // namespace sightline::client
