#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/output/display_width.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    "  sightline sighting 0157db1a24c8a1b2c3d40123456789abcdef --purpose 'case 17'\n"
    "  sightline sighting 0157db1a24c8a1b2c3d40123456789abcdef --json";

constexpr const char* kCorrectExamples =
    "  sightline sighting correct 0157db1a24c8a1b2c3d40123456789abcdef --plate 京A12345 "
    "--note 'the third is an A'\n"
    "  sightline sighting correct 0157db1a24c8a1b2c3d40123456789abcdef --attribute color=red";

void Show(std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<16} {}\n", name, Printable(value));
}

Outcome Print(const CommandLine& line, const TimeZone& zone, const SightingAnswer& answer) {
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
  if (stored.corrected != 0) Show("corrected", "yes");
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

Outcome Find(const CommandLine& line, const std::string& id) {
  if (id.empty()) return UsageError("sighting needs the ID of one, or the command correct");
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const SightingAnswer answer, client.GetSighting(id));
  return Print(line, zone, answer);
}

struct CorrectOptions {
  std::string id;
  std::string plate;
  bool unread = false;
  std::vector<std::string> attributes;
  std::vector<std::string> removed;
  std::string note;
};

Result<Correction> MakeCorrection(const CorrectOptions& options) {
  Correction correction{.removed_attributes = options.removed, .note = options.note};
  if (options.unread) correction.plate = "";
  if (!options.plate.empty()) correction.plate = options.plate;
  for (const std::string& text : options.attributes) {
    SIGHTLINE_ASSIGN(Attribute attribute, ParseAttribute(text));
    correction.attributes.push_back(std::move(attribute));
  }
  if (!correction.plate && correction.attributes.empty() &&
      correction.removed_attributes.empty()) {
    return InvalidArgument(
        "nothing to correct: give --plate, --unread, --attribute or --remove-attribute");
  }
  return correction;
}

Outcome Correct(const CommandLine& line, const CorrectOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const Correction correction, MakeCorrection(options));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const SightingAnswer answer, client.CorrectSighting(options.id, correction));
  return Print(line, zone, answer);
}

}  // namespace

void AddSightingCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "sighting", "Shows one sighting, or corrects it", kExamples);
  auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "The id, as a search shows it");
  command->callback([&line, id] {
    if (!line.run) line.run = [&line, id] { return Find(line, *id); };
  });

  CLI::App* correct = AddCommand(*command, "correct", "Corrects what was read; the reading is kept",
                                 kCorrectExamples);
  auto options = std::make_shared<CorrectOptions>();
  correct->add_option("ID", options->id, "The id, as a search shows it")->required();
  CLI::Option* plate = correct->add_option("--plate", options->plate, "The plate as it is");
  correct->add_flag("--unread", options->unread, "The plate cannot be read")->excludes(plate);
  correct
      ->add_option("--attribute", options->attributes,
                   "NAME=VALUE as it is (a number or true and false where it reads as one); may be "
                   "given again")
      ->allow_extra_args(false);
  correct
      ->add_option("--remove-attribute", options->removed,
                   "NAME of an attribute that is wrong; may be given again")
      ->allow_extra_args(false);
  correct->add_option("--note", options->note, "Why");
  correct->callback(
      [&line, options] { line.run = [&line, options] { return Correct(line, *options); }; });
}

}  // namespace sightline::client
