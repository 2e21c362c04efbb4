#include <fmt/format.h>

#include <algorithm>

#include "api/attribute_reader.h"
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

// The spaces that were named so far.
class KnownSpaces {
 public:
  explicit KnownSpaces(SpaceSource source) : source_(std::move(source)) {}

  bool takes_any() const { return source_ == nullptr; }

  // Null for one that is not known.
  const VectorSpace* Find(std::string_view name) {
    const VectorSpace* space = Look(name);
    if (space != nullptr) return space;
    spaces_ = source_();
    return Look(name);
  }

 private:
  const VectorSpace* Look(std::string_view name) const {
    const auto found = std::ranges::find(spaces_, name, &VectorSpace::name);
    return found == spaces_.end() ? nullptr : &*found;
  }

  const SpaceSource source_;
  std::vector<VectorSpace> spaces_;
};

Status ReadVectors(Json value, const JsonPath& path, const SightingLimits& limits,
                   KnownSpaces& spaces, std::vector<AppearanceVector>& vectors) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  if (object.size() > limits.max_vectors) {
    return BadValue(path, fmt::format("has {} members; at most {} are allowed (max_vectors)",
                                      object.size(), limits.max_vectors));
  }
  vectors.reserve(object.size());
  for (const auto [space, member] : object) {
    const JsonPath here(path, space);
    if (member.is_null()) continue;
    SIGHTLINE_ASSIGN(std::string bytes, ReadBase64(member, here));
    if (!spaces.takes_any()) {
      const VectorSpace* known = spaces.Find(space);
      if (known == nullptr) return BadValue(here, "is not a known space");
      const Status good = CheckVector(*known, bytes);
      if (!good) return InvalidArgument(good.error().message, here.Pointer());
    }
    vectors.push_back({std::string(space), std::move(bytes)});
  }
  std::ranges::sort(vectors, {}, &AppearanceVector::space);
  const auto repeated = std::ranges::adjacent_find(vectors, {}, &AppearanceVector::space);
  if (repeated != vectors.end()) return RepeatedMember(JsonPath(path, repeated->space));
  return Ok();
}

Status ReadMember(size_t member, Json value, const JsonPath& path, const SightingLimits& limits,
                  KnownSpaces& spaces, Sighting& sighting) {
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
    case kVectors: return ReadVectors(value, path, limits, spaces, sighting.vectors);
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
  Impl(SightingLimits sighting_limits, SpaceSource source)
      : limits(std::move(sighting_limits)), spaces(std::move(source)) {}

  const SightingLimits limits;
  KnownSpaces spaces;
  JsonDocument document;
};

SightingParser::SightingParser(SightingLimits limits, SpaceSource spaces)
    : impl_(std::make_unique<Impl>(std::move(limits), std::move(spaces))) {}

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
                                 return ReadMember(member, text, path, impl_->limits, impl_->spaces,
                                                   *sighting);
                               }));
  for (const size_t required : {size_t{kCameraId}, size_t{kTime}}) {
    if (!(seen & (1u << required)))
      return BadValue(JsonPath(root, kMembers[required]), "is missing");
  }
  return sighting;
}

}  // namespace sightline::api
