#include "simulation/portable_math.h"

#include <cmath>
#include <numbers>

namespace sightline::simulation {

// std::frexp, ldexp, sqrt, floor and the four operations are exact (IEEE 754); the room is compiled
// without contraction of a * b + c.

double Log(double x) {
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);  // [0.5, 1)
  if (mantissa < std::numbers::sqrt2 / 2) {
    mantissa *= 2;
    --exponent;
  }
  // ln m = 2 artanh s, s = (m - 1) / (m + 1), |s| < 0.172.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double sum = 0;
  for (int n = 17; n >= 1; n -= 2) sum = sum * square + 1.0 / n;
  return 2 * s * sum + exponent * std::numbers::ln2;
}

double Exp(double x) {
  const double k = std::floor(x / std::numbers::ln2 + 0.5);
  const double r = x - k * std::numbers::ln2;  // |r| < 0.35
  double sum = 1;
  for (int n = 13; n >= 1; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

double CosDegrees(double degrees) {
  const double x = degrees * (std::numbers::pi / 180);
  const double square = x * x;
  double sum = 1;
  for (int n = 22; n >= 2; n -= 2) sum = 1 - sum * square / (n * (n - 1));
  return sum;
}

double CityDistanceMeters(const Position& a, const Position& b) {
  constexpr double kMetersPerDegree = kEarthRadiusMeters * std::numbers::pi / 180;
  const double y = (b.lat - a.lat) * kMetersPerDegree;
  const double x = (b.lon - a.lon) * kMetersPerDegree * CosDegrees((a.lat + b.lat) / 2);
  return std::sqrt(x * x + y * y);
}

}  // namespace sightline::simulation
