#include "server/auth.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sightline::server {
namespace {

constexpr std::string_view kTable = "tokens";
constexpr std::string_view kPrefix = "sl_";
constexpr size_t kIdBytes = 8;
constexpr size_t kSecretBytes = 32;
using Secret = std::array<unsigned char, kSecretBytes>;

struct TokenText {
  std::string id;
  Secret secret;
};

std::optional<TokenText> ParseTokenText(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  constexpr size_t kIdDigits = kIdBytes * 2;
  if (text.size() < kIdDigits + 1 || text[kIdDigits] != '_') return std::nullopt;
  TokenText token{.id = std::string(text.substr(0, kIdDigits))};
  if (token.id.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  text.remove_prefix(kIdDigits + 1);
  size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(token.secret.data(), token.secret.size(), text.data(), text.size(), nullptr,
                        &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size != kSecretBytes || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return token;
}

std::string HashOf(const Secret& secret) {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), secret.data(),
                     secret.size(), nullptr, 0);
  return hash;
}

// The credentials of "Bearer <credentials>"; the scheme's case does not matter.
std::optional<std::string_view> BearerCredentials(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  const bool is_bearer = std::equal(
      kScheme.begin(), kScheme.end(), authorization.begin(), [](char expected, char given) {
        return expected == (given >= 'A' && given <= 'Z' ? given + 32 : given);
      });
  if (!is_bearer) return std::nullopt;
  authorization.remove_prefix(kScheme.size());
  const size_t start = authorization.find_first_not_of(' ');
  if (start == std::string_view::npos) return std::nullopt;
  return authorization.substr(start);
}

Error Unauthenticated(std::string message) {
  return {ErrorCode::kUnauthenticated, std::move(message), {}};
}

bool IsOwnerAt(const TokenRecord& record, TimestampMs now) {
  return record.roles.Has(Role::kOwner) && !record.ExpiredAt(now);
}

}  // namespace

Result<std::unique_ptr<Auth>> Auth::Open(storage::Store& store, const Clock& clock) {
  if (sodium_init() < 0) return Internal("libsodium cannot be initialised");
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kTable));
  Snapshot tokens;
  for (const auto& [id, text] : entries) {
    SIGHTLINE_ASSIGN(TokenRecord record, DecodeTokenRecord(id, text));
    tokens.emplace(id, std::make_shared<const TokenRecord>(std::move(record)));
  }
  return std::unique_ptr<Auth>(new Auth(store, clock, std::move(tokens)));
}

Auth::Auth(storage::Store& store, const Clock& clock, Snapshot tokens)
    : store_(store),
      clock_(clock),
      snapshot_(std::make_shared<const Snapshot>(std::move(tokens))) {}

std::shared_ptr<const Auth::Snapshot> Auth::Read() const {
  MutexLock lock(snapshot_mutex_);
  return snapshot_;
}

void Auth::Publish(Snapshot tokens) {
  auto published = std::make_shared<const Snapshot>(std::move(tokens));
  MutexLock lock(snapshot_mutex_);
  snapshot_ = std::move(published);
}

Result<std::shared_ptr<const TokenRecord>> Auth::Authenticate(
    std::string_view authorization) const {
  if (authorization.empty()) {
    return Unauthenticated("send a token: Authorization: Bearer TOKEN");
  }
  const std::optional<std::string_view> credentials = BearerCredentials(authorization);
  if (!credentials) return Unauthenticated("Authorization must be: Bearer TOKEN");
  const std::optional<TokenText> token = ParseTokenText(*credentials);
  if (!token) return Unauthenticated("the token is not known");
  const auto tokens = Read();
  const auto found = tokens->find(token->id);
  if (found == tokens->end()) return Unauthenticated("the token is not known");
  const std::string hash = HashOf(token->secret);
  if (sodium_memcmp(hash.data(), found->second->secret_hash.data(), hash.size()) != 0) {
    return Unauthenticated("the token is not known");
  }
  if (found->second->ExpiredAt(clock_.Now())) return Unauthenticated("the token has expired");
  return found->second;
}

std::string Auth::Generate() {
  std::array<unsigned char, kIdBytes> id;
  randombytes_buf(id.data(), id.size());
  Secret secret;
  randombytes_buf(secret.data(), secret.size());
  std::array<char, kIdBytes * 2 + 1> id_text;
  sodium_bin2hex(id_text.data(), id_text.size(), id.data(), id.size());
  std::array<char,
             sodium_base64_ENCODED_LEN(kSecretBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)>
      secret_text;
  sodium_bin2base64(secret_text.data(), secret_text.size(), secret.data(), secret.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return std::string(kPrefix) + id_text.data() + "_" + secret_text.data();
}

Status Auth::Put(const TokenRecord& record) {
  SIGHTLINE_RETURN_IF_ERROR(store_.PutEntry(kTable, record.id, EncodeTokenRecord(record)));
  Snapshot tokens = *Read();
  tokens.insert_or_assign(record.id, std::make_shared<const TokenRecord>(record));
  Publish(std::move(tokens));
  return Ok();
}

Result<Auth::NewToken> Auth::Create(const api::TokenRequest& request) {
  const TimestampMs now = clock_.Now();
  if (request.expires && *request.expires <= now) {
    return InvalidArgument("expires must lie ahead; it is " + FormatTimestamp(now) + " now",
                           "/expires");
  }
  NewToken created{.text = Generate()};
  const std::optional<TokenText> parts = ParseTokenText(created.text);
  TokenRecord record{.id = parts->id,
                     .name = request.name,
                     .created = now,
                     .expires = request.expires,
                     .standing_purpose = request.standing_purpose,
                     .secret_hash = HashOf(parts->secret)};
  for (const std::string& name : request.roles) {
    const std::optional<Role> role = ParseRole(name);
    if (!role) return InvalidArgument("there is no role '" + name + "'", "/roles");
    record.roles.Add(*role);
  }
  MutexLock lock(write_mutex_);
  SIGHTLINE_RETURN_IF_ERROR(Put(record));
  created.record = std::make_shared<const TokenRecord>(std::move(record));
  return created;
}

Status Auth::AdoptOwner(std::string_view name, std::string_view text) {
  const std::optional<TokenText> parts = ParseTokenText(text);
  if (!parts) return InvalidArgument("the text is not a token");
  MutexLock lock(write_mutex_);
  return Put({.id = parts->id,
              .name = std::string(name),
              .roles = {Role::kOwner},
              .created = clock_.Now(),
              .secret_hash = HashOf(parts->secret)});
}

std::vector<std::shared_ptr<const TokenRecord>> Auth::List() const {
  std::vector<std::shared_ptr<const TokenRecord>> records;
  for (const auto& [id, record] : *Read()) records.push_back(record);
  std::ranges::stable_sort(records, {}, [](const auto& record) { return record->created; });
  return records;
}

Status Auth::Revoke(std::string_view id) {
  MutexLock lock(write_mutex_);
  Snapshot tokens = *Read();
  const auto found = tokens.find(id);
  if (found == tokens.end()) return NotFound("there is no token '" + std::string(id) + "'");
  const TimestampMs now = clock_.Now();
  const bool another_owner = std::ranges::any_of(tokens, [&](const auto& entry) {
    return entry.first != id && IsOwnerAt(*entry.second, now);
  });
  if (IsOwnerAt(*found->second, now) && !another_owner) {
    return Error{ErrorCode::kConflict,
                 "this is the last owner token; make another one before revoking it",
                 {}};
  }
  SIGHTLINE_RETURN_IF_ERROR(store_.DeleteEntry(kTable, id));
  tokens.erase(found);
  Publish(std::move(tokens));
  return Ok();
}

bool Auth::HasOwner() const {
  const TimestampMs now = clock_.Now();
  const auto tokens = Read();
  return std::ranges::any_of(*tokens,
                             [&](const auto& entry) { return IsOwnerAt(*entry.second, now); });
}

}  // namespace sightline::server
