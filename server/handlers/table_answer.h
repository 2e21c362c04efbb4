// Answers that are tables: flat rows, as JSON or as CSV, with hours and days of a time zone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/sighting.h"
#include "core/time_zone.h"
#include "query/counts.h"
#include "server/exchange.h"
#include "server/handlers/endpoint.h"

namespace sightline::server {

using TableCell = query::CountRow::Value;

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<TableCell>> rows;  // each with a cell for every column
};

enum class TableFormat { kJson, kCsv };

// By the parameter `format` ("json" or "csv"), else by Accept. nullopt: none suits the caller, and
// 406 was sent.
Awaitable<Result<std::optional<TableFormat>>> ChooseTableFormat(Call& call);

// JSON: {"rows": [{column: cell}], what `more` writes, "as_of"}. CSV: a line of names, then the
// rows; as_of is a header.
Response TableResponse(const Table& table, TableFormat format, Sequence as_of,
                       const std::function<void(api::JsonWriter&)>& more);

// The zone of that name, or where it is empty the deployment's. kInvalidArgument with
// `field_prefix` + "tz".
Result<TimeZone> ZoneOf(const Services& services, const std::string& name,
                        std::string_view field_prefix);

}  // namespace sightline::server
