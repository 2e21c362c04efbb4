#include <fmt/format.h>

#include <cstdio>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "client/cases.h"
#include "client/commands/case_commands.h"
#include "client/commands/commands.h"
#include "client/commands/search_filter.h"

namespace sightline::client {
namespace {

Outcome PrintId(const Result<std::string>& id) {
  if (!id) return OutcomeOf(id.error());
  fmt::print("{}\n", *id);
  return Success();
}

// --- sightings -----------------------------------------------------------------------------------

struct TickOptions {
  std::string id;
  std::vector<std::string> sightings;
  std::string note;
};

Outcome Tick(const CommandLine& line, const TickOptions& options) {
  std::vector<api::TickedSighting> ticked;
  for (const std::string& text : options.sightings) {
    const Result<SightingId> id = ParseSightingId(text);
    if (!id) return UsageError(fmt::format("'{}' is not the id of a sighting", text));
    ticked.push_back({*id, options.note});
  }
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const TickOutcome outcome, Cases(client).AddSightings(options.id, ticked));
  if (!line.globals.quiet) {
    fmt::print(stderr, "{} added, {} already there.\n", outcome.added, outcome.already);
  }
  return Success();
}

// --- queries -------------------------------------------------------------------------------------

struct QueryOptions {
  std::string id;
  std::string name;
  std::string target;
  SearchFilterOptions filter;
  std::string order;
};

Result<api::SavedQuery> MakeQuery(const QueryOptions& options, const TimeZone& zone) {
  api::SavedQuery query{.name = options.name, .target = options.target, .body = {}};
  if (!options.target.empty()) return query;
  SIGHTLINE_ASSIGN(const Filter filter, MakeFilter(options.filter, zone));
  query.target = "/v1/search/sightings";
  api::JsonWriter json(query.body);
  json.BeginObject().Key("filter");
  api::WriteFilter(json, filter);
  if (!options.order.empty()) json.Key("order").String(options.order);
  json.EndObject();
  return query;
}

Outcome SaveQuery(const CommandLine& line, const QueryOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const api::SavedQuery query, MakeQuery(options, zone));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  return PrintId(Cases(client).AddQuery(options.id, query));
}

// Asks the saved question as it stands; the audit trail names the case, unless another was given.
Outcome RunQuery(const CommandLine& line, const std::string& id, const std::string& query_id) {
  ClientOptions client_options = line.client_options();
  if (client_options.case_number.empty()) client_options.case_number = id;
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(client_options));
  SIGHTLINE_TRY(const CaseQueryInfo query, Cases(client).FindQuery(id, query_id));
  SIGHTLINE_TRY(const std::string json,
                client.Send(query.method, query.target, query.body, {.repeatable = true}));
  PrintJson(json);
  return Success();
}

// --- notes, removal ------------------------------------------------------------------------------

Outcome AddNote(const CommandLine& line, const std::string& id, const std::string& text) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  return PrintId(Cases(client).AddNote(id, text));
}

struct RemoveOptions {
  std::string id;
  std::string kind;
  std::string item;
};

Outcome Remove(const CommandLine& line, const RemoveOptions& options) {
  const CaseItemKind kind = options.kind == "query"      ? CaseItemKind::kQuery
                            : options.kind == "sighting" ? CaseItemKind::kSighting
                                                         : CaseItemKind::kNote;
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const Status removed = Cases(client).Remove(options.id, kind, options.item);
  if (!removed) return OutcomeOf(removed.error());
  if (!line.globals.quiet) fmt::print(stderr, "Removed.\n");
  return Success();
}

}  // namespace

void AddCaseItemCommands(CLI::App& command, CommandLine& line) {
  CLI::App* tick =
      AddCommand(command, "add-sighting", "Ticks sightings: the case keeps a copy of each",
                 "  sightline case add-sighting CASE SIGHTING SIGHTING --note 'the way out'");
  auto ticked = std::make_shared<TickOptions>();
  tick->add_option("CASE", ticked->id, "The case's id")->required();
  tick->add_option("SIGHTING", ticked->sightings, "Ids, as a search shows them")->required();
  tick->add_option("--note", ticked->note, "Why, of each of them");
  tick->callback([&line, ticked] { line.run = [&line, ticked] { return Tick(line, *ticked); }; });

  CLI::App* save = AddCommand(
      command, "add-query", "Saves a search, or another question, and prints its id",
      "  sightline case add-query CASE --name 'the Audi at night' --plate-like '京A?7626'\n"
      "  sightline case add-query CASE --name track --target /v1/plates/A12345/trajectory");
  auto query = std::make_shared<QueryOptions>();
  save->add_option("CASE", query->id, "The case's id")->required();
  save->add_option("--name", query->name, "What it is called")->required();
  save->add_option("--target", query->target,
                   "A question that is a GET, as it stands in a request; else the options below "
                   "are those of a search");
  AddFilterOptions(*save, query->filter);
  save->add_option("--order", query->order, "time_desc, time_asc or relevance")
      ->check(CLI::IsMember({"time_desc", "time_asc", "relevance"}));
  save->callback([&line, query] { line.run = [&line, query] { return SaveQuery(line, *query); }; });

  CLI::App* run = AddCommand(command, "run", "Asks a saved question and prints the JSON",
                             "  sightline case run CASE QUERY | jq .sightings");
  auto run_ids = std::make_shared<std::pair<std::string, std::string>>();
  run->add_option("CASE", run_ids->first, "The case's id")->required();
  run->add_option("QUERY", run_ids->second, "The query's id")->required();
  run->callback([&line, run_ids] {
    line.run = [&line, run_ids] { return RunQuery(line, run_ids->first, run_ids->second); };
  });

  CLI::App* note = AddCommand(command, "note", "Adds a note and prints its id",
                              "  sightline case note CASE 'The owner was asked on Monday.'");
  auto noted = std::make_shared<std::pair<std::string, std::string>>();
  note->add_option("CASE", noted->first, "The case's id")->required();
  note->add_option("TEXT", noted->second, "What it says")->required();
  note->callback([&line, noted] {
    line.run = [&line, noted] { return AddNote(line, noted->first, noted->second); };
  });

  CLI::App* remove = AddCommand(command, "remove", "Takes a query, a sighting or a note away",
                                "  sightline case remove CASE note NOTE");
  auto removed = std::make_shared<RemoveOptions>();
  remove->add_option("CASE", removed->id, "The case's id")->required();
  remove->add_option("KIND", removed->kind, "query, sighting or note")
      ->required()
      ->check(CLI::IsMember({"query", "sighting", "note"}));
  remove->add_option("ITEM", removed->item, "Its id")->required();
  remove->callback(
      [&line, removed] { line.run = [&line, removed] { return Remove(line, *removed); }; });
}

}  // namespace sightline::client
