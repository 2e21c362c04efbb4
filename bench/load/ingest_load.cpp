// sightline-ingest-load: how fast a running server takes sightings over HTTP, each acknowledged and
// so synced.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

#include "bench/load/http_load.h"
#include "bench/load/record_source.h"

namespace sightline::bench {
namespace {

struct Arguments {
  LoadTarget target;
  std::string token_file;
  RecordSourceOptions source;
  uint64_t first_row = 0;
  size_t rows_per_request = 5000;
  size_t connections = 4;
  double days = 1;
  int server_pid = 0;
};

// A line "Name:   123 kB" of /proc/PID/status, in MiB; 0 when it cannot be read.
double ProcessMemoryMiB(int pid, const std::string& name) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(name + ":", 0) == 0) return std::stod(line.substr(name.size() + 1)) / 1024;
  }
  return 0;
}

// The number behind "member": in a flat JSON answer.
uint64_t CountOf(const std::string& answer, const std::string& member) {
  const size_t at = answer.find("\"" + member + "\":");
  return at == std::string::npos ? 0 : std::stoull(answer.substr(at + member.size() + 3));
}

Status PutCameras(const Arguments& arguments, const RecordSource& source) {
  bool sent = false;
  const auto next = [&](std::string& path, std::string& body) {
    path = "/v1/cameras";
    source.AppendCameras(body);
    return !std::exchange(sent, true);
  };
  auto result = RunLoad(arguments.target, 1, "application/x-ndjson", next, [](const auto&) {});
  if (!result) return result.error();
  return Ok();
}

int Run(const Arguments& arguments) {
  const RecordSource source(arguments.source);
  if (Status status = PutCameras(arguments, source); !status) {
    std::cerr << "cameras: " << status.error().message << "\n";
    return 1;
  }
  const uint64_t end = arguments.first_row + arguments.source.rows;
  uint64_t row = arguments.first_row;
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  double peak_mib = 0;
  const auto start = std::chrono::steady_clock::now();
  auto next_report = start + std::chrono::seconds(5);
  const auto next = [&](std::string& path, std::string& body) {
    if (row >= end) return false;
    path = "/v1/sightings";
    const uint64_t stop = std::min<uint64_t>(row + arguments.rows_per_request, end);
    for (; row < stop; ++row) source.AppendLine(row, body);
    return true;
  };
  const auto on_answer = [&](const std::string& answer) {
    accepted += CountOf(answer, "accepted");
    duplicates += CountOf(answer, "duplicates");
    const auto now = std::chrono::steady_clock::now();
    if (now < next_report) return;
    next_report = now + std::chrono::seconds(5);
    const double memory = ProcessMemoryMiB(arguments.server_pid, "RssAnon");
    peak_mib = std::max(peak_mib, memory);
    std::cerr << fmt::format("{:>12} accepted, {:>8.0f}/s, RssAnon {:.0f} MiB\n", accepted,
                             static_cast<double>(accepted) /
                                 std::chrono::duration<double>(now - start).count(),
                             memory);
  };
  const auto result = RunLoad(arguments.target, arguments.connections, "application/x-ndjson", next,
                              on_answer);
  if (!result) {
    std::cerr << "load: " << result.error().message << "\n";
    return 1;
  }
  peak_mib = std::max(peak_mib, ProcessMemoryMiB(arguments.server_pid, "RssAnon"));
  std::cout << fmt::format(
      R"({{"rows":{},"accepted":{},"duplicates":{},"seconds":{:.2f},"rows_per_s":{:.0f},"requests":{},"requests_per_s":{:.0f},"p50_ms":{:.2f},"p99_ms":{:.2f},"max_ms":{:.2f},"rss_anon_mib":{:.0f}}})"
      "\n",
      arguments.source.rows, accepted, duplicates, result->seconds,
      static_cast<double>(accepted + duplicates) / result->seconds, result->requests,
      static_cast<double>(result->requests) / result->seconds, Quantile(result->latencies_ms, 0.5),
      Quantile(result->latencies_ms, 0.99), Quantile(result->latencies_ms, 1), peak_mib);
  return accepted + duplicates == arguments.source.rows ? 0 : 1;
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using sightline::bench::Arguments;
  Arguments arguments;
  CLI::App app("Loads a running server with sightings over HTTP and says how fast it took them");
  app.add_option("--port", arguments.target.port, "The server's port on 127.0.0.1");
  app.add_option("--token-file", arguments.token_file, "File with an owner or writer token")
      ->required();
  app.add_option("--rows", arguments.source.rows, "Sightings to send");
  app.add_option("--first-row", arguments.first_row,
                 "Number of the first one (another run's rows)");
  app.add_option("--rows-per-request", arguments.rows_per_request, "1: single-record requests");
  app.add_option("--connections", arguments.connections, "Requests under way at once");
  app.add_option("--days", arguments.days, "Days that the times are spread over");
  app.add_flag("--scattered", arguments.source.scattered, "Times at random over the days");
  app.add_option("--seed", arguments.source.seed, "Of the records");
  app.add_option("--server-pid", arguments.server_pid, "Process whose memory is reported");
  CLI11_PARSE(app, argc, argv);
  std::ifstream file(arguments.token_file);
  file >> arguments.target.token;
  arguments.source.span_ms = static_cast<int64_t>(arguments.days * 86'400'000);
  return sightline::bench::Run(arguments);
}
