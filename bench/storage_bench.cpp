// Measures the store alone: rows a second and processor time a row through Append.
//
//   sightline-storage-bench DIRECTORY ordered|scattered ROWS [BATCH]
//
// ordered: times ascending within one day, as cameras report. scattered: at random over 365 days.
// Plates are drawn at random from six million; each row bears a vector of 128 random bytes.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "storage/store.h"

namespace {

using namespace sightline;
using Seconds = std::chrono::duration<double>;

constexpr uint32_t kCameras = 2000;
constexpr uint64_t kPlates = 6'000'000;
const Day kFirstDay{17'000};

double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

double ThreadProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Anonymous resident memory, in MB.
double AnonymousMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("RssAnon:", 0) == 0) return std::strtod(line.c_str() + 8, nullptr) / 1024;
  }
  return 0;
}

class Generator {
 public:
  Generator(bool scattered, uint64_t rows) : scattered_(scattered), rows_(rows) {}

  Sighting Next() {
    Sighting sighting;
    sighting.source_id = fmt::format("s{:011}", number_);
    camera_ = static_cast<uint32_t>(random_() % kCameras);
    sighting.camera_id = fmt::format("K-{:04}", camera_);
    const uint64_t range = kMillisecondsPerDay * (scattered_ ? 365 : 1);
    // Cameras report up to two seconds late.
    const uint64_t at = scattered_ ? random_() % range
                                   : std::min<uint64_t>(range - 1, number_ * range / rows_ +
                                                                       random_() % 2000);
    sighting.time = kFirstDay.start() + static_cast<int64_t>(at);
    sighting.plate = fmt::format("京N{:06}", random_() % kPlates);
    sighting.plate_read = sighting.plate;
    sighting.plate_color = "blue";
    sighting.plate_confidence = 0.97;
    sighting.attributes = {{"brand", std::string("Audi")},
                           {"color", std::string("silver")},
                           {"inspection_sticker", true},
                           {"model", std::string("A4L")},
                           {"type", std::string("sedan")},
                           {"year", std::string("2013-2016")}};
    sighting.location = Position{.lon = 116.33, .lat = 39.99};
    sighting.lane = 2;
    sighting.speed_kmh = 41.5;
    AppearanceVector vector{.space = "vehicle", .bytes = std::string(128, '\0')};
    for (size_t i = 0; i < 128; i += 8) {
      const uint64_t word = random_();
      std::memcpy(vector.bytes.data() + i, &word, 8);
    }
    sighting.vectors = {std::move(vector)};
    ++number_;
    return sighting;
  }

  uint32_t camera() const { return camera_; }

 private:
  const bool scattered_;
  const uint64_t rows_;
  std::mt19937_64 random_{1};
  uint64_t number_ = 0;
  uint32_t camera_ = 0;
};

struct Times {
  double generate = 0;  // of the processor; the others of the clock
  double encode = 0;
  double append = 0;
};

int Run(const std::string& directory, bool scattered, uint64_t rows, size_t batch_rows) {
  const SystemClock clock;
  auto opened = storage::Store::Open(directory, {}, clock);
  if (!opened) {
    fmt::print(stderr, "{}\n", opened.error().message);
    return 1;
  }
  storage::Store& store = **opened;
  std::vector<Camera> cameras;
  for (uint32_t i = 0; i < kCameras; ++i) cameras.push_back({.id = fmt::format("K-{:04}", i)});
  if (!store.PutCameras(cameras)) return 1;
  std::vector<uint32_t> numbers;
  for (const Camera& camera : cameras) numbers.push_back(store.FindCamera(camera.id)->number);

  Generator generator(scattered, rows);
  Times times;
  double most_memory = 0;
  double slowest = 0;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const double processor_start = ProcessorSeconds();
  const auto start = now();
  uint64_t accepted = 0;
  uint64_t batches = 0;
  for (uint64_t done = 0; done < rows; done += batch_rows) {
    const double generate_start = ThreadProcessorSeconds();
    std::vector<Sighting> sightings(std::min<uint64_t>(batch_rows, rows - done));
    std::vector<uint32_t> camera_numbers(sightings.size());
    for (size_t i = 0; i < sightings.size(); ++i) {
      sightings[i] = generator.Next();
      camera_numbers[i] = numbers[generator.camera()];
    }
    times.generate += ThreadProcessorSeconds() - generate_start;
    const auto t1 = now();
    std::vector<storage::EncodedSighting> batch(sightings.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      batch[i] = store.Encode(sightings[i], camera_numbers[i], clock.Now(), 0);
    }
    const auto t2 = now();
    const auto result = store.Append(batch);
    const auto t3 = now();
    if (!result) {
      fmt::print(stderr, "{}\n", result.error().message);
      return 1;
    }
    for (const auto outcome : result->outcomes) {
      accepted += outcome == storage::AppendOutcome::kAccepted ? 1 : 0;
    }
    times.encode += Seconds(t2 - t1).count();
    times.append += Seconds(t3 - t2).count();
    slowest = std::max(slowest, Seconds(t3 - t2).count());
    if (++batches % 64 == 0) most_memory = std::max(most_memory, AnonymousMegabytes());
  }
  const double wall = Seconds(now() - start).count();
  const double processor = ProcessorSeconds() - processor_start - times.generate;
  const auto close_start = now();
  const Status closed = store.Close();
  const double with_close = ProcessorSeconds() - processor_start - times.generate;
  const auto count = static_cast<double>(rows);
  fmt::print(
      "{} rows, {} accepted\n"
      "append alone      {:9.0f} rows/s (slowest batch {:.0f} ms)\n"
      "encode            {:9.2f} us/row\n"
      "with generating   {:9.0f} rows/s\n"
      "processor         {:9.2f} us/row while appending, {:.2f} with Close ({:.1f} s)\n"
      "memory (RssAnon)  {:9.0f} MB at most\n",
      rows, accepted, count / times.append, slowest * 1e3, times.encode / count * 1e6, count / wall,
      processor / count * 1e6, with_close / count * 1e6, Seconds(now() - close_start).count(),
      most_memory);
  if (!closed) fmt::print(stderr, "{}\n", closed.error().message);
  return closed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string order = argc > 2 ? argv[2] : "";
  if (argc < 4 || argc > 5 || (order != "ordered" && order != "scattered")) {
    fmt::print(stderr, "usage: sightline-storage-bench DIRECTORY ordered|scattered ROWS [BATCH]\n");
    return 2;
  }
  const size_t batch = argc == 5 ? std::strtoull(argv[4], nullptr, 10) : 4096;
  return Run(argv[1], order == "scattered", std::strtoull(argv[3], nullptr, 10), batch);
}
