#include <fmt/format.h>

#include <algorithm>

#include "api/attribute_reader.h"
#include "api/base64.h"
#include "api/json_reader.h"
#include "api/sighting_json.h"
#include "core/plate.h"

namespace sightline::api {
namespace {

constexpr std::string_view kMembers[] = {
    "source_id", "camera_id", "time",  "plate",   "plate_color", "plate_confidence", "attributes",
    "location",  "lane",      "speed_kmh", "image", "vectors",   "plate_read",
    // Of answers: passed over, so that what was exported can be sent again.
    "id", "received", "corrected", "match"};
enum Member : size_t {
  kSourceId,
  kCameraId,
  kTime,
  kPlate,
  kPlateColor,
  kPlateConfidence,
  kAttributes,
  kLocation,
  kLane,
  kSpeed,
  kImage,
  kVectors,
  kPlateRead,
};

constexpr int64_t kMaxLane = 255;
constexpr double kMaxSpeedKmh = 1000;
constexpr size_t kMaxPlateColorBytes = 32;
constexpr size_t kMaxPlateReadBytes = 256;

Status ReadPlate(Json value, const JsonPath& path, Sighting& sighting) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, kMaxPlateReadBytes}));
  if (text.empty()) return BadValue(path, "is empty; leave it out when the plate was not read");
  Result<std::string> plate = NormalizePlate(text);
  if (!plate) {
    return BadValue(path, fmt::format("{} is no plate: {}", Quoted(text), plate.error().message));
  }
  sighting.plate = *std::move(plate);
  // A "plate_read" beside it, which an exported row has, says better what the camera read.
  if (sighting.plate_read.empty()) sighting.plate_read = text;
  return Ok();
}

Status ReadAttributes(Json value, const JsonPath& path, const SightingLimits& limits,
                      std::vector<Attribute>& attributes) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  if (object.size() > limits.max_attributes) {
    return BadValue(path, fmt::format("has {} members; at most {} are allowed (max_attributes)",
                                      object.size(), limits.max_attributes));
  }
  attributes.reserve(object.size());
  for (const auto [name, member] : object) {
    const JsonPath here(path, name);
    if (member.is_null()) continue;
    SIGHTLINE_RETURN_IF_ERROR(CheckAttributeName(name, path, limits));
    SIGHTLINE_ASSIGN(AttributeValue attribute, ReadAttributeValue(member, here, limits));
    attributes.push_back({std::string(name), std::move(attribute)});
  }
  std::ranges::sort(attributes, {}, &Attribute::name);
  const auto repeated = std::ranges::adjacent_find(attributes, {}, &Attribute::name);
  if (repeated != attributes.end()) return RepeatedMember(JsonPath(path, repeated->name));
  return Ok();
}

Status ReadVectors(Json value, const JsonPath& path, const SightingLimits& limits,
                   std::vector<AppearanceVector>& vectors) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  if (object.size() > limits.max_vectors) {
    return BadValue(path, fmt::format("has {} members; at most {} are allowed (max_vectors)",
                                      object.size(), limits.max_vectors));
  }
  vectors.reserve(object.size());
  for (const auto [space, member] : object) {
    const JsonPath here(path, space);
    if (member.is_null()) continue;
    const auto known = limits.space_bytes.find(space);
    if (known == limits.space_bytes.end()) return BadValue(here, "is not a known space");
    std::string_view text;
    if (member.get(text) != simdjson::SUCCESS) {
      return BadValue(here, "must be a string of base64 text");
    }
    std::optional<std::string> bytes = DecodeBase64(text);
    if (!bytes) {
      return BadValue(here, "is not base64 (standard alphabet, with '=' padding, no blanks)");
    }
    if (bytes->size() != known->second) {
      return BadValue(here, fmt::format("has {} bytes; a vector of this space has exactly {}",
                                        bytes->size(), known->second));
    }
    vectors.push_back({std::string(space), *std::move(bytes)});
  }
  std::ranges::sort(vectors, {}, &AppearanceVector::space);
  const auto repeated = std::ranges::adjacent_find(vectors, {}, &AppearanceVector::space);
  if (repeated != vectors.end()) return RepeatedMember(JsonPath(path, repeated->space));
  return Ok();
}

Status ReadMember(size_t member, Json value, const JsonPath& path, const SightingLimits& limits,
                  Sighting& sighting) {
  switch (member) {
    case kSourceId: {
      SIGHTLINE_ASSIGN(
          sighting.source_id,
          ReadText(value, path, {1, limits.max_source_id_bytes, "max_source_id_bytes"}));
      return Ok();
    }
    case kCameraId: {
      SIGHTLINE_ASSIGN(
          sighting.camera_id,
          ReadText(value, path, {1, limits.max_camera_id_bytes, "max_camera_id_bytes"}));
      return Ok();
    }
    case kTime: {
      SIGHTLINE_ASSIGN(sighting.time, ReadTime(value, path));
      return Ok();
    }
    case kPlate: return ReadPlate(value, path, sighting);
    case kPlateColor: {
      SIGHTLINE_ASSIGN(sighting.plate_color, ReadText(value, path, {0, kMaxPlateColorBytes}));
      return Ok();
    }
    case kPlateConfidence: {
      SIGHTLINE_ASSIGN(sighting.plate_confidence, ReadNumber(value, path, 0, 1));
      return Ok();
    }
    case kAttributes: return ReadAttributes(value, path, limits, sighting.attributes);
    case kLocation: {
      SIGHTLINE_ASSIGN(sighting.location, ReadLonLat(value, path));
      return Ok();
    }
    case kLane: {
      SIGHTLINE_ASSIGN(sighting.lane, ReadInteger(value, path, 0, kMaxLane));
      return Ok();
    }
    case kSpeed: {
      SIGHTLINE_ASSIGN(sighting.speed_kmh, ReadNumber(value, path, 0, kMaxSpeedKmh));
      return Ok();
    }
    case kImage: {
      SIGHTLINE_ASSIGN(sighting.image,
                       ReadText(value, path, {0, limits.max_image_bytes, "max_image_bytes"}));
      return Ok();
    }
    case kVectors: return ReadVectors(value, path, limits, sighting.vectors);
    case kPlateRead: {
      SIGHTLINE_ASSIGN(sighting.plate_read, ReadText(value, path, {1, kMaxPlateReadBytes}));
      return Ok();
    }
    default: return Ok();
  }
}

}  // namespace

class SightingParser::Impl {
 public:
  explicit Impl(SightingLimits sighting_limits) : limits(std::move(sighting_limits)) {}

  const SightingLimits limits;
  JsonDocument document;
};

SightingParser::SightingParser(SightingLimits limits)
    : impl_(std::make_unique<Impl>(std::move(limits))) {}

SightingParser::~SightingParser() = default;

Result<Sighting> SightingParser::Parse(std::string_view json) {
  const JsonPath root;
  SIGHTLINE_ASSIGN(const Json value, impl_->document.Parse(json));
  if (!value.is_object()) return InvalidArgument("a sighting must be a JSON object");
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, root));
  Result<Sighting> sighting{Sighting{}};
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, root, kMembers, NullMeaning::kAbsent,
                               [&](size_t member, Json text, const JsonPath& path) {
                                 return ReadMember(member, text, path, impl_->limits, *sighting);
                               }));
  for (const size_t required : {size_t{kCameraId}, size_t{kTime}}) {
    if (!(seen & (1u << required)))
      return BadValue(JsonPath(root, kMembers[required]), "is missing");
  }
  return sighting;
}

}  // namespace sightline::api
