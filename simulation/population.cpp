#include "simulation/population.h"

#include <algorithm>
#include <array>

#include "simulation/plates.h"
#include "simulation/random.h"

namespace sightline::simulation {
namespace {

constexpr std::array<double, kVehicleKinds> kKindShares = {0.55, 0.17, 0.04, 0.01,
                                                           0.07, 0.03, 0.13};

// A real plate one confusable character away from another's.
constexpr double kNeighbourShare = 0.02;
constexpr double kThirdOfPlate = 0.2;  // clones that copy a plate which was copied before
constexpr double kNewInTown = 0.01;    // residents that come only during the simulated days
constexpr double kMeanConvoySize = 3.2;

constexpr unsigned Types(std::initializer_list<BodyType> types) {
  unsigned set = 0;
  for (const BodyType type : types) set |= 1u << static_cast<int>(type);
  return set;
}

unsigned TypesOf(VehicleKind kind) {
  switch (kind) {
    case VehicleKind::kTaxi:
      return Types({BodyType::kSedan});
    case VehicleKind::kBus:
      return Types({BodyType::kBus});
    case VehicleKind::kTruck:
      return Types({BodyType::kTruck, BodyType::kVan});
    case VehicleKind::kCommuter:
    case VehicleKind::kHousehold:
    case VehicleKind::kNight:
    case VehicleKind::kVisitor:
      return kPassengerTypes;
  }
  return kPassengerTypes;
}

// Kinds are spread evenly over numbers by the golden ratio: any run of vehicles has its share of
// each.
VehicleKind KindOf(uint64_t number) {
  const uint64_t golden = (number + 1) * 0x9e3779b97f4a7c15;
  double left = static_cast<double>(golden >> 11) * 0x1p-53;
  for (int kind = 0; kind < kVehicleKinds; ++kind) {
    const double share = kKindShares[static_cast<size_t>(kind)];
    if (left < share) return static_cast<VehicleKind>(kind);
    left -= share;
  }
  return VehicleKind::kCommuter;
}

bool IsPrivate(VehicleKind kind) {
  return kind == VehicleKind::kCommuter || kind == VehicleKind::kHousehold ||
         kind == VehicleKind::kNight;
}

class Registry {
 public:
  Registry(const SimulationOptions& options, const Places& places)
      : options_(options), places_(places), plates_(options.seed, options.scheme) {}

  Population Fill() {
    population_.vehicles.reserve(options_.vehicles);
    for (uint64_t number = 0; number < options_.vehicles; ++number) Add(number);
    return std::move(population_);
  }

 private:
  void Add(uint64_t number) {
    Random random(options_.seed, Stream::kVehicle, {number});
    Vehicle vehicle;
    const uint32_t convoy = ConvoyOf(number);
    vehicle.kind = KindOf(number);
    const bool clone = convoy == kNobody && IsOneOf(number, options_.clones) && number > 0;
    if ((clone && !IsPrivate(vehicle.kind)) ||
        (convoy != kNobody && vehicle.kind != VehicleKind::kCommuter)) {
      vehicle.kind = VehicleKind::kHousehold;
    }
    vehicle.model = DrawModel(random, TypesOf(vehicle.kind));
    vehicle.color = vehicle.kind == VehicleKind::kTaxi ? 8 : DrawColor(random);
    vehicle.speed_percent = static_cast<uint8_t>(random.Between(86, 112));
    vehicle.sticker = !random.Chance(0.06);
    vehicle.belted = !random.Chance(0.05);
    SetPlaces(vehicle, random);
    SetDays(vehicle, random);
    vehicle.plate_color = ColorOfPlate(vehicle);
    if (convoy != kNobody) {
      vehicle.convoy = convoy;
      vehicle.convoy_rank = static_cast<uint8_t>(number - population_.convoys[convoy].first);
    }
    if (!clone || !CopyPlate(vehicle, random)) GivePlate(number, vehicle, random);
    population_.vehicles.push_back(std::move(vehicle));
  }

  void SetPlaces(Vehicle& vehicle, Random& random) const {
    vehicle.home = places_.Home(random);
    do {
      vehicle.work = vehicle.kind == VehicleKind::kBus ? places_.Any(random) : places_.Work(random);
    } while (vehicle.work == vehicle.home);
    if (vehicle.kind != VehicleKind::kVisitor) return;
    do {
      vehicle.home = places_.Gate(random);
    } while (vehicle.work == vehicle.home);
  }

  void SetDays(Vehicle& vehicle, Random& random) const {
    const auto days = static_cast<uint64_t>(options_.days);
    if (vehicle.kind == VehicleKind::kVisitor) {
      vehicle.first_day = static_cast<uint16_t>(random.Below(days));
      vehicle.last_day = static_cast<uint16_t>(vehicle.first_day + random.Below(3));
    } else if (random.Chance(kNewInTown)) {
      vehicle.first_day = static_cast<uint16_t>(random.Below(days));
    }
  }

  // The convoy that `number` belongs to, made with its leader.
  uint32_t ConvoyOf(uint64_t number) {
    std::vector<Convoy>& convoys = population_.convoys;
    if (!convoys.empty() && number < uint64_t{convoys.back().first} + convoys.back().size) {
      return static_cast<uint32_t>(convoys.size() - 1);
    }
    if (!IsOneOf(number, options_.convoy_vehicles / kMeanConvoySize)) return kNobody;
    Random random(options_.seed, Stream::kConvoy, {number});
    constexpr std::array<double, 4> kSizes = {0.35, 0.25, 0.25, 0.15};  // 2 to 5
    const auto size = static_cast<uint8_t>(2 + random.Pick(kSizes));
    convoys.push_back({static_cast<uint32_t>(number), size, places_.Any(random)});
    return static_cast<uint32_t>(convoys.size() - 1);
  }

  PlateColor ColorOfPlate(const Vehicle& vehicle) const {
    const VehicleModel& model = VehicleModels()[vehicle.model];
    if (options_.scheme == PlateScheme::kCalifornia) return PlateColor::kWhite;
    if (model.electric) return PlateColor::kGreen;
    const bool large = model.type == BodyType::kBus || model.type == BodyType::kTruck;
    return large ? PlateColor::kYellow : PlateColor::kBlue;
  }

  // Makes the vehicle a clone of an earlier private one. False when none was found.
  bool CopyPlate(Vehicle& vehicle, Random& random) {
    const std::vector<Vehicle>& others = population_.vehicles;
    uint32_t genuine = kNobody;
    if (last_copied_ != kNobody && random.Chance(kThirdOfPlate)) {
      genuine = last_copied_;
    } else {
      constexpr int kTries = 50;
      for (int i = 0; i < kTries && genuine == kNobody; ++i) {
        const uint32_t number = random.Below(others.size());
        const Vehicle& other = others[number];
        // A vehicle that stays and has nothing else special about it, so that truth is plain.
        if (other.copies == kNobody && other.convoy == kNobody && IsPrivate(other.kind) &&
            other.first_day == 0) {
          genuine = number;
        }
      }
    }
    if (genuine == kNobody) return false;
    last_copied_ = genuine;
    vehicle.copies = genuine;
    vehicle.plate = others[genuine].plate;
    vehicle.plate_color = others[genuine].plate_color;
    if (random.Chance(options_.clones_same_model)) {
      vehicle.model = others[genuine].model;
      vehicle.color = others[genuine].color;
    } else {
      // Another model, also by its colour, as someone does who took any plate.
      while (vehicle.model == others[genuine].model)
        vehicle.model = DrawModel(random, kPassengerTypes);
    }
    const bool from_start = random.Chance(options_.clones_from_start) || options_.days == 1;
    vehicle.first_day = static_cast<uint16_t>(
        from_start ? 0 : 1 + random.Below(static_cast<uint64_t>(options_.days) - 1));
    // Inspection asks for papers that fit the car, which a copy of a plate does not have.
    vehicle.sticker = !random.Chance(options_.clones_without_sticker);
    return true;
  }

  void GivePlate(uint64_t number, Vehicle& vehicle, Random& random) {
    PlateUse use = PlateUse::kLocal;
    if (vehicle.kind == VehicleKind::kVisitor) use = PlateUse::kVisitor;
    if (vehicle.plate_color == PlateColor::kGreen) use = PlateUse::kNewEnergy;
    if (vehicle.plate_color == PlateColor::kYellow) use = PlateUse::kLarge;
    const bool neighbour = random.Chance(kNeighbourShare) && number > 0;
    if (neighbour) {
      const Vehicle& other = population_.vehicles[random.Below(number)];
      if (other.plate_color == vehicle.plate_color) {
        vehicle.plate = plates_.IssueNeighbour(number, other.plate);
      }
    }
    if (vehicle.plate.empty()) vehicle.plate = plates_.Issue(number, use);
  }

  const SimulationOptions& options_;
  const Places& places_;
  PlateOffice plates_;
  Population population_;
  uint32_t last_copied_ = kNobody;
};

}  // namespace

std::string_view VehicleKindName(VehicleKind kind) {
  constexpr std::array<std::string_view, kVehicleKinds> kNames = {
      "commuter", "household", "taxi", "bus", "truck", "night", "visitor"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view PlateColorName(PlateColor color) {
  constexpr std::array<std::string_view, 4> kNames = {"blue", "green", "yellow", "white"};
  return kNames[static_cast<size_t>(color)];
}

Population Populate(const SimulationOptions& options, const Places& places) {
  return Registry(options, places).Fill();
}

}  // namespace sightline::simulation
