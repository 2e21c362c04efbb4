#include "client/input/file_format.h"

#include <algorithm>
#include <string>

namespace sightline::client {

std::optional<FileFormat> FormatOfName(std::string_view path) {
  if (path == "-") return FileFormat::kNdjson;
  std::string name(path);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return FileFormat::kNdjson;
  if (name.ends_with(".json")) return FileFormat::kJson;
  if (name.ends_with(".geojson")) return FileFormat::kGeoJson;
  if (name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".txt")) {
    return FileFormat::kCsv;
  }
  return std::nullopt;
}

std::optional<FileFormat> FormatNamed(std::string_view name) {
  if (name == "ndjson") return FileFormat::kNdjson;
  if (name == "json") return FileFormat::kJson;
  if (name == "geojson") return FileFormat::kGeoJson;
  if (name == "csv") return FileFormat::kCsv;
  return std::nullopt;
}

}  // namespace sightline::client
