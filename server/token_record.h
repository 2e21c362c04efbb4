// A token as it is known to the server: everything but the secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "server/roles.h"

namespace sightline::server {

struct TokenRecord {
  std::string id;    // 16 lower-case hex digits; stands in the token's text, is no secret
  std::string name;  // for people
  RoleSet roles;
  TimestampMs created;
  std::optional<TimestampMs> expires;  // from then on the token is refused
  std::string standing_purpose;        // stands in for X-Purpose; empty: none
  std::string secret_hash;             // BLAKE2b-256 of the secret's 32 bytes, raw

  bool ExpiredAt(TimestampMs now) const { return expires.has_value() && now >= *expires; }
  bool operator==(const TokenRecord&) const = default;
};

// The record as the catalog keeps it (JSON; the id is the entry's key), and back.
// Errors: kCorruption for text that EncodeTokenRecord could not have made.
std::string EncodeTokenRecord(const TokenRecord& record);
Result<TokenRecord> DecodeTokenRecord(std::string_view id, std::string_view text);

}  // namespace sightline::server
