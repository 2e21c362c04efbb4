// The cameras as the table `camera` numbers them: in byte order of their ids, so that both sides
// break ties alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bench/peers/postgres_connection.h"
#include "core/error.h"
#include "core/geo.h"

namespace sightline::bench {

struct CameraRow {
  uint32_t number = 0;
  std::optional<Position> location;
};

// By id. Errors: those of the connection.
using CameraTable = std::unordered_map<std::string, CameraRow>;
Result<CameraTable> ReadCameraTable(PostgresConnection& postgres);

}  // namespace sightline::bench
