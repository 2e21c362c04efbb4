#include "api/trajectory_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

#include "api/json_reader.h"
#include "api/trajectory_formats.h"

namespace sightline::api {
namespace {

struct FormatRow {
  TrajectoryFormat format;
  std::string_view name;         // ?format=
  std::string_view type;         // as matched against Accept
  std::string_view other_type;   // accepted too
  std::string_view content_type;
  std::string_view extension;
};

// In the order that breaks ties of an Accept header.
constexpr FormatRow kFormats[] = {
    {TrajectoryFormat::kGeoJson, "geojson", "application/geo+json", "application/json",
     "application/geo+json", "geojson"},
    {TrajectoryFormat::kMovingFeatures, "mfjson", "application/mf+json", "application/mf-json",
     "application/mf+json", "mfjson"},
    {TrajectoryFormat::kGpx, "gpx", "application/gpx+xml", "application/gpx", "application/gpx+xml",
     "gpx"},
    {TrajectoryFormat::kKml, "kml", "application/vnd.google-earth.kml+xml", "application/kml",
     "application/vnd.google-earth.kml+xml", "kml"},
    {TrajectoryFormat::kCsv, "csv", "text/csv", "application/csv", "text/csv; charset=utf-8",
     "csv"},
};

const FormatRow& RowOf(TrajectoryFormat format) {
  return *std::ranges::find(kFormats, format, &FormatRow::format);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts off and returns the part of `rest` up to the next `separator`.
std::string_view NextPart(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return Trimmed(part);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// One element of an Accept header: a range and its weight.
struct MediaRange {
  std::string type;
  double quality = 1;
};

MediaRange ParseMediaRange(std::string_view text) {
  MediaRange range;
  range.type = LowerCase(NextPart(text, ';'));
  while (!text.empty()) {
    const std::string parameter = LowerCase(NextPart(text, ';'));
    if (!parameter.starts_with("q=")) continue;
    const auto [end, code] = std::from_chars(parameter.data() + 2,
                                             parameter.data() + parameter.size(), range.quality);
    // A weight that cannot be read excludes the range rather than prefer it.
    if (code != std::errc() || !(range.quality >= 0 && range.quality <= 1)) range.quality = 0;
  }
  return range;
}

// How closely a range names a type: 0 not at all, 3 exactly.
int Specificity(std::string_view range, std::string_view type) {
  if (range == type) return 3;
  if (range == "*/*") return 1;
  const size_t slash = type.find('/');
  return range.size() == slash + 2 && range.ends_with("/*") &&
                 range.substr(0, slash) == type.substr(0, slash)
             ? 2
             : 0;
}

// The weight of a type: that of the most specific range that holds it (RFC 9110, 12.5.1).
double Quality(const std::vector<MediaRange>& ranges, std::string_view type) {
  int best = 0;
  double quality = 0;
  for (const MediaRange& range : ranges) {
    const int specificity = Specificity(range.type, type);
    if (specificity > best) {
      best = specificity;
      quality = range.quality;
    }
  }
  return quality;
}

}  // namespace

Result<TrajectoryFormat> ParseTrajectoryFormat(std::string_view name) {
  const auto* row = std::ranges::find(kFormats, name, &FormatRow::name);
  if (row != std::end(kFormats)) return row->format;
  return InvalidArgument(
      fmt::format("format must be geojson, mfjson, gpx, kml or csv, not {}", Quoted(name)),
      "format");
}

std::optional<TrajectoryFormat> NegotiateTrajectoryFormat(std::string_view accept) {
  std::vector<MediaRange> ranges;
  while (!accept.empty()) {
    const std::string_view element = NextPart(accept, ',');
    if (!element.empty()) ranges.push_back(ParseMediaRange(element));
  }
  if (ranges.empty()) return TrajectoryFormat::kGeoJson;
  std::optional<TrajectoryFormat> best;
  double best_quality = 0;
  for (const FormatRow& row : kFormats) {
    const double quality = std::max(Quality(ranges, row.type), Quality(ranges, row.other_type));
    if (quality > best_quality) {
      best_quality = quality;
      best = row.format;
    }
  }
  return best;
}

std::string_view MediaType(TrajectoryFormat format) { return RowOf(format).content_type; }

std::string_view FileExtension(TrajectoryFormat format) { return RowOf(format).extension; }

std::unique_ptr<TrajectoryWriter> MakeTrajectoryWriter(TrajectoryFormat format,
                                                       const SightingFields& fields) {
  switch (format) {
    case TrajectoryFormat::kGeoJson: return MakeGeoJsonTrajectoryWriter(fields);
    case TrajectoryFormat::kMovingFeatures: return MakeMovingFeaturesWriter();
    case TrajectoryFormat::kGpx: return MakeGpxWriter();
    case TrajectoryFormat::kKml: return MakeKmlWriter();
    case TrajectoryFormat::kCsv: break;
  }
  return MakeCsvTrajectoryWriter(fields);
}

bool IsWanted(const SightingFields& fields, std::string_view member) {
  return !fields.only || fields.only->contains(member);
}

std::string DecimalText(double number) {
  char text[400];  // the smallest double has 324 zeros behind its point
  const auto [end, code] =
      std::to_chars(std::begin(text), std::end(text), number, std::chars_format::fixed);
  return code == std::errc() ? std::string(text, end) : std::string();
}

std::string XmlText(std::string_view text) {
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\t':
      case '\n':
      case '\r': out += fmt::format("&#{};", static_cast<int>(c)); break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += kReplacement;
        } else if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
          out += kReplacement;
          i += 2;
        } else {
          out += c;
        }
    }
  }
  return out;
}

void WriteCoordinates(JsonWriter& json, const Position& position) {
  json.BeginArray().Double(position.lon).Double(position.lat).EndArray();
}

}  // namespace sightline::api
