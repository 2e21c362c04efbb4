// What a simulated city is made of.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.h"
#include "core/time.h"

namespace sightline::simulation {

enum class PlateScheme {
  kChina,       // 京A12345, 京AD12345 for new-energy vehicles
  kCalifornia,  // 7ABC123; visitors from states with other patterns
};

struct SimulationOptions {
  uint64_t seed = 1;

  // --- size --------------------------------------------------------------------------------------
  // What vehicle i does depends on the seed, the roads, the cameras and its number, never on how
  // many others there are: a city with fewer vehicles holds the same tracks of those that are left.
  // The three error shares of readings do not move tracks either.
  uint64_t vehicles = 1'000;  // [1, 20,000,000]
  int cameras = 100;          // [1, 20,000]
  int days = 1;               // [1, 3,650]
  // Share of days on which a vehicle moves at all, besides its own habits: 1 leaves them as they
  // are, less thins the city by whole days of a vehicle. (0, 1].
  double activity = 1;

  // Local midnight of the first day, and which weekday that is (0 Monday to 6 Sunday).
  TimestampMs start;
  int first_weekday = 0;

  // --- roads -------------------------------------------------------------------------------------
  std::string roads;  // GraphML, plain or gzip; empty: generated

  // --- plates ------------------------------------------------------------------------------------
  PlateScheme scheme = PlateScheme::kChina;

  // --- faults: shares in [0, 1]
  // -------------------------------------------------------------------
  double misread = 0.03;           // of readings: another plate than the true one
  double unread = 0.01;            // of readings: no plate
  double missed = 0.02;            // of passes: no reading
  double wrong_clock = 0.01;       // of cameras
  double wrong_position = 0.005;   // of cameras: registered elsewhere
  double mobile = 0.02;            // of cameras: moved around, each reading bears its own place
  double clones = 0.005;           // of vehicles: bear the plate of another
  double clones_same_model = 0.8;  // of clones: look like the genuine vehicle
  double clones_from_start = 0.15;  // of clones: drive from the first day on, others begin later
  double clones_without_sticker = 0.5;  // of clones: bear no inspection sticker
  double convoy_vehicles = 0.01;   // of vehicles: travel together in groups on some of their trips

  // --- appearance vectors
  // --------------------------------------------------------------------------
  bool vehicle_vectors = true;  // "vehicle", 128 bytes
  bool detail_vectors = false;  // "detail", 512 bytes
};

// kInvalidArgument naming the option and its range. `field` is the member's name with '-' for '_',
// as the command line calls it.
Status Validate(const SimulationOptions& options);

}  // namespace sightline::simulation
