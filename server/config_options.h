// The table of options: one line binds a key to its place in Config.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "server/config.h"

namespace sightline::server {

// Where an option's value lives.
using OptionTarget = std::variant<std::string*, bool*, int*, int64_t*, size_t*, double*>;

struct Option {
  std::string_view key;
  OptionTarget (*target)(Config&);
  std::string_view unit;
  std::string_view doc;
  double min = 0;  // of numbers
  double max = 0;
  Status (*check)(std::string_view text) = nullptr;  // of texts; null: any
};

std::span<const Option> Options();

// Sets the option from text, as it stands in the environment and in flags.
// Errors: kInvalidArgument, saying what is allowed.
Status SetFromText(const Option& option, Config& config, std::string_view text);

Status SetText(const Option& option, std::string& target, std::string_view value);
Status SetNumber(const Option& option, Config& config, double number);
Status SetInteger(const Option& option, Config& config, int64_t number);

// The value as TOML.
std::string ValueAsToml(const Option& option, const Config& config);
std::string_view TypeName(const Option& option);
std::string RangeText(const Option& option);

}  // namespace sightline::server
