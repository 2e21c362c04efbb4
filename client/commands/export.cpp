#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "api/filter_json.h"
#include "api/json_writer.h"
#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/export/exporter.h"
#include "client/import/progress.h"
#include "client/output/terminal.h"
#include "core/clock.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline export --out day.ndjson.gz --from 2016-09-21 --to 2016-09-22
  sightline export --out audi.ndjson --attribute brand=Audi --include vectors
  sightline import day.ndjson.gz)";

struct ExportOptions {
  SearchFilterOptions filter;
  std::string out;
  std::vector<std::string> include;
};

std::string FilterJson(const Filter& filter) {
  std::string text;
  api::JsonWriter json(text);
  api::WriteFilter(json, filter);
  return text;
}

std::string UserName() {
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : std::to_string(::getuid());
}

// The token's public part ("sl_ID_SECRET"), which the audit log names too.
std::string TokenId(const std::string& token) {
  const size_t start = token.find('_');
  const size_t end = start == std::string::npos ? start : token.find('_', start + 1);
  return end == std::string::npos ? std::string() : token.substr(start + 1, end - start - 1);
}

struct Manifest {
  std::string file;
  uint64_t rows = 0;
  Sequence as_of = 0;
  ExportFile::Sealed sealed;
  ExportQuestion question;
};

std::string ManifestJson(const Manifest& manifest, const ClientOptions& options) {
  std::string text;
  api::JsonWriter json(text);
  json.BeginObject().Key("format").String("sightline-export-1");
  json.Key("file").String(manifest.file);
  json.Key("rows").Uint(manifest.rows).Key("bytes").Uint(manifest.sealed.bytes);
  json.Key("sha256").String(manifest.sealed.sha256);
  json.Key("as_of").Uint(manifest.as_of);
  json.Key("filter").Raw(FilterJson(manifest.question.filter));
  json.Key("with_vectors").Bool(manifest.question.with_vectors);
  json.Key("exported").Time(SystemClock().Now());
  json.Key("server").String(options.url).Key("user").String(UserName());
  if (const std::string id = TokenId(options.token); !id.empty()) json.Key("token_id").String(id);
  if (!options.purpose.empty()) json.Key("purpose").String(options.purpose);
  if (!options.case_number.empty()) json.Key("case").String(options.case_number);
  json.EndObject();
  return text;
}

Outcome Run(const CommandLine& line, const ExportOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  ExportQuestion question{.with_vectors = !options.include.empty()};
  SIGHTLINE_TRY_USAGE(question.filter, MakeFilter(options.filter, zone));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  const std::string name = fmt::format("{} {} {}", client.options().url,
                                       FilterJson(question.filter), question.with_vectors);
  SIGHTLINE_TRY_USAGE(const auto file, ExportFile::Open(options.out, name));
  if (file->resumed() && !line.globals.quiet) {
    fmt::print(stderr, "Going on behind {} rows of an export that was cut off.\n",
               WithThousands(file->mark().rows));
  }

  Progress progress(stderr, IsTerminal(stderr));
  const auto start = std::chrono::steady_clock::now();
  const Status exported = Export(client, question, *file, [&](uint64_t rows) {
    if (line.globals.quiet) return;
    const auto now = std::chrono::steady_clock::now();
    progress.Update({.rows = rows, .elapsed = now - start}, now);
  });
  progress.Clear();
  if (!exported) {
    Outcome outcome = OutcomeOf(exported.error());
    outcome.message += fmt::format("; {} rows are in {}.partial: run the same again to go on",
                                   WithThousands(file->mark().rows), options.out);
    return outcome;
  }
  SIGHTLINE_TRY(const ExportFile::Sealed sealed, file->Finish());
  const std::string manifest =
      ManifestJson({.file = std::filesystem::path(options.out).filename().string(),
                    .rows = file->mark().rows,
                    .as_of = file->mark().as_of,
                    .sealed = sealed,
                    .question = question},
                   client.options());
  std::ofstream manifest_file(options.out + ".manifest.json", std::ios::trunc);
  manifest_file << manifest << '\n';
  manifest_file.close();
  if (!manifest_file) {
    return {ExitCode::kFailed, fmt::format("cannot write {}.manifest.json", options.out)};
  }
  if (line.globals.json) {
    PrintJson(manifest);
  } else if (!line.globals.quiet) {
    fmt::print(stderr, "{} rows in {}, SHA-256 {}\n", WithThousands(file->mark().rows),
               options.out, sealed.sha256);
  }
  return Success();
}

}  // namespace

void AddExportCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "export", "Writes every sighting that passes a filter into a file, with a manifest",
      kExamples);
  auto options = std::make_shared<ExportOptions>();
  command
      ->add_option("-o,--out", options->out,
                   "The file, of NDJSON; compressed where it ends in .gz. Cut off, the same "
                   "command goes on")
      ->required()
      ->type_name("FILE");
  AddFilterOptions(*command, options->filter);
  command->add_option("--include", options->include, "vectors: rows bear their vectors")
      ->check(CLI::IsMember({"vectors"}))
      ->allow_extra_args(false);
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
