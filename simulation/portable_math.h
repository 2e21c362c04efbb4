// The few functions of <cmath> whose last digit may differ between processors (glibc picks a
// variant at run time), made of exact operations: a seed gives the same bytes everywhere.
#pragma once

#include "core/geo.h"

namespace sightline::simulation {

// Natural logarithm, relative error below 1e-12. Requires x > 0 and finite.
double Log(double x);

// e to the x, relative error below 1e-12. Requires |x| < 700.
double Exp(double x);

// Cosine of an angle in degrees, error below 1e-12. Requires |degrees| <= 90.
double CosDegrees(double degrees);

// Metres between two places of one city: flat, at their mean latitude. Within 0.1 % of the great
// circle for places up to 100 km apart and below 70 degrees of latitude.
double CityDistanceMeters(const Position& a, const Position& b);

}  // namespace sightline::simulation
