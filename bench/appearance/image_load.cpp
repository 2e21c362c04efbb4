// sightline-image-load: a data set's sightings into a running server, and its questions to it, over
// HTTP.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <deque>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include "bench/appearance/data_set.h"
#include "bench/appearance/measure.h"
#include "bench/appearance/sighting_lines.h"
#include "bench/load/http_load.h"

namespace sightline::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Arguments {
  std::string data;
  LoadTarget target;
  std::string token_file;
  int server_pid = 0;
  size_t connections = 4;
  // import
  uint32_t first_row = 0;
  uint32_t rows = UINT32_MAX;  // at most
  uint32_t rows_per_request = 5'000;
  double rows_per_second = 0;  // 0: as fast as they are taken
  uint32_t samples = 10'000;
  // search
  int k = 20;
  double seconds = 10;
};

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

// Processor time that a process has used; 0 when it cannot be read.
double ProcessorSeconds(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return 0;
  // The name, in parentheses, may hold blanks; user and system time are fields 14 and 15.
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// The number behind "member": in a flat JSON answer.
uint64_t CountOf(const std::string& answer, const std::string& member) {
  const size_t at = answer.find("\"" + member + "\":");
  return at == std::string::npos ? 0 : std::stoull(answer.substr(at + member.size() + 3));
}

// Rows in requests, and between them, as soon as a request is acknowledged, a search for the vector
// of each sampled row of it.
class Import {
 public:
  Import(const Arguments& arguments, const DataSet& data)
      : arguments_(arguments),
        data_(data),
        lines_(data),
        next_(arguments.first_row),
        end_(static_cast<uint32_t>(std::min<uint64_t>(
            data.size(), uint64_t{arguments.first_row} + arguments.rows))),
        stride_(std::max<uint32_t>(1, (end_ - next_) / std::max<uint32_t>(1, arguments.samples))) {}

  bool Next(LoadRequest& request) {
    if (!to_check_.empty()) {
      const uint32_t row = to_check_.front();
      to_check_.pop_front();
      request.path = "/v1/search/image";
      request.content_type = "application/json";
      request.tag = row;
      lines_.AppendSearch(data_.Vector(row), 10, request.body);
      return true;
    }
    if (next_ >= end_) return false;
    if (arguments_.rows_per_second > 0) WaitForItsTime();
    request.path = "/v1/sightings";
    request.content_type = "application/x-ndjson";
    request.tag = next_;
    const uint32_t stop = std::min(next_ + arguments_.rows_per_request, end_);
    for (; next_ < stop; ++next_) lines_.AppendRow(next_, request.body);
    return true;
  }

  void Answered(const LoadRequest& request, const std::string& answer, double milliseconds) {
    const auto first = static_cast<uint32_t>(request.tag);
    if (request.path == "/v1/sightings") {
      ingest_ms_.push_back(milliseconds);
      accepted_ += CountOf(answer, "accepted");
      if (arguments_.samples == 0) return;
      const uint32_t stop = std::min(first + arguments_.rows_per_request, end_);
      for (uint32_t row = first; row < stop; ++row) {
        if (row % stride_ == 0) to_check_.push_back(row);
      }
      return;
    }
    search_ms_.push_back(milliseconds);
    const auto rows = RowsIn(answer);
    if (std::ranges::find(rows, first) == rows.end()) ++missed_;
  }

  std::string Report(double seconds, double processor_seconds) const {
    return fmt::format(
        R"({{"rows":{},"accepted":{},"seconds":{:.2f},"rows_per_second":{:.0f},"ingest_p50_ms":{:.2f},"ingest_p99_ms":{:.2f},"checked":{},"missed":{},"search_p50_ms":{:.2f},"search_p99_ms":{:.2f},"server_processor_seconds":{:.2f},"share_of_machine":{:.4f}}})",
        end_ - arguments_.first_row, accepted_, seconds, static_cast<double>(accepted_) / seconds,
        Quantile(ingest_ms_, 0.5), Quantile(ingest_ms_, 0.99), search_ms_.size(), missed_,
        Quantile(search_ms_, 0.5), Quantile(search_ms_, 0.99), processor_seconds,
        processor_seconds / seconds / std::thread::hardware_concurrency());
  }

 private:
  void WaitForItsTime() const {
    const double at = (next_ - arguments_.first_row) / arguments_.rows_per_second;
    std::this_thread::sleep_until(start_ + std::chrono::duration_cast<SteadyClock::duration>(
                                               std::chrono::duration<double>(at)));
  }

  const Arguments& arguments_;
  const DataSet& data_;
  const SightingLines lines_;
  const SteadyClock::time_point start_ = SteadyClock::now();
  uint32_t next_;
  const uint32_t end_;
  const uint32_t stride_;
  std::deque<uint32_t> to_check_;  // acknowledged
  std::vector<double> ingest_ms_;
  std::vector<double> search_ms_;
  uint64_t accepted_ = 0;
  uint64_t missed_ = 0;
};

Result<std::string> RunImport(const Arguments& arguments, const DataSet& data) {
  bool sent = false;
  SIGHTLINE_RETURN_IF_ERROR(RunLoad(
      arguments.target, 1, "application/x-ndjson",
      [&](std::string& path, std::string& body) {
        path = "/v1/cameras";
        SightingLines(data).AppendCameras(body);
        return !std::exchange(sent, true);
      },
      [](const std::string&) {}));
  Import import(arguments, data);
  const double before = ProcessorSeconds(arguments.server_pid);
  SIGHTLINE_ASSIGN(
      const LoadResult load,
      RunLoad(
          arguments.target, arguments.connections,
          [&](LoadRequest& request) { return import.Next(request); },
          [&](const LoadRequest& request, const std::string& answer, double milliseconds) {
            import.Answered(request, answer, milliseconds);
          }));
  return import.Report(load.seconds, ProcessorSeconds(arguments.server_pid) - before);
}

Result<std::string> RunSearches(const Arguments& arguments, const DataSet& data) {
  const SightingLines lines(data);
  const RecallOf recall_of(data);
  constexpr size_t kJudged = 1'000;
  std::vector<double> recalls;
  const auto start = SteadyClock::now();
  uint32_t query = 0;
  uint64_t records = 0;
  const auto next = [&](LoadRequest& request) {
    request.path = "/v1/search/image";
    request.content_type = "application/json";
    request.tag = query++ % data.queries();
    lines.AppendSearch(data.Query(static_cast<uint32_t>(request.tag)), arguments.k, request.body);
    return SecondsSince(start) < arguments.seconds;
  };
  const auto on_answer = [&](const LoadRequest& request, const std::string& answer, double) {
    if (recalls.size() >= kJudged) return;
    auto rows = RowsIn(answer);
    records += rows.size();
    rows.resize(std::min<size_t>(rows.size(), 10));
    const auto asked = static_cast<uint32_t>(request.tag);
    recalls.push_back(recall_of(asked, data.Truth(asked), 10, std::move(rows)));
  };
  const double before = ProcessorSeconds(arguments.server_pid);
  SIGHTLINE_ASSIGN(const LoadResult load,
                   RunLoad(arguments.target, arguments.connections, next, on_answer));
  return fmt::format(
      R"({{"rows":{},"k":{},"connections":{},"records_an_answer":{:.1f},"per_second":{:.0f},"p50_ms":{:.2f},"p99_ms":{:.2f},"recall_at_10":{:.4f},"server_processor_ms":{:.3f}}})",
      data.size(), arguments.k, arguments.connections,
      static_cast<double>(records) / static_cast<double>(std::max<size_t>(1, recalls.size())),
      static_cast<double>(load.requests) / load.seconds, Quantile(load.latencies_ms, 0.5),
      Quantile(load.latencies_ms, 0.99), Mean(recalls),
      1000 * (ProcessorSeconds(arguments.server_pid) - before) /
          static_cast<double>(load.requests));
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using namespace sightline::bench;
  Arguments arguments;
  CLI::App app("Loads a running server with a data set and asks its questions; prints JSON");
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* description) {
    CLI::App* step = app.add_subcommand(name, description);
    step->add_option("--data", arguments.data, "Folder of the data set")->required();
    step->add_option("--port", arguments.target.port, "The server's port on 127.0.0.1");
    step->add_option("--token-file", arguments.token_file, "File with an owner's token")
        ->required();
    step->add_option("--server-pid", arguments.server_pid, "Whose processor time is reported");
    step->add_option("--connections", arguments.connections, "Requests under way at once")
        ->check(CLI::PositiveNumber);
    return step;
  };
  CLI::App* import = add("import", "Sends the rows");
  import->add_option("--first-row", arguments.first_row, "Where to begin");
  import->add_option("--rows", arguments.rows, "At most so many");
  import->add_option("--rows-per-request", arguments.rows_per_request, "Sightings a request")
      ->check(CLI::PositiveNumber);
  import->add_option("--rows-per-second", arguments.rows_per_second,
                     "Not faster than so many (with one connection)");
  import->add_option("--samples", arguments.samples,
                     "Rows that are searched for by their vectors when they are acknowledged");
  CLI::App* search = add("search", "Asks its questions");
  search->add_option("--k", arguments.k, "Matches a search");
  search->add_option("--seconds", arguments.seconds, "How long");
  CLI11_PARSE(app, argc, argv);
  std::ifstream file(arguments.token_file);
  file >> arguments.target.token;
  const auto data = DataSet::Open(arguments.data);
  if (!data) {
    std::cerr << "sightline-image-load: " << data.error().message << '\n';
    return 1;
  }
  const auto report = *import ? RunImport(arguments, *data) : RunSearches(arguments, *data);
  if (!report) {
    std::cerr << "sightline-image-load: " << report.error().message << '\n';
    return 1;
  }
  std::cout << *report << '\n';
  return 0;
}
