// The bytes of a segment file. docs/segment-format.md is their page.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace sightline::index {

static_assert(std::endian::native == std::endian::little, "segments are mapped as they lie");

inline constexpr uint64_t kSegmentMagic = 0x0A0D'4745'534C'5353;  // "SSLSEG\r\n"
inline constexpr uint32_t kSegmentVersion = 2;
// Sections start at multiples of this and are padded to it, so that every element is aligned.
inline constexpr size_t kSectionAlignment = 64;
// Rows that a scan compares, or passes over, at once.
inline constexpr size_t kBlockRows = 4096;
// A coded column with fewer rows that are not absent than one in this many is stored as pairs.
inline constexpr size_t kSparseShare = 32;

// What a section is of. Numbers are never reused; a reader passes over those that it does not know.
enum class Column : uint16_t {
  kSegment = 0,
  kTime = 1,
  kCamera = 2,
  kIdentity = 3,
  kSequence = 4,
  kPlate = 5,
  kPlateColor = 6,
  kPlace = 7,
  kAttribute = 8,  // named
  kVector = 9,     // named by space
  kGraph = 10,     // in a file of its own
};

// What it holds of that.
enum class Part : uint16_t {
  kValues = 0,      // a value a row (of kSegment: SegmentInfo)
  kDictionary = 1,  // the distinct values, ascending; the code of the i-th is i + 1, 0 is absent
  kCodes = 2,       // a code a row; where there are kRows, a code for each of those
  kRows = 3,        // the rows, ascending, that are not absent
  kCounts = 4,      // u32 a code: how many rows bear it
  kBlocks = 5,      // of each block a set of bits: code c occurs in it only if bit c % bits is set
  kStarts = 6,      // u32: the postings of code c lie at [starts[c - 1], starts[c])
  kPostings = 7,    // u32: rows by code, ascending within it
  kLinks = 8,       // u32: of each node its neighbours on the graph's lowest level
  kUpperLinks = 9,  // u32: ... on each level above it
  kOriginals = 10,  // u32: nodes whose vector others bear too
};

struct SegmentHeader {
  uint64_t magic = kSegmentMagic;
  uint32_t version = kSegmentVersion;
  uint32_t sections = 0;
  uint64_t directory_offset = 0;
  uint64_t directory_bytes = 0;  // entries, then names, padded
  uint64_t directory_checksum = 0;
  uint64_t file_bytes = 0;
  uint64_t reserved = 0;
  uint64_t checksum = 0;  // of the 56 bytes before it
};
static_assert(sizeof(SegmentHeader) == 64);

struct SectionEntry {
  Column column = Column::kSegment;
  Part part = Part::kValues;
  uint32_t element_bytes = 0;  // 0: not an array
  uint64_t offset = 0;
  uint64_t bytes = 0;     // without padding
  uint64_t checksum = 0;  // XXH3-64 of the section with its padding
  uint32_t name_offset = 0;  // from the end of the entries
  uint32_t name_bytes = 0;
};
static_assert(sizeof(SectionEntry) == 40);

struct SegmentInfo {
  uint64_t rows = 0;
  uint64_t least_sequence = 0;  // what the sequence column counts from
  uint64_t greatest_sequence = 0;
  uint32_t day = 0;
  uint32_t block_rows = kBlockRows;
};
static_assert(sizeof(SegmentInfo) == 32);

constexpr size_t PaddedBytes(size_t bytes) {
  return (bytes + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
}

}  // namespace sightline::index
