// A file of cameras as the body of a request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/answers.h"
#include "client/client.h"
#include "client/input/column_map.h"
#include "client/input/csv_reader.h"
#include "client/input/file_format.h"
#include "core/error.h"

namespace sightline::client {

struct CameraFileOptions {
  std::optional<FileFormat> format;  // none: by the name
  CsvDialect dialect;
  // Members: id, name, lon, lat, heading_deg, kind. Empty: columns that are called like them.
  std::vector<ColumnMapping> mappings;
  NullWords nulls{{}};
};

struct CameraFile {
  std::string body;
  BodyFormat format = BodyFormat::kJson;
  std::vector<uint64_t> lines;     // CSV: file line of each line of the body; else empty
  std::vector<RowError> rejected;  // CSV: rows refused before sending
};

// Reads the whole file (64 MiB at most, unpacked). kInvalidArgument for a file that cannot be
// opened or read as what it should be.
Result<CameraFile> ReadCameraFile(const std::string& path, const CameraFileOptions& options);

}  // namespace sightline::client
