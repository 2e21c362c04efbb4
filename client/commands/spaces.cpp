#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/index.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples = R"(  sightline spaces list
  sightline spaces put face --bytes 512 --element f32 --metric cosine --model 'arcface r50')";

struct PutOptions {
  VectorSpace space;
  std::string element;
  std::string metric;
};

Outcome List(const CommandLine& line) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const SpaceList list, Index(client).Spaces());
  if (line.globals.json) {
    PrintJson(list.json);
    return Success();
  }
  const bool csv = line.globals.csv;
  RowPrinter rows = line.Rows({{csv ? "name" : "NAME"},
                               {csv ? "bytes" : "BYTES", true},
                               {csv ? "element" : "ELEMENT"},
                               {csv ? "metric" : "METRIC"},
                               {csv ? "model" : "MODEL"},
                               {csv ? "vectors" : "VECTORS", true},
                               {csv ? "sealed" : "SEALED", true},
                               {csv ? "graphed" : "GRAPHED", true}});
  for (const auto& [space, counts] : list.spaces) {
    rows.Row({space.name, std::to_string(space.bytes), std::string(ElementName(space.element)),
              std::string(MetricName(space.metric)), space.model, std::to_string(counts.vectors),
              std::to_string(counts.sealed_vectors), std::to_string(counts.graphed_vectors)});
  }
  line.Finish(rows, "spaces");
  return Success();
}

Outcome Put(const CommandLine& line, const PutOptions& options) {
  VectorSpace space = options.space;
  space.element = ElementOfName(options.element).value();
  space.metric = MetricOfName(options.metric).value();
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const Status put = Index(client).PutSpace(space);
  if (!put) return OutcomeOf(put.error());
  if (!line.globals.quiet) fmt::print(stderr, "The space {} is there.\n", space.name);
  return Success();
}

}  // namespace

void AddSpacesCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      AddCommand(app, "spaces", "Lists and makes spaces of appearance vectors", kExamples);
  command->require_subcommand(1);
  CLI::App* list = AddCommand(*command, "list", "Lists the spaces and how many vectors they have",
                              "  sightline spaces list --json");
  list->callback([&line] { line.run = [&line] { return List(line); }; });

  CLI::App* put = AddCommand(
      *command, "put", "Makes a space; what its vectors mean can never be changed",
      "  sightline spaces put face --bytes 512 --element f32 --metric cosine");
  auto options = std::make_shared<PutOptions>();
  put->add_option("NAME", options->space.name, "a to z, 0 to 9 and '_', beginning with a letter")
      ->required();
  put->add_option("--bytes", options->space.bytes, "Of a vector: 128 or 512")
      ->required()
      ->check(CLI::IsMember({128, 512}));
  put->add_option("--element", options->element, "u8, i8 or f32")
      ->required()
      ->check(CLI::IsMember({"u8", "i8", "f32"}));
  put->add_option("--metric", options->metric, "l2, cosine or ip")
      ->required()
      ->check(CLI::IsMember({"l2", "cosine", "ip"}));
  put->add_option("--model", options->space.model, "The name of the model that computes them");
  put->callback(
      [&line, options] { line.run = [&line, options] { return Put(line, *options); }; });
}

}  // namespace sightline::client
