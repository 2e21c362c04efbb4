#include "query/vehicle_looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace sightline::query {
namespace {

// A stranger's vector is this many times as far away as another of the same vehicle.
constexpr double kStrangerScatter = 2;
constexpr double kMostForStranger = 4;
// Below so many pairs, scatter is guessed from all readings.
constexpr size_t kLeastPairs = 3;
// ln of the share of readings that look like nothing: dazzled, half hidden, cut out wrongly.
constexpr double kOutlier = -3.5;
// An attribute says as much for each value: what a stranger has it by.
constexpr double kStrangerValue = 0.12;
constexpr double kPriorReadings = 1.5;
// Brand, model, years and type are one judgement of the recogniser, not four.
constexpr double kSharedWeight = 0.6;
constexpr double kMostAnAttribute = 3.5;
// Two groups must leave so much less of the readings' attributes unlike those of their group.
constexpr double kMostOfOneGroup = 0.75;
constexpr int kModeRounds = 4;
constexpr std::string_view kPlateColor = "plate_color";
// What changes from drive to drive says nothing of the vehicle.
constexpr std::array<std::string_view, 4> kOfTheDrive = {"passenger", "phone", "seatbelt_driver",
                                                         "seatbelt_passenger"};

std::string TextOf(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<bool>(value) ? "true" : "false";
}

double SquaredDistance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

std::vector<float> Decode(const VectorSpace& space, const std::string& bytes) {
  std::vector<float> point(space.dimensions());
  for (size_t i = 0; i < point.size(); ++i) {
    switch (space.element) {
      case VectorElement::kU8:
        point[i] = static_cast<float>(static_cast<uint8_t>(bytes[i]));
        break;
      case VectorElement::kI8:
        point[i] = static_cast<float>(static_cast<int8_t>(bytes[i]));
        break;
      case VectorElement::kF32:
        std::memcpy(&point[i], bytes.data() + 4 * i, 4);
        break;
    }
  }
  if (space.metric != VectorMetric::kL2) {
    double norm = 0;
    for (const float x : point) norm += static_cast<double>(x) * static_cast<double>(x);
    norm = std::sqrt(norm);
    if (norm > 0) {
      for (float& x : point) x = static_cast<float>(x / norm);
    }
  }
  return point;
}

struct Mean {
  std::vector<double> sum;
  double count = 0;

  void Add(const std::vector<float>& point) {
    sum.resize(point.size());
    for (size_t i = 0; i < point.size(); ++i) sum[i] += static_cast<double>(point[i]);
    count += 1;
  }
  // The squared distance of a point to the mean of the others, as if the mean were exact; nullopt
  // where there is no other.
  std::optional<double> To(const std::vector<float>& point, bool is_member) const {
    const double others = count - (is_member ? 1 : 0);
    if (others < 1) return std::nullopt;
    double squared = 0;
    for (size_t i = 0; i < point.size(); ++i) {
      const auto x = static_cast<double>(point[i]);
      const double difference = x - (sum[i] - (is_member ? x : 0)) / others;
      squared += difference * difference;
    }
    return squared * others / (others + 1);
  }
};

}  // namespace

VehicleLooks::VehicleLooks(std::vector<const Sighting*> records,
                           std::span<const VectorSpace> spaces,
                           std::span<const std::pair<size_t, size_t>> same)
    : records_(std::move(records)) {
  ChooseSpace(spaces);
  if (has_vectors()) LearnScatter(same);
  std::map<std::string, std::vector<int>> by_name;
  std::map<std::string, std::map<std::string, int>> numbers;
  const auto add = [&](size_t reading, std::string_view name, std::string text) {
    std::vector<int>& of = by_name[std::string(name)];
    of.resize(records_.size(), -1);
    auto& known = numbers[std::string(name)];
    of[reading] = known.try_emplace(std::move(text), static_cast<int>(known.size())).first->second;
  };
  for (size_t i = 0; i < records_.size(); ++i) {
    if (records_[i] == nullptr) continue;
    for (const Attribute& attribute : records_[i]->attributes) {
      if (std::ranges::find(kOfTheDrive, attribute.name) != kOfTheDrive.end()) continue;
      add(i, attribute.name, TextOf(attribute.value));
    }
    if (!records_[i]->plate_color.empty()) add(i, kPlateColor, records_[i]->plate_color);
  }
  for (auto& [name, values] : by_name) {
    names_.push_back(name);
    values_.push_back(std::move(values));
    std::vector<std::string>& texts = texts_.emplace_back(numbers[name].size());
    for (const auto& [text, number] : numbers[name]) texts[static_cast<size_t>(number)] = text;
  }
}

void VehicleLooks::ChooseSpace(std::span<const VectorSpace> spaces) {
  const VectorSpace* chosen = nullptr;
  size_t most = 0;
  for (const VectorSpace& space : spaces) {
    size_t count = 0;
    for (const Sighting* record : records_) {
      if (record == nullptr) continue;
      count += std::ranges::count(record->vectors, space.name, &AppearanceVector::space);
    }
    if (count > most || (count == most && count > 0 && space.bytes > chosen->bytes)) {
      most = count;
      chosen = &space;
    }
  }
  if (chosen == nullptr) return;
  points_.resize(records_.size());
  for (size_t i = 0; i < records_.size(); ++i) {
    if (records_[i] == nullptr) continue;
    for (const AppearanceVector& vector : records_[i]->vectors) {
      if (vector.space == chosen->name) points_[i] = Decode(*chosen, vector.bytes);
    }
  }
}

void VehicleLooks::LearnScatter(std::span<const std::pair<size_t, size_t>> same) {
  // Half the squared distance of two readings of one vehicle is, on average, that of one from the
  // mean. Its scatter over pairs says how many dimensions matter, as for a chi-square.
  std::vector<double> halves;
  for (const auto& [a, b] : same) {
    if (points_[a].empty() || points_[b].empty()) continue;
    halves.push_back(SquaredDistance(points_[a], points_[b]) / 2);
  }
  if (halves.size() < kLeastPairs) {
    halves.clear();
    const std::vector<float>* last = nullptr;
    for (const Point& point : points_) {
      if (point.empty()) continue;
      if (last != nullptr) halves.push_back(SquaredDistance(*last, point) / 2);
      last = &point;
    }
  }
  if (halves.empty()) return;
  // Outliers, and pairs that are of two vehicles after all, lie in the upper part.
  std::ranges::sort(halves);
  const double median = halves[halves.size() / 2];
  const double low = halves[halves.size() / 6];
  scatter_ = median;
  const double deviation = std::max(median - low, median * 0.1);  // one sigma below
  // Of a chi-square with d degrees times v: mean d v, variance 2 d v^2.
  variance_ = std::max(deviation * deviation / (2 * std::max(median, 1e-12)), median / 40);
}

std::vector<int> VehicleLooks::TwoGroups() const {
  std::vector<int> groups(records_.size(), -1);
  if (!has_vectors()) return groups;
  std::vector<size_t> with;
  for (size_t i = 0; i < points_.size(); ++i) {
    if (!points_[i].empty()) with.push_back(i);
  }
  if (with.size() < 2) return groups;
  const auto farthest = [&](size_t from) {
    size_t best = from;
    double most = -1;
    for (const size_t i : with) {
      const double distance = SquaredDistance(points_[from], points_[i]);
      if (distance > most) most = distance, best = i;
    }
    return best;
  };
  const size_t a = farthest(with.front());
  const size_t b = farthest(a);
  for (const size_t i : with) {
    groups[i] =
        SquaredDistance(points_[i], points_[a]) <= SquaredDistance(points_[i], points_[b]) ? 0 : 1;
  }
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds; ++round) {
    std::array<Mean, 2> means;
    for (const size_t i : with) means[static_cast<size_t>(groups[i])].Add(points_[i]);
    bool changed = false;
    for (const size_t i : with) {
      const auto to_a = means[0].To(points_[i], false);
      const auto to_b = means[1].To(points_[i], false);
      if (!to_a || !to_b) return groups;
      const int group = *to_a * (means[0].count + 1) / means[0].count <=
                                *to_b * (means[1].count + 1) / means[1].count
                            ? 0
                            : 1;
      changed |= group != groups[i];
      groups[i] = group;
    }
    if (!changed) break;
  }
  return groups;
}

// What most readings of a group say, by attribute; -1: none says anything.
std::vector<int> VehicleLooks::CommonValues(std::span<const int> groups, int group) const {
  std::vector<int> common;
  for (size_t n = 0; n < names_.size(); ++n) {
    std::vector<int> counts(texts_[n].size(), 0);
    for (size_t i = 0; i < groups.size(); ++i) {
      if (groups[i] == group && values_[n][i] >= 0) ++counts[static_cast<size_t>(values_[n][i])];
    }
    const auto most = std::ranges::max_element(counts);
    common.push_back(*most > 0 ? static_cast<int>(most - counts.begin()) : -1);
  }
  return common;
}

int VehicleLooks::Differing(size_t reading, std::span<const int> values) const {
  int differing = 0;
  for (size_t n = 0; n < values.size(); ++n) {
    const int own = values_[n][reading];
    differing += own >= 0 && values[n] >= 0 && own != values[n];
  }
  return differing;
}

std::vector<int> VehicleLooks::TwoGroupsByAttributes() const {
  const std::vector<int> all(records_.size(), 0);
  std::vector<int> best = all;
  const std::vector<int> common = CommonValues(all, 0);
  int least = 0;
  for (size_t i = 0; i < all.size(); ++i) least += Differing(i, common);
  least = static_cast<int>(kMostOfOneGroup * least);
  for (size_t n = 0; n < names_.size(); ++n) {
    for (size_t value = 0; value < texts_[n].size(); ++value) {
      if (static_cast<int>(value) == common[n]) continue;
      std::vector<int> groups;
      for (const int own : values_[n]) groups.push_back(own == static_cast<int>(value) ? 1 : 0);
      int differing = 0;
      for (int round = 0; round < kModeRounds; ++round) {
        const std::vector<int> first = CommonValues(groups, 0);
        const std::vector<int> second = CommonValues(groups, 1);
        differing = 0;
        for (size_t i = 0; i < groups.size(); ++i) {
          const int to_first = Differing(i, first);
          const int to_second = Differing(i, second);
          groups[i] = to_second < to_first ? 1 : 0;
          differing += std::min(to_first, to_second);
        }
      }
      if (differing >= least) continue;
      least = differing;
      best = groups;
    }
  }
  return best;
}

std::vector<std::vector<double>> VehicleLooks::Score(std::span<const int> vehicles,
                                                     int count) const {
  std::vector<std::vector<double>> scores(
      records_.size(), std::vector<double>(static_cast<size_t>(count) + 1, 0.0));
  if (has_vectors() && variance_ > 0) AddVectorScores(vehicles, count, scores);
  if (has_attributes()) AddAttributeScores(vehicles, count, scores);
  for (std::vector<double>& of : scores) {
    // Any reading may be an outlier that looks like nothing.
    for (double& score : of) score = std::clamp(score, kOutlier, kMostEvidence);
  }
  return scores;
}

void VehicleLooks::AddVectorScores(std::span<const int> vehicles, int count,
                                   std::vector<std::vector<double>>& scores) const {
  std::vector<Mean> means(static_cast<size_t>(count));
  for (size_t i = 0; i < points_.size(); ++i) {
    if (!points_[i].empty() && vehicles[i] >= 0) {
      means[static_cast<size_t>(vehicles[i])].Add(points_[i]);
    }
  }
  const double stranger = scatter_ * kStrangerScatter;
  std::vector<double> squared(static_cast<size_t>(count));
  for (size_t i = 0; i < points_.size(); ++i) {
    if (points_[i].empty()) continue;
    double least = stranger;
    for (size_t v = 0; v < squared.size(); ++v) {
      squared[v] =
          means[v].To(points_[i], vehicles[i] == static_cast<int>(v)).value_or(stranger);
      least = v == 0 ? squared[v] : std::min(least, squared[v]);
    }
    // An outlier is as far from all: only the differences between vehicles count in full.
    const double like_any =
        std::clamp((stranger - least) / (2 * variance_), -kMostForStranger, kMostForStranger);
    for (size_t v = 0; v < squared.size(); ++v) {
      scores[i][v] += like_any - (squared[v] - least) / (2 * variance_);
    }
  }
}

void VehicleLooks::AddAttributeScores(std::span<const int> vehicles, int count,
                                      std::vector<std::vector<double>>& scores) const {
  for (size_t n = 0; n < names_.size(); ++n) {
    const std::vector<int>& values = values_[n];
    const size_t kinds = texts_[n].size();
    std::vector<std::vector<double>> counts(static_cast<size_t>(count),
                                            std::vector<double>(kinds, 0.0));
    std::vector<double> totals(static_cast<size_t>(count), 0.0);
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] < 0 || vehicles[i] < 0) continue;
      counts[static_cast<size_t>(vehicles[i])][static_cast<size_t>(values[i])] += 1;
      totals[static_cast<size_t>(vehicles[i])] += 1;
    }
    const bool shared = IsShared(n);
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] < 0) continue;
      for (size_t v = 0; v < totals.size(); ++v) {
        const double own = vehicles[i] == static_cast<int>(v) ? 1 : 0;
        const double seen = counts[v][static_cast<size_t>(values[i])] - own;
        const double share = (seen + kPriorReadings * kStrangerValue) /
                             (totals[v] - own + kPriorReadings);
        const double score = std::log(share / kStrangerValue) * (shared ? kSharedWeight : 1);
        scores[i][v] += std::clamp(score, -kMostAnAttribute, kMostAnAttribute);
      }
    }
  }
}

bool VehicleLooks::IsShared(size_t attribute) const {
  const std::string& name = names_[attribute];
  return name == "brand" || name == "model" || name == "year" || name == "type";
}

double VehicleLooks::Separation(std::span<const int> vehicles, int a, int b) const {
  if (!has_vectors() || variance_ <= 0) return 0;
  std::array<Mean, 2> means;
  for (size_t i = 0; i < points_.size(); ++i) {
    if (points_[i].empty()) continue;
    if (vehicles[i] == a) means[0].Add(points_[i]);
    if (vehicles[i] == b) means[1].Add(points_[i]);
  }
  if (means[0].count < 1 || means[1].count < 1) return 0;
  double squared = 0;
  for (size_t i = 0; i < means[0].sum.size(); ++i) {
    const double difference = means[0].sum[i] / means[0].count - means[1].sum[i] / means[1].count;
    squared += difference * difference;
  }
  // Of two means over readings of one vehicle.
  const double factor = 1 / means[0].count + 1 / means[1].count;
  const double dimensions = std::max(1.0, scatter_ / variance_);
  return (squared - scatter_ * factor) / (variance_ * factor * std::sqrt(2 * dimensions));
}

std::vector<std::pair<std::string, std::string>> VehicleLooks::Appearance(
    std::span<const int> vehicles, int vehicle) const {
  std::vector<std::pair<std::string, std::string>> appearance;
  for (size_t n = 0; n < names_.size(); ++n) {
    std::vector<size_t> counts(texts_[n].size(), 0);
    for (size_t i = 0; i < values_[n].size(); ++i) {
      if (values_[n][i] >= 0 && vehicles[i] == vehicle) ++counts[static_cast<size_t>(values_[n][i])];
    }
    size_t best = counts.size();
    for (size_t k = 0; k < counts.size(); ++k) {
      if (counts[k] == 0) continue;
      if (best == counts.size() || counts[k] > counts[best] ||
          (counts[k] == counts[best] && texts_[n][k] < texts_[n][best])) {
        best = k;
      }
    }
    if (best < counts.size()) appearance.emplace_back(names_[n], texts_[n][best]);
  }
  return appearance;
}

}  // namespace sightline::query
