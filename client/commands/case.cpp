#include <fmt/format.h>
#include <simdjson.h>

#include <functional>

#include "client/cases.h"
#include "client/commands/case_commands.h"
#include "client/commands/commands.h"
#include "client/output/display_width.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline case create 'Stolen Audi' --reference 2016-17 --purpose 'theft'
  sightline case add-sighting CASE SIGHTING --note 'leaves the car park'
  sightline case report CASE --out report.json
  sightline case verify report.json)";

constexpr size_t kPageOfAll = 1'000;

using Json = simdjson::dom::element;

std::string Text(simdjson::simdjson_result<Json> member) {
  std::string_view text;
  return member.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

void Show(std::string_view name, const std::string& value) {
  if (!value.empty()) fmt::print("{:<12} {}\n", name, Printable(value));
}

// --- create, change, delete ----------------------------------------------------------------------

Outcome PrintCase(const CommandLine& line, const CaseAnswer& answer, std::string_view what) {
  if (line.globals.json) {
    PrintJson(answer.json);
  } else {
    // The id alone on standard output, so that a script can take it.
    fmt::print("{}\n", answer.info.id);
    if (!line.globals.quiet) fmt::print(stderr, "{}\n", what);
  }
  return Success();
}

Outcome Create(const CommandLine& line, const api::CaseChange& change) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const CaseAnswer answer, Cases(client).Create(change));
  return PrintCase(line, answer, "The case is open.");
}

Outcome Change(const CommandLine& line, const std::string& id, const api::CaseChange& change,
               std::string_view what) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const CaseAnswer answer, Cases(client).Change(id, change));
  return PrintCase(line, answer, what);
}

Outcome Delete(const CommandLine& line, const std::string& id) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  if (const Status deleted = Cases(client).Delete(id); !deleted) return OutcomeOf(deleted.error());
  if (!line.globals.quiet) fmt::print(stderr, "The case and everything in it is deleted.\n");
  return Success();
}

// --- list, show ----------------------------------------------------------------------------------

Outcome List(const CommandLine& line, const std::string& status) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "id" : "ID"},
                               {csv ? "name" : "NAME"},
                               {csv ? "reference" : "REFERENCE"},
                               {csv ? "status" : "STATUS"},
                               {csv ? "created" : "CREATED"},
                               {csv ? "created_by" : "BY"},
                               {csv ? "changed" : "CHANGED"}});
  std::string page_token;
  do {
    SIGHTLINE_TRY(const CaseList list, Cases(client).List(status, kPageOfAll, page_token));
    page_token = list.next_page_token;
    if (line.globals.json) {
      PrintJson(list.json);
      continue;
    }
    for (const CaseInfo& info : list.cases) {
      rows.Row({info.id, info.name, info.reference, info.status,
                line.ShowTime(info.created, zone), info.created_by,
                line.ShowTime(info.changed, zone)});
    }
  } while (!page_token.empty());
  if (!line.globals.json) line.Finish(rows, "cases");
  return Success();
}

// Prints what each item says, under a title; nothing where there are no items.
Status ShowItems(Client& client, const std::string& id, CaseItemKind kind, std::string_view member,
                 const std::function<std::string(Json)>& describe) {
  bool is_first = true;
  std::string page_token;
  do {
    SIGHTLINE_ASSIGN(const std::string json, Cases(client).Items(id, kind, page_token));
    simdjson::dom::parser parser;
    Json root;
    simdjson::dom::array items;
    if (parser.parse(json).get(root) || root[member].get(items)) {
      return Internal("the server's answer is not understood");
    }
    for (const Json item : items) {
      if (is_first) fmt::print("\n{}\n", member);
      is_first = false;
      fmt::print("  {}\n", Printable(describe(item)));
    }
    page_token = Text(root["next_page_token"]);
  } while (!page_token.empty());
  return Ok();
}

std::string DescribeTicked(const CommandLine& line, const TimeZone& zone, Json item) {
  Json gone;
  const bool is_gone = item["gone"].get(gone) == simdjson::SUCCESS;
  const auto sighting = item[is_gone ? "seen" : "sighting"];
  const Result<TimestampMs> time = ParseRfc3339(Text(sighting["time"]));
  std::string plate = Text(sighting["plate"]);
  if (plate.empty()) plate = "(unread)";
  std::string text =
      fmt::format("{}  {}  {}  {}", Text(item["id"]), time ? line.ShowTime(*time, zone) : "", plate,
                  Text(sighting["camera_id"]));
  if (is_gone) text += "  (deleted since)";
  if (const std::string note = Text(item["note"]); !note.empty()) text += "  " + note;
  return text;
}

Outcome ShowOne(const CommandLine& line, const std::string& id) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const CaseAnswer answer, Cases(client).Find(id));
  if (line.globals.json) {
    PrintJson(answer.json);
    return Success();
  }
  const CaseInfo& info = answer.info;
  Show("id", info.id);
  Show("name", info.name);
  Show("reference", info.reference);
  Show("status", info.status);
  Show("created", fmt::format("{} by {}", zone.Format(info.created), info.created_by));
  Show("changed", fmt::format("{} by {}", zone.Format(info.changed), info.changed_by));
  Show("description", info.description);
  const auto query = [](Json item) {
    return fmt::format("{}  {}  {} {}", Text(item["id"]), Text(item["name"]), Text(item["method"]),
                       Text(item["target"]));
  };
  const auto note = [&](Json item) {
    const Result<TimestampMs> time = ParseRfc3339(Text(item["added"]));
    return fmt::format("{}  {}  {}: {}", Text(item["id"]), time ? line.ShowTime(*time, zone) : "",
                       Text(item["added_by"]["name"]), Text(item["text"]));
  };
  const auto ticked = [&](Json item) { return DescribeTicked(line, zone, item); };
  for (const Status& shown : {ShowItems(client, id, CaseItemKind::kQuery, "queries", query),
                              ShowItems(client, id, CaseItemKind::kSighting, "sightings", ticked),
                              ShowItems(client, id, CaseItemKind::kNote, "notes", note)}) {
    if (!shown) return OutcomeOf(shown.error());
  }
  return Success();
}

// Adds a command whose only argument is a case.
template <typename Run>
void AddWithId(CLI::App& command, CommandLine& line, const char* name, const char* description,
               const char* examples, Run run) {
  CLI::App* one = AddCommand(command, name, description, examples);
  auto id = std::make_shared<std::string>();
  one->add_option("CASE", *id, "The case's id")->required();
  one->callback([&line, id, run] { line.run = [&line, id, run] { return run(line, *id); }; });
}

// The options that name, describe and number a case.
void AddDescriptions(CLI::App& command, api::CaseChange& change) {
  command.add_option("--reference", change.reference, "Its number elsewhere");
  command.add_option("--description", change.description, "What it is about");
}

}  // namespace

void AddCaseCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "case", "Keeps cases: saved questions, ticked sightings, notes and reports", kExamples);
  command->require_subcommand(1);

  CLI::App* create = AddCommand(*command, "create", "Opens a case and prints its id",
                                "  sightline case create 'Stolen Audi' --reference 2016-17");
  auto change = std::make_shared<api::CaseChange>();
  create->add_option("NAME", change->name, "What it is called")->required();
  AddDescriptions(*create, *change);
  create->callback(
      [&line, change] { line.run = [&line, change] { return Create(line, *change); }; });

  CLI::App* list = AddCommand(*command, "list", "Lists cases, newest first",
                              "  sightline case list --status open");
  auto status = std::make_shared<std::string>();
  list->add_option("--status", *status, "open or closed (both)")
      ->check(CLI::IsMember({"open", "closed"}));
  list->callback([&line, status] { line.run = [&line, status] { return List(line, *status); }; });

  AddWithId(*command, line, "show", "Shows a case and what it holds", "  sightline case show CASE",
            ShowOne);

  CLI::App* edit = AddCommand(*command, "edit", "Renames or describes a case anew",
                              "  sightline case edit CASE --name 'Two stolen Audis'");
  auto edited = std::make_shared<api::CaseChange>();
  auto edited_id = std::make_shared<std::string>();
  edit->add_option("CASE", *edited_id, "The case's id")->required();
  edit->add_option("--name", edited->name, "What it is called");
  AddDescriptions(*edit, *edited);
  edit->callback([&line, edited, edited_id] {
    line.run = [&line, edited, edited_id] {
      return Change(line, *edited_id, *edited, "The case is changed.");
    };
  });

  AddWithId(*command, line, "close", "Closes a case: what it holds stays as it is",
            "  sightline case close CASE", [](const CommandLine& with, const std::string& id) {
              return Change(with, id, {.status = api::CaseStatus::kClosed}, "The case is closed.");
            });
  AddWithId(*command, line, "open", "Opens a closed case again", "  sightline case open CASE",
            [](const CommandLine& with, const std::string& id) {
              return Change(with, id, {.status = api::CaseStatus::kOpen}, "The case is open.");
            });
  AddWithId(*command, line, "delete", "Deletes a case and everything in it (the owner alone may)",
            "  sightline case delete CASE", Delete);
  AddCaseItemCommands(*command, line);
  AddCaseReportCommands(*command, line);
}

}  // namespace sightline::client
