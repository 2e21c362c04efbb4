#include "client/filter_json.h"

namespace sightline::client {
namespace {

void WriteArea(api::JsonWriter& json, const Area& area) {
  json.BeginObject().Key("type").String("MultiPolygon").Key("coordinates").BeginArray();
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
  json.EndArray().EndObject();
}

}  // namespace

void WriteFilter(api::JsonWriter& json, const Filter& filter) {
  json.BeginObject();
  if (filter.time != Interval{}) {
    json.Key("time").BeginObject();
    if (filter.time.from != kMinTimestamp) json.Key("from").Time(filter.time.from);
    if (filter.time.to != kMaxTimestamp) json.Key("to").Time(filter.time.to);
    json.EndObject();
  }
  if (!filter.plate_pattern.empty()) json.Key("plate").String(filter.plate_pattern);
  if (filter.cameras) {
    json.Key("cameras").BeginArray();
    for (const std::string& camera : *filter.cameras) json.String(camera);
    json.EndArray();
  }
  if (filter.area) {
    json.Key("area");
    WriteArea(json, *filter.area);
  }
  if (filter.near) {
    json.Key("near").BeginObject();
    json.Key("lon").Double(filter.near->center.lon).Key("lat").Double(filter.near->center.lat);
    json.Key("radius_m").Double(filter.near->radius.value).EndObject();
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
}

}  // namespace sightline::client
