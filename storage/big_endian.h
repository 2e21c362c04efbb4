// Integers as bytes: big-endian in keys, so that byte order is number order; little-endian in values.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sightline::storage {

static_assert(std::endian::native == std::endian::little, "values are stored little-endian");

inline uint16_t ReversedBytes(uint16_t value) { return __builtin_bswap16(value); }
inline uint32_t ReversedBytes(uint32_t value) { return __builtin_bswap32(value); }
inline uint64_t ReversedBytes(uint64_t value) { return __builtin_bswap64(value); }

template <typename Integer>
void StoreBigEndian(Integer value, char* out) {
  value = ReversedBytes(value);
  std::memcpy(out, &value, sizeof value);
}

template <typename Integer>
Integer LoadBigEndian(const char* in) {
  Integer value;
  std::memcpy(&value, in, sizeof value);
  return ReversedBytes(value);
}

template <typename Integer>
void AppendBigEndian(Integer value, std::string& out) {
  char bytes[sizeof value];
  StoreBigEndian(value, bytes);
  out.append(bytes, sizeof value);
}

template <typename Integer>
void StoreLittleEndian(Integer value, char* out) {
  std::memcpy(out, &value, sizeof value);
}

template <typename Integer>
Integer LoadLittleEndian(const char* in) {
  Integer value;
  std::memcpy(&value, in, sizeof value);
  return value;
}

template <typename Integer>
void AppendLittleEndian(Integer value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace sightline::storage
