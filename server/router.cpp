#include "server/router.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "server/target.h"

namespace sightline::server {
namespace {

enum class SegmentKind { kLiteral, kPlaceholder, kRest };

struct Segment {
  SegmentKind kind = SegmentKind::kLiteral;
  std::string text;  // of a literal

  bool operator==(const Segment&) const = default;
};

// The text up to the next '/', which is taken off `path` with it; nullopt when nothing is left.
// "/a/" has the segments "a" and "".
std::optional<std::string_view> TakeSegment(std::string_view& path) {
  if (path.empty()) return std::nullopt;
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

std::vector<Segment> ParseTemplate(const std::string& path) {
  const auto malformed = [&] { return std::logic_error("malformed path template: " + path); };
  if (!path.starts_with('/')) throw malformed();
  std::vector<Segment> segments;
  std::string_view rest = path;
  while (const auto text = TakeSegment(rest)) {
    if (!segments.empty() && segments.back().kind == SegmentKind::kRest) throw malformed();
    if (!text->starts_with('{')) {
      if (text->find_first_of("{}%") != std::string_view::npos) throw malformed();
      segments.push_back({SegmentKind::kLiteral, std::string(*text)});
    } else {
      if (!text->ends_with('}')) throw malformed();
      const bool is_rest = text->ends_with("...}");
      segments.push_back({is_rest ? SegmentKind::kRest : SegmentKind::kPlaceholder, {}});
    }
  }
  return segments;
}

// Whether a path that matches both is for the template `a` rather than `b`.
bool IsMoreLiteral(const std::vector<Segment>& a, const std::vector<Segment>& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
}

// The placeholders' values; nullopt when the path is not of the template.
Result<std::optional<std::vector<std::string>>> Match(const std::vector<Segment>& segments,
                                                      std::string_view path) {
  std::vector<std::string> values;
  for (const Segment& segment : segments) {
    if (segment.kind == SegmentKind::kRest) {
      if (path.empty()) return std::nullopt;
      SIGHTLINE_ASSIGN(values.emplace_back(), DecodeSegment(path.substr(1)));
      return values;
    }
    const auto text = TakeSegment(path);
    if (!text) return std::nullopt;
    if (segment.kind == SegmentKind::kLiteral && *text == segment.text) continue;
    if (segment.kind == SegmentKind::kLiteral && text->find('%') == std::string_view::npos) {
      return std::nullopt;
    }
    SIGHTLINE_ASSIGN(std::string decoded, DecodeSegment(*text));
    if (segment.kind == SegmentKind::kLiteral) {
      if (decoded != segment.text) return std::nullopt;
    } else {
      if (decoded.empty()) return std::nullopt;
      values.push_back(std::move(decoded));
    }
  }
  if (!path.empty()) return std::nullopt;
  return values;
}

}  // namespace

struct Router::PathEntry {
  std::vector<Segment> segments;
  std::vector<Route> routes;  // of one path, by method
  std::string allow;
};

Router::Router() = default;
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::Add(Route route) {
  std::vector<Segment> segments = ParseTemplate(route.path);
  auto entry = std::find_if(paths_.begin(), paths_.end(),
                            [&](const auto& path) { return path->segments == segments; });
  if (entry == paths_.end()) {
    const auto place =
        std::find_if(paths_.begin(), paths_.end(),
                     [&](const auto& path) { return IsMoreLiteral(segments, path->segments); });
    entry = paths_.insert(place, std::make_unique<PathEntry>());
    (*entry)->segments = std::move(segments);
  }
  PathEntry& path = **entry;
  for (const Route& other : path.routes) {
    if (other.method == route.method) {
      throw std::logic_error("two routes for " + route.method + " " + route.path);
    }
  }
  if (!path.allow.empty()) path.allow += ", ";
  path.allow += route.method == "GET" ? "GET, HEAD" : route.method;
  path.routes.push_back(std::move(route));
}

Result<RouteMatch> Router::Find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const auto& entry : paths_) {
    SIGHTLINE_ASSIGN(auto values, Match(entry->segments, path));
    if (!values) continue;
    for (const Route& route : entry->routes) {
      if (route.method == wanted) return RouteMatch{&route, std::move(*values), {}};
    }
    return RouteMatch{nullptr, {}, entry->allow};
  }
  return RouteMatch();
}

}  // namespace sightline::server
