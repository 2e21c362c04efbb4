#include "server/console/settings.h"

#include "api/json_writer.h"
#include "server/purpose.h"
#include "server/version.h"

namespace sightline::server {
namespace {

void WriteBasemap(api::JsonWriter& json, const ConsoleOptions& options) {
  json.Key("basemap");
  std::string_view kind = "style_url";
  std::string_view url = options.basemap_style;
  if (!options.basemap_file.empty()) {
    kind = "pmtiles_url";
    url = kBasemapPath;
  } else if (url.find("{z}") != std::string_view::npos) {
    kind = "tiles_url";
  }
  if (url.empty()) {
    json.Null();
    return;
  }
  json.BeginObject();
  json.Key(kind).String(url);
  json.Key("datum").String(options.basemap_datum);
  if (!options.basemap_attribution.empty()) {
    json.Key("attribution").String(options.basemap_attribution);
  }
  json.EndObject();
}

}  // namespace

std::string ConsoleSettings(const ConsoleOptions& options, std::string_view time_zone) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject();
  json.Key("version").String(kVersion);
  json.Key("time_zone").String(time_zone);
  json.Key("purpose").BeginObject();
  json.Key("min_characters").Uint(kMinPurposeCharacters);
  json.Key("max_bytes").Uint(kMaxPurposeBytes);
  json.EndObject();
  WriteBasemap(json, options);
  json.Key("image_origins").BeginArray();
  for (const std::string& origin : ParseOrigins(options.image_origins).value()) {
    json.String(origin);
  }
  json.EndArray().EndObject();
  return text;
}

}  // namespace sightline::server
