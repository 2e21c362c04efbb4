#include "storage/row_key.h"

#include <tuple>

#include "storage/big_endian.h"

namespace sightline::storage {
namespace {

uint16_t MinuteOf(const RowKey& key) {
  return static_cast<uint16_t>(key.ms_of_day / kMillisecondsPerMinute);
}

uint16_t MillisecondInMinute(const RowKey& key) {
  return static_cast<uint16_t>(key.ms_of_day % kMillisecondsPerMinute);
}

void StoreRowKey(const RowKey& key, char* out) {
  StoreBigEndian(MinuteOf(key), out);
  StoreBigEndian(key.camera_number, out + 2);
  StoreBigEndian(MillisecondInMinute(key), out + 6);
  StoreBigEndian(key.identity_hash, out + 8);
}

}  // namespace

RowKeyBytes EncodeRowKey(const RowKey& key) {
  RowKeyBytes bytes;
  StoreRowKey(key, bytes.data());
  return bytes;
}

std::optional<RowKey> DecodeRowKey(std::string_view bytes) {
  if (bytes.size() != kRowKeyBytes) return std::nullopt;
  const auto minute = LoadBigEndian<uint16_t>(bytes.data());
  const auto millisecond = LoadBigEndian<uint16_t>(bytes.data() + 6);
  if (minute >= kMillisecondsPerDay / kMillisecondsPerMinute ||
      millisecond >= kMillisecondsPerMinute) {
    return std::nullopt;
  }
  return RowKey{
      .ms_of_day = static_cast<uint32_t>(minute * kMillisecondsPerMinute + millisecond),
      .camera_number = LoadBigEndian<uint32_t>(bytes.data() + 2),
      .identity_hash = LoadBigEndian<uint64_t>(bytes.data() + 8),
  };
}

bool RowKeyLess(const RowKey& a, const RowKey& b) {
  return std::tuple(MinuteOf(a), a.camera_number, a.ms_of_day, a.identity_hash) <
         std::tuple(MinuteOf(b), b.camera_number, b.ms_of_day, b.identity_hash);
}

void AppendPlateKey(std::string_view plate, const RowKey& key, std::string& out) {
  out.append(plate);
  out.push_back('\0');
  AppendBigEndian(key.ms_of_day, out);
  AppendBigEndian(key.camera_number, out);
  AppendBigEndian(key.identity_hash, out);
}

std::string PlateSeekKey(std::string_view plate, uint32_t ms_of_day) {
  std::string key(plate);
  key.push_back('\0');
  AppendBigEndian(ms_of_day, key);
  return key;
}

std::optional<PlateKeyView> DecodePlateKey(std::string_view bytes) {
  if (bytes.size() < 1 + kPlateKeyTailBytes) return std::nullopt;
  const size_t plate_bytes = bytes.size() - 1 - kPlateKeyTailBytes;
  if (bytes[plate_bytes] != '\0') return std::nullopt;
  const char* tail = bytes.data() + plate_bytes + 1;
  const auto ms_of_day = LoadBigEndian<uint32_t>(tail);
  if (ms_of_day >= kMillisecondsPerDay) return std::nullopt;
  return PlateKeyView{.plate = bytes.substr(0, plate_bytes),
                      .key = {.ms_of_day = ms_of_day,
                              .camera_number = LoadBigEndian<uint32_t>(tail + 4),
                              .identity_hash = LoadBigEndian<uint64_t>(tail + 8)}};
}

InboxKeyBytes EncodeInboxKey(Day day, const RowKey& key) {
  InboxKeyBytes bytes;
  StoreBigEndian(day.number, bytes.data());
  StoreRowKey(key, bytes.data() + 2);
  return bytes;
}

void AppendDictionaryKey(std::string_view plate, Day day, std::string& out) {
  out.append(plate);
  out.push_back('\0');
  AppendBigEndian(day.number, out);
}

std::optional<DictionaryKeyView> DecodeDictionaryKey(std::string_view bytes) {
  if (bytes.size() < 3) return std::nullopt;
  const size_t plate_bytes = bytes.size() - 3;
  if (bytes[plate_bytes] != '\0') return std::nullopt;
  return DictionaryKeyView{.plate = bytes.substr(0, plate_bytes),
                           .day = Day{LoadBigEndian<uint16_t>(bytes.data() + plate_bytes + 1)}};
}

}  // namespace sightline::storage
