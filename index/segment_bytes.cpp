#include "index/segment_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace sightline::index {
namespace {

Error SystemError(const std::filesystem::path& path, std::string_view doing) {
  const std::error_code code(errno, std::generic_category());
  const auto kind =
      code == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {kind, fmt::format("{}: cannot {}: {}", path.string(), doing, code.message()), {}};
}

Error Damaged(std::string message) { return {ErrorCode::kCorruption, std::move(message), {}}; }

// Whether [offset, offset + bytes) lies within `size`, without overflow.
bool Within(uint64_t offset, uint64_t bytes, uint64_t size) {
  return offset <= size && bytes <= size - offset;
}

}  // namespace

Result<Mapping> Mapping::OfFile(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return SystemError(path, "open the segment");
  struct stat status {};
  if (::fstat(file, &status) != 0) {
    const Error error = SystemError(path, "ask for the segment's size");
    ::close(file);
    return error;
  }
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) {
    ::close(file);
    return Damaged(fmt::format("{} is empty", path.string()));
  }
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  const Error error = data == MAP_FAILED ? SystemError(path, "map the segment") : Error{};
  ::close(file);
  if (data == MAP_FAILED) return error;
  return Mapping(static_cast<std::byte*>(data), size);
}

Result<Mapping> Mapping::OfCopy(std::span<const std::byte> bytes) {
  void* data = ::mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
  if (data == MAP_FAILED) return SystemError("memory", "map pages for unsealed rows");
  std::memcpy(data, bytes.data(), bytes.size());
  return Mapping(static_cast<std::byte*>(data), bytes.size());
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Result<Sections> Sections::Parse(std::span<const std::byte> bytes, bool verify) {
  SegmentHeader header;
  if (bytes.size() < sizeof(header)) return Damaged("shorter than a segment's header");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kSegmentMagic) return Damaged("not a segment");
  if (XXH3_64bits(&header, offsetof(SegmentHeader, checksum)) != header.checksum) {
    return Damaged("the header fails its checksum");
  }
  if (header.version != kSegmentVersion) {
    return Damaged(fmt::format("of version {}, not {}", header.version, kSegmentVersion));
  }
  if (header.file_bytes != bytes.size()) {
    return Damaged(fmt::format("{} bytes long, not {}", bytes.size(), header.file_bytes));
  }
  const uint64_t entries_bytes = uint64_t{header.sections} * sizeof(SectionEntry);
  if (!Within(header.directory_offset, header.directory_bytes, bytes.size()) ||
      header.directory_offset % kSectionAlignment != 0 || entries_bytes > header.directory_bytes) {
    return Damaged("the directory lies outside");
  }
  const auto directory = bytes.subspan(header.directory_offset, header.directory_bytes);
  if (XXH3_64bits(directory.data(), directory.size()) != header.directory_checksum) {
    return Damaged("the directory fails its checksum");
  }
  Sections sections;
  sections.fingerprint_ = header.checksum;
  const auto names = directory.subspan(entries_bytes);
  for (uint32_t i = 0; i < header.sections; ++i) {
    SectionEntry entry;
    std::memcpy(&entry, directory.data() + i * sizeof(entry), sizeof(entry));
    if (!Within(entry.offset, entry.bytes, bytes.size()) ||
        !Within(entry.offset, PaddedBytes(entry.bytes), bytes.size()) ||
        entry.offset % kSectionAlignment != 0 ||
        !Within(entry.name_offset, entry.name_bytes, names.size())) {
      return Damaged("a section lies outside");
    }
    const auto padded = bytes.subspan(entry.offset, PaddedBytes(entry.bytes));
    if (verify && XXH3_64bits(padded.data(), padded.size()) != entry.checksum) {
      return Damaged(fmt::format("section {}.{} fails its checksum",
                                 static_cast<int>(entry.column), static_cast<int>(entry.part)));
    }
    const std::string_view name(reinterpret_cast<const char*>(names.data()) + entry.name_offset,
                                entry.name_bytes);
    sections.sections_.emplace(Id{entry.column, entry.part, name},
                               Section{padded.first(entry.bytes), entry.element_bytes});
  }
  return sections;
}

const Section* Sections::Find(Column column, Part part, std::string_view name) const {
  const auto found = sections_.find(Id{column, part, name});
  return found == sections_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Sections::NamesOf(Column column, Part part) const {
  std::vector<std::string_view> names;
  for (auto at = sections_.lower_bound(Id{column, part, {}});
       at != sections_.end() && std::get<0>(at->first) == column &&
       std::get<1>(at->first) == part;
       ++at) {
    names.push_back(std::get<2>(at->first));
  }
  return names;
}

Error Sections::Misshapen(Column column, Part part) {
  return Damaged(fmt::format("section {}.{} is missing or of the wrong size",
                             static_cast<int>(column), static_cast<int>(part)));
}

}  // namespace sightline::index
