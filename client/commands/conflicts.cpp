#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/conflicts.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline conflicts list --kind cloned --status open
  sightline conflicts show 3f9c2a17...
  sightline conflicts confirm 3f9c2a17... --note 'both stopped by a patrol'
  sightline conflicts dismiss 3f9c2a17... --note 'trailer with the same plate')";

struct ListOptions {
  ConflictQuery query;
  std::string from;
  std::string to;
  std::string since;
  bool all = false;
};

struct VerdictOptions {
  std::string id;
  std::optional<std::string> note;
  std::string genuine;
};

constexpr size_t kPageOfAll = 1'000;

Outcome List(const CommandLine& line, const ListOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  ConflictQuery query = options.query;
  if (options.all) query.limit = kPageOfAll;
  for (const auto& [text, moment] :
       {std::pair(&options.from, &query.from), std::pair(&options.to, &query.to),
        std::pair(&options.since, &query.since)}) {
    if (text->empty()) continue;
    SIGHTLINE_TRY_USAGE(*moment, ParseMoment(*text, zone));
  }
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "id" : "ID"},
                               {csv ? "plate" : "PLATE"},
                               {csv ? "kind" : "KIND"},
                               {csv ? "confidence" : "CONFIDENCE", true},
                               {csv ? "status" : "STATUS"},
                               {csv ? "vehicles" : "VEHICLES", true},
                               {csv ? "first" : "FIRST"},
                               {csv ? "last" : "LAST"},
                               {csv ? "last_fake" : "LAST FAKE"},
                               {csv ? "note" : "NOTE"}});
  do {
    SIGHTLINE_TRY(const ConflictList list, Conflicts(client).List(query));
    query.page_token = list.next_page_token;
    if (line.globals.json) {
      PrintJson(list.json);
      continue;
    }
    for (const ConflictInfo& one : list.conflicts) {
      rows.Row({one.id, one.plate, one.kind, fmt::format("{:.3f}", one.confidence), one.status,
                std::to_string(one.vehicles.size()), line.ShowTime(one.first, zone),
                line.ShowTime(one.last, zone),
                one.last_fake ? line.ShowTime(*one.last_fake, zone) : "", one.note});
    }
  } while (options.all && !query.page_token.empty());
  if (line.globals.json) return Success();
  line.Finish(rows, "conflicts");
  if (!query.page_token.empty() && !line.globals.quiet) {
    fmt::print(stderr, "There is more: --all shows everything.\n");
  }
  return Success();
}

void ShowEvidence(const CommandLine& line, const TimeZone& zone, const ConflictInfo& conflict) {
  const bool csv = line.globals.csv;
  const auto time = [&](const std::optional<TimestampMs>& when) {
    return when ? line.ShowTime(*when, zone) : std::string("gone");
  };
  RowPrinter rows = line.Rows({{csv ? "camera_a" : "CAMERA"},
                               {csv ? "time_a" : "TIME"},
                               {csv ? "camera_b" : "CAMERA"},
                               {csv ? "time_b" : "TIME"},
                               {csv ? "distance_m" : "METRES", true},
                               {csv ? "gap_s" : "SECONDS", true},
                               {csv ? "required_kmh" : "KM/H", true}});
  for (const ConflictEvidence& pair : conflict.evidence) {
    rows.Row({pair.camera_a, time(pair.time_a), pair.camera_b, time(pair.time_b),
              fmt::format("{:.0f}", pair.distance_m), fmt::format("{:.1f}", pair.gap_s),
              pair.required_kmh ? fmt::format("{:.0f}", *pair.required_kmh) : ""});
  }
  line.Finish(rows, "evidence");
}

void ShowConflict(const CommandLine& line, const TimeZone& zone, const ConflictAnswer& answer) {
  const ConflictInfo& conflict = answer.conflict;
  if (line.globals.json) {
    PrintJson(answer.json);
    return;
  }
  if (!line.globals.csv) {
    fmt::print("{}  {}  {:.1f} %  {}\n", conflict.plate, conflict.kind, conflict.confidence * 100,
               conflict.status);
    for (const std::string& reason : conflict.reasons) fmt::print("  {}\n", reason);
    if (!conflict.note.empty()) fmt::print("  note: {}\n", conflict.note);
    if (conflict.last_fake) {
      fmt::print("  the fake was last read at {} {}\n", conflict.last_fake_camera,
                 line.ShowTime(*conflict.last_fake, zone));
    }
    size_t number = 0;
    for (const ConflictVehicleInfo& vehicle : conflict.vehicles) {
      fmt::print("vehicle {}{}: {} readings{}{}\n", ++number,
                 vehicle.likely_genuine ? " (likely genuine)" : "", vehicle.sightings.size(),
                 vehicle.appearance.empty() ? "" : ", ", vehicle.appearance);
      for (const std::string& reason : vehicle.reasons) fmt::print("  {}\n", reason);
      if (!vehicle.sightings.empty()) fmt::print("  first reading {}\n", vehicle.sightings.front());
    }
  }
  ShowEvidence(line, zone, conflict);
}

Outcome Show(const CommandLine& line, const std::string& id) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const ConflictAnswer answer, Conflicts(client).Find(id));
  ShowConflict(line, zone, answer);
  return Success();
}

Outcome Judge(const CommandLine& line, const VerdictOptions& options, const char* status) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const ConflictAnswer answer,
                Conflicts(client).Judge(options.id, status, options.note, options.genuine));
  ShowConflict(line, zone, answer);
  return Success();
}

void AddList(CLI::App& command, CommandLine& line) {
  CLI::App* list = AddCommand(command, "list", "Lists conflicts, the last found first",
                              "  sightline conflicts list --kind cloned --min-confidence 0.9");
  auto options = std::make_shared<ListOptions>();
  ConflictQuery& query = options->query;
  list->add_option("--from", options->from, "With evidence from this time on");
  list->add_option("--to", options->to, "With evidence before this time");
  list->add_option("--since", options->since, "Found or changed from this time on");
  list->add_option("--status", query.status, "open, confirmed or dismissed (all)")
      ->check(CLI::IsMember({"open", "confirmed", "dismissed"}));
  list->add_option("--kind", query.kind, "cloned, misread, clock or position (all)")
      ->check(CLI::IsMember({"cloned", "misread", "clock", "position"}));
  list->add_option("--plate", query.plate, "Of this plate alone");
  list->add_option("--min-confidence", query.min_confidence, "0 to 1")->check(CLI::Range(0.0, 1.0));
  CLI::Option* limit = list->add_option("--limit", query.limit, "Conflicts to show (100)")
                           ->check(CLI::Range(size_t{1}, size_t{10'000}));
  list->add_flag("--all", options->all, "Every conflict; with --json a page a line")
      ->excludes(limit);
  list->callback(
      [&line, options] { line.run = [&line, options] { return List(line, *options); }; });
}

void AddVerdict(CLI::App& command, CommandLine& line, const char* name, const char* description,
                const char* status) {
  CLI::App* verdict = AddCommand(command, name, description, kExamples);
  auto options = std::make_shared<VerdictOptions>();
  verdict->add_option("ID", options->id, "The id, as the list shows it")->required();
  verdict->add_option("--note", options->note, "Why");
  if (std::string_view(status) == "confirmed") {
    verdict->add_option("--genuine", options->genuine,
                        "The id of a sighting of the genuine vehicle; the others are fakes");
  }
  verdict->callback([&line, options, status] {
    line.run = [&line, options, status] { return Judge(line, *options, status); };
  });
}

}  // namespace

void AddConflictsCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "conflicts", "Shows and judges plates that were in two places at once", kExamples);
  command->require_subcommand(1);
  AddList(*command, line);
  CLI::App* show = AddCommand(*command, "show", "Shows one conflict with its vehicles",
                              "  sightline conflicts show 3f9c2a17...");
  auto id = std::make_shared<std::string>();
  show->add_option("ID", *id, "The id, as the list shows it")->required();
  show->callback([&line, id] { line.run = [&line, id] { return Show(line, *id); }; });
  AddVerdict(*command, line, "confirm", "Says that the plate is cloned indeed", "confirmed");
  AddVerdict(*command, line, "dismiss", "Says that it is nothing", "dismissed");
  AddVerdict(*command, line, "reopen", "Takes a verdict back", "open");
}

}  // namespace sightline::client
