// The distance kernels by themselves: nanoseconds a row and gigabytes a second, beside the speed at
// which this machine reads memory and beside FAISS's flat indexes over the same bytes.
//
//   sightline-kernel-bench [--mib 128] [--rounds 7] [--only WORD]... [--peers]
//
// A line is an instruction set, an element, a metric and a length:
//   scan   rows one behind another, one query
//   near   32 rows a call, drawn from 1,000 that stay in the caches
//   far    32 rows a call, drawn from all, prefetched one call ahead as a walk does
//   batch  rows one behind another, 16 queries at once: of a row for one query
// Each figure is processor time, of the best round: others may use the machine meanwhile.
#include <faiss/IndexFlat.h>
#include <faiss/IndexScalarQuantizer.h>
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <ctime>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bench/appearance/read_speed.h"
#include "index/distance_kernels.h"

namespace sightline::bench {
namespace {

using index::DistanceKernels;
using index::DistanceKey;
using index::PreparedVector;

constexpr size_t kBlockRows = 1024;  // as a scan of a segment goes
constexpr size_t kGathered = 32;     // links of a node of the lowest level
constexpr size_t kNearRows = 1000;
constexpr size_t kTogether = 16;

struct Options {
  size_t mib = 128;
  int rounds = 7;
  std::vector<std::string> only;
  bool peers = false;
};

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double BestSeconds(int rounds, const auto& run) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < rounds; ++i) {
    const double start = ThreadSeconds();
    run();
    best = std::min(best, ThreadSeconds() - start);
  }
  return best;
}

std::vector<std::byte> RandomRows(const VectorSpace& space, size_t rows) {
  std::mt19937_64 random(1);
  std::vector<std::byte> bytes(rows * space.bytes);
  if (space.element == VectorElement::kF32) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (size_t at = 0; at < bytes.size(); at += sizeof(float)) {
      const float component = uniform(random);
      std::memcpy(bytes.data() + at, &component, sizeof(component));
    }
  } else {
    for (size_t at = 0; at < bytes.size(); at += sizeof(uint64_t)) {
      const uint64_t word = random();
      std::memcpy(bytes.data() + at, &word, sizeof(word));
    }
  }
  return bytes;
}

std::string_view RowAt(const std::vector<std::byte>& rows, const VectorSpace& space, size_t row) {
  return {reinterpret_cast<const char*>(rows.data()) + row * space.bytes, space.bytes};
}

void ForEachBlock(size_t rows, const auto& visit) {
  for (size_t first = 0; first < rows; first += kBlockRows) {
    visit(first, std::min(kBlockRows, rows - first));
  }
}

double GatherSeconds(const DistanceKernels& kernels, const VectorSpace& space,
                     const PreparedVector& query, const std::vector<std::byte>& rows,
                     const std::vector<uint32_t>& numbers, bool prefetch, int rounds) {
  DistanceKey keys[kGathered];
  return BestSeconds(rounds, [&] {
    for (size_t at = 0; at + kGathered <= numbers.size(); at += kGathered) {
      const size_t next = at + 2 * kGathered <= numbers.size() ? at + kGathered : at;
      for (size_t i = 0; prefetch && i < kGathered; ++i) {
        const std::byte* row = rows.data() + size_t{numbers[next + i]} * space.bytes;
        for (size_t line = 0; line < space.bytes; line += 64) __builtin_prefetch(row + line);
      }
      kernels.Gather(query, rows.data(), std::span(numbers).subspan(at, kGathered), keys);
    }
  });
}

void MeasureKernels(const VectorSpace& space, index::InstructionSet set,
                    const std::vector<std::byte>& rows, double read_speed, int rounds) {
  const DistanceKernels& kernels = *DistanceKernels::Of(space, set);
  const size_t row_count = rows.size() / space.bytes;
  std::vector<PreparedVector> queries;
  for (size_t i = 0; i < kTogether; ++i) {
    queries.push_back(kernels.Prepare(RowAt(rows, space, row_count / kTogether * i)));
  }
  std::vector<DistanceKey> keys(kTogether * kBlockRows);

  const double scan = BestSeconds(rounds, [&] {
    ForEachBlock(row_count, [&](size_t first, size_t count) {
      kernels.Contiguous(queries[0], rows.data() + first * space.bytes,
                         std::span(keys).first(count));
    });
  });
  const double batch = BestSeconds(rounds, [&] {
    ForEachBlock(row_count, [&](size_t first, size_t count) {
      kernels.Batch(queries, rows.data() + first * space.bytes, count, keys.data());
    });
  });
  std::mt19937_64 random(2);
  std::vector<uint32_t> near(64 * 1024);
  std::vector<uint32_t> far(near.size());
  for (uint32_t& number : near) number = static_cast<uint32_t>(random() % kNearRows);
  for (uint32_t& number : far) number = static_cast<uint32_t>(random() % row_count);
  const double near_seconds =
      GatherSeconds(kernels, space, queries[0], rows, near, false, 3 * rounds);
  const double far_seconds = GatherSeconds(kernels, space, queries[0], rows, far, true, 3 * rounds);

  const double count = static_cast<double>(row_count);
  const double speed = static_cast<double>(rows.size()) / scan;
  fmt::print("{:<9} {:<4} {:<7} {:>4} {:>7.2f} {:>6.1f} {:>5.0f} % {:>7.2f} {:>7.2f} {:>7.2f}\n",
             index::InstructionSetName(set), ElementName(space.element), MetricName(space.metric),
             space.bytes, scan / count * 1e9, speed * 1e-9, 100 * speed / read_speed,
             near_seconds / static_cast<double>(near.size()) * 1e9,
             far_seconds / static_cast<double>(far.size()) * 1e9,
             batch / (count * kTogether) * 1e9);
}

bool Wanted(const Options& options, const VectorSpace& space, index::InstructionSet set) {
  return std::all_of(options.only.begin(), options.only.end(), [&](const std::string& word) {
    return word == ElementName(space.element) || word == MetricName(space.metric) ||
           word == std::to_string(space.bytes) || word == index::InstructionSetName(set);
  });
}

// u8 under l2, ten nearest; FAISS keeps them, which costs it little.
void MeasurePeer(std::string_view name, faiss::Index& peer, const VectorSpace& space,
                 const std::vector<std::byte>& rows, int rounds) {
  constexpr faiss::Index::idx_t kNearest = 10;
  const size_t row_count = rows.size() / space.bytes;
  std::vector<float> floats;
  ForEachBlock(row_count, [&](size_t first, size_t count) {
    floats.clear();
    for (size_t i = first * space.bytes; i < (first + count) * space.bytes; ++i) {
      floats.push_back(static_cast<float>(std::to_integer<uint8_t>(rows[i])));
    }
    peer.add(static_cast<faiss::Index::idx_t>(count), floats.data());
  });
  floats.resize(kTogether * space.bytes);
  std::vector<float> distances(kTogether * kNearest);
  std::vector<faiss::Index::idx_t> labels(kTogether * kNearest);
  const auto search = [&](size_t queries) {
    return BestSeconds(rounds, [&] {
      peer.search(static_cast<faiss::Index::idx_t>(queries), floats.data(), kNearest,
                  distances.data(), labels.data());
    });
  };
  const double count = static_cast<double>(row_count);
  fmt::print("{:<21} {:>4} {:>7.2f} {:>39.2f}\n", name, space.bytes, search(1) / count * 1e9,
             search(kTogether) / (count * kTogether) * 1e9);
}

void MeasurePeers(size_t mib, int rounds) {
  omp_set_num_threads(1);
  for (const VectorSpace& space : DefaultSpaces()) {
    const auto rows = RandomRows(space, (mib << 20) / space.bytes);
    const auto dimensions = static_cast<int>(space.dimensions());
    faiss::IndexFlatL2 flat(dimensions);
    MeasurePeer("FAISS flat", flat, space, rows, rounds);
    faiss::IndexScalarQuantizer bytes(dimensions, faiss::ScalarQuantizer::QT_8bit_direct);
    MeasurePeer("FAISS flat, bytes", bytes, space, rows, rounds);
  }
}

// Of two threads together, each reading its own half.
double ReadSpeedOfTwo(const std::vector<std::byte>& rows, int rounds) {
  const std::span<const std::byte> all(rows);
  double first = 0;
  std::thread other([&] { first = ReadSpeed(all.first(all.size() / 2), rounds); });
  const double second = ReadSpeed(all.last(all.size() / 2), rounds);
  other.join();
  return first + second;
}

void Run(const Options& options) {
  double read_speed = 0;
  {
    const std::vector<std::byte> memory(options.mib << 20, std::byte{1});
    read_speed = ReadSpeed(memory, 3 * options.rounds);
    fmt::print("memory is read at {:.1f} GB/s by one thread, {:.1f} by two\n", read_speed * 1e-9,
               ReadSpeedOfTwo(memory, 3 * options.rounds) * 1e-9);
  }
  fmt::print("{:<26} {:>7} {:>6} {:>7} {:>7} {:>7} {:>7}\n", "ns a row", "scan", "GB/s",
             "memory", "near", "far", "batch");
  for (const auto element : {VectorElement::kU8, VectorElement::kI8, VectorElement::kF32}) {
    for (const uint32_t bytes : {128u, 512u}) {
      VectorSpace space = {.name = "bench", .bytes = bytes, .element = element};
      const auto rows = RandomRows(space, (options.mib << 20) / bytes);
      for (const auto metric :
           {VectorMetric::kL2, VectorMetric::kCosine, VectorMetric::kInnerProduct}) {
        space.metric = metric;
        for (const index::InstructionSet set : index::SupportedInstructionSets()) {
          if (Wanted(options, space, set)) {
            MeasureKernels(space, set, rows, read_speed, options.rounds);
          }
        }
      }
    }
  }
  if (options.peers) MeasurePeers(options.mib, options.rounds);
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  sightline::bench::Options options;
  CLI::App app("Measures the distance kernels.");
  app.add_option("--mib", options.mib, "Size of the rows")->check(CLI::Range(1, 4096));
  app.add_option("--rounds", options.rounds, "The best of so many")->check(CLI::Range(1, 1000));
  app.add_option("--only", options.only, "u8, l2, 128, avx512, ...: lines with all of these words");
  app.add_flag("--peers", options.peers, "FAISS too");
  CLI11_PARSE(app, argc, argv);
  sightline::bench::Run(options);
}
