// The keys of a day's two tables and of the inbox. docs/storage-format.md is their page.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "storage/store.h"

namespace sightline::storage {

// Of `sightings`: minute of day u16, camera number u32, millisecond in the minute u16, hash u64.
inline constexpr size_t kRowKeyBytes = 16;
using RowKeyBytes = std::array<char, kRowKeyBytes>;

RowKeyBytes EncodeRowKey(const RowKey& key);
std::optional<RowKey> DecodeRowKey(std::string_view bytes);

// The order of the encoded keys, without encoding them.
bool RowKeyLess(const RowKey& a, const RowKey& b);

// Of `by_plate`: plate, a zero byte, millisecond of day u32, camera number u32, hash u64.
inline constexpr size_t kPlateKeyTailBytes = 16;
void AppendPlateKey(std::string_view plate, const RowKey& key, std::string& out);
// Where the rows of `plate` at or after `ms_of_day` start.
std::string PlateSeekKey(std::string_view plate, uint32_t ms_of_day);

struct PlateKeyView {
  std::string_view plate;
  RowKey key;
};
std::optional<PlateKeyView> DecodePlateKey(std::string_view bytes);

// Of the inbox: day u16, then the row's key.
inline constexpr size_t kInboxKeyBytes = 2 + kRowKeyBytes;
using InboxKeyBytes = std::array<char, kInboxKeyBytes>;

InboxKeyBytes EncodeInboxKey(Day day, const RowKey& key);

// Of the plate dictionary: plate, a zero byte, day u16.
void AppendDictionaryKey(std::string_view plate, Day day, std::string& out);

struct DictionaryKeyView {
  std::string_view plate;
  Day day;
};
std::optional<DictionaryKeyView> DecodeDictionaryKey(std::string_view bytes);

}  // namespace sightline::storage
