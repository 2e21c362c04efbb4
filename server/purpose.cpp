#include "server/purpose.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/target.h"

namespace sightline::server {
namespace {

Error Unacceptable(std::string_view header, std::string_view what) {
  return {ErrorCode::kUnacceptable, fmt::format("{} {}", header, what), std::string(header)};
}

// UTF-8 characters: the bytes that do not go on with one.
size_t CharacterCount(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

Result<std::string> DecodeHeader(std::string_view header, std::string_view value) {
  const Result<std::string> decoded = DecodeSegment(value);
  if (!decoded) return Unacceptable(header, "must be percent-encoded UTF-8");
  const std::string text(Trimmed(*decoded));
  if (text.size() > kMaxPurposeBytes) {
    return Unacceptable(
        header, fmt::format("has {} bytes; at most {} are allowed", text.size(), kMaxPurposeBytes));
  }
  const bool has_control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (has_control) return Unacceptable(header, "must not hold control characters");
  return text;
}

}  // namespace

Result<Purpose> ReadPurpose(std::string_view purpose_header, std::string_view case_header,
                            std::string_view standing_purpose) {
  Purpose purpose;
  if (purpose_header.empty()) {
    if (standing_purpose.empty()) {
      return Unacceptable("X-Purpose", "is required: say why you look at sightings");
    }
    purpose.purpose = standing_purpose;
  } else {
    SIGHTLINE_ASSIGN(purpose.purpose, DecodeHeader("X-Purpose", purpose_header));
    if (CharacterCount(purpose.purpose) < kMinPurposeCharacters) {
      return Unacceptable("X-Purpose", fmt::format("needs at least {} characters", kMinPurposeCharacters));
    }
  }
  if (!case_header.empty()) {
    SIGHTLINE_ASSIGN(purpose.case_reference, DecodeHeader("X-Case", case_header));
  }
  return purpose;
}

}  // namespace sightline::server
