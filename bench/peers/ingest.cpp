// sightline-peers-ingest: the same rows into Sightline over HTTP and into PostgreSQL by COPY, each
// over several connections, every batch acknowledged as durable before the connection's next one.
// Rows are read, and turned into COPY's binary format, before the clock starts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/http_load.h"
#include "bench/peers/copy_row.h"
#include "bench/peers/row_reader.h"

namespace sightline::bench {
namespace {

struct Arguments {
  std::string to;
  std::string postgres;
  LoadTarget sightline;
  std::string token_file;
  size_t connections = 4;
  size_t rows_per_batch = 5000;
  bool stream = false;
};

struct Batch {
  uint64_t rows = 0;
  std::string bytes;
};

// Up to `limit` lines as they are.
Batch ReadBatch(LineReader& lines, size_t limit) {
  Batch batch;
  for (std::string_view line; batch.rows < limit && lines.Next(line); ++batch.rows) {
    batch.bytes.append(line);
  }
  return batch;
}

std::vector<Batch> ReadBatches(LineReader& lines, size_t limit) {
  std::vector<Batch> batches;
  while (true) {
    Batch batch = ReadBatch(lines, limit);
    if (batch.rows == 0) return batches;
    batches.push_back(std::move(batch));
  }
}

// Turns the lines of a batch into a whole COPY stream.
Status ConvertToCopy(RowConverter& converter, Batch& batch) {
  std::string copy(CopyHeader());
  for (std::string_view rest = batch.bytes; !rest.empty();) {
    const size_t length = std::min(rest.find('\n'), rest.size() - 1) + 1;
    SIGHTLINE_ASSIGN(const Sighting sighting, converter.Parse(rest.substr(0, length)));
    converter.AppendCopyRow(sighting, copy);
    rest.remove_prefix(length);
  }
  copy.append(CopyTrailer());
  batch.bytes = std::move(copy);
  return Ok();
}

// The number behind "accepted": in an answer of POST /v1/sightings.
uint64_t AcceptedIn(const std::string& answer) {
  constexpr std::string_view kMember = "\"accepted\":";
  const size_t at = answer.find(kMember);
  return at == std::string::npos ? 0 : std::stoull(answer.substr(at + kMember.size()));
}

void Report(uint64_t rows, const LoadResult& load) {
  std::cout << fmt::format(
      R"({{"rows":{},"seconds":{:.3f},"rows_per_s":{:.0f},"p50_ms":{:.2f},"p99_ms":{:.2f}}})"
      "\n",
      rows, load.seconds, static_cast<double>(rows) / load.seconds,
      Quantile(load.latencies_ms, 0.5), Quantile(load.latencies_ms, 0.99));
}

Status IntoSightline(const Arguments& arguments) {
  LineReader lines(stdin);
  std::vector<Batch> batches;
  if (!arguments.stream) batches = ReadBatches(lines, arguments.rows_per_batch);
  size_t sent = 0;
  uint64_t rows = 0;
  uint64_t accepted = 0;
  const auto next = [&](std::string& path, std::string& body) {
    Batch batch = arguments.stream        ? ReadBatch(lines, arguments.rows_per_batch)
                  : sent < batches.size() ? std::move(batches[sent++])
                                          : Batch{};
    path = "/v1/sightings";
    body = std::move(batch.bytes);
    rows += batch.rows;
    return batch.rows > 0;
  };
  SIGHTLINE_ASSIGN(const LoadResult load,
                   RunLoad(arguments.sightline, arguments.connections, "application/x-ndjson",
                           next, [&](const std::string& answer) { accepted += AcceptedIn(answer); }));
  if (accepted != rows) {
    return Internal(fmt::format("of {} rows {} were accepted", rows, accepted));
  }
  Report(rows, load);
  return Ok();
}

// One connection's share: the next batch that nobody has taken, until there is none.
Status CopyBatches(const std::string& conninfo, const std::vector<Batch>& batches,
                   std::atomic<size_t>& next, std::vector<double>& latencies_ms) {
  using std::chrono::steady_clock;
  SIGHTLINE_ASSIGN(PostgresConnection postgres, PostgresConnection::Open(conninfo));
  const std::string statement = CopyStatement("");
  for (size_t i = next++; i < batches.size(); i = next++) {
    const auto start = steady_clock::now();
    SIGHTLINE_RETURN_IF_ERROR(postgres.CopyBegin(statement));
    SIGHTLINE_RETURN_IF_ERROR(postgres.CopyPiece(batches[i].bytes));
    SIGHTLINE_RETURN_IF_ERROR(postgres.CopyEnd());
    latencies_ms.push_back(
        std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
  }
  return Ok();
}

Status IntoPostgres(const Arguments& arguments) {
  using std::chrono::steady_clock;
  SIGHTLINE_ASSIGN(PostgresConnection postgres, PostgresConnection::Open(arguments.postgres));
  SIGHTLINE_ASSIGN(CameraTable cameras, ReadCameraTable(postgres));
  RowConverter converter(std::move(cameras));
  LineReader lines(stdin);
  std::vector<Batch> batches = ReadBatches(lines, arguments.rows_per_batch);
  uint64_t rows = 0;
  for (Batch& batch : batches) {
    SIGHTLINE_RETURN_IF_ERROR(ConvertToCopy(converter, batch));
    rows += batch.rows;
  }
  std::atomic<size_t> next{0};
  std::vector<Status> statuses(arguments.connections, Ok());
  std::vector<std::vector<double>> latencies_ms(arguments.connections);
  std::vector<std::thread> threads;
  const auto start = steady_clock::now();
  for (size_t i = 0; i < arguments.connections; ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = CopyBatches(arguments.postgres, batches, next, latencies_ms[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  LoadResult load;
  load.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  for (size_t i = 0; i < arguments.connections; ++i) {
    SIGHTLINE_RETURN_IF_ERROR(statuses[i]);
    load.latencies_ms.insert(load.latencies_ms.end(), latencies_ms[i].begin(),
                             latencies_ms[i].end());
  }
  Report(rows, load);
  return Ok();
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using namespace sightline::bench;
  Arguments arguments;
  CLI::App app("Loads NDJSON from standard input into one of the peers and says how fast it went");
  app.add_option("--to", arguments.to, "Which one")
      ->required()
      ->check(CLI::IsMember({"sightline", "postgres"}));
  app.add_option("--postgres", arguments.postgres, "Connection string of libpq");
  app.add_option("--port", arguments.sightline.port, "Sightline's port on 127.0.0.1");
  app.add_option("--token-file", arguments.token_file, "File with Sightline's token");
  app.add_option("--connections", arguments.connections, "Batches under way at once")
      ->check(CLI::PositiveNumber);
  app.add_option("--rows-per-batch", arguments.rows_per_batch, "Rows a request, or a commit")
      ->check(CLI::PositiveNumber);
  app.add_flag("--stream", arguments.stream,
               "Send rows while they are read, not from memory (Sightline only)");
  CLI11_PARSE(app, argc, argv);
  std::ifstream file(arguments.token_file);
  file >> arguments.sightline.token;
  const auto status =
      arguments.to == "sightline" ? IntoSightline(arguments) : IntoPostgres(arguments);
  if (!status) {
    std::cerr << "ingest: " << status.error().field << " " << status.error().message << "\n";
    return 1;
  }
  return 0;
}
