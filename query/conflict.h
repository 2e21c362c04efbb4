// A conflict: readings of one plate that no single vehicle can have made, and what explains them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/geo.h"
#include "core/sighting_id.h"
#include "core/time.h"

namespace sightline::query {

enum class ConflictKind : uint8_t { kCloned, kMisread, kClock, kPosition };
inline constexpr int kConflictKinds = 4;

// Two readings that exclude each other, a not after b.
struct ImpossiblePair {
  SightingId a;
  SightingId b;
  std::string camera_a;
  std::string camera_b;
  Meters distance;              // great circle between the two places
  double gap_s = 0;             // by the cameras' clocks
  std::optional<Kmh> required;  // none where the gap is 0
  double fastest_s = 0;         // the fastest credible time between the two

  bool operator==(const ImpossiblePair&) const = default;
};

// One of the vehicles that bear the plate.
struct ConflictVehicle {
  std::vector<SightingId> sightings;  // in order of time: every reading of the window that is of it
  // What its readings mostly say: brand, model, color, ...; by name.
  std::vector<std::pair<std::string, std::string>> appearance;
  std::optional<Position> home;
  bool likely_genuine = false;  // of one vehicle of a clone at most
  std::vector<std::string> reasons;  // why it is thought genuine or not; for people, English

  bool operator==(const ConflictVehicle&) const = default;
};

// What a sweep says of one plate. Deterministic: the same readings, models and window give the same.
struct Conflict {
  std::string plate;
  ConflictKind kind = ConflictKind::kCloned;       // the likeliest
  std::array<double, kConflictKinds> probabilities = {};  // by kind; sum to 1
  double confidence = 0;                           // that it is of `kind`, [0, 1]
  std::vector<std::string> reasons;                // for people, English
  std::vector<ImpossiblePair> evidence;            // the strongest first, a few
  std::vector<ConflictVehicle> vehicles;           // the likely genuine one first
  // Readings that are of none of them: of a plate that they were misread from (empty: unknown), or
  // of cameras that are at fault.
  struct Foreign {
    SightingId sighting;
    std::string probable_plate;

    bool operator==(const Foreign&) const = default;
  };
  std::vector<Foreign> foreign;
  TimestampMs first;  // of the readings in `evidence`
  TimestampMs last;

  bool operator==(const Conflict&) const = default;
};

}  // namespace sightline::query
