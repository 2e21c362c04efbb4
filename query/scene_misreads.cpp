#include "query/scene_misreads.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/plate_distance.h"
#include "core/utf8.h"

namespace sightline::query {
namespace {

constexpr size_t kLeastCharacters = 4;
constexpr size_t kPairsCompared = 1'000;  // for how many strangers look alike
constexpr double kMostAlike = 0.9;        // nothing is told from looks that more than these share
constexpr size_t kBetweenChecks = 1'000;

using Pair = std::pair<uint32_t, uint32_t>;

// The text without each of its characters, and as a whole: two strings one change apart share one.
std::vector<std::u32string> KeysOf(std::string_view plate) {
  const std::u32string characters = CodePoints(plate);
  if (characters.size() < kLeastCharacters) return {};
  std::vector<std::u32string> keys = {characters};
  for (size_t i = 0; i < characters.size(); ++i) {
    keys.push_back(characters);
    keys.back().erase(i, 1);
  }
  return keys;
}

// The strings one change apart, each pair once, the lower index first.
Result<std::vector<Pair>> PairsOneApart(std::span<const ScenePlate> plates,
                                        const Cancellation& cancellation) {
  std::vector<std::pair<size_t, uint32_t>> keys;
  for (uint32_t i = 0; i < plates.size(); ++i) {
    if (i % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    for (const std::u32string& key : KeysOf(plates[i].plate)) {
      keys.emplace_back(std::hash<std::u32string>()(key), i);
    }
  }
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<Pair> pairs;
  for (size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
    while (end < keys.size() && keys[end].first == keys[begin].first) ++end;
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    for (size_t a = begin; a < end; ++a) {
      for (size_t b = a + 1; b < end; ++b) pairs.emplace_back(keys[a].second, keys[b].second);
    }
  }
  std::ranges::sort(pairs);
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  std::erase_if(pairs, [&](const Pair& pair) {
    return WithinPlateDistance(plates[pair.first].plate, plates[pair.second].plate, 1) != 1;
  });
  return pairs;
}

// What a reading of each has in common; nothing where all of them differ. Empty: they say nothing.
std::optional<std::vector<Attribute>> BestAgreement(const ScenePlate& a, const ScenePlate& b) {
  std::optional<std::vector<Attribute>> best;
  for (const Looks& of_a : a.looks) {
    for (const Looks& of_b : b.looks) {
      auto agreed = AgreementOf(of_a, of_b);
      if (agreed && (!best || agreed->size() > best->size())) best = std::move(agreed);
    }
  }
  return best;
}

// The share of any two plates that agree in something and differ in nothing.
double ShareAlike(std::span<const ScenePlate> plates) {
  double alike = 1;
  double compared = 2;
  const size_t step = std::max<size_t>(plates.size() / kPairsCompared, 1);
  for (size_t i = 0; i < plates.size() / 2; i += step) {
    const auto agreed = BestAgreement(plates[i], plates[i + plates.size() / 2]);
    if (agreed && agreed->empty()) continue;
    alike += agreed.has_value();
    ++compared;
  }
  return std::min(alike / compared, kMostAlike);
}

class Finder {
 public:
  Finder(std::span<const ScenePlate> plates, uint32_t scenes, uint32_t min_visits,
         const std::function<Result<size_t>(std::string_view plate)>& readings_of,
         const Cancellation& cancellation)
      : plates_(plates),
        min_visits_(min_visits),
        readings_of_(readings_of),
        cancellation_(cancellation),
        strangers_(scenes, 0.0) {}

  Result<SceneMisreads> Find() {
    SIGHTLINE_ASSIGN(const std::vector<Pair> pairs, PairsOneApart(plates_, cancellation_));
    for (const auto& [a, b] : pairs) {
      SIGHTLINE_RETURN_IF_ERROR(Consider(a, b));
      SIGHTLINE_RETURN_IF_ERROR(Consider(b, a));
    }
    SceneMisreads found;
    // The plates read most often first, so that what a misread is merged into stands already.
    std::ranges::sort(possible_, {}, [](const SceneMisread& one) {
      return std::tuple(-static_cast<int64_t>(one.truth_readings), one.truth, one.read);
    });
    std::map<uint32_t, bool> is_misread;
    for (SceneMisread& one : possible_) {
      if (is_misread.contains(one.read) || is_misread[one.truth]) continue;
      is_misread[one.read] = true;
      found.misreads.push_back(std::move(one));
    }
    std::ranges::sort(found.misreads, {}, [](const SceneMisread& one) {
      return std::pair(one.truth, one.read);
    });
    const double alike = ShareAlike(plates_);
    for (const double strangers : strangers_) {
      const double each = plates_.empty() ? 0 : strangers / static_cast<double>(plates_.size());
      found.chances.push_back(1 - std::exp(-each * alike / (1 - alike)));
    }
    return found;
  }

 private:
  Result<size_t> ReadingsOf(uint32_t plate) {
    const auto known = readings_.find(plate);
    if (known != readings_.end()) return known->second;
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    SIGHTLINE_ASSIGN(const size_t readings, readings_of_(plates_[plate].plate));
    readings_.emplace(plate, readings);
    return readings;
  }

  Status Consider(uint32_t read, uint32_t truth) {
    const ScenePlate& a = plates_[read];
    const ScenePlate& b = plates_[truth];
    if (a.visits.size() >= min_visits_) return Ok();
    std::vector<uint32_t> added;
    std::ranges::set_difference(a.visits, b.visits, std::back_inserter(added));
    if (added.empty()) return Ok();
    auto agreed = BestAgreement(a, b);
    if (agreed && agreed->empty()) return Ok();
    SIGHTLINE_ASSIGN(const size_t readings, ReadingsOf(read));
    if (readings > kMaxMisreadReadings) return Ok();
    SIGHTLINE_ASSIGN(const size_t truth_readings, ReadingsOf(truth));
    // Of two strings read as often, the one at more scenes is the plate, then the first in byte order.
    const auto rank = [](size_t count, const ScenePlate& plate, uint32_t index) {
      return std::tuple(count, plate.visits.size(), -static_cast<int64_t>(index));
    };
    if (rank(readings, a, read) > rank(truth_readings, b, truth)) return Ok();
    if (!agreed) {
      for (const uint32_t scene : added) ++strangers_[scene];
      return Ok();
    }
    possible_.push_back({read, truth, readings, truth_readings, std::move(*agreed)});
    return Ok();
  }

  std::span<const ScenePlate> plates_;
  const uint32_t min_visits_;
  const std::function<Result<size_t>(std::string_view plate)>& readings_of_;
  const Cancellation& cancellation_;
  std::vector<double> strangers_;  // by scene
  std::map<uint32_t, size_t> readings_;
  std::vector<SceneMisread> possible_;
};

}  // namespace

Result<SceneMisreads> FindSceneMisreads(
    std::span<const ScenePlate> plates, uint32_t scenes, uint32_t min_visits,
    const std::function<Result<size_t>(std::string_view plate)>& readings_of,
    const Cancellation& cancellation) {
  return Finder(plates, scenes, min_visits, readings_of, cancellation).Find();
}

}  // namespace sightline::query
