#include "api/case_report.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "client/cases.h"
#include "client/commands/case_commands.h"
#include "client/commands/commands.h"
#include "client/input/byte_source.h"
#include "client/output/display_width.h"

namespace sightline::client {
namespace {

constexpr size_t kMaxReportBytes = size_t{1} << 30;

struct ReportOptions {
  std::string id;
  std::string out;
  std::string format;
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// By the option, else by the file's name.
ReportFormat FormatOf(const ReportOptions& options) {
  const bool as_html = options.format.empty() ? options.out.ends_with(".html")
                                              : options.format == "html";
  return as_html ? ReportFormat::kHtml : ReportFormat::kJson;
}

Outcome Report(const CommandLine& line, const ReportOptions& options) {
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  std::unique_ptr<std::FILE, FileCloser> file;
  if (!options.out.empty()) {
    file.reset(std::fopen(options.out.c_str(), "wb"));
    if (!file) return UsageError(fmt::format("cannot write {}", options.out));
  }
  std::FILE* out = file ? file.get() : stdout;
  const Status fetched =
      Cases(client).Report(options.id, FormatOf(options), [&](std::string_view piece) -> Status {
        if (std::fwrite(piece.data(), 1, piece.size(), out) == piece.size()) return Ok();
        return InvalidArgument("the output could not be written in full");
      });
  const bool is_whole = !file || std::fclose(file.release()) == 0;
  if (fetched && is_whole) return Success();
  // What was written so far must not be taken for the whole.
  if (!options.out.empty()) std::remove(options.out.c_str());
  if (!fetched) return OutcomeOf(fetched.error());
  return {ExitCode::kFailed, fmt::format("{} could not be written in full", options.out)};
}

Result<std::string> ReadReport(const std::string& path) {
  SIGHTLINE_ASSIGN(const auto source, ByteSource::Open(path));
  SIGHTLINE_ASSIGN(std::string text, ReadAll(*source, kMaxReportBytes));
  const size_t start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && text[start] == '<') return api::ReportInHtml(text);
  return text;
}

Outcome Verify(const CommandLine& line, const std::string& path) {
  SIGHTLINE_TRY_USAGE(const std::string text, ReadReport(path));
  SIGHTLINE_TRY_USAGE(const api::ReportCheck check, api::CheckCaseReport(text));
  if (!line.globals.quiet) {
    fmt::print("{}, exported {} by {}\n", Printable(check.case_name), Printable(check.exported),
               Printable(check.exported_by));
    for (const api::ReportCheck::Hash& hash : check.hashes) {
      fmt::print("{:<12} {}  {}\n", hash.what, hash.computed, hash.matches() ? "ok" : "CHANGED");
    }
  }
  if (check.intact()) return Success();
  return {ExitCode::kFailed, fmt::format("{} is not what was exported", path)};
}

}  // namespace

void AddCaseReportCommands(CLI::App& command, CommandLine& line) {
  CLI::App* report =
      AddCommand(command, "report", "Exports a case as one report with hashes",
                 "  sightline case report CASE --out report.json\n"
                 "  sightline case report CASE --out report.html");
  auto options = std::make_shared<ReportOptions>();
  report->add_option("CASE", options->id, "The case's id")->required();
  report->add_option("-o,--out", options->out, "Writes here instead of standard output")
      ->type_name("FILE");
  report->add_option("--format", options->format, "json, or html for people (by the file's name)")
      ->check(CLI::IsMember({"json", "html"}));
  report->callback(
      [&line, options] { line.run = [&line, options] { return Report(line, *options); }; });

  CLI::App* verify =
      AddCommand(command, "verify", "Computes the hashes of a report anew, without a server",
                 "  sightline case verify report.json\n  sightline case verify report.html");
  auto path = std::make_shared<std::string>();
  verify->add_option("FILE", *path, "A report, JSON or HTML ('-' is standard input)")->required();
  verify->callback([&line, path] { line.run = [&line, path] { return Verify(line, *path); }; });
}

}  // namespace sightline::client
