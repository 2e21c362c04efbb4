#include "server/console/policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sightline::server {
namespace {

// " https://a https://b", to be put behind other sources.
std::string Sources(const std::vector<std::string>& origins) {
  return origins.empty() ? std::string() : fmt::format(" {}", fmt::join(origins, " "));
}

}  // namespace

std::string ContentSecurityPolicy(const ConsoleOptions& options) {
  std::vector<std::string> map = ParseOrigins(options.basemap_origins).value();
  if (const auto style = OriginOf(options.basemap_style)) map.push_back(*style);
  const std::string of_map = Sources(map);
  const std::string of_images = Sources(ParseOrigins(options.image_origins).value());
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{1}{0}; "
      "connect-src 'self'{0}; worker-src 'self'; font-src 'self'; manifest-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      of_map, of_images);
}

std::vector<std::pair<std::string, std::string>> SecurityHeaders(const ConsoleOptions& options) {
  return {
      {"Content-Security-Policy", ContentSecurityPolicy(options)},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy",
       "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"X-Frame-Options", "DENY"},
  };
}

}  // namespace sightline::server
