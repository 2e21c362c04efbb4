#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/output/display_width.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    "  sightline sighting 0157db1a24c8a1b2c3d40123456789abcdef --purpose 'case 17'\n"
    "  sightline sighting 0157db1a24c8a1b2c3d40123456789abcdef --json";

void Show(std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<16} {}\n", name, Printable(value));
}

Outcome Run(const CommandLine& line, const std::string& id) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const SightingAnswer answer, client.GetSighting(id));
  if (line.globals.json) {
    PrintJson(answer.json);
    return Success();
  }
  const StoredSighting& stored = answer.sighting;
  const Sighting& sighting = stored.sighting;
  if (line.globals.csv) {
    RowPrinter rows = line.Rows(SightingColumnsShown(line));
    rows.Row(SightingRow(line, zone, stored));
    rows.Finish();
    return Success();
  }
  Show("id", stored.id.ToString());
  Show("time", zone.Format(sighting.time));
  Show("camera", sighting.camera_id);
  Show("plate", sighting.plate.empty() ? "(unread)" : sighting.plate);
  if (sighting.plate_read != sighting.plate) Show("plate as read", sighting.plate_read);
  Show("plate colour", sighting.plate_color);
  if (sighting.plate_confidence) {
    Show("confidence", fmt::format("{}", *sighting.plate_confidence));
  }
  Show("position", ShowPosition(sighting.location));
  if (sighting.speed_kmh) Show("speed", fmt::format("{:.1f} km/h", *sighting.speed_kmh));
  if (sighting.lane) Show("lane", std::to_string(*sighting.lane));
  Show("attributes", ShowAttributes(sighting.attributes));
  Show("image", sighting.image);
  Show("source id", sighting.source_id.value_or(""));
  Show("received", zone.Format(stored.received));
  return Success();
}

}  // namespace

void AddSightingCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "sighting", "Shows one sighting", kExamples);
  auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "The id, as a search shows it")->required();
  command->callback([&line, id] { line.run = [&line, id] { return Run(line, *id); }; });
}

}  // namespace sightline::client
