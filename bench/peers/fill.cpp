// sightline-peers-fill: NDJSON from standard input into PostgreSQL's table, all in one COPY, for
// questions to be asked afterwards; beside it, a random choice of rows that questions are made from.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "bench/peers/copy_row.h"
#include "bench/peers/row_reader.h"

namespace sightline::bench {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 20;

struct Arguments {
  std::string postgres;
  std::string samples;
  size_t sample_rows = 4000;
};

// A uniform choice of lines of a stream whose length is not known (Vitter's algorithm R, 1985).
class Reservoir {
 public:
  explicit Reservoir(size_t capacity) : capacity_(capacity) {}

  void Offer(std::string_view line) {
    ++offered_;
    if (chosen_.size() < capacity_) {
      chosen_.emplace_back(line);
    } else if (const uint64_t place = random_() % offered_; place < capacity_) {
      chosen_[place] = line;
    }
  }

  Status Write(const std::string& path) const {
    std::ofstream file(path);
    for (const std::string& line : chosen_) file << line;
    if (!file.flush()) return Error{ErrorCode::kIo, "cannot write " + path, {}};
    return Ok();
  }

 private:
  size_t capacity_;
  uint64_t offered_ = 0;
  std::vector<std::string> chosen_;
  std::mt19937_64 random_{1};
};

Status Fill(const Arguments& arguments) {
  SIGHTLINE_ASSIGN(PostgresConnection postgres, PostgresConnection::Open(arguments.postgres));
  SIGHTLINE_ASSIGN(CameraTable cameras, ReadCameraTable(postgres));
  RowConverter converter(std::move(cameras));
  Reservoir samples(arguments.sample_rows);
  // FREEZE in the transaction that emptied the table: no log to write, nothing to vacuum later.
  SIGHTLINE_RETURN_IF_ERROR(postgres.Execute("BEGIN; TRUNCATE sighting"));
  SIGHTLINE_RETURN_IF_ERROR(postgres.CopyBegin(CopyStatement(", FREEZE")));
  LineReader lines(stdin);
  std::string piece(CopyHeader());
  uint64_t rows = 0;
  for (std::string_view line; lines.Next(line); ++rows) {
    SIGHTLINE_ASSIGN(const Sighting sighting, converter.Parse(line));
    converter.AppendCopyRow(sighting, piece);
    if (piece.size() > kPieceBytes) {
      SIGHTLINE_RETURN_IF_ERROR(postgres.CopyPiece(piece));
      piece.clear();
    }
    samples.Offer(line);
  }
  piece.append(CopyTrailer());
  SIGHTLINE_RETURN_IF_ERROR(postgres.CopyPiece(piece));
  SIGHTLINE_RETURN_IF_ERROR(postgres.CopyEnd());
  SIGHTLINE_RETURN_IF_ERROR(postgres.Execute("COMMIT"));
  SIGHTLINE_RETURN_IF_ERROR(samples.Write(arguments.samples));
  std::cout << fmt::format("{{\"rows\":{}}}\n", rows);
  return Ok();
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using namespace sightline::bench;
  Arguments arguments;
  CLI::App app("Fills PostgreSQL's table from NDJSON on standard input");
  app.add_option("--postgres", arguments.postgres, "Connection string of libpq")->required();
  app.add_option("--samples", arguments.samples, "File to write a random choice of rows to")
      ->required();
  app.add_option("--sample-rows", arguments.sample_rows, "How many rows to choose");
  CLI11_PARSE(app, argc, argv);
  if (const auto status = Fill(arguments); !status) {
    std::cerr << "fill: " << status.error().field << " " << status.error().message << "\n";
    return 1;
  }
  return 0;
}
