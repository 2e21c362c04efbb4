#include "simulation/observation.h"

#include <fmt/format.h>

#include <cmath>

#include "simulation/random.h"

namespace sightline::simulation {
namespace {

// Messages take a moment; every now and then a line is slow.
constexpr CityTime kLeastDelay = 200;
constexpr CityTime kUsualDelay = 2'500;
constexpr CityTime kSlowDelay = 45 * kSecond;
constexpr double kSlowShare = 0.01;

// Shares of readings in which an attribute is wrong or not given.
constexpr double kColorWrong = 0.05;
constexpr double kModelWrong = 0.03;
constexpr double kYearWrong = 0.05;
constexpr double kTypeWrong = 0.01;
constexpr double kNotGiven = 0.02;

uint64_t ReadingKey(const SimulationOptions& options, const Pass& pass) {
  return StreamKey(options.seed, Stream::kReading,
                   {pass.vehicle, pass.camera, static_cast<uint64_t>(pass.time)});
}

// -1 at night, 1 at noon.
double Light(CityTime time) {
  const double hour = static_cast<double>(time % kCityDay) / kHour;
  const double from_noon = std::fabs(hour - 13) / 7;  // daylight from 6 to 20
  return from_noon >= 1.2 ? -1 : from_noon <= 0.6 ? 1 : 1 - (from_noon - 0.6) / 0.3;
}

}  // namespace

bool IsMissed(const SimulationOptions& options, const Pass& pass) {
  return Random(ReadingKey(options, pass) ^ 1).Chance(options.missed);
}

CityTime ArrivalOf(const SimulationOptions& options, const Pass& pass) {
  Random random(ReadingKey(options, pass) ^ 2);
  const CityTime longest = random.Chance(kSlowShare) ? kSlowDelay : kUsualDelay;
  return pass.time + random.Between(kLeastDelay, longest);
}

Observer::Observer(const SimulationOptions& options, const City& city, const Population& population)
    : options_(options),
      city_(city),
      population_(population),
      misreads_(options.seed, options.scheme),
      vehicle_space_(options.seed, kVehicleSpace, city.cameras.cameras().size()),
      detail_space_(options.seed, kDetailSpace, city.cameras.cameras().size()) {}

ReadingFlags Observer::Read(const ArrivedPass& arrived, Sighting& sighting) const {
  const Pass& pass = arrived.pass;
  const CityCamera& camera = city_.cameras.camera(pass.camera);
  const Vehicle& vehicle = population_.vehicles[pass.vehicle];
  Random random(ReadingKey(options_, pass));
  ReadingFlags flags{.wrong_clock = camera.wrong_clock(), .wrong_position = camera.wrong_position};

  sighting.camera_id = camera.registered.id;
  if (!sighting.source_id) sighting.source_id.emplace();
  sighting.source_id->clear();
  fmt::format_to(std::back_inserter(*sighting.source_id), "{}-{}", pass.camera + 1, arrived.number);
  sighting.time = options_.start + camera.Shown(pass.time);
  ReadPlate(vehicle, arrived, random, flags, sighting);
  flags.attribute_error = ReadAttributes(vehicle, random, sighting);
  sighting.location.reset();
  if (camera.mobile) sighting.location = city_.cameras.MobilePosition(pass.camera, pass.time);
  sighting.lane = pass.lane;
  const double kmh = pass.speed_dkmh / 10.0 * (1 + 0.03 * random.Normal());
  sighting.speed_kmh = std::round(kmh * 10) / 10;
  sighting.image.clear();
  fmt::format_to(std::back_inserter(sighting.image), "https://images.example/{}/{}.jpg",
                 camera.registered.id, arrived.number);

  size_t vectors = 0;
  const auto add_vector = [&](const char* space, const AppearanceModel& model) {
    if (sighting.vectors.size() == vectors) sighting.vectors.emplace_back();
    AppearanceVector& vector = sighting.vectors[vectors++];
    vector.space = space;
    const Looks looks{pass.vehicle, vehicle.model,
                      static_cast<uint8_t>(VehicleModels()[vehicle.model].type), vehicle.color};
    model.Draw(looks, {pass.camera, Light(pass.time)}, random, vector.bytes);
  };
  if (options_.detail_vectors) add_vector("detail", detail_space_);
  if (options_.vehicle_vectors) add_vector("vehicle", vehicle_space_);
  sighting.vectors.resize(vectors);
  return flags;
}

void Observer::ReadPlate(const Vehicle& vehicle, const ArrivedPass& arrived, Random& random,
                         ReadingFlags& flags, Sighting& sighting) const {
  const CityCamera& camera = city_.cameras.camera(arrived.pass.camera);
  const double misread = std::min(0.5, options_.misread * camera.misread_factor);
  const double draw = random.Uniform();
  flags.unread = draw < options_.unread;
  flags.misread = !flags.unread && draw < options_.unread + misread;
  sighting.plate.clear();
  sighting.plate_read.clear();
  sighting.plate_color.clear();
  sighting.plate_confidence.reset();
  if (flags.unread) return;
  if (flags.misread) {
    sighting.plate = misreads_.Misread(vehicle.plate, arrived.pass.camera, random);
  } else {
    sighting.plate = vehicle.plate;
  }
  sighting.plate_read = sighting.plate;
  sighting.plate_color = PlateColorName(vehicle.plate_color);
  sighting.plate_confidence = MisreadModel::Confidence(!flags.misread, random);
}

bool Observer::ReadAttributes(const Vehicle& vehicle, Random& random, Sighting& sighting) const {
  bool wrong = false;
  const auto fails = [&](double share) {
    const bool failed = random.Chance(share);
    wrong = wrong || failed;
    return failed;
  };
  const VehicleModel& own = VehicleModels()[vehicle.model];
  const VehicleModel* seen = &own;
  if (fails(kModelWrong)) {
    // Another one of the same type of body.
    seen = &VehicleModels()[DrawModel(random, 1u << static_cast<int>(own.type))];
  }
  const uint8_t color = fails(kColorWrong) ? ConfusedColor(random, vehicle.color) : vehicle.color;
  const BodyType type =
      fails(kTypeWrong) ? static_cast<BodyType>(random.Below(kBodyTypes)) : own.type;
  const bool belted = vehicle.belted ? !random.Chance(0.03) : random.Chance(0.2);
  const bool passenger = random.Chance(0.3);
  const bool sticker = fails(0.02) ? !vehicle.sticker : vehicle.sticker;
  const std::string_view years =
      fails(kYearWrong) ? VehicleModels()[DrawModel(random, kPassengerTypes)].years : seen->years;

  size_t used = 0;
  const auto add = [&](const char* name) -> AttributeValue& {
    if (sighting.attributes.size() == used) sighting.attributes.emplace_back();
    Attribute& attribute = sighting.attributes[used++];
    attribute.name = name;
    return attribute.value;
  };
  const auto add_text = [&](const char* name, std::string_view text) {
    AttributeValue& value = add(name);
    if (auto* held = std::get_if<std::string>(&value)) {
      *held = text;
    } else {
      value = std::string(text);
    }
  };
  // In byte order of names, as a Sighting holds them.
  const bool named = !random.Chance(kNotGiven);
  if (named) add_text("brand", seen->brand);
  add_text("color", Colors()[color]);
  add("inspection_sticker") = sticker;
  if (named) add_text("model", seen->model);
  add("passenger") = passenger;
  add("seatbelt_driver") = belted;
  add_text("type", BodyTypeName(type));
  if (named) add_text("year", years);
  sighting.attributes.resize(used);
  return wrong;
}

}  // namespace sightline::simulation
