#include "client/answer_parser.h"

#include <fmt/format.h>

#include <string_view>

#include "api/problem.h"
#include "client/answer_members.h"

namespace sightline::client {
namespace {

// Parses `json` and calls read(root, value) to fill a T. Keeps simdjson's document alive meanwhile.
template <typename T, typename Read>
Result<T> ParseAnswer(const std::string& json, Read read) {
  simdjson::dom::parser parser;
  Json root;
  if (const auto error = parser.parse(json).get(root)) {
    return NotUnderstood(simdjson::error_message(error));
  }
  T value;
  SIGHTLINE_RETURN_IF_ERROR(read(root, value));
  return value;
}

// The member, or nothing where it is absent or null.
std::optional<Json> Present(Json object, std::string_view name) {
  Json value;
  if (object[name].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

template <typename T>
std::optional<T> Scalar(Json object, std::string_view name) {
  T value;
  if (object[name].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

Result<TimestampMs> RequiredTime(Json object, std::string_view name) {
  const auto time = Time(object[name]);
  if (!time) return NotUnderstood(fmt::format("no time '{}'", name));
  return *time;
}

// Calls each(element) for the elements of an array member; an absent member has none.
template <typename Each>
Status ForEach(Json object, std::string_view name, Each each) {
  const auto member = Present(object, name);
  if (!member) return Ok();
  simdjson::dom::array array;
  if (member->get(array) != simdjson::SUCCESS) {
    return NotUnderstood(fmt::format("'{}' is not an array", name));
  }
  for (const Json element : array) SIGHTLINE_RETURN_IF_ERROR(each(element));
  return Ok();
}

Status ReadRowErrors(Json root, std::vector<RowError>& errors) {
  return ForEach(root, "errors", [&](Json error) -> Status {
    errors.push_back({Count(error["line"]), Text(error["detail"]), Text(error["field"])});
    return Ok();
  });
}

std::optional<Position> LonLat(Json object) {
  const auto lon = Number(object["lon"]);
  const auto lat = Number(object["lat"]);
  if (!lon || !lat) return std::nullopt;
  return Position{*lon, *lat};
}

Result<AttributeValue> ReadAttribute(Json value) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING:
      return AttributeValue(std::string(value.get_string().value_unsafe()));
    case simdjson::dom::element_type::INT64:
      return AttributeValue(value.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE:
      return AttributeValue(value.get_double().value_unsafe());
    case simdjson::dom::element_type::BOOL:
      return AttributeValue(value.get_bool().value_unsafe());
    default: return NotUnderstood("an attribute that is no string, number or boolean");
  }
}

Status ReadSighting(Json root, StoredSighting& stored) {
  const auto id = ParseSightingId(Text(root["id"]));
  if (!id) return NotUnderstood("a sighting without an id");
  stored.id = *id;
  Sighting& sighting = stored.sighting;
  SIGHTLINE_ASSIGN(sighting.time, RequiredTime(root, "time"));
  stored.received = Time(root["received"]).value_or(TimestampMs{});
  if (const auto source_id = Scalar<std::string_view>(root, "source_id")) {
    sighting.source_id = std::string(*source_id);
  }
  if (Flag(root["corrected"])) stored.corrected = 1;
  sighting.camera_id = Text(root["camera_id"]);
  sighting.plate = Text(root["plate"]);
  sighting.plate_read = Text(root["plate_read"]);
  sighting.plate_color = Text(root["plate_color"]);
  sighting.plate_confidence = Number(root["plate_confidence"]);
  if (const auto location = Present(root, "location")) sighting.location = LonLat(*location);
  sighting.lane = Scalar<int64_t>(root, "lane");
  sighting.speed_kmh = Number(root["speed_kmh"]);
  sighting.image = Text(root["image"]);
  simdjson::dom::object attributes;
  if (const auto member = Present(root, "attributes"); member && !member->get(attributes)) {
    for (const auto [name, value] : attributes) {
      SIGHTLINE_ASSIGN(AttributeValue attribute, ReadAttribute(value));
      sighting.attributes.push_back({std::string(name), std::move(attribute)});
    }
  }
  return Ok();
}

std::optional<PlateMatch> ReadMatch(Json row) {
  const auto match = Present(row, "match");
  if (!match) return std::nullopt;
  return PlateMatch{Number((*match)["probability"]).value_or(0),
                    static_cast<int>(Scalar<int64_t>(*match, "differences").value_or(0))};
}

Status ReadImageMatch(Json row, ImageMatch& match) {
  const auto distance = Number(row["distance"]);
  const auto sighting = Present(row, "sighting");
  if (!distance || !sighting) return NotUnderstood("a match without distance or sighting");
  match.distance = *distance;
  match.similarity = Number(row["similarity"]).value_or(0);
  match.others = Count(row["others"]);
  if (const auto travel = Present(row, "travel")) {
    match.travel = TravelInfo{.possible = Scalar<bool>(*travel, "possible").value_or(true),
                              .distance_m = Number((*travel)["distance_m"]),
                              .gap_s = Number((*travel)["gap_s"]).value_or(0),
                              .required_kmh = Number((*travel)["required_kmh"]),
                              .reason = Text((*travel)["reason"])};
  }
  return ReadSighting(*sighting, match.sighting);
}

Status ReadImagePage(Json root, ImagePage& page) {
  page.space = Text(root["space"]);
  page.next_page_token = Text(root["next_page_token"]);
  page.as_of = Count(root["as_of"]);
  if (!Present(root, "matches")) return NotUnderstood("no matches");
  return ForEach(root, "matches", [&](Json match) {
    return ReadImageMatch(match, page.matches.emplace_back());
  });
}

Status ReadCorrection(Json row, CorrectionInfo& correction) {
  correction.sighting_id = Text(row["sighting_id"]);
  correction.camera_id = Text(row["camera_id"]);
  SIGHTLINE_ASSIGN(correction.time, RequiredTime(row, "time"));
  SIGHTLINE_ASSIGN(correction.corrected, RequiredTime(row, "corrected_at"));
  correction.by = Text(row["by"]);
  correction.note = Text(row["note"]);
  correction.names_plate = row["plate"].error() == simdjson::SUCCESS;
  correction.plate_before = Text(row["plate_before"]);
  correction.plate = Text(row["plate"]);
  if (const auto before = Present(row, "attributes_before")) {
    correction.attributes_before = simdjson::minify(*before);
  }
  if (const auto after = Present(row, "attributes")) {
    correction.attributes = simdjson::minify(*after);
  }
  return Ok();
}

CameraKind KindOf(Json object) {
  return Text(object["kind"]) == "mobile" ? CameraKind::kMobile : CameraKind::kCheckpoint;
}

// A GeoJSON Feature: the point is the geometry, everything else stands in the properties.
Status ReadCameraFeature(Json feature, CameraInfo& info) {
  const auto properties = Present(feature, "properties");
  if (!properties) return NotUnderstood("a camera without properties");
  info.camera.id = Text((*properties)["id"]);
  if (info.camera.id.empty()) info.camera.id = Text(feature["id"]);
  if (info.camera.id.empty()) return NotUnderstood("a camera without an id");
  info.camera.name = Text((*properties)["name"]);
  info.camera.heading_deg = Number((*properties)["heading_deg"]);
  info.camera.kind = KindOf(*properties);
  info.retired = Flag((*properties)["retired"]);
  if (const auto geometry = Present(feature, "geometry")) {
    Position position;
    const auto coordinates = (*geometry)["coordinates"];
    if (coordinates.at(0).get(position.lon) || coordinates.at(1).get(position.lat)) {
      return NotUnderstood("a camera's point without coordinates");
    }
    info.camera.location = position;
  }
  return Ok();
}

Status ReadToken(Json root, TokenInfo& token) {
  token.id = Text(root["id"]);
  if (token.id.empty()) return NotUnderstood("a token without an id");
  token.name = Text(root["name"]);
  token.created = Time(root["created"]);
  token.expires = Time(root["expires"]);
  token.standing_purpose = Text(root["standing_purpose"]);
  token.secret = Text(root["token"]);
  return ForEach(root, "roles", [&](Json role) -> Status {
    std::string_view name;
    if (role.get(name) == simdjson::SUCCESS) token.roles.emplace_back(name);
    return Ok();
  });
}

// Keeps the text beside the parsed value.
template <typename T>
Result<T> WithJson(Result<T> answer, std::string json) {
  if (answer) answer->json = std::move(json);
  return answer;
}

}  // namespace

Result<CameraOutcome> ParseCameraOutcome(const std::string& json) {
  return ParseAnswer<CameraOutcome>(json, [](Json root, CameraOutcome& outcome) -> Status {
    outcome.created = Count(root["created"]);
    outcome.replaced = Count(root["replaced"]);
    outcome.rejected = Count(root["rejected"]);
    return ReadRowErrors(root, outcome.errors);
  });
}

Result<UploadOutcome> ParseUploadOutcome(const std::string& json) {
  return ParseAnswer<UploadOutcome>(json, [](Json root, UploadOutcome& outcome) -> Status {
    if (!Present(root, "accepted")) return NotUnderstood("no count of accepted sightings");
    outcome.accepted = Count(root["accepted"]);
    outcome.duplicates = Count(root["duplicates"]);
    outcome.rejected = Count(root["rejected"]);
    return ReadRowErrors(root, outcome.errors);
  });
}

Result<CameraList> ParseCameraList(std::string json) {
  auto list = ParseAnswer<CameraList>(json, [](Json root, CameraList& cameras) -> Status {
    return ForEach(root, "features", [&](Json feature) {
      return ReadCameraFeature(feature, cameras.cameras.emplace_back());
    });
  });
  return WithJson(std::move(list), std::move(json));
}

Result<SightingPage> ParseSightingPage(std::string json) {
  auto page = ParseAnswer<SightingPage>(json, [](Json root, SightingPage& sightings) -> Status {
    sightings.next_page_token = Text(root["next_page_token"]);
    sightings.as_of = Count(root["as_of"]);
    return ForEach(root, "sightings", [&](Json sighting) {
      FoundSighting& found = sightings.sightings.emplace_back();
      found.match = ReadMatch(sighting);
      return ReadSighting(sighting, found);
    });
  });
  return WithJson(std::move(page), std::move(json));
}

Result<SightingAnswer> ParseSightingAnswer(std::string json) {
  auto answer = ParseAnswer<SightingAnswer>(json, [](Json root, SightingAnswer& value) {
    return ReadSighting(root, value.sighting);
  });
  return WithJson(std::move(answer), std::move(json));
}

Result<ImagePage> ParseImagePage(std::string json) {
  auto page = ParseAnswer<ImagePage>(json, ReadImagePage);
  return WithJson(std::move(page), std::move(json));
}

Result<std::vector<Result<ImagePage>>> ParseImageBatch(const std::string& json) {
  using Pages = std::vector<Result<ImagePage>>;
  return ParseAnswer<Pages>(json, [](Json root, Pages& pages) -> Status {
    if (!Present(root, "answers")) return NotUnderstood("no answers");
    return ForEach(root, "answers", [&](Json answer) -> Status {
      if (const auto problem = Present(answer, "error")) {
        const auto status = static_cast<int>(Scalar<int64_t>(*problem, "status").value_or(500));
        pages.emplace_back(api::ParseProblem(status, std::string(simdjson::minify(*problem))));
        return Ok();
      }
      ImagePage page;
      SIGHTLINE_RETURN_IF_ERROR(ReadImagePage(answer, page));
      page.as_of = Count(root["as_of"]);
      pages.emplace_back(std::move(page));
      return Ok();
    });
  });
}

Result<PlatePage> ParsePlatePage(std::string json) {
  auto page = ParseAnswer<PlatePage>(json, [](Json root, PlatePage& plates) -> Status {
    plates.next_page_token = Text(root["next_page_token"]);
    plates.as_of = Count(root["as_of"]);
    return ForEach(root, "plates", [&](Json plate) -> Status {
      PlateInfo info;
      info.plate = Text(plate["plate"]);
      SIGHTLINE_ASSIGN(info.first_seen, RequiredTime(plate, "first_seen"));
      SIGHTLINE_ASSIGN(info.last_seen, RequiredTime(plate, "last_seen"));
      info.count = Count(plate["count"]);
      info.match = ReadMatch(plate);
      plates.plates.push_back(std::move(info));
      return Ok();
    });
  });
  return WithJson(std::move(page), std::move(json));
}

Result<TrajectoryAnswer> ParseTrajectory(const std::string& geojson) {
  return ParseAnswer<TrajectoryAnswer>(geojson, [](Json root, TrajectoryAnswer& answer) -> Status {
    return ForEach(root, "features", [&](Json feature) -> Status {
      const auto properties = Present(feature, "properties");
      if (!properties) return NotUnderstood("a feature without properties");
      if (!Present(*properties, "length_m")) {
        TrajectoryAnswer::Point& point = answer.points.emplace_back();
        point.trip = Count((*properties)["trip"]);
        return ReadSighting(*properties, point.sighting);
      }
      TrajectoryAnswer::Trip trip{.number = Count((*properties)["trip"])};
      SIGHTLINE_ASSIGN(trip.from, RequiredTime(*properties, "from"));
      SIGHTLINE_ASSIGN(trip.to, RequiredTime(*properties, "to"));
      trip.length = {Number((*properties)["length_m"]).value_or(0)};
      answer.trips.push_back(trip);
      return Ok();
    });
  });
}

Result<CorrectionPage> ParseCorrectionPage(std::string json) {
  auto page = ParseAnswer<CorrectionPage>(json, [](Json root, CorrectionPage& value) -> Status {
    value.next_page_token = Text(root["next_page_token"]);
    value.as_of = Count(root["as_of"]);
    return ForEach(root, "corrections", [&](Json correction) {
      return ReadCorrection(correction, value.corrections.emplace_back());
    });
  });
  return WithJson(std::move(page), std::move(json));
}

Result<TokenAnswer> ParseTokenAnswer(std::string json) {
  auto answer = ParseAnswer<TokenAnswer>(
      json, [](Json root, TokenAnswer& value) { return ReadToken(root, value.token); });
  return WithJson(std::move(answer), std::move(json));
}

Result<TokenList> ParseTokenList(std::string json) {
  auto list = ParseAnswer<TokenList>(json, [](Json root, TokenList& tokens) -> Status {
    return ForEach(root, "tokens",
                   [&](Json token) { return ReadToken(token, tokens.tokens.emplace_back()); });
  });
  return WithJson(std::move(list), std::move(json));
}

}  // namespace sightline::client
