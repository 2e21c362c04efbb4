// Measures what reading records by key costs: the last step of an image search, or of a trajectory.
//
//   sightline-record-reads DIRECTORY KEYS [ROUNDS]
//
// DIRECTORY: a data directory, such as sightline-storage-bench makes. Each round takes KEYS rows at
// random out of its fullest day. Told are the processor's time and the clock's.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "storage/store.h"

namespace {

using namespace sightline;
using Microseconds = std::chrono::duration<double, std::micro>;

double ProcessorMicroseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Anonymous resident memory, in MB.
double AnonymousMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("RssAnon:", 0) == 0) return std::strtod(line.c_str() + 8, nullptr) / 1024;
  }
  return 0;
}

std::vector<storage::RowKey> KeysOf(const storage::DayReader& day) {
  std::vector<storage::RowKey> keys;
  for (const auto row = day.Rows(); row->Valid(); row->Next()) keys.push_back(row->row().key);
  return keys;
}

std::shared_ptr<const storage::DayReader> FullestDay(storage::Store& store) {
  std::shared_ptr<const storage::DayReader> fullest;
  for (const Day day : store.Days()) {
    auto opened = store.OpenDay(day);
    if (!opened || *opened == nullptr) continue;
    if (fullest == nullptr || (*opened)->log_end() > fullest->log_end()) fullest = *opened;
  }
  return fullest;
}

int Run(const std::string& directory, size_t count, int rounds) {
  const SystemClock clock;
  const auto opened = storage::Store::Open(directory, {}, clock);
  if (!opened) {
    fmt::print(stderr, "{}\n", opened.error().message);
    return 1;
  }
  const auto day = FullestDay(**opened);
  if (day == nullptr) {
    fmt::print(stderr, "{}: there is no day with rows\n", directory);
    return 1;
  }
  const std::vector<storage::RowKey> keys = KeysOf(*day);
  std::mt19937_64 random(1);
  std::vector<double> times;
  const double processor = ProcessorMicroseconds();
  for (int round = 0; round < rounds; ++round) {
    std::vector<storage::RowKey> wanted(count);
    for (storage::RowKey& key : wanted) key = keys[random() % keys.size()];
    const auto start = std::chrono::steady_clock::now();
    const auto records = day->Get(wanted, std::numeric_limits<Sequence>::max());
    times.push_back(Microseconds(std::chrono::steady_clock::now() - start).count());
    if (!records) {
      fmt::print(stderr, "{}\n", records.error().message);
      return 1;
    }
  }
  const double used = (ProcessorMicroseconds() - processor) / rounds;
  std::sort(times.begin(), times.end());
  fmt::print("{} rows, {} records a read: {:.0f} us of the processor, clock p10 {:.0f} p50 {:.0f} "
             "p99 {:.0f} us, RssAnon {:.0f} MB\n",
             keys.size(), count, used, times[times.size() / 10], times[times.size() / 2],
             times[times.size() * 99 / 100], AnonymousMegabytes());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    fmt::print(stderr, "usage: sightline-record-reads DIRECTORY KEYS [ROUNDS]\n");
    return 2;
  }
  return Run(argv[1], std::strtoull(argv[2], nullptr, 10), argc == 4 ? std::atoi(argv[3]) : 2000);
}
