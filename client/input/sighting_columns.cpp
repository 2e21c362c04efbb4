#include "client/input/sighting_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "api/json_writer.h"

namespace sightline::client {
namespace {

// In the order of SightingColumns::Member.
constexpr std::string_view kMemberNames[] = {
    "camera_id",        "time", "plate",     "source_id", "lon", "lat", "plate_color",
    "plate_confidence", "lane", "speed_kmh", "image"};
constexpr std::string_view kAttributePrefix = "attributes.";

std::optional<size_t> MemberIndex(std::string_view name) {
  if (name == "camera") name = "camera_id";
  const auto found = std::ranges::find(kMemberNames, name);
  if (found == std::end(kMemberNames)) return std::nullopt;
  return static_cast<size_t>(found - std::begin(kMemberNames));
}

bool IsTrue(std::string_view text) {
  return text == "true" || text == "TRUE" || text == "True" || text == "1" || text == "yes";
}
bool IsFalse(std::string_view text) {
  return text == "false" || text == "FALSE" || text == "False" || text == "0" || text == "no";
}

// Whole numbers stay whole: 2013 is sent as 2013.
Status WriteNumber(std::string_view text, std::string_view name, const std::string& pointer,
                   api::JsonWriter& json) {
  const Result<double> number = ParseDecimal(text, name);
  if (!number) return InvalidArgument(number.error().message, pointer);
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) {
    json.Int(whole);
  } else {
    json.Double(*number);
  }
  return Ok();
}

}  // namespace

Status SightingColumns::MapAttribute(std::string_view name, size_t column) {
  AttributeColumn attribute{.column = column};
  if (const size_t colon = name.rfind(':'); colon != std::string_view::npos) {
    const std::string_view kind = name.substr(colon + 1);
    if (kind == "number") {
      attribute.kind = ValueKind::kNumber;
    } else if (kind == "boolean") {
      attribute.kind = ValueKind::kBoolean;
    } else {
      return InvalidArgument(
          fmt::format("the attribute '{}' is of no known kind; write attributes.NAME, "
                      "attributes.NAME:number or "
                      "attributes.NAME:boolean",
                      name));
    }
    name = name.substr(0, colon);
  }
  attribute.name = name;
  if (std::ranges::find(attributes_, attribute.name, &AttributeColumn::name) != attributes_.end()) {
    return InvalidArgument(fmt::format("the attribute '{}' is mapped twice", name));
  }
  attributes_.push_back(std::move(attribute));
  return Ok();
}

Status SightingColumns::MapColumn(const std::string& member, size_t column) {
  if (member.starts_with(kAttributePrefix)) {
    return MapAttribute(std::string_view(member).substr(kAttributePrefix.size()), column);
  }
  const auto index = MemberIndex(member);
  if (!index) {
    return InvalidArgument(fmt::format(
        "a sighting has no member '{}'; it has {}, and attributes.NAME", member,
        fmt::join(kMemberNames, ", ")));
  }
  if (columns_[*index]) return InvalidArgument(fmt::format("'{}' is mapped twice", member));
  columns_[*index] = column;
  return Ok();
}

Result<SightingColumns> SightingColumns::Make(SightingColumnsOptions options,
                                              std::span<const std::string> header) {
  SightingColumns columns(std::move(options));
  columns.header_size_ = header.size();
  for (const ColumnMapping& mapping : columns.options_.mappings) {
    SIGHTLINE_ASSIGN(const size_t column, FindColumn(header, mapping.column));
    SIGHTLINE_RETURN_IF_ERROR(columns.MapColumn(mapping.member, column));
  }
  if (columns.options_.mappings.empty()) {
    for (size_t i = 0; i < header.size(); ++i) {
      if (!MemberIndex(header[i]) && !header[i].starts_with(kAttributePrefix)) continue;
      SIGHTLINE_RETURN_IF_ERROR(columns.MapColumn(header[i], i));
    }
  }
  for (const Member required : {Member::kCamera, Member::kTime}) {
    if (columns.columns_[static_cast<size_t>(required)]) continue;
    const std::string_view name = kMemberNames[static_cast<size_t>(required)];
    return InvalidArgument(fmt::format(
        "no column is mapped to '{}'; say --map {}=COLUMN, where the file's columns are {}", name,
        name, fmt::join(header, ", ")));
  }
  const bool has_lon = columns.columns_[static_cast<size_t>(Member::kLon)].has_value();
  const bool has_lat = columns.columns_[static_cast<size_t>(Member::kLat)].has_value();
  if (has_lon != has_lat) return InvalidArgument("lon and lat are mapped together or not at all");
  return columns;
}

std::optional<std::string_view> SightingColumns::Value(std::span<const std::string> fields,
                                                       Member member) const {
  const std::optional<size_t> column = columns_[static_cast<size_t>(member)];
  if (!column || options_.nulls.IsNull(fields[*column])) return std::nullopt;
  return fields[*column];
}

Result<std::optional<Position>> SightingColumns::Location(
    std::span<const std::string> fields) const {
  const auto lon = Value(fields, Member::kLon);
  const auto lat = Value(fields, Member::kLat);
  if (!lon && !lat) return std::optional<Position>();
  if (!lon || !lat) return InvalidArgument("only one of lon and lat has a value");
  SIGHTLINE_ASSIGN(const double x, ParseDecimal(*lon, "longitude"));
  SIGHTLINE_ASSIGN(const double y, ParseDecimal(*lat, "latitude"));
  return std::optional<Position>({x, y});
}

Result<SightingColumns::Row> SightingColumns::Append(std::span<const std::string> fields,
                                                     std::string& out) const {
  if (fields.size() != header_size_) {
    return InvalidArgument(fmt::format("{} fields, where the header line has {}", fields.size(),
                                       header_size_));
  }
  const auto camera = Value(fields, Member::kCamera);
  if (!camera) return InvalidArgument("the camera is missing", "/camera_id");
  const auto time_text = Value(fields, Member::kTime);
  if (!time_text) return InvalidArgument("the time is missing", "/time");
  const Result<Instant> time = options_.time_format.Parse(*time_text);
  if (!time) return InvalidArgument(time.error().message, "/time");
  const Result<std::optional<Position>> location = Location(fields);
  if (!location) return InvalidArgument(location.error().message, "/location");

  const size_t start = out.size();
  api::JsonWriter json(out);
  json.BeginObject();
  json.Key("camera_id").String(*camera).Key("time").Time(time->time);
  Status written = WriteMembers(fields, json);
  if (*location) json.Key("location").LonLat(**location);
  if (written) written = WriteAttributes(fields, json);
  if (!written) {
    out.resize(start);
    return written.error();
  }
  json.EndObject();
  out.push_back('\n');
  return Row{.camera_id = *camera,
             .location = *location,
             .ambiguous_time = time->ambiguous,
             .never_merged = !Value(fields, Member::kPlate) && !Value(fields, Member::kSourceId)};
}

Status SightingColumns::WriteMembers(std::span<const std::string> fields,
                                     api::JsonWriter& json) const {
  for (const Member member :
       {Member::kPlate, Member::kSourceId, Member::kPlateColor, Member::kImage}) {
    if (const auto value = Value(fields, member)) {
      json.Key(kMemberNames[static_cast<size_t>(member)]).String(*value);
    }
  }
  for (const Member member : {Member::kPlateConfidence, Member::kLane, Member::kSpeed}) {
    const auto value = Value(fields, member);
    if (!value) continue;
    const std::string_view name = kMemberNames[static_cast<size_t>(member)];
    json.Key(name);
    SIGHTLINE_RETURN_IF_ERROR(WriteNumber(*value, name, fmt::format("/{}", name), json));
  }
  return Ok();
}

Status SightingColumns::WriteAttributes(std::span<const std::string> fields,
                                        api::JsonWriter& json) const {
  if (attributes_.empty()) return Ok();
  json.Key("attributes").BeginObject();
  for (const AttributeColumn& attribute : attributes_) {
    const std::string& value = fields[attribute.column];
    if (options_.nulls.IsNull(value)) continue;
    const std::string pointer = "/attributes/" + attribute.name;
    json.Key(attribute.name);
    if (attribute.kind == ValueKind::kText) {
      json.String(value);
    } else if (attribute.kind == ValueKind::kNumber) {
      SIGHTLINE_RETURN_IF_ERROR(WriteNumber(value, attribute.name, pointer, json));
    } else if (IsTrue(value) || IsFalse(value)) {
      json.Bool(IsTrue(value));
    } else {
      return InvalidArgument(
          fmt::format("'{}' is neither true nor false", value.substr(0, 64)), pointer);
    }
  }
  json.EndObject();
  return Ok();
}

}  // namespace sightline::client
