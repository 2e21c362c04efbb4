#include "query/plate_misreads.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "query/plate_count_laws.h"
#include "query/plate_reading_model.h"

namespace sightline::query {
namespace {

constexpr int kRounds = 8;
// A plate that was read this often is real; one change from it lie its misreads and its neighbours.
constexpr double kFrequent = 5;
// A string read more than this share as often is no misread of it.
constexpr double kMaxReadShare = 0.34;
// Of pairs that are two changes apart, so many are looked at; the others count through them.
constexpr size_t kTwoChangeKeys = 3'000'000;
// Sets of strings that share all but one or two characters: beyond this many nothing is learned.
constexpr size_t kMaxBlock = 400;
constexpr double kMinWeight = 0.1;
constexpr double kCharactersAPlace = 33;  // that a place's character may be instead
constexpr size_t kBetweenChecks = 4096;

struct Pair {
  uint32_t read = 0;
  uint32_t truth = 0;
  int changes = 1;
  bool alike = false;      // one substitution, of characters that look alike
  double probability = 0;  // MisreadProbability
  double weight = 0;       // P(a reading is of the truth)

  bool operator<(const Pair& other) const {
    return std::pair(read, truth) < std::pair(other.read, other.truth);
  }
};

struct Key {
  uint64_t hash = 0;
  uint32_t plate = 0;

  bool operator<(const Key& other) const {
    return std::pair(hash, plate) < std::pair(other.hash, other.plate);
  }
};

uint64_t HashWithout(std::u32string_view text, size_t a, size_t b) {
  char32_t rest[64];
  size_t size = 0;
  for (size_t i = 0; i < text.size() && size < std::size(rest); ++i) {
    if (i != a && i != b) rest[size++] = text[i];
  }
  return XXH3_64bits(rest, size * sizeof(char32_t));
}

constexpr size_t kNone = ~size_t{0};

// How two strings that are one change apart differ.
struct Difference {
  PlateChange change = PlateChange::kSubstitution;
  char32_t truth = 0;
  char32_t read = 0;
  size_t place = 0;
};

// Where they are more than one change apart: nothing.
std::optional<Difference> OneChange(std::u32string_view read, std::u32string_view truth) {
  size_t head = 0;
  while (head < std::min(read.size(), truth.size()) && read[head] == truth[head]) ++head;
  const auto rest_equal = [&](size_t r, size_t t) { return read.substr(r) == truth.substr(t); };
  if (read.size() == truth.size()) {
    if (head == read.size() || !rest_equal(head + 1, head + 1)) return std::nullopt;
    return Difference{PlateChange::kSubstitution, truth[head], read[head], head};
  }
  if (read.size() + 1 == truth.size() && rest_equal(head, head + 1)) {
    return Difference{PlateChange::kLoss, truth[head], 0, head};
  }
  if (read.size() == truth.size() + 1 && rest_equal(head + 1, head)) {
    return Difference{PlateChange::kInsertion, 0, read[head], head};
  }
  return std::nullopt;
}

// Calls visit(first, last) for each run of keys with one hash.
template <typename Visit>
Status ForBlocks(std::vector<Key>& keys, const Cancellation& cancellation, const Visit& visit) {
  std::sort(keys.begin(), keys.end());
  size_t blocks = 0;
  for (size_t first = 0; first < keys.size();) {
    size_t last = first + 1;
    while (last < keys.size() && keys[last].hash == keys[first].hash) ++last;
    if (last - first > 1 && last - first <= kMaxBlock) {
      visit(std::span(keys).subspan(first, last - first));
    }
    first = last;
    if (++blocks % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  }
  return Ok();
}

class Estimation {
 public:
  Estimation(const std::vector<SeenPlate>& plates, const PlateReadingData& start,
             const Cancellation& cancellation)
      : plates_(plates), start_(start), cancellation_(cancellation) {}

  Result<FoundMisreads> Run() {
    SIGHTLINE_RETURN_IF_ERROR(FindOneChange());
    SIGHTLINE_RETURN_IF_ERROR(FindTwoChanges());
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end(),
                             [](const Pair& a, const Pair& b) {
                               return a.read == b.read && a.truth == b.truth;
                             }),
                 pairs_.end());
    CountChances();
    FoundMisreads found;
    for (int round = 0; round < kRounds; ++round) {
      PlateReadingData data = start_;
      AddCounts(found.counts, data.counts);
      const PlateReadingModel model(std::move(data));
      SIGHTLINE_RETURN_IF_ERROR(Weigh(model, found.counts.misreads));
      found.counts = Count(model);
    }
    for (const Pair& pair : pairs_) {
      if (pair.weight >= kMinWeight && pair.changes == 1) {
        found.pairs.push_back({pair.read, pair.truth, pair.weight, pair.changes});
      }
    }
    return found;
  }

 private:
  bool IsFrequent(uint32_t plate) const { return plates_[plate].readings >= kFrequent; }

  // Whether all strings that differ from the plate there are at hand.
  bool IsComplete(uint32_t plate, size_t place) const {
    return place < kPlateHead ? plates_[plate].complete_in_head : plates_[plate].complete_in_tail;
  }

  // The share of a plate's changes that would be noticed.
  double CompleteShare(uint32_t plate) const {
    const double size = static_cast<double>(plates_[plate].characters.size());
    const double head = std::min<double>(kPlateHead, size) / size;
    return (plates_[plate].complete_in_head ? head : 0) +
           (plates_[plate].complete_in_tail ? 1 - head : 0);
  }

  bool IsCandidate(uint32_t read, uint32_t truth) const {
    if (!IsFrequent(truth)) return false;
    return std::pair(plates_[read].readings, read) < std::pair(plates_[truth].readings, truth);
  }

  void AddPairs(std::span<const Key> block) {
    for (const Key& truth : block) {
      for (const Key& read : block) {
        if (read.plate == truth.plate || !IsCandidate(read.plate, truth.plate)) continue;
        const auto difference =
            OneChange(plates_[read.plate].characters, plates_[truth.plate].characters);
        if (difference && IsComplete(truth.plate, difference->place)) {
          pairs_.push_back({read.plate, truth.plate, 1, false, 0, 0});
        }
      }
    }
  }

  Status FindOneChange() {
    std::vector<Key> keys;
    for (uint32_t i = 0; i < plates_.size(); ++i) {
      const std::u32string& text = plates_[i].characters;
      keys.push_back({HashWithout(text, kNone, kNone), i});
      for (size_t place = 0; place < text.size(); ++place) {
        keys.push_back({HashWithout(text, place, kNone), i});
      }
    }
    return ForBlocks(keys, cancellation_,
                     [this](std::span<const Key> block) { AddPairs(block); });
  }

  // Two substitutions leave one key in common: that without both places.
  Status FindTwoChanges() {
    size_t all = 0;
    for (const SeenPlate& plate : plates_) {
      all += plate.characters.size() * (plate.characters.size() - 1) / 2;
    }
    one_of_ = 1 + all / kTwoChangeKeys;
    std::vector<Key> keys;
    for (uint32_t i = 0; i < plates_.size(); ++i) {
      const std::u32string& text = plates_[i].characters;
      for (size_t a = 0; a + 1 < text.size(); ++a) {
        for (size_t b = a + 1; b < text.size(); ++b) {
          const uint64_t hash = HashWithout(text, a, b);
          if (hash % one_of_ == 0) keys.push_back({hash, i});
        }
      }
    }
    return ForBlocks(keys, cancellation_, [this](std::span<const Key> block) {
      for (const Key& truth : block) {
        for (const Key& read : block) {
          if (read.plate == truth.plate || !IsCandidate(read.plate, truth.plate)) continue;
          const std::u32string& a = plates_[read.plate].characters;
          const std::u32string& b = plates_[truth.plate].characters;
          if (a.size() != b.size()) continue;
          bool complete = true;
          int changes = 0;
          for (size_t i = 0; i < a.size(); ++i) {
            if (a[i] == b[i]) continue;
            ++changes;
            complete &= IsComplete(truth.plate, i);
          }
          if (changes == 2 && complete) pairs_.push_back({read.plate, truth.plate, 2, false, 0, 0});
        }
      }
    });
  }

  void CountChances() {
    double complete = 0;
    double complete_twice = 0;
    for (uint32_t i = 0; i < plates_.size(); ++i) {
      if (!IsFrequent(i)) continue;
      const double share = CompleteShare(i);
      chances_ += plates_[i].readings * share;
      complete += plates_[i].readings * share;
      complete_twice += plates_[i].readings * share * share;
      usual_readings_ += plates_[i].readings;
      ++frequent_;
      for (const char32_t c : plates_[i].characters) characters_[c] += plates_[i].readings;
    }
    if (frequent_ > 0) usual_readings_ /= static_cast<double>(frequent_);
    two_changes_count_ = static_cast<double>(one_of_) *
                         (complete_twice > 0 ? complete / complete_twice : 1);
  }

  // The expectation: what each string is, by the model.
  Status Weigh(const PlateReadingModel& model, double misreads_seen) {
    const double odds = model.MisreadRate() / (1 - model.MisreadRate());
    const double surprise = SurpriseShare(misreads_seen + start_.counts.misreads);
    // Of plates two changes away, those that were not looked at.
    const double unseen = 1 - 1 / static_cast<double>(one_of_);
    const double background =
        model.NeighbourDensity(false) * usual_readings_ * odds *
        (unseen * model.MoreChangesShare(1) + (1 - unseen) * model.MoreChangesShare(2));
    size_t strings = 0;
    for (size_t first = 0; first < pairs_.size();) {
      const SeenPlate& read = plates_[pairs_[first].read];
      ExpectedMisreads expected(background);
      bool has_twin = false;
      size_t last = first;
      for (; last < pairs_.size() && pairs_[last].read == pairs_[first].read; ++last) {
        Pair& pair = pairs_[last];
        const SeenPlate& truth = plates_[pair.truth];
        pair.probability = model.MisreadProbability(read.characters, truth.characters);
        pair.weight = truth.readings * odds * pair.probability;
        expected.Add(truth.readings * odds, pair.probability);
        if (pair.changes == 1) {
          const auto difference = OneChange(read.characters, truth.characters);
          pair.alike = difference->change == PlateChange::kSubstitution &&
                       model.LooksAlike(difference->truth, difference->read);
          has_twin |= pair.alike;
        }
      }
      const double density = has_twin ? std::max(model.NeighbourDensity(true),
                                                 model.NeighbourDensity(false))
                                      : model.NeighbourDensity(false);
      const double real = density * RealCountProbability(read.readings);
      const double unreal =
          (1 - density) * expected.Probability(read.readings, surprise);
      const double misread = unreal / (real + unreal);
      for (size_t i = first; i < last; ++i) {
        Pair& pair = pairs_[i];
        const bool possible =
            read.readings <= std::max(1.0, kMaxReadShare * plates_[pair.truth].readings);
        pair.weight = possible ? misread * pair.weight / expected.known() : 0;
      }
      first = last;
      if (++strings % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    }
    return Ok();
  }

  // The maximisation: what the weights say of rates, confusions and neighbours.
  PlateReadingCounts Count(const PlateReadingModel& model) const {
    const PlateReadingPrior& prior = start_.prior;
    PlateReadingCounts counts;
    counts.readings = chances_;
    // Two substitutions stand for all pairs of changes.
    const double substitutions = model.KindShare(PlateChange::kSubstitution);
    const double two_changes = two_changes_count_ / std::max(0.1, substitutions * substitutions);
    std::map<uint32_t, double> misread_share;  // of strings near a frequent plate
    for (const Pair& pair : pairs_) {
      const SeenPlate& read = plates_[pair.read];
      misread_share[pair.read] += pair.weight;
      if (pair.weight == 0) continue;
      const double factor = pair.changes == 1 ? 1 : two_changes;
      const double count = pair.weight * read.readings * factor;
      counts.misreads += count;
      if (pair.changes == 2) {
        // Those with three changes cannot be told from chance; they go with those with two.
        const double three = count * prior.changes[2] / std::max(1e-6, prior.changes[1]);
        counts.misreads += three;
        counts.changes[2] += three;
      }
      CountMisread(read.characters, plates_[pair.truth].characters, count, counts);
    }
    for (const auto& [c, exposure] : characters_) counts.characters[c].first += exposure;
    CountNeighbours(model, misread_share, counts);
    return counts;
  }

  void CountNeighbours(const PlateReadingModel& model,
                       const std::map<uint32_t, double>& misread_share,
                       PlateReadingCounts& counts) const {
    for (const Pair& pair : pairs_) {
      if (pair.changes != 1) continue;
      // Two frequent neighbours are each other's.
      const double real = std::max(0.0, 1 - misread_share.at(pair.read)) *
                          (IsFrequent(pair.read) ? 2 : 1);
      (pair.alike ? counts.alike_plates : counts.other_plates) += real;
    }
    // Of each frequent plate, the strings one substitution away.
    std::map<char32_t, double> alike_characters;
    for (const auto& [c, exposure] : characters_) {
      double alike = 0;
      for (const auto& [other, other_exposure] : characters_) {
        if (model.LooksAlike(c, other)) ++alike;
      }
      alike_characters[c] = alike;
    }
    for (uint32_t i = 0; i < plates_.size(); ++i) {
      if (!IsFrequent(i)) continue;
      const std::u32string& text = plates_[i].characters;
      for (size_t place = 0; place < text.size(); ++place) {
        if (!IsComplete(i, place)) continue;
        const double alike = alike_characters.at(text[place]);
        counts.alike_strings += alike;
        counts.other_strings += std::max(0.0, kCharactersAPlace - alike);
      }
    }
  }

  const std::vector<SeenPlate>& plates_;
  const PlateReadingData& start_;
  const Cancellation& cancellation_;
  std::vector<Pair> pairs_;  // by read, then truth
  size_t one_of_ = 1;        // two-change keys looked at
  double two_changes_count_ = 1;
  double chances_ = 0;
  double usual_readings_ = 0;
  size_t frequent_ = 0;
  std::map<char32_t, double> characters_;
};

}  // namespace

void CountMisread(std::u32string_view read, std::u32string_view truth, double weight,
                  PlateReadingCounts& counts) {
  const auto substituted = [&](char32_t from, char32_t to) {
    counts.kinds[static_cast<int>(PlateChange::kSubstitution)] += weight;
    counts.confusions[{from, to}] += weight;
    counts.characters[from].second += weight;
  };
  if (const auto difference = OneChange(read, truth)) {
    counts.changes[0] += weight;
    if (difference->change == PlateChange::kSubstitution) {
      substituted(difference->truth, difference->read);
    } else {
      counts.kinds[static_cast<int>(difference->change)] += weight;
      if (difference->truth != 0) counts.characters[difference->truth].second += weight;
    }
    return;
  }
  size_t unequal = 0;
  if (read.size() == truth.size()) {
    for (size_t i = 0; i < read.size(); ++i) unequal += read[i] != truth[i];
  }
  if (unequal == 0 || unequal > static_cast<size_t>(kMaxPlateChanges)) return;
  counts.changes[unequal - 1] += weight;
  for (size_t i = 0; i < read.size(); ++i) {
    if (read[i] != truth[i]) substituted(truth[i], read[i]);
  }
}

void AddCounts(const PlateReadingCounts& more, PlateReadingCounts& counts) {
  counts.readings += more.readings;
  counts.misreads += more.misreads;
  const auto add = [](const auto& from, auto& to) {
    for (size_t i = 0; i < from.size(); ++i) to[i] += from[i];
  };
  add(more.changes, counts.changes);
  add(more.kinds, counts.kinds);
  add(more.confidence_correct, counts.confidence_correct);
  add(more.confidence_misread, counts.confidence_misread);
  for (const auto& [pair, count] : more.confusions) counts.confusions[pair] += count;
  for (const auto& [c, seen] : more.characters) {
    counts.characters[c].first += seen.first;
    counts.characters[c].second += seen.second;
  }
  for (const auto& [id, camera] : more.cameras) {
    CameraReadingCounts& to = counts.cameras[id];
    to.readings += camera.readings;
    to.misreads += camera.misreads;
    for (const auto& [pair, count] : camera.confusions) to.confusions[pair] += count;
  }
  counts.alike_strings += more.alike_strings;
  counts.alike_plates += more.alike_plates;
  counts.other_strings += more.other_strings;
  counts.other_plates += more.other_plates;
}

Result<FoundMisreads> FindMisreads(const std::vector<SeenPlate>& plates,
                                   const PlateReadingData& start,
                                   const Cancellation& cancellation) {
  return Estimation(plates, start, cancellation).Run();
}

}  // namespace sightline::query
