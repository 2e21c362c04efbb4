// How long a first page takes, without HTTP: one day with a crowded minute, several kinds of
// question, one thread. Fills the data directory at the first run and asks from then on.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/clock.h"
#include "query/sighting_search.h"
#include "storage/store.h"

namespace sightline::bench {
namespace {

constexpr Day kDay{17'065};
constexpr uint32_t kCrowdedMinute = 1000;
constexpr size_t kPage = 100;
constexpr size_t kBatchRows = 4096;

struct Options {
  std::string data;
  uint64_t rows = 1'500'000;
  uint64_t crowded_rows = 300'000;
  uint32_t cameras = 3000;
  uint32_t plates = 200'000;
  int questions = 300;
};

std::string CameraName(uint32_t number) { return fmt::format("K-{:05}", number); }
std::string PlateName(uint32_t number) { return fmt::format("京A{:06}", number); }

class Filler {
 public:
  Filler(storage::Store& store, const Options& options) : store_(store), options_(options) {}

  void Fill() {
    std::vector<Camera> cameras;
    for (uint32_t i = 0; i < options_.cameras; ++i) {
      cameras.push_back({.id = CameraName(i), .location = PlaceOf(i)});
    }
    store_.PutCameras(cameras).value();
    for (uint64_t i = 0; i < options_.rows; ++i) Add(random_() % kMillisecondsPerDay);
    for (uint64_t i = 0; i < options_.crowded_rows; ++i) {
      Add(kCrowdedMinute * kMillisecondsPerMinute + random_() % kMillisecondsPerMinute);
    }
    Flush();
  }

 private:
  Position PlaceOf(uint32_t camera) const {
    return {116.0 + 0.01 * (camera % 60), 39.6 + 0.01 * (camera / 60)};
  }

  void Add(uint64_t ms_of_day) {
    const auto camera = static_cast<uint32_t>(random_() % options_.cameras);
    Sighting sighting;
    sighting.source_id = fmt::format("{:x}", random_());
    sighting.camera_id = CameraName(camera);
    sighting.time = kDay.start() + static_cast<int64_t>(ms_of_day);
    sighting.plate = PlateName(static_cast<uint32_t>(random_() % options_.plates));
    sighting.plate_read = sighting.plate;
    sighting.plate_confidence = 0.97;
    sighting.attributes = {{"brand", "Audi"},
                           {"color", random_() % 50 == 0 ? "pink" : "silver"},
                           {"type", "sedan"},
                           {"year", int64_t{2013}}};
    sighting.location = PlaceOf(camera);
    std::string vector(128, '\0');
    for (char& byte : vector) byte = static_cast<char>(random_());
    sighting.vectors = {{"vehicle", std::move(vector)}};
    batch_.push_back(store_.Encode(sighting, store_.FindCamera(sighting.camera_id)->number,
                                   sighting.time, 0));
    if (batch_.size() == kBatchRows) Flush();
  }

  void Flush() {
    if (!batch_.empty()) store_.Append(batch_).value();
    batch_.clear();
  }

  storage::Store& store_;
  const Options& options_;
  std::mt19937_64 random_{1};
  std::vector<storage::EncodedSighting> batch_;
};

// Asks `questions` times and prints the spread of the times in milliseconds.
void Measure(storage::Store& store, const std::string& name, int questions,
             const std::function<query::SearchRequest(std::mt19937_64&)>& make) {
  using std::chrono::steady_clock;
  std::mt19937_64 random(2);
  std::vector<double> milliseconds;
  uint64_t found = 0;
  uint64_t scanned = 0;
  uint64_t read = 0;
  for (int i = 0; i < questions; ++i) {
    query::SearchRequest request = make(random);
    const auto start = steady_clock::now();
    query::SightingSearch search({.store = store}, std::move(request), {});
    found += search.Next(kPage).value().size();
    milliseconds.push_back(
        std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
    scanned += search.cost().rows_scanned;
    read += search.cost().records_read;
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double share) {
    return milliseconds[static_cast<size_t>(share * static_cast<double>(questions - 1))];
  };
  const auto mean = [&](uint64_t sum) { return sum / static_cast<uint64_t>(questions); };
  fmt::print("{:34} p50 {:9.3f}  p99 {:9.3f}  max {:9.3f} ms   rows {:4}  scanned {:7}  "
             "read {:6}\n",
             name, at(0.5), at(0.99), at(1), mean(found), mean(scanned), mean(read));
}

Interval FromSomewhere(std::mt19937_64& random) {
  return {kDay.start() + static_cast<int64_t>(random() % (kMillisecondsPerDay - 3'600'000)),
          kDay.end()};
}

Interval ToSomewhere(std::mt19937_64& random) {
  return {kDay.start(),
          kDay.end() - static_cast<int64_t>(random() % (kMillisecondsPerDay - 3'600'000))};
}

void MeasureAll(storage::Store& store, const Options& options) {
  const Interval crowded{kDay.start() + kCrowdedMinute * kMillisecondsPerMinute,
                         kDay.start() + (kCrowdedMinute + 1) * kMillisecondsPerMinute};
  for (const ResultOrder order : {ResultOrder::kTimeAscending, ResultOrder::kTimeDescending}) {
    const bool ascending = order == ResultOrder::kTimeAscending;
    const auto window = [=](std::mt19937_64& random) {
      return ascending ? FromSomewhere(random) : ToSomewhere(random);
    };
    const auto measure = [&](const std::string& name, int questions, auto make_filter) {
      Measure(store, name + (ascending ? ", ascending" : ", descending"), questions,
              [&](std::mt19937_64& random) {
                return query::SearchRequest{.filter = make_filter(random), .order = order};
              });
    };
    const auto cameras = [&](int count) {
      return [&, count](std::mt19937_64& random) {
        Filter filter{.time = window(random)};
        filter.cameras.emplace();
        for (int i = 0; i < count; ++i) {
          filter.cameras->push_back(CameraName(static_cast<uint32_t>(random() % options.cameras)));
        }
        return filter;
      };
    };
    measure("time", options.questions,
            [&](std::mt19937_64& random) { return Filter{.time = window(random)}; });
    measure("crowded minute", options.questions, [&](std::mt19937_64&) {
      return Filter{.time = crowded};
    });
    measure("1 camera", options.questions / 3, cameras(1));
    measure("5 cameras", options.questions / 3, cameras(5));
    measure("300 cameras", options.questions / 3, cameras(300));
    measure("plate", options.questions, [&](std::mt19937_64& random) {
      return Filter{.plate_pattern = PlateName(static_cast<uint32_t>(random() % options.plates))};
    });
    measure("attribute (2 %)", options.questions / 10, [&](std::mt19937_64& random) {
      return Filter{.time = window(random), .attributes = {{"color", {"pink"}}}};
    });
    measure("pattern 京A00001*", 3, [&](std::mt19937_64&) {
      return Filter{.plate_pattern = "京A00001*"};
    });
  }
  const auto deep = [&](ResultOrder order) {
    return [&, order](std::mt19937_64& random) {
      const TimestampMs time = crowded.from + static_cast<int64_t>(random() % 60'000);
      return query::SearchRequest{.filter = {.time = crowded},
                                  .order = order,
                                  .after = query::SearchPosition{time, CameraName(7), {}}};
    };
  };
  Measure(store, "page inside the crowded minute, asc", options.questions,
          deep(ResultOrder::kTimeAscending));
  Measure(store, "page inside the crowded minute, desc", options.questions,
          deep(ResultOrder::kTimeDescending));
}

void MeasureStream(storage::Store& store) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  query::SightingSearch search({.store = store}, {}, {});
  uint64_t rows = 0;
  while (const size_t got = search.Next(500).value().size()) rows += got;
  const double seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  fmt::print("{:34} {} rows in {:.1f} s, {:.0f} rows/s\n", "stream of the day, descending", rows,
             seconds, static_cast<double>(rows) / seconds);
}

}  // namespace
}  // namespace sightline::bench

int main(int argc, char** argv) {
  using namespace sightline;
  using namespace sightline::bench;
  Options options;
  CLI::App app{"Measures the first page of a search over one day, without HTTP."};
  app.add_option("--data", options.data, "Data directory; filled at the first run")->required();
  app.add_option("--rows", options.rows, "Rows spread over the day");
  app.add_option("--crowded-rows", options.crowded_rows, "More rows in one minute of it");
  app.add_option("--cameras", options.cameras, "Cameras")->check(CLI::PositiveNumber);
  app.add_option("--plates", options.plates, "Plates")->check(CLI::PositiveNumber);
  app.add_option("--questions", options.questions, "Of each kind; some kinds are asked less often")
      ->check(CLI::Range(30, 1'000'000));
  CLI11_PARSE(app, argc, argv);

  const SystemClock clock;
  auto opened = storage::Store::Open(options.data, {}, clock);
  if (!opened) {
    fmt::print(stderr, "{}\n", opened.error().message);
    return 1;
  }
  storage::Store& store = **opened;
  if (store.Days().empty()) Filler(store, options).Fill();
  MeasureAll(store, options);
  MeasureStream(store);
  return store.Close() ? 0 : 1;
}
