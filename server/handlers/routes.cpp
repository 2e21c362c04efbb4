#include <iterator>
#include <utility>

#include "server/handlers/endpoint.h"
#include "server/handlers/guard.h"

namespace sightline::server {

std::vector<Endpoint> AllEndpoints() {
  std::vector<Endpoint> all;
  for (auto make : {CameraEndpoints, SightingEndpoints, CorrectionEndpoints,
                    SearchEndpoints, ImageSearchEndpoints, SpaceEndpoints, PlateEndpoints,
                    ProfileEndpoints, HabitEndpoints, CompanionEndpoints, ClonedPlateEndpoints,
                    CameraHealthEndpoints, TravelTimeEndpoints, CountEndpoints, TrafficEndpoints,
                    CaseEndpoints, CaseItemEndpoints, CaseReportEndpoints, TokenEndpoints,
                    AuditEndpoints, PlateModelEndpoints, IndexEndpoints, JobEndpoints,
                    OperationEndpoints}) {
    std::vector<Endpoint> endpoints = make();
    std::move(endpoints.begin(), endpoints.end(), std::back_inserter(all));
  }
  return all;
}

Router MakeRouter(const Services& services) {
  Router router;
  for (const Endpoint& endpoint : AllEndpoints()) {
    RouteOptions options{.name = std::string(endpoint.name),
                         .deadline_s = endpoint.unbounded ? 0 : services.config.query_timeout_s,
                         .max_body_bytes = endpoint.body == BodyUse::kStream
                                               ? 0
                                               : services.config.max_document_bytes,
                         .max_body_option = "max_document_bytes",
                         .is_public = endpoint.is_public,
                         .logs_storage_errors = endpoint.logs_storage_errors};
    router.Add(
        {.method = std::string(endpoint.method),
         .path = std::string(endpoint.path),
         .handler = [&services, endpoint](
                        Exchange& exchange) { return Guarded(services, endpoint, exchange); },
         .options = std::move(options)});
  }
  return router;
}

}  // namespace sightline::server
