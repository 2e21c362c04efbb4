// Writing a segment section by section, to a file or to memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "index/segment_bytes.h"
#include "index/segment_format.h"

namespace sightline::index {

// Where a segment's bytes go. Used by one thread.
class SegmentOutput {
 public:
  virtual ~SegmentOutput() = default;
  virtual Status Append(std::span<const std::byte> bytes) = 0;
  // Writes over the first bytes.
  virtual Status PutHeader(const SegmentHeader& header) = 0;
};

// Lays sections out. Used by one thread.
class SegmentWriter {
 public:
  // `output` outlives the writer.
  explicit SegmentWriter(SegmentOutput& output);
  ~SegmentWriter();
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;

  // Each (column, part, name) once.
  Status Add(Column column, Part part, std::string_view name, uint32_t element_bytes,
             std::span<const std::byte> bytes);
  template <typename T>
  Status AddArray(Column column, Part part, std::span<const T> elements,
                  std::string_view name = {}) {
    return Add(column, part, name, sizeof(T), std::as_bytes(elements));
  }

  // The same piece by piece: one section at a time, appended to as often as needed.
  Status BeginSection(Column column, Part part, std::string_view name, uint32_t element_bytes);
  Status AppendToSection(std::span<const std::byte> bytes);
  Status EndSection();

  // The directory and the header; nothing may be added after.
  Status Finish();

 private:
  class Checksum;

  Status Begin();

  SegmentOutput& output_;
  std::unique_ptr<Checksum> checksum_;  // of the section that is being written
  uint64_t offset_ = 0;
  std::vector<SectionEntry> entries_;
  std::string names_;
};

class MemoryOutput final : public SegmentOutput {
 public:
  Status Append(std::span<const std::byte> bytes) override;
  Status PutHeader(const SegmentHeader& header) override;
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// A file under a temporary name until Publish. Destroyed before that, it leaves nothing.
class FileOutput final : public SegmentOutput {
 public:
  // Errors: kNoSpace, kIo; of the other methods too.
  static Result<std::unique_ptr<FileOutput>> Create(const std::filesystem::path& path);
  ~FileOutput() override;
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  Status Append(std::span<const std::byte> bytes) override;
  Status PutHeader(const SegmentHeader& header) override;

  // Synced, under its own name. Feed::Commit makes the name durable.
  Status Publish();

 private:
  FileOutput(int file, std::filesystem::path path, std::filesystem::path temporary);

  int file_ = -1;
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool published_ = false;
};

}  // namespace sightline::index
