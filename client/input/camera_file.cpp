#include "client/input/camera_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "api/json_writer.h"

namespace sightline::client {
namespace {

constexpr size_t kMaxFileBytes = size_t{64} << 20;

enum Member { kId, kName, kLon, kLat, kHeading, kKind, kMemberCount };
constexpr std::array<std::string_view, kMemberCount> kMemberNames = {"id",  "name",        "lon",
                                                                     "lat", "heading_deg", "kind"};
using Columns = std::array<std::optional<size_t>, kMemberCount>;

Result<Columns> MapColumns(const CameraFileOptions& options,
                           const std::vector<std::string>& header) {
  std::vector<ColumnMapping> mappings = options.mappings;
  if (mappings.empty()) {
    for (const std::string_view name : kMemberNames) {
      if (std::ranges::find(header, name) != header.end()) {
        mappings.push_back({std::string(name), std::string(name)});
      }
    }
  }
  Columns columns;
  for (const ColumnMapping& mapping : mappings) {
    const auto name = std::ranges::find(kMemberNames, mapping.member);
    if (name == kMemberNames.end()) {
      return InvalidArgument(fmt::format("a camera has no member '{}'; it has {}", mapping.member,
                                         fmt::join(kMemberNames, ", ")));
    }
    SIGHTLINE_ASSIGN(columns[static_cast<size_t>(name - kMemberNames.begin())],
                     FindColumn(header, mapping.column));
  }
  if (!columns[kId]) {
    return InvalidArgument(
        fmt::format("no column is mapped to 'id'; say --map id=COLUMN, where the "
                    "file's columns are {}",
                    fmt::join(header, ", ")));
  }
  return columns;
}

// Appends one camera to `out`; nothing on error.
Status AppendCamera(const std::vector<std::string>& fields, size_t header_size,
                    const Columns& columns, const NullWords& nulls, std::string& out) {
  if (fields.size() != header_size) {
    return InvalidArgument(
        fmt::format("{} fields, where the header line has {}", fields.size(), header_size));
  }
  const auto value = [&](Member member) -> std::optional<std::string> {
    if (!columns[member] || nulls.IsNull(fields[*columns[member]])) return std::nullopt;
    return fields[*columns[member]];
  };
  if (!value(kId)) return InvalidArgument("the id is missing", "/id");
  const auto lon = value(kLon);
  const auto lat = value(kLat);
  if (lon.has_value() != lat.has_value()) {
    return InvalidArgument("only one of lon and lat has a value", "/location");
  }
  std::optional<Position> location;
  if (lon) {
    SIGHTLINE_ASSIGN(const double x, ParseDecimal(*lon, "longitude"));
    SIGHTLINE_ASSIGN(const double y, ParseDecimal(*lat, "latitude"));
    location = Position{x, y};
  }
  std::optional<double> heading_deg;
  if (const auto heading = value(kHeading)) {
    SIGHTLINE_ASSIGN(heading_deg, ParseDecimal(*heading, "heading"));
  }
  api::JsonWriter json(out);
  json.BeginObject().Key("id").String(*value(kId));
  if (const auto name = value(kName)) json.Key("name").String(*name);
  if (location) json.Key("location").LonLat(*location);
  if (heading_deg) json.Key("heading_deg").Double(*heading_deg);
  if (const auto kind = value(kKind)) json.Key("kind").String(*kind);
  json.EndObject();
  out.push_back('\n');
  return Ok();
}

Result<CameraFile> ReadCsv(ByteSource& source, const CameraFileOptions& options) {
  CsvReader reader(source, options.dialect);
  CsvRecord record;
  SIGHTLINE_ASSIGN(const bool any, reader.Next(record));
  if (!any) return InvalidArgument(source.name() + " is empty");
  if (!record.status) {
    return InvalidArgument(source.name() + ":1: " + record.status.error().message);
  }
  const size_t header_size = record.fields.size();
  const auto columns = MapColumns(options, record.fields);
  if (!columns) return InvalidArgument(source.name() + ": " + columns.error().message);
  CameraFile file{.format = BodyFormat::kNdjson};
  while (true) {
    SIGHTLINE_ASSIGN(const bool more, reader.Next(record));
    if (!more) return file;
    const Status appended =
        record.status
            ? AppendCamera(record.fields, header_size, *columns, options.nulls, file.body)
            : record.status;
    if (appended) {
      file.lines.push_back(record.line);
    } else {
      file.rejected.push_back({record.line, appended.error().message, appended.error().field});
    }
  }
}

}  // namespace

Result<CameraFile> ReadCameraFile(const std::string& path, const CameraFileOptions& options) {
  SIGHTLINE_ASSIGN(const auto source, ByteSource::Open(path));
  const auto format = options.format ? options.format : FormatOfName(path);
  if (!format) {
    return InvalidArgument(fmt::format(
        "cannot tell the format of {} by its name; say --format geojson, ndjson, json or csv",
        path));
  }
  if (*format == FileFormat::kCsv) return ReadCsv(*source, options);
  CameraFile file{
      .format = *format == FileFormat::kNdjson ? BodyFormat::kNdjson : BodyFormat::kJson};
  SIGHTLINE_ASSIGN(file.body, ReadAll(*source, kMaxFileBytes));
  return file;
}

}  // namespace sightline::client
