#include "api/filter_json.h"

namespace sightline::api {
namespace {

void WriteCoordinates(JsonWriter& json, const Area& area) {
  json.BeginArray();
  for (const Area::Polygon& polygon : area.polygons) {
    json.BeginArray();
    for (const Area::Ring& ring : polygon) {
      json.BeginArray();
      for (const Position& position : ring) {
        json.BeginArray().Double(position.lon).Double(position.lat).EndArray();
      }
      json.EndArray();
    }
    json.EndArray();
  }
  json.EndArray();
}

void WriteCircle(JsonWriter& json, const Circle& circle) {
  json.BeginObject();
  json.Key("lon").Double(circle.center.lon).Key("lat").Double(circle.center.lat);
  json.Key("radius_m").Double(circle.radius.value).EndObject();
}

// What follows the time, member by member.
void WriteConditions(JsonWriter& json, const Filter& filter) {
  if (!filter.plate_pattern.empty()) json.Key("plate").String(filter.plate_pattern);
  if (filter.plate_like) {
    json.Key("plate_like").BeginObject().Key("text").String(filter.plate_like->text);
    json.Key("max_distance").Int(filter.plate_like->max_distance).EndObject();
  }
  if (filter.cameras) {
    json.Key("cameras").BeginArray();
    for (const std::string& camera : *filter.cameras) json.String(camera);
    json.EndArray();
  }
  if (filter.area) {
    json.Key("area").BeginObject().Key("type").String("MultiPolygon").Key("coordinates");
    WriteCoordinates(json, *filter.area);
    json.EndObject();
  }
  if (filter.near) {
    json.Key("near");
    WriteCircle(json, *filter.near);
  }
  if (!filter.attributes.empty()) {
    json.Key("attributes").BeginObject();
    for (const AttributeCondition& condition : filter.attributes) {
      json.Key(condition.name).BeginArray();
      for (const AttributeValue& value : condition.any_of) json.Attribute(value);
      json.EndArray();
    }
    json.EndObject();
  }
}

}  // namespace

void WriteFilter(JsonWriter& json, const Filter& filter) {
  json.BeginObject();
  if (filter.time != Interval{}) {
    json.Key("time").BeginObject();
    if (filter.time.from != kMinTimestamp) json.Key("from").Time(filter.time.from);
    if (filter.time.to != kMaxTimestamp) json.Key("to").Time(filter.time.to);
    json.EndObject();
  }
  WriteConditions(json, filter);
  json.EndObject();
}

std::string CanonicalFilter(const Filter& filter) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("from").Int(filter.time.from.value).Key("to").Int(filter.time.to.value);
  WriteConditions(json, filter);
  json.EndObject();
  return text;
}

}  // namespace sightline::api
