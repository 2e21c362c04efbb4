#include "api/image_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "api/filter_json.h"
#include "api/filter_reader.h"
#include "api/json_reader.h"
#include "api/question_members.h"
#include "api/sha256.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxSpaceNameBytes = 64;
constexpr double kAnyNumber = std::numeric_limits<double>::max();

// A null is a mistake: taken for "left out" it would widen the question unasked.
constexpr NullMeaning kNoNulls = NullMeaning::kMistake;

constexpr std::string_view kMembers[] = {"like",   "unlike",       "space",    "filter",
                                         "k",      "max_distance", "group_by", "exact",
                                         "travel", "explain",      "as_of",    "page_token"};
enum Member : size_t {
  kLike,
  kUnlike,
  kSpace,
  kFilter,
  kK,
  kMaxDistance,
  kGroupBy,
  kExact,
  kTravel,
  kExplain,
  kAsOf,
  kPageToken,
};

Result<ImageExampleBody> ReadExample(Json value, const JsonPath& path) {
  static constexpr std::string_view kExampleMembers[] = {"sighting_id", "vector"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  ImageExampleBody example;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 1) {
      SIGHTLINE_ASSIGN(example.vector, ReadBase64(part, here));
      return Ok();
    }
    SIGHTLINE_ASSIGN(const std::string_view text, ReadText(part, here, {0, 64}));
    const Result<SightingId> id = ParseSightingId(text);
    if (!id) return BadValue(here, "is not the id of a sighting");
    example.sighting = *id;
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kExampleMembers, kNoNulls, read));
  if (seen != 1 && seen != 2) return BadValue(path, "must have either sighting_id or vector");
  return example;
}

struct Examples {
  std::vector<ImageExampleBody> list;
  bool is_list = false;
};

// One object, or a list of them.
Result<Examples> ReadExamples(Json value, const JsonPath& path) {
  Examples examples;
  JsonArray array;
  if (value.get(array) != simdjson::SUCCESS) {
    if (!value.is_object()) return BadValue(path, "must be an example or a list of examples");
    SIGHTLINE_ASSIGN(ImageExampleBody single, ReadExample(value, path));
    examples.list.push_back(std::move(single));
    return examples;
  }
  examples.is_list = true;
  if (array.size() > kMaxImageExamples) {
    return BadValue(path, fmt::format("has {} examples; at most {} are allowed", array.size(),
                                      kMaxImageExamples));
  }
  for (const Json element : array) {
    SIGHTLINE_ASSIGN(ImageExampleBody one,
                     ReadExample(element, JsonPath(path, examples.list.size())));
    examples.list.push_back(std::move(one));
  }
  return examples;
}

Result<std::optional<TravelBody>> ReadTravel(Json value, const JsonPath& path) {
  static constexpr std::string_view kTravelMembers[] = {"max_speed_kmh"};
  bool wanted = false;
  if (value.get(wanted) == simdjson::SUCCESS) {
    return wanted ? std::optional(TravelBody{}) : std::nullopt;
  }
  if (!value.is_object()) {
    return BadValue(path, "must be true, or an object with max_speed_kmh");
  }
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  TravelBody travel;
  const auto read = [&](size_t, Json part, const JsonPath& here) -> Status {
    SIGHTLINE_ASSIGN(const double speed, ReadNumber(part, here, 1, kMaxTravelSpeedKmh));
    travel.max_speed = Kmh{speed};
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadMembers(object, path, kTravelMembers, kNoNulls, read));
  return std::optional(travel);
}

Status ReadMember(size_t member, Json part, const JsonPath& here, SearchImageBody& body) {
  switch (member) {
    case kLike: {
      SIGHTLINE_ASSIGN(Examples examples, ReadExamples(part, here));
      if (examples.list.empty()) return BadValue(here, "is empty; give at least one example");
      body.like = std::move(examples.list);
      body.like_is_list = examples.is_list;
      return Ok();
    }
    case kUnlike: {
      SIGHTLINE_ASSIGN(Examples examples, ReadExamples(part, here));
      body.unlike = std::move(examples.list);
      body.unlike_is_list = examples.is_list;
      return Ok();
    }
    case kSpace: {
      SIGHTLINE_ASSIGN(body.space, ReadText(part, here, {1, kMaxSpaceNameBytes}));
      return Ok();
    }
    case kFilter: {
      SIGHTLINE_ASSIGN(body.filter, ReadFilter(part, here));
      return Ok();
    }
    case kK: {
      SIGHTLINE_ASSIGN(const int64_t k, ReadInteger(part, here, 1, kMaxImageMatches));
      body.k = static_cast<size_t>(k);
      body.k_given = true;
      return Ok();
    }
    case kMaxDistance: {
      SIGHTLINE_ASSIGN(body.max_distance, ReadNumber(part, here, -kAnyNumber, kAnyNumber));
      return Ok();
    }
    case kGroupBy: {
      SIGHTLINE_ASSIGN(const std::string_view group, ReadText(part, here, {0, 64}));
      if (group != "plate") {
        return BadValue(here, fmt::format("must be 'plate', not {}", Quoted(group)));
      }
      body.group_by_plate = true;
      return Ok();
    }
    case kExact: {
      SIGHTLINE_ASSIGN(body.exact, ReadBool(part, here));
      return Ok();
    }
    case kTravel: {
      SIGHTLINE_ASSIGN(body.travel, ReadTravel(part, here));
      return Ok();
    }
    case kExplain: {
      SIGHTLINE_ASSIGN(body.explain, ReadBool(part, here));
      return Ok();
    }
    case kAsOf: {
      SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
      return Ok();
    }
    default: {
      SIGHTLINE_ASSIGN(body.page_token, ReadPageToken(part, here));
      return Ok();
    }
  }
}

bool IsSighting(const ImageExampleBody& example) { return example.sighting.has_value(); }

Result<SearchImageBody> ReadQuestion(Json value, const JsonPath& path, bool of_batch) {
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  SearchImageBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (of_batch && member == kPageToken) {
      return BadValue(here, "has no place in a batch; ask for the next page by itself");
    }
    if (of_batch && member == kAsOf) {
      return BadValue(here, "stands beside queries, for all of them");
    }
    return ReadMember(member, part, here, body);
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadMembers(object, path, kMembers, kNoNulls, read));
  if (!(seen & (1u << kLike))) return BadValue(JsonPath(path, kMembers[kLike]), "is missing");
  if (body.like.size() + body.unlike.size() > kMaxImageExamples) {
    return BadValue(JsonPath(path, kMembers[kUnlike]),
                    fmt::format("has too many examples: with those of like there are {}, at most "
                                "{} are allowed",
                                body.like.size() + body.unlike.size(), kMaxImageExamples));
  }
  if (body.travel && std::ranges::none_of(body.like, IsSighting)) {
    return BadValue(JsonPath(path, kMembers[kTravel]),
                    "takes an example that is a sighting: a vector has no place and no time");
  }
  return body;
}

void WriteExamples(JsonWriter& json, const std::vector<ImageExampleBody>& examples) {
  json.BeginArray();
  for (const ImageExampleBody& example : examples) {
    json.BeginObject();
    if (example.sighting) {
      json.Key("sighting_id").String(example.sighting->ToString());
    } else {
      json.Key("vector_sha256").String(Sha256Hex(example.vector));
    }
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

Result<SearchImageBody> ParseSearchImage(std::string_view json) {
  JsonDocument document;
  SIGHTLINE_ASSIGN(const Json value, document.Parse(json));
  return ReadQuestion(value, JsonPath(), /*of_batch=*/false);
}

Result<SearchImageBatchBody> ParseSearchImageBatch(std::string_view json) {
  static constexpr std::string_view kBatchMembers[] = {"queries", "as_of"};
  const JsonPath root;
  SearchImageBatchBody batch;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 1) {
      SIGHTLINE_ASSIGN(batch.as_of, ReadAsOf(part, here));
      return Ok();
    }
    SIGHTLINE_ASSIGN(const JsonArray queries, ReadArray(part, here));
    if (queries.size() == 0 || queries.size() > kMaxImageQueries) {
      return BadValue(here, fmt::format("must have 1 to {} questions", kMaxImageQueries));
    }
    for (const Json query : queries) {
      batch.queries.push_back(ReadQuestion(query, JsonPath(), /*of_batch=*/true));
    }
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen, ReadDocument(json, kBatchMembers, kNoNulls, read));
  if (!(seen & 1u)) return BadValue(JsonPath(root, kBatchMembers[0]), "is missing");
  return batch;
}

void WriteImageQuestionMembers(JsonWriter& json, const SearchImageBody& body) {
  json.Key("like");
  WriteExamples(json, body.like);
  if (!body.unlike.empty()) {
    json.Key("unlike");
    WriteExamples(json, body.unlike);
  }
  json.Key("space").String(body.space).Key("filter");
  WriteFilter(json, body.filter);
  if (body.max_distance) json.Key("max_distance").Double(*body.max_distance);
  if (body.group_by_plate) json.Key("group_by").String("plate");
  if (body.exact) json.Key("exact").Bool(true);
  if (body.travel) {
    json.Key("travel").BeginObject();
    if (body.travel->max_speed) json.Key("max_speed_kmh").Double(body.travel->max_speed->value);
    json.EndObject();
  }
}

std::string PointerAsSent(const SearchImageBody& body, std::string_view pointer) {
  constexpr std::string_view kFirstLike = "/like/0";
  constexpr std::string_view kFirstUnlike = "/unlike/0";
  if (!body.like_is_list && pointer.starts_with(kFirstLike)) {
    return "/like" + std::string(pointer.substr(kFirstLike.size()));
  }
  if (!body.unlike_is_list && pointer.starts_with(kFirstUnlike)) {
    return "/unlike" + std::string(pointer.substr(kFirstUnlike.size()));
  }
  return std::string(pointer);
}

}  // namespace sightline::api
