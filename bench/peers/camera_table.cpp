#include "bench/peers/camera_table.h"

#include <cstdlib>

namespace sightline::bench {

Result<CameraTable> ReadCameraTable(PostgresConnection& postgres) {
  SIGHTLINE_RETURN_IF_ERROR(postgres.Prepare(
      "cameras", "SELECT number, id, ST_X(location)::text, ST_Y(location)::text FROM camera"));
  SIGHTLINE_ASSIGN(const PostgresRows rows, postgres.Ask("cameras", {}));
  CameraTable table;
  for (size_t row = 0; row < rows.size(); ++row) {
    CameraRow& camera = table[std::string(rows.Bytes(row, 1))];
    camera.number = static_cast<uint32_t>(rows.Integer(row, 0));
    const std::string lon(rows.Bytes(row, 2));
    const std::string lat(rows.Bytes(row, 3));
    if (!lon.empty()) camera.location = Position{std::atof(lon.c_str()), std::atof(lat.c_str())};
  }
  return table;
}

}  // namespace sightline::bench
