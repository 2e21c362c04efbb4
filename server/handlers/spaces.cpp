// /v1/spaces
#include <algorithm>
#include <utility>

#include "api/json_writer.h"
#include "api/space_json.h"
#include "query/similarity.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/endpoint.h"
#include "server/handlers/index_state.h"
#include "server/handlers/reply.h"

namespace sightline::server {
namespace {

// How distances are turned into similarities: a curve through these points.
void WriteSimilarity(api::JsonWriter& json, const query::SimilarityModel& model) {
  json.Key("similarity").BeginObject();
  json.Key("learned").Bool(model.basis().has_value());
  if (model.basis()) {
    json.Key("learned_at").Time(model.basis()->learned_at);
    json.Key("plates").Uint(model.basis()->plates);
    json.Key("same_pairs").Uint(model.basis()->same_pairs);
    json.Key("other_pairs").Uint(model.basis()->other_pairs);
  }
  json.Key("curve").BeginArray();
  for (const query::SimilarityKnot& knot : model.knots()) {
    json.BeginObject().Key("distance").Double(knot.distance);
    json.Key("similarity").Double(model.Similarity(knot.distance)).EndObject();
  }
  json.EndArray().EndObject();
}

Result<Response> ListSpaces(const Services& services, const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const IndexState state, ReadIndexState(services, cancellation));
  const SpaceCounts counts = SumOf(state.days).spaces;
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("spaces").BeginArray();
  for (const VectorSpace& space : services.store.Spaces()) {
    json.BeginObject();
    api::WriteSpaceMembers(json, space);
    const auto found = counts.find(space.name);
    json.Key("index").BeginObject();
    WriteSpaceCounts(json, found != counts.end() ? found->second
                                                 : index::ColumnIndex::SpaceStats{});
    json.EndObject();
    WriteSimilarity(json, *services.similarities.Current(space));
    json.EndObject();
  }
  json.EndArray();
  json.Key("days").Uint(state.stored_days).Key("days_counted").Uint(state.days.size());
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return JsonResponse(std::move(body));
}

Awaitable<Status> GetSpaces(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  auto list = [&] { return ListSpaces(services, call.cancellation); };
  co_return co_await Answer(services, call, list);
}

Result<Response> MakeSpace(const Services& services, const Call& call) {
  SIGHTLINE_ASSIGN(const VectorSpace space,
                   api::ParseSpace(call.request.path_values.front(), call.document));
  const std::vector<VectorSpace> before = services.store.Spaces();
  const bool was_there =
      std::ranges::find(before, space.name, &VectorSpace::name) != before.end();
  SIGHTLINE_RETURN_IF_ERROR(services.store.PutSpace(space));
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject();
  api::WriteSpaceMembers(json, space);
  json.Key("as_of").Uint(services.store.VisibleSequence()).EndObject();
  return JsonResponse(std::move(body), was_there ? 200 : 201);
}

Awaitable<Status> PutSpace(const Services& services, Call& call) {
  SIGHTLINE_CO_RETURN_IF_ERROR(call.request.RequireKnownParameters({}));
  SIGHTLINE_CO_RETURN_IF_ERROR(RequireJson(call));
  auto make = [&] { return MakeSpace(services, call); };
  co_return co_await Answer(services, call, make);
}

}  // namespace

std::vector<Endpoint> SpaceEndpoints() {
  return {{.method = "GET",
           .path = "/v1/spaces",
           .name = "list_spaces",
           .run = GetSpaces,
           .allowed = {Role::kOwner, Role::kReader, Role::kWriter, Role::kOperator}},
          {.method = "PUT",
           .path = "/v1/spaces/{name}",
           .name = "put_space",
           .run = PutSpace,
           .allowed = {Role::kOwner, Role::kOperator},
           .recording = Recording::kChange,
           .body = BodyUse::kDocument}};
}

}  // namespace sightline::server
