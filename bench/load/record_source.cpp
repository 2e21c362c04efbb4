#include "bench/load/record_source.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

#include "core/time.h"

namespace sightline::bench {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kPlateCharacters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

std::vector<std::string> MakeAttributes() {
  constexpr std::array<std::string_view, 4> kTypes = {"sedan", "suv", "van", "truck"};
  constexpr std::array<std::string_view, 6> kBrands = {"Audi",   "Volkswagen", "Toyota",
                                                       "Honda", "BYD",        "Buick"};
  constexpr std::array<std::string_view, 5> kColors = {"silver", "black", "white", "gray", "red"};
  std::vector<std::string> made;
  for (uint64_t i = 0; i < 512; ++i) {
    const uint64_t r = Mix(i);
    made.push_back(fmt::format(
        R"({{"type":"{}","brand":"{}","model":"M{}","year":"{}","color":"{}","inspection_sticker":{},"seatbelt_driver":{},"passenger":{}}})",
        kTypes[r % 4], kBrands[(r >> 8) % 6], (r >> 16) % 40, 2000 + (r >> 24) % 17,
        kColors[(r >> 32) % 5], (r >> 40) % 2 == 0, (r >> 41) % 8 != 0, (r >> 44) % 3 == 0));
  }
  return made;
}

}  // namespace

RecordSource::RecordSource(const RecordSourceOptions& options)
    : options_(options), attributes_(MakeAttributes()) {}

int64_t RecordSource::TimeOf(uint64_t index) const {
  const auto span = static_cast<uint64_t>(options_.span_ms);
  if (options_.scattered) {
    return options_.first_time_ms + static_cast<int64_t>(Mix(options_.seed ^ ~index) % span);
  }
  // Ascending, with the disorder of a second or two that cameras' queues make.
  const auto position = static_cast<double>(index) / static_cast<double>(options_.rows);
  const uint64_t jitter = Mix(options_.seed ^ ~index) % 2000;
  const uint64_t offset = static_cast<uint64_t>(position * static_cast<double>(span)) + jitter;
  return options_.first_time_ms + static_cast<int64_t>(offset < span ? offset : span - 1);
}

std::string RecordSource::PlateOf(uint64_t index) const {
  uint64_t vehicle = Mix(options_.seed + index) % options_.plates;
  std::string plate = "京";
  vehicle = vehicle * 7 + 34ULL * 34 * 34 * 34;  // spread over the six places
  for (int place = 0; place < 6; ++place, vehicle /= kPlateCharacters.size()) {
    plate.push_back(kPlateCharacters[vehicle % kPlateCharacters.size()]);
  }
  return plate;
}

void RecordSource::AppendLine(uint64_t index, std::string& out) const {
  const uint64_t r = Mix(options_.seed * 31 + index);
  const uint32_t camera = static_cast<uint32_t>(r % options_.cameras);
  fmt::format_to(
      std::back_inserter(out),
      FMT_COMPILE(
          R"({{"source_id":"cam{}-{:09}","camera_id":"K-{:04}","time":{},"plate":"{}","plate_color":"blue","plate_confidence":0.{:02},"attributes":{},"location":{{"lon":116.{:05},"lat":39.{:05}}},"lane":{},"speed_kmh":{}.{},"image":"https://pictures.example/{:04}/{:012}.jpg","vectors":{{"vehicle":")"),
      camera, index, camera, TimeOf(index), PlateOf(index), 50 + (r >> 20) % 50,
      attributes_[(r >> 32) % attributes_.size()], 20000 + camera * 37 % 50000,
      80000 + camera * 71 % 19999, 1 + (r >> 41) % 4, 20 + (r >> 43) % 80, (r >> 50) % 10, camera,
      index);
  // 128 bytes are 171 characters and one '='; the last character carries two bits, so "A".
  std::array<char, 172> vector;
  uint64_t bits = 0;
  for (size_t i = 0; i < 170; ++i, bits >>= 6) {
    if (i % 10 == 0) bits = Mix(r + i);
    vector[i] = kBase64[bits & 63];
  }
  vector[170] = 'A';
  vector[171] = '=';
  out.append(vector.data(), vector.size());
  out.append("\"}}\n");
}

void RecordSource::AppendCameras(std::string& out) const {
  for (uint32_t camera = 0; camera < options_.cameras; ++camera) {
    fmt::format_to(std::back_inserter(out),
                   R"({{"id":"K-{:04}","name":"Camera {}","location":{{"lon":116.{:05},"lat":39.{:05}}}}})"
                   "\n",
                   camera, camera, 20000 + camera * 37 % 50000, 80000 + camera * 71 % 19999);
  }
}

}  // namespace sightline::bench
