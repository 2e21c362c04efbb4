#include <fmt/format.h>
#include <fmt/ranges.h>

#include "client/commands/commands.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline token create --name 'gate feed' --role writer
  sightline token list
  sightline token revoke 3f9c2a17)";

constexpr const char* kCreateExamples = R"(  sightline token create --name 'gate feed' --role writer
  sightline token create --name 'night shift' --role reader --expires 2027-01-01
  sightline token create --name dashboard --role reader --standing-purpose 'traffic counts')";

struct CreateOptions {
  NewToken token;
  std::string expires;
};

Outcome Create(const CommandLine& line, const CreateOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  NewToken token = options.token;
  if (!options.expires.empty()) {
    SIGHTLINE_TRY_USAGE(token.expires, ParseMoment(options.expires, zone));
  }
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const TokenAnswer answer, client.CreateToken(token));
  if (line.globals.json) {
    PrintJson(answer.json);
    return Success();
  }
  // The secret alone on standard output, so that it can go into a file.
  fmt::print("{}\n", answer.token.secret);
  if (!line.globals.quiet) {
    fmt::print(stderr, "Token {} ({}). Keep it now: the server stores only its hash.\n",
               answer.token.id, fmt::join(answer.token.roles, ", "));
  }
  return Success();
}

Outcome List(const CommandLine& line) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const TokenList list, client.ListTokens());
  if (line.globals.json) {
    PrintJson(list.json);
    return Success();
  }
  const auto time = [&](const std::optional<TimestampMs>& when, const char* none) {
    return when ? line.ShowTime(*when, zone) : std::string(line.globals.csv ? "" : none);
  };
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "id" : "ID"},
                               {csv ? "name" : "NAME"},
                               {csv ? "roles" : "ROLES"},
                               {csv ? "created" : "CREATED"},
                               {csv ? "expires" : "EXPIRES"},
                               {csv ? "standing_purpose" : "STANDING PURPOSE"}});
  for (const TokenInfo& token : list.tokens) {
    rows.Row({token.id, token.name, fmt::format("{}", fmt::join(token.roles, " ")),
              time(token.created, ""), time(token.expires, "never"), token.standing_purpose});
  }
  line.Finish(rows, "tokens");
  return Success();
}

Outcome Revoke(const CommandLine& line, const std::string& id) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  if (const Status revoked = client.RevokeToken(id); !revoked) return OutcomeOf(revoked.error());
  if (!line.globals.quiet) fmt::print(stderr, "Token {} is revoked.\n", id);
  return Success();
}

}  // namespace

void AddTokenCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(app, "token", "Makes, lists and revokes access tokens", kExamples);
  command->require_subcommand(1);

  CLI::App* create = AddCommand(*command, "create", "Makes a token and prints it once",
                                kCreateExamples);
  auto options = std::make_shared<CreateOptions>();
  create->add_option("--name", options->token.name, "Whose it is, for people")->required();
  create
      ->add_option("--role", options->token.roles,
                   "owner, reader, writer, corrector, operator or auditor; may be given again")
      ->required()
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"owner", "reader", "writer", "corrector", "operator", "auditor"}));
  create->add_option("--expires", options->expires, "When it ends (never)");
  create->add_option("--standing-purpose", options->token.standing_purpose,
                     "Stands in for --purpose on every call");
  create->callback(
      [&line, options] { line.run = [&line, options] { return Create(line, *options); }; });

  CLI::App* list = AddCommand(*command, "list", "Lists the tokens, without their secrets",
                              "  sightline token list");
  list->callback([&line] { line.run = [&line] { return List(line); }; });

  CLI::App* revoke = AddCommand(*command, "revoke", "Ends a token at once",
                                "  sightline token revoke 3f9c2a17");
  auto id = std::make_shared<std::string>();
  revoke->add_option("ID", *id, "The id, as the list shows it")->required();
  revoke->callback([&line, id] { line.run = [&line, id] { return Revoke(line, *id); }; });
}

}  // namespace sightline::client
