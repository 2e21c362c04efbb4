// The head of an encoded plate table; what follows it is in docs/segment-format.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sightline::index {

inline constexpr uint32_t kPlateTableMagic = 0x31545053;  // "SPT1"

// Little-endian, as all of the table.
struct PlateTableHead {
  uint32_t magic = kPlateTableMagic;
  uint32_t code_bytes = 1;  // of one code: 1, 2 or 4
  uint32_t plates = 0;
  uint32_t characters = 0;  // of the alphabet
  uint32_t longs = 0;       // plates with more codes than a word holds
  uint32_t tail_codes = 0;  // of all of them, behind their words
};
static_assert(sizeof(PlateTableHead) == 24);

// Every part starts at a multiple of this.
inline constexpr size_t kPlateTableAlignment = 8;

constexpr uint64_t AlignedPlateBytes(uint64_t bytes) {
  return (bytes + kPlateTableAlignment - 1) / kPlateTableAlignment * kPlateTableAlignment;
}

}  // namespace sightline::index
