#include "server/handlers/saved_query.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/handlers/endpoint.h"
#include "server/router.h"
#include "server/target.h"

namespace sightline::server {
namespace {

constexpr std::string_view kTargetField = "/target";

Error BadTarget(std::string_view why) {
  return InvalidArgument("target " + std::string(why), std::string(kTargetField));
}

// The endpoints whose questions can be kept, with a router that finds them.
class Askable {
 public:
  Askable() {
    for (const Endpoint& endpoint : AllEndpoints()) {
      if (endpoint.check == nullptr) continue;
      endpoints_.push_back(endpoint);
      router_.Add({.method = std::string(endpoint.method),
                   .path = std::string(endpoint.path),
                   .handler = {},
                   .options = {.name = std::string(endpoint.name)}});
    }
  }

  // The endpoint that answers the request, whose path_values are then set.
  Result<const Endpoint*> Find(Request& request) const {
    SIGHTLINE_ASSIGN(RouteMatch match, router_.Find(request.method, request.path));
    if (match.route == nullptr) {
      return BadTarget("is no call whose questions can be kept" +
                       (match.allow.empty() ? std::string() : " with this method; it knows " +
                                                                  match.allow));
    }
    request.path_values = std::move(match.values);
    return &*std::ranges::find(endpoints_, match.route->options.name,
                               [](const Endpoint& endpoint) { return endpoint.name; });
  }

 private:
  std::vector<Endpoint> endpoints_;
  Router router_;
};

}  // namespace

Status CheckSavedQuery(const Services& services, const api::SavedQuery& query) {
  static const Askable askable;
  const Result<Target> target = SplitTarget(query.target);
  if (!target) return BadTarget("cannot be read: " + target.error().message);
  if (!target->authority.empty()) return BadTarget("must begin with '/', without a host");
  Request request{.method = query.body.empty() ? "GET" : "POST",
                  .path = std::string(target->path)};
  Result<std::vector<std::pair<std::string, std::string>>> parameters =
      DecodeQuery(target->query);
  if (!parameters) return BadTarget("cannot be read: " + parameters.error().message);
  request.parameters = *std::move(parameters);
  const Result<const Endpoint*> endpoint = askable.Find(request);
  if (!endpoint) {
    return InvalidArgument(endpoint.error().message, std::string(kTargetField));
  }
  const Status good = (*endpoint)->check(services, request, query.body);
  if (good) return Ok();
  // A pointer is into the body; a name is of a parameter.
  Error error = good.error();
  const bool is_in_body = error.field.empty() ? !query.body.empty() : error.field.front() == '/';
  error.field = is_in_body ? "/body" + error.field : std::string(kTargetField);
  return error;
}

}  // namespace sightline::server
