// What a deployment says of its console.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace sightline::server {

// The members' initialisers are the options' defaults.
struct ConsoleOptions {
  // "on" or "off".
  std::string served = "on";
  // Where the built console lies. Empty: beside the program (DefaultConsoleDirectories).
  std::string directory;
  // Origins, blank-separated, whose pictures the console may show. Empty: a picture of a sighting
  // that another host keeps is a link.
  std::string image_origins;
  // A MapLibre style, or a template of raster tiles with {z}, {x} and {y}: an http(s) URL, or a
  // path of this origin. Empty: none.
  std::string basemap_style;
  // Further origins, blank-separated, that the style takes its tiles from.
  std::string basemap_origins;
  // A .pmtiles file to serve. Empty: none. Not with basemap_style.
  std::string basemap_file;
  // What the basemap's positions are: "wgs84", or "gcj02" for most tiles made in China.
  std::string basemap_datum = "wgs84";
  // Whom the map names as its source. Empty: whom the style or the file names itself.
  std::string basemap_attribution;

  bool is_served() const { return served == "on"; }
};

// "https://host:port" in lower case of an http(s) URL. Errors: kInvalidArgument for other schemes,
// for user names, and for what could not stand in a Content-Security-Policy.
Result<std::string> OriginOf(std::string_view url);

// The origins of a blank-separated list. Errors: as OriginOf; kInvalidArgument for a path behind
// an origin.
Result<std::vector<std::string>> ParseOrigins(std::string_view list);

// What can be told of single options; kInvalidArgument.
Status CheckOnOrOff(std::string_view text);
Status CheckOrigins(std::string_view text);
Status CheckBasemapStyle(std::string_view text);
Status CheckDatum(std::string_view text);
Status CheckAttribution(std::string_view text);

// What can be told of all of them together.
Status CheckConsole(const ConsoleOptions& options);

}  // namespace sightline::server
