#include "core/sighting_id.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>

namespace sightline {
namespace {

// Parses `digits` lower-case hex digits at `position`.
template <typename Integer>
bool ReadHex(std::string_view text, size_t position, size_t digits, Integer& value) {
  const char* first = text.data() + position;
  for (size_t i = 0; i < digits; ++i) {
    if (first[i] >= 'A' && first[i] <= 'F') return false;
  }
  const auto [end, code] = std::from_chars(first, first + digits, value, 16);
  return code == std::errc() && end == first + digits;
}

void AppendField(std::string& out, char tag, std::string_view field) {
  out.push_back(tag);
  const auto size = static_cast<uint32_t>(field.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(size >> shift));
  out.append(field);
}

}  // namespace

std::string SightingId::ToString() const {
  return fmt::format("{:04x}{:08x}{:08x}{:016x}", DayOf(time).number, MillisecondOfDay(time),
                     camera_hash, identity_hash);
}

Result<SightingId> ParseSightingId(std::string_view text) {
  uint16_t day = 0;
  uint32_t millisecond = 0;
  SightingId id;
  if (text.size() != 36 || !ReadHex(text, 0, 4, day) || !ReadHex(text, 4, 8, millisecond) ||
      !ReadHex(text, 12, 8, id.camera_hash) || !ReadHex(text, 20, 16, id.identity_hash) ||
      millisecond >= kMillisecondsPerDay || Day{day}.start() >= kMaxTimestamp) {
    return InvalidArgument("not a sighting id");
  }
  id.time = Day{day}.start() + millisecond;
  return id;
}

uint32_t HashCameraId(std::string_view camera_id) {
  const uint64_t hash = XXH3_64bits(camera_id.data(), camera_id.size());
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

uint64_t HashIdentity(std::string_view camera_id, TimestampMs time,
                      const std::optional<std::string>& source_id, std::string_view plate,
                      uint64_t nonce) {
  std::string text;
  text.reserve(64 + camera_id.size());
  AppendField(text, 'c', camera_id);
  AppendField(text, 't', std::string_view(reinterpret_cast<const char*>(&time.value), 8));
  if (source_id) {
    AppendField(text, 's', *source_id);
  } else if (!plate.empty()) {
    AppendField(text, 'p', plate);
  } else {
    AppendField(text, 'n', std::string_view(reinterpret_cast<const char*>(&nonce), 8));
  }
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace sightline
