// Which handler answers which method and path.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "server/exchange.h"

namespace sightline::server {

struct RouteOptions {
  // For metrics and logs ("search_sightings"); never holds anything of a request.
  std::string name;
  // Longest that an exchange may run from its head to the end of its answer, in seconds; its
  // cancellation fails from then on. 0: no deadline, for streams bounded by idleness alone.
  double deadline_s = 60;
  // Largest body in bytes, as sent (before Content-Encoding is undone); beyond it 413. 0: no limit.
  uint64_t max_body_bytes = uint64_t{1} << 20;
  // The configuration's option that sets max_body_bytes, named in the refusal; may be empty.
  std::string max_body_option = {};
  // Answered without credentials. Read by the guard (HttpServerHooks), not by the engine.
  bool is_public = false;
  // Whether the handler's own room logs why something could not be stored, so that the engine does
  // not say it again for each exchange.
  bool logs_storage_errors = false;
};

// One line of the table.
struct Route {
  std::string method;  // "GET", "POST", …; GET routes answer HEAD too
  // Begins with '/'. A segment in braces is a placeholder for one non-empty segment:
  // "/v1/cameras/{id}". A last segment "{name...}" takes the whole rest of the path, which may be
  // empty: "/console/{file...}".
  std::string path;
  Handler handler;
  RouteOptions options;
};

// What the table says of a request. `route` lives as long as the router.
struct RouteMatch {
  const Route* route = nullptr;      // null: not found, or the method is not among `allow`
  std::vector<std::string> values;   // of the placeholders, percent-decoded, in order
  std::string allow;                 // for 405: the path's methods, "GET, HEAD, POST"; empty: 404
};

// A static table, filled before the server starts. Find is thread-safe once Add is called no more.
// Paths are compared segment by segment after percent-decoding, so "%2F" stays inside its segment.
// No path is normalised: "//", a trailing '/' and dot segments are told apart. Where templates
// overlap, literal segments win over placeholders, from the left.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // A malformed template, or a method given twice for one path, is a bug and throws
  // std::logic_error at start-up.
  void Add(Route route);

  // `path` as sent, without the query. kInvalidArgument for bad percent escapes, or where a decoded
  // segment is not UTF-8.
  Result<RouteMatch> Find(std::string_view method, std::string_view path) const;

 private:
  struct PathEntry;
  std::vector<std::unique_ptr<PathEntry>> paths_;  // more literal ones first
};

}  // namespace sightline::server
