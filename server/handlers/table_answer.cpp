#include "server/handlers/table_answer.h"

#include <utility>
#include <variant>

#include "api/csv_field.h"
#include "server/coroutine_error.h"
#include "server/handlers/reply.h"
#include "server/media_type.h"

namespace sightline::server {
namespace {

constexpr std::string_view kCsvType = "text/csv";

void WriteCell(api::JsonWriter& json, const TableCell& cell) {
  if (const auto* time = std::get_if<TimestampMs>(&cell)) {
    json.Time(*time);
  } else if (const auto* value = std::get_if<AttributeValue>(&cell)) {
    json.Attribute(*value);
  } else {
    json.Null();
  }
}

// Nothing is an empty field.
std::string CsvText(const TableCell& cell) {
  if (const auto* time = std::get_if<TimestampMs>(&cell)) return FormatTimestamp(*time);
  const auto* value = std::get_if<AttributeValue>(&cell);
  if (value == nullptr) return {};
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  std::string json;
  api::JsonWriter(json).Attribute(*value);
  return json;
}

std::string Csv(const Table& table) {
  std::string csv;
  const auto append_line = [&](const auto& fields, auto text_of) {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) csv += ',';
      api::AppendCsvField(text_of(fields[i]), csv);
    }
    csv += "\r\n";
  };
  append_line(table.columns, [](const std::string& name) -> const std::string& { return name; });
  for (const std::vector<TableCell>& row : table.rows) append_line(row, CsvText);
  return csv;
}

}  // namespace

Awaitable<Result<std::optional<TableFormat>>> ChooseTableFormat(Call& call) {
  if (const auto format = call.request.Parameter("format")) {
    if (*format == "json") co_return TableFormat::kJson;
    if (*format == "csv") co_return TableFormat::kCsv;
    co_return InvalidArgument("format is json or csv", "format");
  }
  constexpr std::string_view kOffered[] = {kJsonType, kCsvType};
  SIGHTLINE_CO_ASSIGN(const std::optional<size_t> type, co_await ChooseMediaType(call, kOffered));
  if (!type) co_return std::nullopt;
  co_return kOffered[*type] == kCsvType ? TableFormat::kCsv : TableFormat::kJson;
}

Response TableResponse(const Table& table, TableFormat format, Sequence as_of,
                       const std::function<void(api::JsonWriter&)>& more) {
  if (format == TableFormat::kCsv) {
    return {.headers = {{"Content-Type", "text/csv; charset=utf-8; header=present"},
                        {"X-As-Of", std::to_string(as_of)}},
            .body = Csv(table)};
  }
  std::string body;
  api::JsonWriter json(body);
  json.BeginObject().Key("rows").BeginArray();
  for (const std::vector<TableCell>& row : table.rows) {
    json.BeginObject();
    for (size_t i = 0; i < row.size(); ++i) {
      json.Key(table.columns[i]);
      WriteCell(json, row[i]);
    }
    json.EndObject();
  }
  json.EndArray();
  more(json);
  json.Key("as_of").Uint(as_of).EndObject();
  return JsonResponse(std::move(body));
}

Result<TimeZone> ZoneOf(const Services& services, const std::string& name,
                        std::string_view field_prefix) {
  if (name.empty()) return TimeZone::Named(services.config.time_zone);
  Result<TimeZone> zone = TimeZone::Named(name);
  if (!zone) return InvalidArgument(zone.error().message, std::string(field_prefix) + "tz");
  return zone;
}

}  // namespace sightline::server
