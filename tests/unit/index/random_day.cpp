#include "tests/unit/index/random_day.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/plate.h"

namespace sightline::index {
namespace {

constexpr std::array<const char*, 6> kNames = {"brand", "color", "mixed", "speed", "year", "zone"};

// As query/filter_matcher.cpp compares them, in another way: long double holds both exactly.
bool Equal(const AttributeValue& a, const AttributeValue& b) {
  const auto number = [](const AttributeValue& value) -> std::optional<long double> {
    if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
    if (const auto* fraction = std::get_if<double>(&value)) return *fraction;
    return std::nullopt;
  };
  const auto left = number(a);
  const auto right = number(b);
  return left && right ? *left == *right : a == b;
}

bool Passes(const ColumnQuery& query, const IndexRow& row) {
  if (row.key.ms_of_day < query.from_ms || row.key.ms_of_day >= query.to_ms) return false;
  const auto among = [](const auto& list, const auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  if (query.cameras && !among(*query.cameras, row.key.camera_number)) return false;
  if (query.plates && !among(*query.plates, row.plate)) return false;
  if (!query.plate_pattern.empty() &&
      (row.plate.empty() || !MatchesPlatePattern(row.plate, query.plate_pattern))) {
    return false;
  }
  if (query.place && !(row.location && query.place(*row.location))) return false;
  return std::all_of(
      query.attributes.begin(), query.attributes.end(), [&](const AttributeCondition& condition) {
        return std::any_of(
            row.attributes.begin(), row.attributes.end(), [&](const Attribute& attribute) {
              return attribute.name == condition.name &&
                     std::any_of(
                         condition.any_of.begin(), condition.any_of.end(),
                         [&](const AttributeValue& v) { return Equal(attribute.value, v); });
            });
      });
}

}  // namespace

RandomDay::RandomDay(uint64_t seed, const RandomDayOptions& options)
    : options_(options), random_(seed), sequence_(options.first_sequence - 1) {}

std::string RandomDay::Plate() {
  // Latin and Chinese ones, of 5 to 9 characters, some very frequent.
  const size_t number = Chance(0.2) ? Below(3) : Below(options_.plates);
  std::string plate = number % 3 == 0 ? "京" : number % 3 == 1 ? "津A" : "B";
  return plate + std::to_string(1000 + number * 7919 % 99'991);
}

Position RandomDay::Place() {
  const size_t number = Below(options_.places);
  return {116.0 + 0.001 * static_cast<double>(number % 1000),
          39.0 + 0.001 * static_cast<double>(number / 1000)};
}

AttributeValue RandomDay::Value(size_t name) {
  switch (name) {
    case 0:
      return "brand " + std::to_string(Below(400));
    case 1:
      return std::string(Chance(0.5) ? "silver" : Chance(0.9) ? "black" : "pink");
    case 2:  // every type, equal across integers and fractions
      switch (Below(5)) {
        case 0:
          return static_cast<double>(Below(4));
        case 1:
          return static_cast<int64_t>(Below(4));
        case 2:
          return Below(2) == 0;
        case 3:
          return Chance(0.5) ? 0.0 : -0.0;
        default:
          return std::to_string(Below(4));
      }
    case 3:
      return 0.5 * static_cast<double>(Below(200));
    case 4:
      return static_cast<int64_t>(2000 + Below(25));
    default:
      return Chance(0.999) ? int64_t{1} : (int64_t{1} << 53) + static_cast<int64_t>(Below(3));
  }
}

std::string RandomDay::Vector(const VectorSpace& space) {
  // A generator of Marsaglia's ("Xorshift RNGs", 2003), cheap: there are many components.
  uint64_t state = 1 + Below(30);
  const auto next = [&] {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 20;
  };
  // A few ways to differ from the center, as vehicles have.
  std::array<int, 4> differences{};
  if (Chance(0.95)) {
    for (int& difference : differences) difference = static_cast<int>(Below(12));
  }
  std::string bytes;
  for (size_t i = 0; i < space.dimensions(); ++i) {
    const uint64_t random = next();
    int step = static_cast<int>(random % 60);
    for (size_t j = 0; j < differences.size(); ++j) {
      step += differences[j] * static_cast<int>(random >> (6 + j) & 1);
    }
    switch (space.element) {
      case VectorElement::kU8:
        bytes.push_back(static_cast<char>(step));
        break;
      case VectorElement::kI8:
        bytes.push_back(static_cast<char>(step - 60));
        break;
      case VectorElement::kF32: {
        const float value = 0.37F * static_cast<float>(step - 60);
        bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
        break;
      }
    }
  }
  return bytes;
}

IndexRow RandomDay::Row() {
  IndexRow row;
  if (!versions_.empty() && Chance(options_.corrections)) {
    row = versions_[Below(versions_.size())];
    if (Chance(0.3)) row.plate = Plate();
    if (Chance(0.1)) row.plate.clear();
    if (!row.attributes.empty() && Chance(0.3)) row.attributes.pop_back();
    for (Attribute& attribute : row.attributes) {
      for (size_t i = 0; i < kNames.size(); ++i) {
        if (attribute.name == kNames[i] && Chance(0.3)) attribute.value = Value(i);
      }
    }
    return row;
  }
  row.key = {static_cast<uint32_t>(Below(options_.times)),
             static_cast<uint32_t>(Below(options_.cameras) * 3 + 1), random_()};
  if (Chance(0.9)) row.plate = Plate();
  if (Chance(0.7)) row.plate_color = Chance(0.8) ? "blue" : "yellow";
  if (Chance(0.9)) row.location = Place();
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (Chance(0.8)) row.attributes.push_back({kNames[i], Value(i)});
  }
  double share = options_.vectors;
  for (const VectorSpace& space : options_.spaces) {
    if (Chance(share)) row.vectors.push_back({space.name, Vector(space)});
    share *= options_.fewer_vectors;
  }
  std::sort(row.vectors.begin(), row.vectors.end(),
            [](const auto& a, const auto& b) { return a.space < b.space; });
  // Names after "zone", so that the order holds.
  if (Chance(options_.rare_attributes)) {
    row.attributes.push_back({"zz " + std::to_string(Below(10)), static_cast<int64_t>(Below(3))});
  }
  return row;
}

std::vector<IndexRow> RandomDay::Next(size_t count) {
  std::vector<IndexRow> next;
  for (size_t i = 0; i < count; ++i) {
    IndexRow row = Row();
    // Sequences have gaps.
    sequence_ += 1 + Below(3);
    row.sequence = sequence_;
    versions_.push_back(row);
    next.push_back(std::move(row));
  }
  return next;
}

ColumnQuery RandomDay::Query() {
  ColumnQuery query;
  query.as_of = Chance(0.6) ? sequence_ : options_.first_sequence + Below(sequence_ + 2);
  query.order = Chance(0.5) ? TimeOrder::kAscending : TimeOrder::kDescending;
  if (Chance(0.5)) {
    query.from_ms = static_cast<uint32_t>(Below(options_.times));
    query.to_ms = query.from_ms + static_cast<uint32_t>(Below(options_.times));
  }
  if (Chance(0.3)) {
    query.cameras.emplace();
    for (uint32_t number = 0; number < options_.cameras * 3 + 3; ++number) {
      if (Chance(query.cameras->empty() ? 0.02 : 0.1)) query.cameras->push_back(number);
    }
  }
  if (Chance(0.3)) {
    std::string plate = Plate();
    switch (Below(4)) {
      case 0:
        query.plate_pattern = plate;
        break;
      case 1:
        query.plate_pattern = "*" + plate.substr(plate.size() - 2);
        break;
      case 2:
        query.plate_pattern = "京*";
        break;
      default:
        query.plate_pattern = "?" + std::string(Chance(0.5) ? "A*" : "1*");
    }
  }
  if (Chance(0.2)) {
    query.plates.emplace();
    for (size_t i = Below(40); i > 0; --i) query.plates->push_back(Plate());
    std::sort(query.plates->begin(), query.plates->end());
    query.plates->erase(std::unique(query.plates->begin(), query.plates->end()),
                        query.plates->end());
  }
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (!Chance(0.15)) continue;
    AttributeCondition condition{.name = kNames[i]};
    for (size_t n = 1 + Below(8); n > 0; --n) condition.any_of.push_back(Value(i));
    query.attributes.push_back(std::move(condition));
  }
  if (Chance(0.05)) {
    query.attributes.push_back({"zz " + std::to_string(Below(11)), {int64_t{1}, 2.0}});
  }
  if (Chance(0.2)) {
    const double east = Place().lon;
    query.place = [east](const Position& place) { return place.lon <= east; };
  }
  return query;
}

std::vector<const IndexRow*> RandomDay::PassingRows(const ColumnQuery& query,
                                                    size_t versions) const {
  std::unordered_map<RowKey, const IndexRow*> in_force;
  for (size_t i = 0; i < versions; ++i) {
    if (versions_[i].sequence <= query.as_of) in_force[versions_[i].key] = &versions_[i];
  }
  std::vector<const IndexRow*> rows;
  for (const auto& [key, row] : in_force) {
    if (Passes(query, *row)) rows.push_back(row);
  }
  return rows;
}

std::vector<RowKey> RandomDay::Answer(const ColumnQuery& query, size_t versions) const {
  std::vector<RowKey> keys;
  for (const IndexRow* row : PassingRows(query, versions)) keys.push_back(row->key);
  return Sorted(std::move(keys));
}

std::vector<RowKey> Sorted(std::vector<RowKey> keys) {
  std::sort(keys.begin(), keys.end(), [](const RowKey& a, const RowKey& b) {
    return std::tie(a.ms_of_day, a.camera_number, a.identity_hash) <
           std::tie(b.ms_of_day, b.camera_number, b.identity_hash);
  });
  return keys;
}

}  // namespace sightline::index
