#include "api/token_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMinPurposeCharacters = 3;
constexpr size_t kMaxPurposeCharacters = 256;

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<std::vector<std::string>> ReadRoles(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
  std::vector<std::string> roles;
  size_t index = 0;
  for (const Json element : array) {
    const JsonPath here(path, index++);
    SIGHTLINE_ASSIGN(const std::string_view role, ReadText(element, here, {0, 64}));
    if (std::ranges::find(kTokenRoles, role) == std::end(kTokenRoles)) {
      return BadValue(
          here,
          fmt::format("must be owner, reader, writer, corrector, operator or auditor, not {}",
                      Quoted(role)));
    }
    if (std::ranges::find(roles, role) != roles.end()) return RepeatedMember(here);
    roles.emplace_back(role);
  }
  if (roles.empty()) return BadValue(path, "must name one role or more");
  std::ranges::sort(roles);
  return roles;
}

Result<std::string> ReadPurpose(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text,
                   ReadText(value, path, {0, 4 * kMaxPurposeCharacters}));
  const size_t characters = CountCharacters(text);
  if (characters < kMinPurposeCharacters || characters > kMaxPurposeCharacters) {
    return BadValue(path, fmt::format("must have {} to {} characters", kMinPurposeCharacters,
                                      kMaxPurposeCharacters));
  }
  return std::string(text);
}

}  // namespace

Result<TokenRequest> ParseTokenRequest(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"name", "roles", "expires", "standing_purpose"};
  enum Member : size_t { kName, kRoles, kExpires, kStandingPurpose };
  const JsonPath root;
  TokenRequest request;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case kName: {
        SIGHTLINE_ASSIGN(request.name, ReadText(part, here, {1, kMaxNameBytes}));
        return Ok();
      }
      case kRoles: {
        SIGHTLINE_ASSIGN(request.roles, ReadRoles(part, here));
        return Ok();
      }
      case kExpires: {
        SIGHTLINE_ASSIGN(request.expires, ReadTime(part, here));
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(request.standing_purpose, ReadPurpose(part, here));
        return Ok();
      }
    }
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, kMembers, NullMeaning::kAbsent, read));
  for (const size_t required : {size_t{kName}, size_t{kRoles}}) {
    if (!(seen & (1u << required)))
      return BadValue(JsonPath(root, kMembers[required]), "is missing");
  }
  return request;
}

}  // namespace sightline::api
