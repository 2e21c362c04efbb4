#include "api/json_writer.h"
#include "api/search_json.h"

namespace sightline::api {
namespace {

void WriteArea(JsonWriter& json, const Area& area) {
  json.Key("area").BeginArray();
  for (const Area::Polygon& polygon : area.polygons) {
    json.BeginArray();
    for (const Area::Ring& ring : polygon) {
      json.BeginArray();
      for (const Position& position : ring) json.Double(position.lon).Double(position.lat);
      json.EndArray();
    }
    json.EndArray();
  }
  json.EndArray();
}

}  // namespace

std::string CanonicalFilter(const Filter& filter) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Key("from").Int(filter.time.from.value).Key("to").Int(filter.time.to.value);
  if (!filter.plate_pattern.empty()) json.Key("plate").String(filter.plate_pattern);
  if (filter.cameras) {
    json.Key("cameras").BeginArray();
    for (const std::string& camera : *filter.cameras) json.String(camera);
    json.EndArray();
  }
  if (filter.area) WriteArea(json, *filter.area);
  if (filter.near) {
    json.Key("near").BeginArray().Double(filter.near->center.lon).Double(filter.near->center.lat);
    json.Double(filter.near->radius.value).EndArray();
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
  json.EndObject();
  return text;
}

}  // namespace sightline::api
