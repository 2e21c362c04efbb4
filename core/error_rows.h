// How many errors separate a text from what has been read so far: one automaton, bits for states.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sightline {

// The nondeterministic Levenshtein automaton of a text of 1 to 64 symbols, run bit-parallel (Wu and
// Manber, "Fast text searching: allowing errors", CACM 35(10), 1992; what is read is matched as a
// whole): bit i of row e says that the first i + 1 symbols of the text are within e errors of what
// was read. The empty prefix of the text has no bit: it is within e errors of `read` symbols when
// read <= e. A value type; a step costs a few instructions for each error allowed.
template <int kMaxErrors>
class ErrorRows {
 public:
  // Nothing read: a prefix of the text is as many errors away as it has symbols.
  ErrorRows() {
    for (int e = 0; e <= kMaxErrors; ++e) rows_[e] = (uint64_t{1} << e) - 1;
  }

  // After one more symbol, behind `read` others. `equal` has bit i set when the symbol equals the
  // text's symbol i.
  ErrorRows Next(uint64_t equal, size_t read) const {
    ErrorRows next;
    next.rows_[0] = (rows_[0] << 1 | Empty(read, 0)) & equal;
    for (int e = 1; e <= kMaxErrors; ++e) {
      const uint64_t same = (rows_[e] << 1 | Empty(read, e)) & equal;
      const uint64_t inserted = rows_[e - 1];
      const uint64_t changed = rows_[e - 1] << 1 | Empty(read, e - 1);
      const uint64_t lost = next.rows_[e - 1] << 1 | Empty(read + 1, e - 1);
      next.rows_[e] = same | inserted | changed | lost;
    }
    return next;
  }

  // Whether the text can still be within kMaxErrors of something that begins with what was read.
  // `used` masks the text's own symbols.
  bool IsAlive(uint64_t used, size_t read) const {
    return (rows_[kMaxErrors] & used) != 0 || Empty(read, kMaxErrors) != 0;
  }

  // The text's symbols that may come next, a bit each, where no error is left. One is left exactly
  // where every symbol may come next.
  uint64_t Expected(uint64_t used, size_t read) const {
    return (rows_[kMaxErrors] << 1 | Empty(read, kMaxErrors)) & used;
  }

  // The distance of the whole text from what was read; kMaxErrors + 1 when it is more.
  int Distance(size_t text_size) const {
    for (int e = 0; e <= kMaxErrors; ++e) {
      if ((rows_[e] >> (text_size - 1) & 1) != 0) return e;
    }
    return kMaxErrors + 1;
  }

 private:
  static uint64_t Empty(size_t read, int errors) { return read <= static_cast<size_t>(errors); }

  std::array<uint64_t, kMaxErrors + 1> rows_;
};

}  // namespace sightline
