#include "server/console/options.h"

#include <fmt/format.h>

#include <algorithm>

namespace sightline::server {
namespace {

constexpr std::string_view kBlanks = " \t";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// What a host, a wildcard in front of it, an IP literal and a port are written with: nothing that
// would end a source of a Content-Security-Policy.
bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-._:[]*").find(c) != std::string_view::npos;
}

}  // namespace

Result<std::string> OriginOf(std::string_view url) {
  const auto malformed = [&] {
    return InvalidArgument(fmt::format("'{}' is not a URL such as https://maps.example.org", url));
  };
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return malformed();
  std::string origin(url.substr(0, url.find_first_of("/?#", colon + 3)));
  std::ranges::transform(origin, origin.begin(), Lower);
  const std::string_view host = std::string_view(origin).substr(colon + 3);
  if (!origin.starts_with("http://") && !origin.starts_with("https://")) return malformed();
  if (host.empty() || !std::ranges::all_of(host, IsHostCharacter)) return malformed();
  if (const size_t star = host.rfind('*');
      star != std::string_view::npos && (star != 0 || !host.starts_with("*."))) {
    return malformed();
  }
  return origin;
}

Result<std::vector<std::string>> ParseOrigins(std::string_view list) {
  std::vector<std::string> origins;
  for (;;) {
    list.remove_prefix(std::min(list.size(), list.find_first_not_of(kBlanks)));
    if (list.empty()) return origins;
    const std::string_view word = list.substr(0, list.find_first_of(kBlanks));
    list.remove_prefix(word.size());
    SIGHTLINE_ASSIGN(std::string origin, OriginOf(word));
    if (word.size() > origin.size() && word.substr(origin.size()) != "/") {
      return InvalidArgument(fmt::format("'{}' must be an origin alone: {}", word, origin));
    }
    origins.push_back(std::move(origin));
  }
}

Status CheckOnOrOff(std::string_view text) {
  return text == "on" || text == "off" ? Ok() : Status(InvalidArgument("must be on or off"));
}

Status CheckOrigins(std::string_view text) {
  const auto origins = ParseOrigins(text);
  return origins ? Ok() : Status(origins.error());
}

Status CheckBasemapStyle(std::string_view text) {
  if (text.empty()) return Ok();
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; })) {
    return InvalidArgument("must not hold blanks");
  }
  if (text.starts_with('/') && !text.starts_with("//")) return Ok();
  const auto origin = OriginOf(text);
  return origin ? Ok() : Status(origin.error());
}

Status CheckDatum(std::string_view text) {
  return text == "wgs84" || text == "gcj02" ? Ok()
                                            : Status(InvalidArgument("must be wgs84 or gcj02"));
}

// A map takes it for markup.
Status CheckAttribution(std::string_view text) {
  return text.find_first_of("<>&") == std::string_view::npos
             ? Ok()
             : Status(InvalidArgument("must be plain text, without markup"));
}

Status CheckConsole(const ConsoleOptions& options) {
  if (!options.basemap_style.empty() && !options.basemap_file.empty()) {
    return InvalidArgument("basemap and basemap_style name two basemaps: give one");
  }
  return Ok();
}

}  // namespace sightline::server
