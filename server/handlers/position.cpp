#include "server/handlers/position.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstdint>

namespace sightline::server {
namespace {

constexpr size_t kIdCharacters = 36;
constexpr size_t kVersionCharacters = 16;
// The bits of the probability as they are: printed and read back it could lie before its own row.
constexpr size_t kProbabilityCharacters = 16;

}  // namespace

std::string EncodePosition(const query::SearchPosition& position, ResultOrder order,
                           std::string_view model_version) {
  std::string text = position.id.ToString() + position.camera_id;
  if (order != ResultOrder::kRelevance) return text;
  return fmt::format("{}{:016x}{}", model_version, std::bit_cast<uint64_t>(position.probability),
                     text);
}

std::string EncodePosition(const StoredSighting& row) {
  return EncodePosition(
      {.time = row.sighting.time, .camera_id = row.sighting.camera_id, .id = row.id},
      ResultOrder::kTimeDescending, {});
}

Result<DecodedPosition> DecodePosition(std::string_view text, ResultOrder order,
                                       std::string_view field) {
  const Error damaged = InvalidArgument("the page token is damaged", std::string(field));
  DecodedPosition decoded;
  query::SearchPosition& position = decoded.position;
  if (order == ResultOrder::kRelevance) {
    if (text.size() < kVersionCharacters + kProbabilityCharacters) return damaged;
    decoded.model_version = text.substr(0, kVersionCharacters);
    text.remove_prefix(kVersionCharacters);
    const char* const end = text.data() + kProbabilityCharacters;
    uint64_t bits = 0;
    const auto [last, code] = std::from_chars(text.data(), end, bits, 16);
    position.probability = std::bit_cast<double>(bits);
    const bool is_probability = position.probability >= 0 && position.probability <= 1;
    if (code != std::errc() || last != end || !is_probability) return damaged;
    text.remove_prefix(kProbabilityCharacters);
  }
  const Result<SightingId> id = ParseSightingId(text.substr(0, kIdCharacters));
  if (!id) return damaged;
  position.time = id->time;
  position.camera_id = text.substr(kIdCharacters);
  position.id = *id;
  return decoded;
}

}  // namespace sightline::server
