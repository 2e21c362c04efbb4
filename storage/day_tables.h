// The tables of a day's database and the keys of its notes. docs/storage-format.md is their page.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "storage/big_endian.h"
#include "storage/day.h"

namespace sightline::storage {

enum DayTable : size_t { kDayNotes, kDaySightings, kDayByPlate };

inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kStateKey = "state";
inline constexpr std::string_view kLogKey = "log";
inline constexpr char kCameraPrefix = 'c';      // then the camera's number u32
inline constexpr char kVersionsPrefix = 'v';    // then the position of the first version u64
inline constexpr char kCorrectionPrefix = 'x';  // then the row's key, then the sequence u64
inline constexpr char kSegmentPrefix = 'g';     // then a rising number u64
// Of format 1, until the plate dictionary has counted it: then the last sequence of a batch u64.
inline constexpr char kPendingPrefix = 'p';

template <typename Integer>
std::string NoteKey(char prefix, Integer number) {
  std::string key(1, prefix);
  AppendBigEndian(number, key);
  return key;
}

// The number in a key made by NoteKey; nullopt for another key.
template <typename Integer>
std::optional<Integer> NoteNumber(std::string_view key, char prefix) {
  if (key.size() != 1 + sizeof(Integer) || key[0] != prefix) return std::nullopt;
  return LoadBigEndian<Integer>(key.data() + 1);
}

std::string CorrectionKey(const RowVersion& corrected);
std::optional<RowVersion> DecodeCorrectionKey(std::string_view key);
inline bool IsCorrectionKey(std::string_view key) { return key.starts_with(kCorrectionPrefix); }
// Not above any correction's key.
inline std::string CorrectionsStart() { return std::string(1, kCorrectionPrefix); }

}  // namespace sightline::storage
