#include "core/plate.h"

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace sightline {
namespace {

bool IsSeparator(UChar32 c) {
  return c == '-' || c == '.' || c == 0x00B7 /* · */ || u_isUWhiteSpace(c);
}

bool IsLetterOrDigit(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0; }

// Also the marks that some scripts write letters with; nothing that has no shape of its own, since
// plates that look the same must be the same.
bool IsPlateCharacter(UChar32 c) {
  return (IsLetterOrDigit(c) || (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_MC_MASK)) != 0) &&
         !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

Error BadCharacter(UChar32 c) {
  std::string shown;
  if (u_isprint(c)) icu::UnicodeString(c).toUTF8String(shown);
  return InvalidArgument(fmt::format(
      "a plate holds letters and digits only, not U+{:04X}{}{}{}", static_cast<uint32_t>(c),
      shown.empty() ? "" : " '", shown, shown.empty() ? "" : "'"));
}

// Whether a three-byte character starts at `i`, of U+4E00 to U+9FFF: the ideographs that Chinese
// plates begin with. All of them are letters, their own normal form, and join with nothing.
bool IsIdeograph(std::string_view text, size_t i) {
  if (i + 3 > text.size()) return false;
  const auto lead = static_cast<unsigned char>(text[i]);
  const auto second = static_cast<unsigned char>(text[i + 1]);
  const auto third = static_cast<unsigned char>(text[i + 2]);
  if ((second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) return false;
  return (lead > 0xE4 && lead < 0xEA) || (lead == 0xE4 && second >= 0xB8);
}

// ASCII letters and digits and common ideographs, which almost all plates are made of, need no
// Unicode tables. Returns false when the text has anything else and must take the long way.
bool NormalizeCommon(std::string_view text, std::string& out) {
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
      out.push_back(c);
    } else if (c >= 'a' && c <= 'z') {
      out.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if (IsIdeograph(text, i)) {
      out.append(text.substr(i, 3));
      i += 2;
    } else if (c != ' ' && c != '-' && c != '.') {
      return false;
    }
  }
  return true;
}

Result<icu::UnicodeString> Fold(std::string_view text) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(code);
  if (U_FAILURE(code)) return Internal("ICU has no NFKC data");
  // Upper case can leave NFKC (and NFKC upper case), so fold twice: the result is then stable.
  auto folded = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  for (int round = 0; round < 2; ++round) {
    folded = nfkc->normalize(folded, code);
    folded.toUpper(icu::Locale::getRoot());
  }
  folded = nfkc->normalize(folded, code);
  if (U_FAILURE(code)) return InvalidArgument("the plate cannot be normalised");
  return folded;
}

// Joins what the dropped separators had kept apart ("E-" and an accent), and gives UTF-8.
Result<std::string> Rejoin(const icu::UnicodeString& kept) {
  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(code);
  const icu::UnicodeString joined = nfkc->normalize(kept, code);
  if (U_FAILURE(code)) return InvalidArgument("the plate cannot be normalised");
  std::string text;
  joined.toUTF8String(text);
  return text;
}

// The long way, by Unicode's tables.
Result<std::string> NormalizeAny(std::string_view text) {
  SIGHTLINE_ASSIGN(const icu::UnicodeString folded, Fold(text));
  icu::UnicodeString kept;
  bool has_letter_or_digit = false;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (IsSeparator(c)) continue;
    if (!IsPlateCharacter(c)) return BadCharacter(c);
    has_letter_or_digit = has_letter_or_digit || IsLetterOrDigit(c);
    kept.append(c);
  }
  return has_letter_or_digit ? Rejoin(kept) : std::string();
}

}  // namespace

Result<std::string> NormalizePlate(std::string_view text) {
  std::string plate;
  // NFKC can shrink or grow text; what is far over the limit need not be folded to be refused.
  if (text.size() > 16 * kMaxPlateBytes) {
    return InvalidArgument(fmt::format("a plate has at most {} bytes", kMaxPlateBytes));
  }
  if (!NormalizeCommon(text, plate)) {
    SIGHTLINE_ASSIGN(plate, NormalizeAny(text));
  }
  if (plate.empty()) return InvalidArgument("the plate has no letters or digits");
  if (plate.size() > kMaxPlateBytes) {
    return InvalidArgument(fmt::format("a plate has at most {} bytes", kMaxPlateBytes));
  }
  return plate;
}

Result<std::string> NormalizePlatePattern(std::string_view pattern) {
  if (pattern.size() > 16 * kMaxPlateBytes) return InvalidArgument("the plate pattern is too long");
  SIGHTLINE_ASSIGN(const icu::UnicodeString folded, Fold(pattern));
  icu::UnicodeString kept;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    UChar32 c = folded.char32At(i);
    const bool escaped = c == '\\';
    if (escaped) {
      i = folded.moveIndex32(i, 1);
      if (i >= folded.length()) return InvalidArgument("the plate pattern ends in a lone '\\'");
      c = folded.char32At(i);
    }
    if (IsSeparator(c)) continue;
    const bool special = c == '*' || c == '?' || (escaped && c == '\\');
    if (!special && !IsPlateCharacter(c)) return BadCharacter(c);
    if (special && escaped) kept.append(UChar32{'\\'});
    kept.append(c);
  }
  return Rejoin(kept);
}

bool HasWildcard(std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '*' || pattern[i] == '?') {
      return true;
    }
  }
  return false;
}

std::string LiteralPrefix(std::string_view pattern) {
  std::string prefix;
  for (size_t i = 0; i < pattern.size() && pattern[i] != '*' && pattern[i] != '?'; ++i) {
    if (pattern[i] == '\\' && ++i == pattern.size()) break;
    prefix.push_back(pattern[i]);
  }
  return prefix;
}

bool MatchesPlatePattern(std::string_view plate, std::string_view pattern) {
  const auto next_code_point = [](std::string_view text, size_t i) {
    for (++i; i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80; ++i) {
    }
    return i;
  };
  // Greedy matching with one point of return, the last '*' seen.
  size_t p = 0;
  size_t t = 0;
  size_t star_pattern = std::string_view::npos;
  size_t star_text = 0;
  while (t < plate.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star_pattern = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = next_code_point(plate, t);
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p + (escaped ? 1 : 0)] == plate[t]) {
      p += escaped ? 2 : 1;
      ++t;
      continue;
    }
    if (star_pattern == std::string_view::npos) return false;
    p = star_pattern;
    star_text = next_code_point(plate, star_text);
    t = star_text;
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                     [](char c) { return c == '*'; });
}

}  // namespace sightline
