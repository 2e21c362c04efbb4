#include "server/token_record.h"

#include <simdjson.h>
#include <sodium.h>

#include "api/json_writer.h"

namespace sightline::server {
namespace {

constexpr size_t kHashBytes = crypto_generichash_BYTES;

std::string HexText(std::string_view bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.pop_back();
  return hex;
}

Error BadRecord(std::string_view id) {
  return {ErrorCode::kCorruption, "the stored token '" + std::string(id) + "' cannot be read", {}};
}

}  // namespace

std::string EncodeTokenRecord(const TokenRecord& record) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("version").Int(1);
  json.Key("name").String(record.name);
  json.Key("roles").BeginArray();
  for (const std::string_view role : record.roles.Names()) json.String(role);
  json.EndArray();
  json.Key("created_ms").Int(record.created.value);
  if (record.expires) json.Key("expires_ms").Int(record.expires->value);
  json.Key("standing_purpose").String(record.standing_purpose);
  json.Key("secret_blake2b").String(HexText(record.secret_hash));
  json.EndObject();
  return text;
}

Result<TokenRecord> DecodeTokenRecord(std::string_view id, std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  simdjson::dom::array roles;
  std::string_view name;
  std::string_view purpose;
  std::string_view hash_hex;
  int64_t version = 0;
  TokenRecord record{.id = std::string(id)};
  if (parser.parse(text.data(), text.size()).get(object) || object["version"].get(version) ||
      version != 1 || object["name"].get(name) || object["roles"].get(roles) ||
      object["created_ms"].get(record.created.value) || object["standing_purpose"].get(purpose) ||
      object["secret_blake2b"].get(hash_hex)) {
    return BadRecord(id);
  }
  record.name = name;
  record.standing_purpose = purpose;
  int64_t expires = 0;
  if (!object["expires_ms"].get(expires)) record.expires = TimestampMs{expires};
  for (const simdjson::dom::element element : roles) {
    std::string_view role_name;
    if (element.get(role_name)) return BadRecord(id);
    const std::optional<Role> role = ParseRole(role_name);
    if (!role) return BadRecord(id);
    record.roles.Add(*role);
  }
  record.secret_hash.resize(kHashBytes);
  size_t hash_size = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(record.secret_hash.data()), kHashBytes,
                     hash_hex.data(), hash_hex.size(), nullptr, &hash_size, nullptr) != 0 ||
      hash_size != kHashBytes) {
    return BadRecord(id);
  }
  return record;
}

}  // namespace sightline::server
