#include <fmt/format.h>
#include <simdjson.h>

#include "api/base64.h"
#include "client/commands/commands.h"
#include "client/commands/search_filter.h"
#include "client/image_search.h"
#include "client/input/byte_source.h"
#include "client/output/sighting_rows.h"

namespace sightline::client {
namespace {

constexpr const char* kExamples =
    R"(  sightline similar --sighting 00000157...
  sightline similar --sighting ID --sighting ID2 --unlike ID3 -k 50 --from 2016-09-21
  sightline similar --vector car.bin --space detail --group-by plate --attribute color=silver
  sightline similar --sighting ID --travel --exact --json)";

constexpr size_t kMaxVectorFileBytes = 4096;

struct SimilarOptions {
  std::vector<std::string> sightings;
  std::vector<std::string> vector_files;
  std::vector<std::string> unlike;
  std::string space = "vehicle";
  SearchFilterOptions filter;
  size_t k = 20;
  std::optional<double> max_distance;
  std::string group_by;
  bool exact = false;
  bool travel = false;
  std::optional<double> max_speed_kmh;
  bool explain = false;
  std::string page_token;
  std::optional<Sequence> as_of;
};

// The bytes of a vector out of a file that holds just them, or their base64.
Result<std::string> ReadVector(const std::string& path) {
  SIGHTLINE_ASSIGN(const auto source, ByteSource::Open(path));
  SIGHTLINE_ASSIGN(std::string content, ReadAll(*source, kMaxVectorFileBytes));
  if (content.size() == 128 || content.size() == 512) return content;
  std::string_view text = content;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (auto bytes = api::DecodeBase64(text); bytes && !bytes->empty()) return *std::move(bytes);
  return InvalidArgument(fmt::format(
      "{} holds no vector: {} bytes, where 128 or 512 or their base64 were expected",
      source->name(), content.size()));
}

Result<ImageQuery> MakeQuery(const SimilarOptions& options, const TimeZone& zone) {
  ImageQuery query{.space = options.space,
                   .k = options.k,
                   .max_distance = options.max_distance,
                   .group_by_plate = !options.group_by.empty(),
                   .exact = options.exact,
                   .travel = options.travel || options.max_speed_kmh,
                   .max_speed_kmh = options.max_speed_kmh,
                   .page_token = options.page_token,
                   .as_of = options.as_of,
                   .explain = options.explain};
  for (const std::string& id : options.sightings) query.like.push_back({id, {}});
  for (const std::string& path : options.vector_files) {
    SIGHTLINE_ASSIGN(std::string vector, ReadVector(path));
    query.like.push_back({{}, std::move(vector)});
  }
  if (query.like.empty()) {
    return InvalidArgument("name what to look for with --sighting or --vector");
  }
  for (const std::string& id : options.unlike) query.unlike.push_back({id, {}});
  SIGHTLINE_ASSIGN(query.filter, MakeFilter(options.filter, zone));
  return query;
}

std::vector<Column> ColumnsOf(const CommandLine& line, const ImageQuery& query) {
  const bool csv = line.globals.csv;
  std::vector<Column> columns = {{csv ? "rank" : "RANK", true},
                                 {csv ? "similarity" : "SIMILARITY", true},
                                 {csv ? "distance" : "DISTANCE", true},
                                 {csv ? "plate" : "PLATE"},
                                 {csv ? "time" : "TIME"},
                                 {csv ? "camera_id" : "CAMERA"},
                                 {csv ? "attributes" : "ATTRIBUTES"}};
  if (query.group_by_plate) columns.push_back({csv ? "others" : "OTHERS", true});
  if (query.travel) {
    columns.push_back({csv ? "possible" : "POSSIBLE"});
    columns.push_back({csv ? "reason" : "REASON"});
  }
  columns.push_back({csv ? "id" : "ID"});
  return columns;
}

std::vector<std::string> RowOf(const CommandLine& line, const TimeZone& zone,
                               const ImageQuery& query, size_t rank, const ImageMatch& match) {
  const Sighting& sighting = match.sighting.sighting;
  const bool csv = line.globals.csv;
  std::vector<std::string> row = {
      std::to_string(rank),
      fmt::format("{:.3f}", match.similarity),
      csv ? fmt::format("{}", match.distance) : fmt::format("{:.4g}", match.distance),
      sighting.plate.empty() && !csv ? "(unread)" : sighting.plate,
      line.ShowTime(sighting.time, zone),
      sighting.camera_id,
      ShowAttributes(sighting.attributes)};
  if (query.group_by_plate) row.push_back(std::to_string(match.others));
  if (query.travel) {
    row.emplace_back(!match.travel ? "" : match.travel->possible ? "yes" : "no");
    row.push_back(match.travel ? match.travel->reason : "");
  }
  row.push_back(match.sighting.id.ToString());
  return row;
}

// How the server found the matches, on standard error: it is no row.
void ShowExplain(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(json)["explain"].get(members)) return;
  fmt::print(stderr, "\n");
  for (const auto [name, value] : members) {
    simdjson::dom::array paths;
    if (value.get(paths)) {
      fmt::print(stderr, "{:<16} {}\n", name, simdjson::minify(value));
      continue;
    }
    for (const simdjson::dom::element path : paths) {
      fmt::print(stderr, "{:<16} {}\n", "path", simdjson::minify(path));
    }
  }
}

Outcome Run(const CommandLine& line, const SimilarOptions& options) {
  SIGHTLINE_TRY_USAGE(const TimeZone zone, line.zone());
  SIGHTLINE_TRY_USAGE(const ImageQuery query, MakeQuery(options, zone));
  SIGHTLINE_TRY_USAGE(Client client, Client::Create(line.client_options()));
  SIGHTLINE_TRY(const ImagePage page, ImageSearch(client).Find(query));
  if (line.globals.json) {
    PrintJson(page.json);
    return Success();
  }
  RowPrinter rows = line.Rows(ColumnsOf(line, query));
  size_t rank = 0;
  for (const ImageMatch& match : page.matches) {
    rows.Row(RowOf(line, zone, query, ++rank, match));
  }
  line.Finish(rows, "matches");
  if (options.explain) ShowExplain(page.json);
  if (!page.next_page_token.empty() && !line.globals.quiet) {
    fmt::print(stderr,
               "There is more: -k asks for up to 1000, --page-token {} for the next page.\n",
               page.next_page_token);
  }
  return Success();
}

}  // namespace

void AddSimilarCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = AddCommand(
      app, "similar", "Finds the sightings that look most like some examples", kExamples);
  auto options = std::make_shared<SimilarOptions>();
  command
      ->add_option("--sighting", options->sightings,
                   "Id of a sighting that looks like what is wanted; may be given again")
      ->allow_extra_args(false);
  command
      ->add_option("--vector", options->vector_files,
                   "File with the bytes of a vector or their base64 ('-': standard input); may be "
                   "given again")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--unlike", options->unlike,
                   "Id of a sighting that does not: what is nearer to it is left out; may be given "
                   "again")
      ->allow_extra_args(false);
  command->add_option("--space", options->space, "Space of the vectors (vehicle)");
  command->add_option("-k", options->k, "Matches to show (20)")
      ->check(CLI::Range(size_t{1}, size_t{1'000}));
  command->add_option("--max-distance", options->max_distance,
                      "Leaves out what is farther away (the space's metric)");
  command->add_option("--group-by", options->group_by, "plate: one match a plate, its nearest")
      ->check(CLI::IsMember({"plate"}));
  command->add_flag("--exact", options->exact, "Compares every vector that the filter lets pass");
  command->add_flag("--travel", options->travel,
                    "Marks what the vehicle of the first --sighting could not have reached");
  command
      ->add_option("--max-speed", options->max_speed_kmh,
                   "The same, by this speed in km/h between two places")
      ->check(CLI::Range(1.0, 10'000.0));
  command->add_flag("--explain", options->explain,
                    "Says how the matches were found and what that cost");
  command->add_option("--page-token", options->page_token, "Goes on behind an earlier page");
  command->add_option("--as-of", options->as_of, "Answers as of this ingest sequence");
  AddFilterOptions(*command, options->filter, "--plate-distance");
  command->callback(
      [&line, options] { line.run = [&line, options] { return Run(line, *options); }; });
}

}  // namespace sightline::client
