// What a file holds, told by its name.
#pragma once

#include <optional>
#include <string_view>

namespace sightline::client {

enum class FileFormat { kNdjson, kJson, kGeoJson, kCsv };

// By the extension, behind which .gz may stand: .ndjson, .jsonl, .json, .geojson, .csv, .tsv, .txt.
// Standard input ("-") is NDJSON. nullopt for other names.
std::optional<FileFormat> FormatOfName(std::string_view path);

// "ndjson", "json", "geojson" or "csv"; nullopt otherwise.
std::optional<FileFormat> FormatNamed(std::string_view name);

}  // namespace sightline::client
