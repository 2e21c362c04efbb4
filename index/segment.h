// A sealed segment: the columns of some rows of a day, immutable.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/row_key.h"
#include "core/sighting.h"
#include "core/time.h"
#include "index/code_column.h"
#include "index/plate_table.h"
#include "index/segment_bytes.h"
#include "index/value_dictionary.h"

namespace sightline::index {

// The order of a segment's rows.
struct RowOrder {
  uint32_t ms_of_day = 0;
  uint32_t camera_number = 0;
  uint64_t identity_hash = 0;
  Sequence sequence = 0;

  auto operator<=>(const RowOrder&) const = default;
};

struct AttributeColumn {
  std::string_view name;
  ValueDictionary dictionary;
  CodeColumn codes;
};

// The vectors of one space: of the rows that have one, in the order of the rows. The i-th is node i
// of the space's graph.
struct VectorColumn {
  std::string_view space;
  uint32_t vector_bytes = 0;
  std::span<const std::byte> bytes;  // vectors one behind another
  std::span<const uint32_t> rows;    // ascending, those that have a vector; empty where all have

  uint32_t size() const { return static_cast<uint32_t>(bytes.size() / vector_bytes); }
  bool dense() const { return rows.empty(); }
  uint32_t RowOf(uint32_t node) const { return dense() ? node : rows[node]; }
  // The first node whose row is not below `row`.
  uint32_t FirstNodeFrom(uint32_t row) const {
    if (dense()) return row;
    return static_cast<uint32_t>(std::lower_bound(rows.begin(), rows.end(), row) - rows.begin());
  }
  const std::byte* At(uint32_t node) const { return bytes.data() + size_t{node} * vector_bytes; }
};

// Immutable, thread-safe. Rows are numbered from 0 in the order of RowOrder; a code c > 0 stands
// for the (c - 1)-th value of its dictionary, 0 for none.
class Segment {
 public:
  // Maps the file and verifies all of it. Errors: kCorruption when it is damaged, of another
  // version or day, or not what `description` says; kNotFound, kIo.
  static Result<std::shared_ptr<const Segment>> OpenFile(const std::filesystem::path& path, Day day,
                                                         std::string_view description);
  // As that, of a file that this process has just written and synced: not verified.
  static Result<std::shared_ptr<const Segment>> OpenWritten(const std::filesystem::path& path);
  // From bytes that this process has just written.
  static Result<std::shared_ptr<const Segment>> OfMemory(std::span<const std::byte> bytes);

  // What a day lists beside the file's name: tells this content from any other.
  std::string Description() const;

  uint32_t rows() const { return static_cast<uint32_t>(info_.rows); }
  uint64_t bytes() const { return mapping_.bytes().size(); }
  Day day() const { return Day{static_cast<uint16_t>(info_.day)}; }
  Sequence greatest_sequence() const { return info_.greatest_sequence; }

  std::span<const uint32_t> times() const { return times_; }
  std::span<const uint64_t> identities() const { return identities_; }
  Sequence SequenceOf(uint32_t row) const {
    return info_.least_sequence + (short_sequences_.empty() ? long_sequences_[row]
                                                            : short_sequences_[row]);
  }
  // The least sequence of the rows of a block.
  Sequence LeastSequence(size_t block) const { return block_sequences_[block]; }

  // Numbers, ascending.
  std::span<const uint32_t> cameras() const { return cameras_; }
  const CodeColumn& camera_codes() const { return camera_codes_; }

  const PlateTable& plates() const { return *plates_; }
  const CodeArray& plate_codes() const { return plate_codes_; }
  // The rows that bear a plate, ascending. Requires ordinal < plates().size().
  std::span<const uint32_t> Postings(uint32_t ordinal) const {
    return postings_.subspan(starts_[ordinal], starts_[ordinal + 1] - starts_[ordinal]);
  }
  // How many rows bear a plate before that one. Requires ordinal <= plates().size().
  uint32_t PostingsBefore(uint32_t ordinal) const { return starts_[ordinal]; }

  const AttributeColumn& plate_color() const { return plate_color_; }
  std::span<const Position> places() const { return places_; }
  const CodeColumn& place_codes() const { return place_codes_; }

  // In byte order of name.
  std::span<const AttributeColumn> attributes() const { return attributes_; }
  // Null when no row has it.
  const AttributeColumn* FindAttribute(std::string_view name) const;

  // In byte order of space.
  std::span<const VectorColumn> vectors() const { return vectors_; }
  // Null when no row has a vector of it.
  const VectorColumn* FindVectors(std::string_view space) const;

  RowKey KeyOf(uint32_t row) const {
    return {times_[row], cameras_[camera_codes_.At(row) - 1], identities_[row]};
  }
  RowOrder OrderOf(uint32_t row) const {
    const RowKey key = KeyOf(row);
    return {key.ms_of_day, key.camera_number, key.identity_hash, SequenceOf(row)};
  }

 private:
  explicit Segment(Mapping mapping) : mapping_(std::move(mapping)) {}
  static Result<std::shared_ptr<const Segment>> Parse(Mapping mapping, bool verify);
  Status ParseRows(const Sections& sections);
  Status ParsePlates(const Sections& sections);
  Status ParseCoded(const Sections& sections);
  Status ParseVectors(const Sections& sections);

  Mapping mapping_;
  uint64_t fingerprint_ = 0;
  SegmentInfo info_;
  std::span<const uint32_t> times_;
  std::span<const uint64_t> identities_;
  std::span<const uint32_t> short_sequences_;  // one of the two
  std::span<const uint64_t> long_sequences_;
  std::span<const uint64_t> block_sequences_;
  std::span<const uint32_t> cameras_;
  CodeColumn camera_codes_;
  std::optional<PlateTable> plates_;
  CodeArray plate_codes_;
  std::span<const uint32_t> starts_;
  std::span<const uint32_t> postings_;
  AttributeColumn plate_color_;
  std::span<const Position> places_;
  CodeColumn place_codes_;
  std::vector<AttributeColumn> attributes_;
  std::vector<VectorColumn> vectors_;
};

}  // namespace sightline::index
