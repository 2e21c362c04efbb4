#include "simulation/vehicle_models.h"

#include <array>

namespace sightline::simulation {
namespace {

using enum BodyType;

// How common each is follows passenger car statistics loosely: a few models are everywhere, most
// are rare.
constexpr VehicleModel kModels[] = {
    {"Volkswagen", "Lavida", kSedan, "2013-2017", 10},
    {"Volkswagen", "Sagitar", kSedan, "2015-2018", 7},
    {"Volkswagen", "Passat", kSedan, "2011-2015", 6},
    {"Volkswagen", "Tiguan L", kSuv, "2017-2021", 5},
    {"Volkswagen", "Polo", kHatchback, "2011-2018", 3},
    {"Volkswagen", "Golf", kHatchback, "2014-2020", 3},
    {"Volkswagen", "Touran", kMpv, "2011-2016", 1.5},
    {"Volkswagen", "Teramont", kSuv, "2017-2022", 1.5},
    {"Toyota", "Corolla", kSedan, "2014-2018", 8},
    {"Toyota", "Camry", kSedan, "2018-2023", 6},
    {"Toyota", "RAV4", kSuv, "2016-2019", 5},
    {"Toyota", "Levin", kSedan, "2014-2021", 4},
    {"Toyota", "Highlander", kSuv, "2015-2020", 3},
    {"Toyota", "Sienna", kMpv, "2021-2024", 1.2},
    {"Toyota", "Yaris L", kHatchback, "2014-2019", 1.2},
    {"BYD", "Qin Plus", kSedan, "2021-2024", 7, true},
    {"BYD", "Song Plus", kSuv, "2021-2024", 6, true},
    {"BYD", "Dolphin", kHatchback, "2021-2024", 4, true},
    {"BYD", "Han", kSedan, "2020-2024", 3, true},
    {"BYD", "Yuan Plus", kSuv, "2022-2024", 3, true},
    {"BYD", "F3", kSedan, "2008-2015", 2},
    {"Honda", "Civic", kSedan, "2016-2021", 5},
    {"Honda", "Accord", kSedan, "2014-2018", 5},
    {"Honda", "CR-V", kSuv, "2012-2016", 5},
    {"Honda", "Vezel", kSuv, "2015-2021", 3},
    {"Honda", "Fit", kHatchback, "2014-2020", 3},
    {"Honda", "Odyssey", kMpv, "2015-2022", 2},
    {"Buick", "Excelle GT", kSedan, "2010-2017", 5},
    {"Buick", "LaCrosse", kSedan, "2013-2016", 3},
    {"Buick", "Envision", kSuv, "2014-2019", 3},
    {"Buick", "GL8", kMpv, "2011-2017", 3},
    {"Nissan", "Sylphy", kSedan, "2016-2019", 8},
    {"Nissan", "X-Trail", kSuv, "2014-2019", 3.5},
    {"Nissan", "Qashqai", kSuv, "2016-2022", 3},
    {"Nissan", "Teana", kSedan, "2013-2018", 2},
    {"Geely", "Emgrand", kSedan, "2018-2022", 4},
    {"Geely", "Boyue", kSuv, "2016-2022", 4},
    {"Geely", "Geometry A", kSedan, "2019-2023", 1.5, true},
    {"Wuling", "Hongguang", kMpv, "2010-2018", 6},
    {"Wuling", "Mini EV", kHatchback, "2020-2024", 4, true},
    {"Wuling", "Rongguang", kVan, "2008-2020", 5},
    {"Hyundai", "Elantra", kSedan, "2012-2016", 4},
    {"Hyundai", "Tucson", kSuv, "2015-2021", 3},
    {"Hyundai", "Verna", kSedan, "2010-2018", 2},
    {"Ford", "Focus", kHatchback, "2012-2018", 4},
    {"Ford", "Escort", kSedan, "2015-2021", 3},
    {"Ford", "Kuga", kSuv, "2013-2019", 2},
    {"Ford", "Transit", kVan, "2009-2020", 4},
    {"Ford", "F-150", kPickup, "2015-2020", 3},
    {"Chevrolet", "Cruze", kSedan, "2012-2016", 3},
    {"Chevrolet", "Malibu", kSedan, "2013-2018", 2},
    {"Chevrolet", "Silverado", kPickup, "2014-2019", 2},
    {"Audi", "A4L", kSedan, "2013-2016", 4},
    {"Audi", "A6L", kSedan, "2012-2018", 4.5},
    {"Audi", "Q5", kSuv, "2010-2017", 3},
    {"Audi", "A3", kSedan, "2014-2020", 2},
    {"BMW", "3 Series", kSedan, "2013-2018", 4},
    {"BMW", "5 Series", kSedan, "2014-2017", 4},
    {"BMW", "X3", kSuv, "2018-2022", 2.5},
    {"BMW", "X1", kSuv, "2016-2022", 2},
    {"Mercedes-Benz", "C-Class", kSedan, "2015-2021", 3.5},
    {"Mercedes-Benz", "E-Class", kSedan, "2016-2021", 3.5},
    {"Mercedes-Benz", "GLC", kSuv, "2016-2022", 3},
    {"Mercedes-Benz", "Vito", kVan, "2011-2020", 1.5},
    {"Tesla", "Model 3", kSedan, "2019-2023", 4, true},
    {"Tesla", "Model Y", kSuv, "2021-2024", 5, true},
    {"Changan", "CS75", kSuv, "2014-2020", 4},
    {"Changan", "Eado", kSedan, "2012-2018", 3},
    {"Changan", "Star", kVan, "2006-2016", 3},
    {"Haval", "H6", kSuv, "2013-2018", 5},
    {"Haval", "M6", kSuv, "2017-2022", 2},
    {"Chery", "Tiggo 8", kSuv, "2018-2023", 3},
    {"Chery", "QQ", kHatchback, "2006-2013", 1.5},
    {"Kia", "K3", kSedan, "2013-2018", 3},
    {"Kia", "Sportage", kSuv, "2011-2018", 2},
    {"Mazda", "3 Axela", kSedan, "2014-2019", 2.5},
    {"Mazda", "CX-5", kSuv, "2013-2017", 2},
    {"Skoda", "Octavia", kSedan, "2014-2020", 2},
    {"Volvo", "S60L", kSedan, "2014-2018", 1.2},
    {"Volvo", "XC60", kSuv, "2014-2022", 1.8},
    {"Lexus", "ES", kSedan, "2013-2018", 1.8},
    {"Lexus", "RX", kSuv, "2016-2022", 1.2},
    {"Porsche", "Cayenne", kSuv, "2011-2017", 1},
    {"Porsche", "Macan", kSuv, "2014-2021", 1},
    {"Land Rover", "Range Rover", kSuv, "2013-2021", 0.8},
    {"Cadillac", "XTS", kSedan, "2013-2019", 1},
    {"Jeep", "Compass", kSuv, "2017-2021", 1},
    {"Subaru", "Forester", kSuv, "2013-2018", 0.9},
    {"Mitsubishi", "Outlander", kSuv, "2013-2020", 1.2},
    {"Suzuki", "Alto", kHatchback, "2009-2016", 0.8},
    {"Peugeot", "308", kSedan, "2012-2018", 0.8},
    {"Citroen", "C5", kSedan, "2010-2017", 0.6},
    {"MG", "ZS", kSuv, "2017-2022", 1},
    {"Roewe", "Ei5", kHatchback, "2018-2022", 1, true},
    {"NIO", "ES6", kSuv, "2019-2023", 1.2, true},
    {"XPeng", "P7", kSedan, "2020-2023", 1.2, true},
    {"Li Auto", "L7", kSuv, "2023-2024", 1.5, true},
    {"Great Wall", "Wingle", kPickup, "2010-2020", 1.5},
    {"Isuzu", "D-Max", kPickup, "2014-2021", 0.7},
    {"JAC", "Refine", kVan, "2009-2019", 1.5},
    {"Jinbei", "Haise", kVan, "2005-2018", 2},
    {"Yutong", "ZK6126", kBus, "2014-2022", 4},
    {"King Long", "XMQ6127", kBus, "2012-2020", 2},
    {"BYD", "K9", kBus, "2016-2023", 3, true},
    {"Foton", "Aumark", kTruck, "2012-2021", 5},
    {"JAC", "Shuailing", kTruck, "2010-2020", 3},
    {"Dongfeng", "Tianlong", kTruck, "2010-2020", 3},
    {"FAW Jiefang", "J6P", kTruck, "2012-2022", 4},
    {"Sinotruk", "Howo T7H", kTruck, "2014-2022", 3},
    {"Isuzu", "N-Series", kTruck, "2008-2019", 3},
    {"Scania", "R450", kTruck, "2015-2022", 0.6},
};

constexpr std::array<std::string_view, 12> kColors = {"white",  "black", "gray",   "silver",
                                                      "red",    "blue",  "brown",  "green",
                                                      "yellow", "gold",  "orange", "purple"};
constexpr std::array<double, 12> kColorWeights = {38, 22, 12, 9, 6, 6, 3, 1.6, 1, 0.8, 0.4, 0.2};

constexpr std::array<std::array<uint8_t, 2>, 12> kTakenFor = {{{3, 2},
                                                               {2, 5},
                                                               {3, 1},
                                                               {0, 2},
                                                               {6, 10},
                                                               {1, 2},
                                                               {1, 4},
                                                               {2, 5},
                                                               {10, 0},
                                                               {6, 8},
                                                               {4, 8},
                                                               {5, 1}}};

}  // namespace

std::string_view BodyTypeName(BodyType type) {
  constexpr std::array<std::string_view, kBodyTypes> kNames = {"sedan",  "suv", "mpv", "hatchback",
                                                               "pickup", "van", "bus", "truck"};
  return kNames[static_cast<size_t>(type)];
}

std::span<const VehicleModel> VehicleModels() { return kModels; }

uint16_t DrawModel(Random& random, unsigned types) {
  double total = 0;
  for (const VehicleModel& model : kModels) {
    if (types >> static_cast<int>(model.type) & 1) total += model.weight;
  }
  double left = random.Uniform() * total;
  uint16_t last = 0;
  for (uint16_t i = 0; i < std::size(kModels); ++i) {
    if (!(types >> static_cast<int>(kModels[i].type) & 1)) continue;
    last = i;
    if (left < kModels[i].weight) return i;
    left -= kModels[i].weight;
  }
  return last;
}

std::span<const std::string_view> Colors() { return kColors; }

uint8_t DrawColor(Random& random) { return static_cast<uint8_t>(random.Pick(kColorWeights)); }

uint8_t ConfusedColor(Random& random, uint8_t color) {
  return kTakenFor[color][random.Below(kTakenFor[color].size())];
}

}  // namespace sightline::simulation
