#include "server/handlers/position.h"

namespace sightline::server {
namespace {

constexpr size_t kIdCharacters = 36;

}  // namespace

std::string EncodePosition(const StoredSighting& row) {
  return row.id.ToString() + row.sighting.camera_id;
}

Result<query::SearchPosition> DecodePosition(std::string_view text, std::string_view field) {
  const Result<SightingId> id = ParseSightingId(text.substr(0, kIdCharacters));
  if (!id) return InvalidArgument("the page token is damaged", std::string(field));
  return query::SearchPosition{.time = id->time,
                               .camera_id = std::string(text.substr(kIdCharacters)),
                               .id = *id};
}

}  // namespace sightline::server
