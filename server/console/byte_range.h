// Range (RFC 9110, section 14), of one range.
#pragma once

#include <cstdint>
#include <string_view>

namespace sightline::server {

struct RangeAnswer {
  enum class Kind { kWhole, kPart, kUnsatisfiable };
  Kind kind = Kind::kWhole;
  uint64_t offset = 0;  // of a part or the whole
  uint64_t length = 0;
};

// What a Range header asks of `size` bytes. The whole where it is empty, malformed, of another unit,
// or lists several ranges, as the RFC lets a server do.
RangeAnswer AnswerRange(std::string_view range, uint64_t size);

}  // namespace sightline::server
