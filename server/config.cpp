#include "server/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <set>
#include <system_error>

#include "server/config_options.h"

namespace sightline::server {
namespace {

constexpr std::string_view kEnvironmentPrefix = "SIGHTLINE_";
// Variables of the same prefix that other programs of the project read.
constexpr std::string_view kForeignVariables[] = {
    "SIGHTLINE_CASE",  "SIGHTLINE_CA_FILE",    "SIGHTLINE_PURPOSE", "SIGHTLINE_TEST_DATA",
    "SIGHTLINE_TOKEN", "SIGHTLINE_TOKEN_FILE", "SIGHTLINE_URL"};
constexpr std::string_view kConfigVariable = "SIGHTLINE_CONFIG";

std::string VariableName(std::string_view key) {
  std::string name(kEnvironmentPrefix);
  for (const char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

std::string FlagName(std::string_view key) {
  std::string name = "--" + std::string(key);
  std::ranges::replace(name, '_', '-');
  return name;
}

// Levenshtein distance in bytes.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

// "; did you mean X?" for the nearest of `known`, empty when none is near.
std::string Suggestion(std::string_view given, const std::vector<std::string>& known) {
  const auto nearest = std::ranges::min_element(
      known, {}, [&](const auto& name) { return EditDistance(given, name); });
  if (nearest == known.end() ||
      EditDistance(given, *nearest) > std::max<size_t>(2, given.size() / 3)) {
    return {};
  }
  return fmt::format("; did you mean {}?", *nearest);
}

template <typename Name>
std::vector<std::string> NamesOf(Name name) {
  std::vector<std::string> names;
  for (const Option& option : Options()) names.push_back(name(option.key));
  return names;
}

// The option with this name of its kind (key, variable, flag); null when there is none.
template <typename Name>
const Option* FindOption(std::string_view given, Name name) {
  const auto options = Options();
  const auto found = std::ranges::find_if(
      options, [&](const Option& option) { return name(option.key) == given; });
  return found == options.end() ? nullptr : &*found;
}

std::string Key(std::string_view key) { return std::string(key); }

Error At(std::string_view where, const Option& option, const Error& error) {
  return InvalidArgument(fmt::format("{}: {} {}", where, option.key, error.message));
}

Status SetFromToml(const Option& option, Config& config, const toml::node& node) {
  const std::string_view type = TypeName(option);
  if (type == "text" && node.is_string())
    return SetFromText(option, config, node.as_string()->get());
  if (type == "boolean" && node.is_boolean()) {
    return SetFromText(option, config, node.as_boolean()->get() ? "true" : "false");
  }
  if (node.is_integer() && (type == "integer" || type == "number")) {
    return SetInteger(option, config, node.as_integer()->get());
  }
  if (node.is_floating_point() && type == "number") {
    return SetNumber(option, config, node.as_floating_point()->get());
  }
  return InvalidArgument(fmt::format("must be {} {}", type == "integer" ? "an" : "a", type));
}

Status ReadFile(const std::string& path, Config& config) {
  // A directory opens and reads as an empty file.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return InvalidArgument(fmt::format("{}: is a directory, not a TOML file", path));
  }
  errno = 0;
  std::ifstream file(path);
  if (!file) {
    return InvalidArgument(
        fmt::format("cannot open {}: {}", path, std::generic_category().message(errno)));
  }
  toml::table table;
  try {
    table = toml::parse(file, path);
  } catch (const toml::parse_error& error) {
    return InvalidArgument(fmt::format("{}:{}: {}", path, error.source().begin.line,
                                       error.description()));
  }
  for (const auto& [key, node] : table) {
    const std::string where = fmt::format("{}:{}", path, key.source().begin.line);
    const Option* option = FindOption(key.str(), Key);
    if (option == nullptr) {
      return InvalidArgument(fmt::format("{}: there is no option '{}'{}", where, key.str(),
                                         Suggestion(key.str(), NamesOf(Key))));
    }
    if (const Status set = SetFromToml(*option, config, node); !set) {
      return At(where, *option, set.error());
    }
    config.origins[std::string(option->key)] = where;
  }
  return Ok();
}

struct Variable {
  std::string name;
  std::string value;
};

// Those of our prefix.
std::vector<Variable> OurVariables(const std::vector<std::string>& environment) {
  std::vector<Variable> variables;
  for (const std::string& line : environment) {
    const size_t equals = line.find('=');
    if (line.starts_with(kEnvironmentPrefix) && equals != std::string::npos) {
      variables.push_back({line.substr(0, equals), line.substr(equals + 1)});
    }
  }
  return variables;
}

Status ReadEnvironment(const std::vector<Variable>& variables, Config& config) {
  for (const Variable& variable : variables) {
    if (variable.name == kConfigVariable || std::ranges::count(kForeignVariables, variable.name)) {
      continue;
    }
    const Option* option = FindOption(variable.name, VariableName);
    if (option == nullptr) {
      return InvalidArgument(fmt::format("environment: there is no option {}{}", variable.name,
                                         Suggestion(variable.name, NamesOf(VariableName))));
    }
    if (const Status set = SetFromText(*option, config, variable.value); !set) {
      return At(variable.name, *option, set.error());
    }
    config.origins[std::string(option->key)] = variable.name;
  }
  return Ok();
}

// The flags as given: option key to text, and "config" to the file's path.
Result<std::map<std::string, std::string>> ParseFlags(const std::vector<std::string>& arguments) {
  CLI::App app;
  app.set_help_flag();
  std::map<std::string, std::string> values;
  app.add_option("--config", values["config"]);
  for (const Option& option : Options()) {
    const std::string flag = FlagName(option.key);
    std::string& value = values[std::string(option.key)];
    if (TypeName(option) == "boolean") {
      app.add_flag(flag + "{true}", value);
    } else {
      app.add_option(flag, value);
    }
  }
  app.allow_extras();
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    return InvalidArgument(error.what());
  }
  if (const std::vector<std::string> extras = app.remaining(); !extras.empty()) {
    const std::string flag = extras.front().substr(0, extras.front().find('='));
    std::vector<std::string> known = NamesOf(FlagName);
    known.insert(known.end(), {"--config", "--print-config", "--version", "--help"});
    return InvalidArgument(fmt::format("there is no flag {}{}", flag, Suggestion(flag, known)));
  }
  std::erase_if(values, [&](const auto& entry) { return app.count(FlagName(entry.first)) == 0; });
  return values;
}

Status CheckTogether(const Config& config) {
  if (config.http.tls_certificate_file.empty() != config.http.tls_key_file.empty()) {
    return InvalidArgument("tls_certificate and tls_key go together: give both or neither");
  }
  if (config.http.max_request_line_bytes > config.http.max_header_bytes) {
    return InvalidArgument("max_request_line_bytes must not be above max_header_bytes");
  }
  return CheckConsole(config.console);
}

}  // namespace

std::vector<OptionInfo> DescribeOptions() {
  const Config defaults;
  std::vector<OptionInfo> infos;
  for (const Option& option : Options()) {
    infos.push_back({.key = std::string(option.key),
                     .type = std::string(TypeName(option)),
                     .default_value = ValueAsToml(option, defaults),
                     .unit = std::string(option.unit),
                     .doc = std::string(option.doc),
                     .range = RangeText(option)});
  }
  return infos;
}

Result<Config> LoadConfig(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  Config config;
  for (const Option& option : Options()) config.origins[std::string(option.key)] = "default";
  SIGHTLINE_ASSIGN(const auto flags, ParseFlags(arguments));
  const std::vector<Variable> variables = OurVariables(environment);

  std::string file;
  const auto variable = std::ranges::find(variables, kConfigVariable, &Variable::name);
  if (variable != variables.end()) file = variable->value;
  if (const auto flag = flags.find("config"); flag != flags.end()) file = flag->second;
  if (!file.empty()) SIGHTLINE_RETURN_IF_ERROR(ReadFile(file, config));

  SIGHTLINE_RETURN_IF_ERROR(ReadEnvironment(variables, config));
  for (const auto& [key, text] : flags) {
    const Option* option = FindOption(key, Key);
    if (option == nullptr) continue;  // --config itself
    const std::string flag = FlagName(key);
    if (const Status set = SetFromText(*option, config, text); !set) {
      return At(flag, *option, set.error());
    }
    config.origins[key] = flag;
  }
  SIGHTLINE_RETURN_IF_ERROR(CheckTogether(config));
  return config;
}

std::string PrintConfig(const Config& config) {
  std::string text = "# The configuration of sightline-server in force.\n";
  for (const OptionInfo& info : DescribeOptions()) {
    text += fmt::format("\n# {}", info.doc);
    if (!info.range.empty()) {
      text += fmt::format(" Range: {}{}{}.", info.range, info.unit.empty() ? "" : " ",
                          info.unit);
    }
    const Option& option = *FindOption(info.key, Key);
    const auto origin = config.origins.find(info.key);
    text += fmt::format("\n# Default: {}. From: {}.\n{} = {}\n", info.default_value,
                        origin == config.origins.end() ? "default" : origin->second, info.key,
                        ValueAsToml(option, config));
  }
  return text;
}

}  // namespace sightline::server
