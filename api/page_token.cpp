#include "api/page_token.h"

#include <xxhash.h>

#include <cstdint>

#include "api/base64.h"

namespace sightline::api {
namespace {

// Layout: version (1 byte) · sequence (8, big-endian) · position · checksum (8, big-endian).
constexpr char kVersion = 1;
constexpr size_t kWordBytes = 8;
constexpr size_t kOverheadBytes = 1 + 2 * kWordBytes;
constexpr size_t kMaxTextBytes = 4096;

void AppendWord(std::string& out, uint64_t word) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(word >> shift));
}

uint64_t ReadWord(std::string_view bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < kWordBytes; ++i) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return word;
}

uint64_t Checksum(std::string_view question, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(),
                              XXH3_64bits(question.data(), question.size()));
}

}  // namespace

std::string EncodePageToken(const PageToken& token, std::string_view question) {
  std::string bytes;
  bytes.reserve(kOverheadBytes + token.position.size());
  bytes.push_back(kVersion);
  AppendWord(bytes, token.as_of);
  bytes += token.position;
  AppendWord(bytes, Checksum(question, bytes));
  return EncodeBase64Url(bytes);
}

Result<PageToken> DecodePageToken(std::string_view text, std::string_view question) {
  const Error bad = InvalidArgument(
      "the page token is damaged or belongs to another question; send back next_page_token as it "
      "came, with everything but the limit as in the first request",
      "/page_token");
  if (text.size() > kMaxTextBytes) return bad;
  const std::optional<std::string> bytes = DecodeBase64Url(text);
  if (!bytes || bytes->size() < kOverheadBytes || bytes->front() != kVersion) return bad;
  const std::string_view payload = std::string_view(*bytes).substr(0, bytes->size() - kWordBytes);
  if (ReadWord(std::string_view(*bytes).substr(payload.size())) != Checksum(question, payload)) {
    return bad;
  }
  return PageToken{ReadWord(payload.substr(1)), std::string(payload.substr(1 + kWordBytes))};
}

}  // namespace sightline::api
