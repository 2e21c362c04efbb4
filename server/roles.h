// What a token may be good for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace sightline::server {

enum class Role : uint8_t {
  kOwner,      // has every role, and alone makes and revokes tokens
  kReader,     // asks about sightings, keeps cases
  kWriter,     // sends sightings and cameras
  kCorrector,  // corrects what was read
  kOperator,   // keeps cameras and the server: status, metrics
  kAuditor,    // reads the audit log
};

inline constexpr Role kAllRoles[] = {Role::kOwner, Role::kReader, Role::kWriter, Role::kCorrector,
                                     Role::kOperator, Role::kAuditor};

// As it stands in JSON (api::kTokenRoles).
constexpr std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kOwner: return "owner";
    case Role::kReader: return "reader";
    case Role::kWriter: return "writer";
    case Role::kCorrector: return "corrector";
    case Role::kOperator: return "operator";
    case Role::kAuditor: return "auditor";
  }
  return "";
}

constexpr std::optional<Role> ParseRole(std::string_view name) {
  for (const Role role : kAllRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) Add(role);
  }
  static constexpr RoleSet All() {
    return {Role::kOwner,     Role::kReader,   Role::kWriter,
            Role::kCorrector, Role::kOperator, Role::kAuditor};
  }

  constexpr void Add(Role role) { bits_ |= Bit(role); }
  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }
  // Whether a holder of these roles may do what asks for one of `allowed`.
  constexpr bool Permits(RoleSet allowed) const {
    return Has(Role::kOwner) || (bits_ & allowed.bits_) != 0;
  }
  constexpr bool operator==(const RoleSet&) const = default;

  std::vector<std::string_view> Names() const {
    std::vector<std::string_view> names;
    for (const Role role : kAllRoles) {
      if (Has(role)) names.push_back(RoleName(role));
    }
    return names;
  }

 private:
  static constexpr uint8_t Bit(Role role) {
    return static_cast<uint8_t>(1U << static_cast<unsigned>(role));
  }
  uint8_t bits_ = 0;
};

}  // namespace sightline::server
