// Random numbers that are the same on every machine: a counter-based generator and distributions of
// our own, since those of <random> may differ from library to library.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

namespace sightline::simulation {

// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
// OOPSLA 2014): a bijection of 64 bits in which every input bit moves half of the output bits.
constexpr uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// What a stream of numbers is for. Part of its key, so that streams never meet; a number once given
// keeps its meaning.
enum class Stream : uint64_t {
  kCity = 1,
  kCameras = 2,
  kVehicle = 3,
  kPlate = 4,
  kConvoy = 5,
  kDay = 6,
  kTrip = 7,
  kReading = 8,
  kAppearance = 9,
  kPlaces = 10,
  kSignal = 11,
  kRoute = 12,
  kMobile = 13,
  kFollower = 14,
};

// The key of a stream: the seed, its purpose and whose it is. The same arguments give the same key.
constexpr uint64_t StreamKey(uint64_t seed, Stream stream,
                             std::initializer_list<uint64_t> of = {}) {
  uint64_t key = Mix(seed + 0x9e3779b97f4a7c15 * static_cast<uint64_t>(stream));
  for (const uint64_t part : of) key = Mix(key + 0x9e3779b97f4a7c15 * (part + 1));
  return key;
}

// One stream of numbers. Cheap to make: a vehicle, a trip, a reading each have their own, so that
// what one of them does never shifts the numbers of another. Not thread-safe.
class Random {
 public:
  explicit constexpr Random(uint64_t key) : state_(key) {}
  constexpr Random(uint64_t seed, Stream stream, std::initializer_list<uint64_t> of)
      : state_(StreamKey(seed, stream, of)) {}

  constexpr uint64_t Next() { return Mix(state_ += 0x9e3779b97f4a7c15); }

  // [0, 1), 53 bits.
  constexpr double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  constexpr double Uniform(double from, double to) { return from + (to - from) * Uniform(); }

  // [0, n). Requires 0 < n <= 2^32; the bias is below 2^-32.
  constexpr uint32_t Below(uint64_t n) { return static_cast<uint32_t>(((Next() >> 32) * n) >> 32); }

  // [from, to], whole numbers. Requires from <= to.
  constexpr int64_t Between(int64_t from, int64_t to) {
    return from + Below(static_cast<uint64_t>(to - from) + 1);
  }

  constexpr bool Chance(double probability) { return Uniform() < probability; }

  // Mean 0, variance 1: the sum of twelve uniforms, nearly normal and never beyond 6.
  double Normal();

  // Mean 1.
  double Exponential();

  // An index with a probability in proportion to its weight. Requires a positive sum.
  size_t Pick(std::span<const double> weights);

 private:
  uint64_t state_;
};

// Spreads a share evenly over numbered things: whether number `i` is one of them, about `share` of
// any run of numbers, whatever their total. The first of them is near 0.5 / share.
constexpr bool IsOneOf(uint64_t i, double share) {
  const double index = static_cast<double>(i);
  return static_cast<uint64_t>((index + 1) * share + 0.5) !=
         static_cast<uint64_t>(index * share + 0.5);
}

}  // namespace sightline::simulation
