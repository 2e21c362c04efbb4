#include "index/segment_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace sightline::index {
namespace {

namespace fs = std::filesystem;

Error LastSystemError(const fs::path& path, std::string_view doing) {
  const std::error_code code(errno, std::generic_category());
  const bool full = code == std::errc::no_space_on_device || code.value() == EDQUOT ||
                    code == std::errc::file_too_large;
  return {full ? ErrorCode::kNoSpace : ErrorCode::kIo,
          fmt::format("{}: cannot {}: {}", path.string(), doing, code.message()),
          {}};
}

constexpr std::array<std::byte, kSectionAlignment> kPadding{};

}  // namespace

class SegmentWriter::Checksum {
 public:
  Checksum() : state_(XXH3_createState()) {}
  ~Checksum() { XXH3_freeState(state_); }
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void Reset() { XXH3_64bits_reset(state_); }
  void Update(std::span<const std::byte> bytes) {
    XXH3_64bits_update(state_, bytes.data(), bytes.size());
  }
  uint64_t Digest() const { return XXH3_64bits_digest(state_); }

 private:
  XXH3_state_t* state_;
};

SegmentWriter::SegmentWriter(SegmentOutput& output)
    : output_(output), checksum_(std::make_unique<Checksum>()) {}

SegmentWriter::~SegmentWriter() = default;

Status SegmentWriter::Begin() {
  if (offset_ != 0) return Ok();
  SIGHTLINE_RETURN_IF_ERROR(output_.Append(kPadding));
  offset_ = sizeof(SegmentHeader);
  return Ok();
}

Status SegmentWriter::Add(Column column, Part part, std::string_view name, uint32_t element_bytes,
                          std::span<const std::byte> bytes) {
  SIGHTLINE_RETURN_IF_ERROR(BeginSection(column, part, name, element_bytes));
  SIGHTLINE_RETURN_IF_ERROR(AppendToSection(bytes));
  return EndSection();
}

Status SegmentWriter::BeginSection(Column column, Part part, std::string_view name,
                                   uint32_t element_bytes) {
  SIGHTLINE_RETURN_IF_ERROR(Begin());
  entries_.push_back({.column = column,
                      .part = part,
                      .element_bytes = element_bytes,
                      .offset = offset_,
                      .name_offset = static_cast<uint32_t>(names_.size()),
                      .name_bytes = static_cast<uint32_t>(name.size())});
  names_ += name;
  checksum_->Reset();
  return Ok();
}

Status SegmentWriter::AppendToSection(std::span<const std::byte> bytes) {
  checksum_->Update(bytes);
  entries_.back().bytes += bytes.size();
  offset_ += bytes.size();
  return output_.Append(bytes);
}

Status SegmentWriter::EndSection() {
  SectionEntry& entry = entries_.back();
  const auto padding = std::span(kPadding).first(PaddedBytes(entry.bytes) - entry.bytes);
  checksum_->Update(padding);
  entry.checksum = checksum_->Digest();
  offset_ += padding.size();
  return output_.Append(padding);
}

Status SegmentWriter::Finish() {
  SIGHTLINE_RETURN_IF_ERROR(Begin());
  const size_t entries_bytes = entries_.size() * sizeof(SectionEntry);
  std::vector<std::byte> directory(PaddedBytes(entries_bytes + names_.size()));
  std::memcpy(directory.data(), entries_.data(), entries_bytes);
  std::memcpy(directory.data() + entries_bytes, names_.data(), names_.size());
  SIGHTLINE_RETURN_IF_ERROR(output_.Append(directory));
  SegmentHeader header{.sections = static_cast<uint32_t>(entries_.size()),
                       .directory_offset = offset_,
                       .directory_bytes = directory.size(),
                       .directory_checksum = XXH3_64bits(directory.data(), directory.size())};
  offset_ += directory.size();
  header.file_bytes = offset_;
  header.checksum = XXH3_64bits(&header, offsetof(SegmentHeader, checksum));
  return output_.PutHeader(header);
}

Status MemoryOutput::Append(std::span<const std::byte> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return Ok();
}

Status MemoryOutput::PutHeader(const SegmentHeader& header) {
  std::memcpy(bytes_.data(), &header, sizeof(header));
  return Ok();
}

FileOutput::FileOutput(int file, fs::path path, fs::path temporary)
    : file_(file), path_(std::move(path)), temporary_(std::move(temporary)) {}

Result<std::unique_ptr<FileOutput>> FileOutput::Create(const fs::path& path) {
  fs::path temporary = path;
  temporary += ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return LastSystemError(temporary, "create the segment");
  return std::unique_ptr<FileOutput>(new FileOutput(file, path, std::move(temporary)));
}

FileOutput::~FileOutput() {
  ::close(file_);
  if (!published_) ::unlink(temporary_.c_str());
}

Status FileOutput::Append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return LastSystemError(temporary_, "write the segment");
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return Ok();
}

Status FileOutput::PutHeader(const SegmentHeader& header) {
  if (::pwrite(file_, &header, sizeof(header), 0) != static_cast<ssize_t>(sizeof(header))) {
    return LastSystemError(temporary_, "write the segment's header");
  }
  return Ok();
}

Status FileOutput::Publish() {
  if (::fsync(file_) != 0) return LastSystemError(temporary_, "sync the segment");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return LastSystemError(temporary_, "rename the segment");
  }
  published_ = true;
  return Ok();
}

}  // namespace sightline::index
