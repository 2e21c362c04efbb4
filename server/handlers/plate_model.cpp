// /v1/plate-model
#include "query/plate_reading_data.h"
#include "query/plate_reading_model.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

Result<Response> DescribeModel(const Services& services, const Request& request) {
  SIGHTLINE_RETURN_IF_ERROR(request.RequireKnownParameters({}));
  const auto model = services.reading_models.Current();
  return Response{.headers = {{"Content-Type", "text/tab-separated-values; charset=utf-8"},
                              {"ETag", "\"" + model->version() + "\""}},
                  .body = query::FormatPlateReadingData(model->data())};
}

Awaitable<Status> GetPlateModel(const Services& services, Call& call) {
  auto describe = [&] { return DescribeModel(services, call.request); };
  co_return co_await Answer(services, call, describe);
}

}  // namespace

std::vector<Endpoint> PlateModelEndpoints() {
  return {{.method = "GET",
           .path = "/v1/plate-model",
           .name = "get_plate_model",
           .run = GetPlateModel,
           .allowed = {Role::kOwner, Role::kReader, Role::kOperator}}};
}

}  // namespace sightline::server
