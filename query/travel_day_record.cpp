// How a day's counts are kept: variable-length integers, keys by their distance from the last, and a
// checksum (XXH3, 64 bits) at the end.
#include <xxhash.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "query/travel_day.h"

namespace sightline::query {
namespace {

constexpr uint64_t kVersion = 1;
constexpr size_t kChecksumBytes = sizeof(uint64_t);

class Writer {
 public:
  void Uint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  void Double(double value) { Fixed(std::bit_cast<uint64_t>(value)); }
  void Fixed(uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(value >> shift);
  }

  std::string Finish() && {
    Fixed(XXH3_64bits(bytes_.data(), bytes_.size()));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

// Reads what a Writer wrote; once something is amiss all that it gives is 0.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t Uint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  uint64_t Fixed() {
    if (bytes_.size() < sizeof(uint64_t)) {
      good_ = false;
      return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(uint64_t); ++i) {
      value |= uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    }
    bytes_.remove_prefix(sizeof(uint64_t));
    return value;
  }
  double Double() { return std::bit_cast<double>(Fixed()); }

  bool good() const { return good_; }
  bool at_end() const { return bytes_.empty(); }
  // How many elements there can be at most: none takes less than a byte.
  size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

std::optional<TravelDay> Decode(std::string_view bytes) {
  if (bytes.size() < kChecksumBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (Reader(bytes.substr(body.size())).Fixed() != XXH3_64bits(body.data(), body.size())) {
    return std::nullopt;
  }
  Reader in(body);
  if (in.Uint() != kVersion) return std::nullopt;
  TravelDay day;
  day.day.number = static_cast<uint16_t>(in.Uint());
  day.versions = in.Uint();
  day.readings = in.Uint();
  day.plates = in.Uint();
  day.plates_left_out = in.Uint();
  const uint64_t cameras = in.Uint();
  if (cameras > in.left()) return std::nullopt;
  uint32_t number = 0;
  for (uint64_t i = 0; i < cameras && in.good(); ++i) {
    TravelDayCamera& camera = day.cameras.emplace_back();
    number += static_cast<uint32_t>(in.Uint());
    camera.number = number;
    camera.place = {.lon = in.Double(), .lat = in.Double()};
    camera.left_out = in.Uint() != 0;
    camera.clock_offset_s = in.Double();
  }
  const uint64_t bins = in.Uint();
  if (bins > in.left()) return std::nullopt;
  day.bins.reserve(bins);
  TravelKey key = 0;
  for (uint64_t i = 0; i < bins && in.good(); ++i) {
    key += in.Uint();
    day.bins.push_back({key, static_cast<uint32_t>(in.Uint())});
    if (BucketOf(key) >= kTravelBuckets) return std::nullopt;
  }
  if (!in.good() || !in.at_end()) return std::nullopt;
  return day;
}

}  // namespace

std::string EncodeTravelDay(const TravelDay& day) {
  Writer out;
  out.Uint(kVersion);
  out.Uint(day.day.number);
  out.Uint(day.versions);
  out.Uint(day.readings);
  out.Uint(day.plates);
  out.Uint(day.plates_left_out);
  out.Uint(day.cameras.size());
  uint32_t number = 0;
  for (const TravelDayCamera& camera : day.cameras) {
    out.Uint(camera.number - number);
    number = camera.number;
    out.Double(camera.place.lon);
    out.Double(camera.place.lat);
    out.Uint(camera.left_out ? 1 : 0);
    out.Double(camera.clock_offset_s);
  }
  out.Uint(day.bins.size());
  TravelKey key = 0;
  for (const TravelBin& bin : day.bins) {
    out.Uint(bin.key - key);
    key = bin.key;
    out.Uint(bin.count);
  }
  return std::move(out).Finish();
}

Result<TravelDay> DecodeTravelDay(std::string_view bytes) {
  std::optional<TravelDay> day = Decode(bytes);
  if (!day) {
    return Error{ErrorCode::kCorruption, "a day's travel times in the catalog do not parse", {}};
  }
  return *std::move(day);
}

}  // namespace sightline::query
