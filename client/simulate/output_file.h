// A file that is written in blocks, compressed on a thread of its own while the next one is made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"

namespace sightline::client {

// With gzip, each block is a member of its own: the bytes depend on the blocks alone, and a file
// that was cut off between two of them is whole. One thread at a time.
class OutputFile {
 public:
  // "-" is standard output. kInvalidArgument when the file cannot be made.
  static Result<OutputFile> Create(const std::string& path, bool gzip);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();  // waits for what was given; errors are lost

  // Hands `block` over and leaves it empty. Waits while several are not written yet. Errors:
  // kInternal naming the file, of this block or an earlier one.
  Status Write(std::string& block);
  // Everything is written; no more may come. Errors as above.
  Status Close();

 private:
  class Impl;
  explicit OutputFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::client
