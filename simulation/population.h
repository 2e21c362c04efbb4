// The vehicles of a city: what they are, whose plate they bear, where they belong.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/options.h"
#include "simulation/places.h"
#include "simulation/vehicle_models.h"

namespace sightline::simulation {

inline constexpr uint32_t kNobody = std::numeric_limits<uint32_t>::max();

enum class VehicleKind : uint8_t {
  kCommuter,
  kHousehold,
  kTaxi,
  kBus,
  kTruck,
  kNight,    // moves between 22:00 and 5:00 only
  kVisitor,  // comes in through a gate, stays some days, leaves
};
inline constexpr int kVehicleKinds = 7;
std::string_view VehicleKindName(VehicleKind kind);  // "commuter", ...

enum class PlateColor : uint8_t { kBlue, kGreen, kYellow, kWhite };
std::string_view PlateColorName(PlateColor color);

struct Vehicle {
  std::string plate;
  uint32_t home = 0;          // node; a visitor's gate
  uint32_t work = 0;          // node; a bus's other terminal, a visitor's hotel
  uint32_t copies = kNobody;  // of a clone: the number of the vehicle whose plate it bears
  uint32_t convoy = kNobody;  // index of its convoy
  uint8_t convoy_rank = 0;    // 0 leads
  VehicleKind kind = VehicleKind::kCommuter;
  uint16_t model = 0;
  uint8_t color = 0;
  PlateColor plate_color = PlateColor::kBlue;
  uint8_t speed_percent = 100;  // of what others drive, [86, 112]
  bool sticker = true;          // bears its inspection sticker
  bool belted = true;           // its driver mostly wears the belt
  uint16_t first_day = 0;       // in the city: [first_day, last_day]
  uint16_t last_day = std::numeric_limits<uint16_t>::max();
};

// Vehicles that meet at a place on some days and drive on together.
struct Convoy {
  uint32_t first = 0;  // the leader's number; the others follow in order
  uint8_t size = 2;
  uint32_t meeting_place = 0;  // node
};

struct Population {
  std::vector<Vehicle> vehicles;
  std::vector<Convoy> convoys;
};

// Vehicle i depends on the options but not on their number of vehicles.
Population Populate(const SimulationOptions& options, const Places& places);

}  // namespace sightline::simulation
