// Number plates: the normal form that is compared, stored and searched.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline {

// Most UTF-8 bytes that a normalised plate may have.
inline constexpr size_t kMaxPlateBytes = 64;

// The normal form of a plate as read: NFKC, upper case, blanks and '-', '.', '·' dropped.
// Returns 1 to 64 bytes of UTF-8 holding only letters and digits of any script (with the combining
// marks that some scripts write them with). "京a·12 345" -> "京A12345".
// `text` must be valid UTF-8. Thread-safe.
// Errors: kInvalidArgument when nothing is left, it is too long, or another character is inside.
Result<std::string> NormalizePlate(std::string_view text);

// The normal form of a search pattern: as NormalizePlate, but '*', '?' and '\' (escape) pass through
// unchanged and the result may be empty. A '\' escapes the character behind it.
// Errors: kInvalidArgument for other characters, or a '\' at the end.
Result<std::string> NormalizePlatePattern(std::string_view pattern);

// Whether a normalised pattern holds a wildcard ('*' or '?' not escaped).
bool HasWildcard(std::string_view normalized_pattern);

// The longest run of literal text that every match of `normalized_pattern` starts with, unescaped.
std::string LiteralPrefix(std::string_view normalized_pattern);

// Whether `plate` matches: '*' any run of characters (code points), '?' exactly one, '\' escapes.
// Both normalised. O(plate x pattern) at worst.
bool MatchesPlatePattern(std::string_view plate, std::string_view normalized_pattern);

}  // namespace sightline
