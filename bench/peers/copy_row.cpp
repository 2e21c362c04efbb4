#include "bench/peers/copy_row.h"

#include <bit>
#include <cstring>

#include "api/json_writer.h"

namespace sightline::bench {
namespace {

constexpr int16_t kColumns = 13;
constexpr int64_t kPostgresEpochMs = 946'684'800'000;  // 2000-01-01T00:00:00Z
constexpr uint32_t kEwkbPointWithSrid = 0x2000'0001;
constexpr uint32_t kWgs84 = 4326;

template <typename Unsigned>
void AppendBigEndian(Unsigned value, std::string& out) {
  for (int shift = 8 * (static_cast<int>(sizeof(value)) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

// Each field is its length, then its bytes; NULL is a length of -1.
void AppendNull(std::string& out) { AppendBigEndian(~uint32_t{0}, out); }

template <typename Unsigned>
void AppendNumber(Unsigned value, std::string& out) {
  AppendBigEndian(static_cast<uint32_t>(sizeof(value)), out);
  AppendBigEndian(value, out);
}

void AppendReal(const std::optional<double>& value, std::string& out) {
  if (!value) return AppendNull(out);
  AppendNumber(std::bit_cast<uint32_t>(static_cast<float>(*value)), out);
}

void AppendText(std::string_view text, std::string& out) {
  AppendBigEndian(static_cast<uint32_t>(text.size()), out);
  out.append(text);
}

void AppendTextOrNull(std::string_view text, std::string& out) {
  text.empty() ? AppendNull(out) : AppendText(text, out);
}

// Extended well-known binary, little-endian.
void AppendPoint(const std::optional<Position>& position, std::string& out) {
  if (!position) return AppendNull(out);
  static_assert(std::endian::native == std::endian::little);
  char point[25];
  point[0] = 1;
  std::memcpy(point + 1, &kEwkbPointWithSrid, 4);
  std::memcpy(point + 5, &kWgs84, 4);
  std::memcpy(point + 9, &position->lon, 8);
  std::memcpy(point + 17, &position->lat, 8);
  AppendText({point, sizeof(point)}, out);
}

void AppendAttributes(const std::vector<Attribute>& attributes, std::string& out) {
  std::string json(1, '\1');  // the version of jsonb's binary format
  api::JsonWriter writer(json);
  writer.BeginObject();
  for (const Attribute& attribute : attributes) {
    writer.Key(attribute.name).Attribute(attribute.value);
  }
  writer.EndObject();
  AppendText(json, out);
}

std::string_view VectorOf(const Sighting& sighting, std::string_view space) {
  for (const AppearanceVector& vector : sighting.vectors) {
    if (vector.space == space) return vector.bytes;
  }
  return {};
}

}  // namespace

std::string CopyStatement(std::string_view options) {
  return "COPY sighting (time, camera, lane, plate_confidence, speed_kmh, location, source_id, "
         "plate, plate_read, plate_color, image, attributes, vehicle) FROM STDIN (FORMAT binary" +
         std::string(options) + ")";
}

std::string_view CopyHeader() {
  using namespace std::string_view_literals;
  return "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;
}

std::string_view CopyTrailer() { return "\377\377"; }

void AppendCopyRow(const Sighting& sighting, uint32_t camera, std::string& out) {
  AppendBigEndian(static_cast<uint16_t>(kColumns), out);
  AppendNumber(static_cast<uint64_t>((sighting.time.value - kPostgresEpochMs) * 1000), out);
  AppendNumber(camera, out);
  sighting.lane ? AppendNumber(static_cast<uint16_t>(*sighting.lane), out) : AppendNull(out);
  AppendReal(sighting.plate_confidence, out);
  AppendReal(sighting.speed_kmh, out);
  AppendPoint(sighting.location, out);
  AppendTextOrNull(sighting.source_id.value_or(""), out);
  AppendTextOrNull(sighting.plate, out);
  AppendTextOrNull(sighting.plate_read == sighting.plate ? "" : sighting.plate_read, out);
  AppendTextOrNull(sighting.plate_color, out);
  AppendTextOrNull(sighting.image, out);
  AppendAttributes(sighting.attributes, out);
  AppendTextOrNull(VectorOf(sighting, "vehicle"), out);
}

}  // namespace sightline::bench
