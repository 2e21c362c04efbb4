// Base64: vectors travel in the standard alphabet, page tokens in the URL-safe one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sightline::api {

// Standard alphabet with padding (RFC 4648, section 4), by OpenSSL: a twelfth of the time that
// libsodium's constant-time code takes, and ingest decodes a vector with every sighting.
std::string EncodeBase64(std::string_view bytes);

// The reverse, exact: nullopt for other characters, blanks, missing padding or stray bits.
std::optional<std::string> DecodeBase64(std::string_view text);

// URL-safe alphabet without padding (section 5), by libsodium; as exact.
std::string EncodeBase64Url(std::string_view bytes);
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace sightline::api
