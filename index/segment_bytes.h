// A segment's bytes where they lie: a file mapped for reading, or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string_view>
#include <tuple>

#include "core/error.h"
#include "index/segment_format.h"

namespace sightline::index {

// Page-aligned memory that is given back to the system whole when destroyed.
class Mapping {
 public:
  // Errors: kNotFound when there is no such file, kIo.
  static Result<Mapping> OfFile(const std::filesystem::path& path);
  // A copy of the bytes, not empty. Errors: kIo when there is no memory.
  static Result<Mapping> OfCopy(std::span<const std::byte> bytes);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  Mapping(std::byte* data, size_t size) : data_(data), size_(size) {}
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

struct Section {
  std::span<const std::byte> bytes;
  uint32_t element_bytes = 0;

  // Requires that the section's elements have the size of T (Sections::Array checks it).
  template <typename T>
  std::span<const T> As() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// The directory of a segment's sections: views of its bytes.
class Sections {
 public:
  // Where `verify`, every byte is read once and compared with its checksum.
  // Errors: kCorruption, saying what does not hold, also for a version that is not read here.
  static Result<Sections> Parse(std::span<const std::byte> bytes, bool verify);

  // Null when there is none.
  const Section* Find(Column column, Part part, std::string_view name = {}) const;
  // A section of exactly `elements` elements of T. Errors: kCorruption when it is not there or not
  // so.
  template <typename T>
  Result<std::span<const T>> Array(Column column, Part part, size_t elements,
                                   std::string_view name = {}) const {
    const Section* section = Find(column, part, name);
    if (section == nullptr || section->bytes.size() != elements * sizeof(T)) {
      return Misshapen(column, part);
    }
    return section->As<T>();
  }

  // The names under which a column has this part, ascending.
  std::vector<std::string_view> NamesOf(Column column, Part part) const;

  // Tells this segment from every other, its content included.
  uint64_t fingerprint() const { return fingerprint_; }

  static Error Misshapen(Column column, Part part);

 private:
  using Id = std::tuple<Column, Part, std::string_view>;
  std::map<Id, Section> sections_;
  uint64_t fingerprint_ = 0;
};

}  // namespace sightline::index
