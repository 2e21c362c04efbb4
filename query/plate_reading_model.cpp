#include "query/plate_reading_model.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "core/plate.h"

namespace sightline::query {
namespace {

// Where a character may stand in for another without looking like it: mostly those of its own kind.
constexpr double kOwnKindShare = 0.95;
// Han characters that plates bear, and characters of all other scripts: how many each may become.
constexpr double kHanCharacters = 45;
constexpr double kForeignCharacters = 60;
constexpr double kLatinCharacters = 36;
// Of inserted characters, the share that repeats its neighbour.
constexpr double kRepeatedShare = 0.3;
// A person's text: memory loses and adds more than a camera does, and half of its substitutions have
// nothing to do with looks.
constexpr std::array<double, kPlateChanges> kAskedKinds = {0.7, 0.15, 0.15};
constexpr double kAskedByLooks = 0.5;
constexpr double kMaxMisreadRate = 0.9;
// Of misreads, the share beyond what is modelled.
constexpr double kTrace = 1e-3;
// Substitutions that count as much as the assumed share of unlike ones.
constexpr double kUnlikeWeight = 40;

enum class Kind { kLatin, kHan, kForeign };

Kind KindOf(char32_t c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) return Kind::kLatin;
  if (c >= 0x3400 && c <= 0x9FFF) return Kind::kHan;
  return Kind::kForeign;
}

double KindSize(Kind kind) {
  switch (kind) {
    case Kind::kLatin: return kLatinCharacters;
    case Kind::kHan: return kHanCharacters;
    case Kind::kForeign: return kForeignCharacters;
  }
  return kForeignCharacters;
}

// P(read | truth, changed without regard to looks).
double UnlikeProbability(char32_t truth, char32_t read) {
  const Kind kind = KindOf(truth);
  const Kind read_kind = KindOf(read);
  if (read_kind == kind) return kOwnKindShare / (KindSize(kind) - 1);
  double others = 0;
  for (const Kind other : {Kind::kLatin, Kind::kHan, Kind::kForeign}) {
    if (other != kind) others += KindSize(other);
  }
  return (1 - kOwnKindShare) / others;
}

double InsertedProbability(char32_t inserted, char32_t beside) {
  return (inserted == beside ? kRepeatedShare : 0) +
         (1 - kRepeatedShare) * (KindOf(inserted) == Kind::kLatin
                                     ? kOwnKindShare / kLatinCharacters
                                     : (1 - kOwnKindShare) / (kHanCharacters + kForeignCharacters));
}

template <size_t n>
std::array<double, n> Posterior(const std::array<double, n>& shares, double weight,
                                const std::array<double, n>& counts) {
  std::array<double, n> posterior{};
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += posterior[i] = shares[i] * weight + counts[i];
  for (double& share : posterior) share /= sum;
  return posterior;
}

using ChangeShares = std::array<double, kMaxPlateChanges>;
using KindShares = std::array<double, kPlateChanges>;

constexpr size_t kMaxCharacters = kMaxPlateBytes;

// The sum over all alignments with one to kMaxPlateChanges changes: P(read | truth, changed).
// `same(truth, read)` says which characters agree, `confusion(truth, read)` is the probability of a
// substitution, `weights` how prone each place of the truth is.
template <typename Same, typename Confusion>
double SumOverAlignments(std::u32string_view read, std::u32string_view truth,
                         const double* weights, const ChangeShares& changes,
                         const KindShares& kinds, const Same& same, const Confusion& confusion) {
  constexpr int kStates = kMaxPlateChanges + 1;
  const int rows = static_cast<int>(truth.size());
  const int columns = static_cast<int>(read.size());
  if (std::abs(rows - columns) > kMaxPlateChanges) return 0;

  // weighted_sets[k]: the sum over all sets of k places of the product of their weights, which makes
  // the choice of places a probability.
  std::array<double, kStates> weighted_sets{1};
  for (int i = 0; i < rows; ++i) {
    for (int k = kMaxPlateChanges; k > 0; --k) weighted_sets[k] += weighted_sets[k - 1] * weights[i];
  }

  // sums[j][k]: of alignments of the truth's first i characters with the read's first j, k changes.
  // An insertion steps two columns ahead.
  using Row = std::array<std::array<double, kStates>, kMaxCharacters + 3>;
  Row current{};
  Row next{};
  current[0][0] = 1;
  for (int i = 0; i < rows; ++i) {
    const int first = std::max(0, i - kMaxPlateChanges);
    const int last = std::min(columns, i + kMaxPlateChanges);
    for (int j = first; j <= std::min(columns, last + 2) + 1; ++j) next[j] = {};
    bool alive = false;
    for (int j = first; j <= last; ++j) {
      const auto& from = current[j];
      const double loss = weights[i] * kinds[static_cast<int>(PlateChange::kLoss)];
      const bool here = j < columns;
      const bool agrees = here && same(truth[i], read[j]);
      const double substitution =
          here && !agrees ? weights[i] * kinds[static_cast<int>(PlateChange::kSubstitution)] *
                                confusion(truth[i], read[j])
                          : 0;
      double insertion = 0;
      if (j + 1 < columns) {
        double inserted = 0;
        if (agrees) inserted += InsertedProbability(read[j + 1], truth[i]);
        if (same(truth[i], read[j + 1])) inserted += InsertedProbability(read[j], truth[i]);
        insertion =
            weights[i] * kinds[static_cast<int>(PlateChange::kInsertion)] * inserted / 2;
      }
      for (int k = 0; k < kStates; ++k) {
        if (from[k] == 0) continue;
        alive = true;
        if (agrees) next[j + 1][k] += from[k];
        if (k + 1 == kStates) continue;
        next[j][k + 1] += from[k] * loss;
        next[j + 1][k + 1] += from[k] * substitution;
        if (insertion > 0) next[j + 2][k + 1] += from[k] * insertion;
      }
    }
    if (!alive) return 0;
    std::swap(current, next);
  }

  double probability = 0;
  for (int k = 1; k < kStates; ++k) {
    if (weighted_sets[k] > 0) {
      probability += changes[k - 1] * current[columns][k] / weighted_sets[k];
    }
  }
  return probability;
}

}  // namespace

class PlateReadingModel::Tables {
 public:
  explicit Tables(PlateReadingData data) : data_(std::move(data)) {
    const PlateReadingPrior& prior = data_.prior;
    const PlateReadingCounts& counts = data_.counts;
    const std::string text = FormatPlateReadingData(data_);
    version_ = fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
    rate_ = std::min(kMaxMisreadRate, (prior.misread_rate * prior.misread_rate_weight +
                                       counts.misreads) /
                                          (prior.misread_rate_weight + counts.readings));
    changes_ = Posterior(prior.changes, prior.changes_weight, counts.changes);
    kinds_ = Posterior(prior.kinds, prior.kinds_weight, counts.kinds);
    MakeAlphabet();
    MakeConfusions();
    MakeProneness();
    MakeCameras();
    MakeConfidence();
  }

  // What was counted at one camera, on top of all cameras.
  struct Camera {
    double rate = 0;
    CharacterPairs confusions;
    std::map<char32_t, double> totals;  // of each true character
  };

  const Camera* FindCamera(std::string_view id) const {
    const auto found = cameras_.find(id);
    return found == cameras_.end() ? nullptr : &found->second;
  }

  double Confusion(char32_t truth, char32_t read) const {
    const size_t a = IndexOf(truth);
    const size_t b = IndexOf(read);
    if (a == alphabet_.size()) return UnlikeProbability(truth, read);
    if (b == alphabet_.size()) return unseen_share_[a] * UnlikeProbability(truth, read);
    return confusions_[a * alphabet_.size() + b];
  }

  double CameraConfusion(const Camera& camera, char32_t truth, char32_t read) const {
    const double overall = Confusion(truth, read);
    const auto total = camera.totals.find(truth);
    if (total == camera.totals.end()) return overall;
    const auto count = camera.confusions.find({truth, read});
    const double weight = data_.prior.camera_confusion_weight;
    return ((count == camera.confusions.end() ? 0 : count->second) + weight * overall) /
           (total->second + weight);
  }

  double Proneness(char32_t c) const {
    const size_t index = IndexOf(c);
    return index == alphabet_.size() ? 1 : proneness_[index];
  }

  const PlateReadingData& data() const { return data_; }
  const std::string& version() const { return version_; }
  double rate() const { return rate_; }
  const ChangeShares& changes() const { return changes_; }
  const KindShares& kinds() const { return kinds_; }
  double confidence_ratio(int bin) const { return confidence_ratio_[bin]; }

 private:
  // alphabet_.size() where the character is not known.
  size_t IndexOf(char32_t c) const {
    if (c < latin_.size()) return latin_[c];
    const auto found = std::lower_bound(alphabet_.begin(), alphabet_.end(), c);
    return found != alphabet_.end() && *found == c ? found - alphabet_.begin() : alphabet_.size();
  }

  void MakeAlphabet() {
    std::set<char32_t> known;
    for (char32_t c = '0'; c <= '9'; ++c) known.insert(c);
    for (char32_t c = 'A'; c <= 'Z'; ++c) known.insert(c);
    for (const CharacterPairs* pairs : {&data_.prior.alike, &data_.counts.confusions}) {
      for (const auto& [pair, count] : *pairs) known.insert({pair.first, pair.second});
    }
    for (const auto& [c, weight] : data_.prior.proneness) known.insert(c);
    for (const auto& [c, seen] : data_.counts.characters) known.insert(c);
    alphabet_.assign(known.begin(), known.end());
    latin_.fill(alphabet_.size());
    for (size_t i = 0; i < alphabet_.size(); ++i) {
      if (alphabet_[i] < latin_.size()) latin_[alphabet_[i]] = i;
    }
  }

  // Of the substitutions that were counted, how many were between characters that do not look alike.
  double UnlikeShare() const {
    double all = 0;
    double unlike = 0;
    for (const auto& [pair, count] : data_.counts.confusions) {
      all += count;
      if (!data_.prior.alike.contains(pair)) unlike += count;
    }
    return (data_.prior.unlike_share * kUnlikeWeight + unlike) / (kUnlikeWeight + all);
  }

  void MakeConfusions() {
    const size_t n = alphabet_.size();
    const double unlike_share = UnlikeShare();
    const double weight = data_.prior.confusion_weight;
    std::vector<double> alike_sums(n, 0);
    std::vector<double> counted(n, 0);
    for (const auto& [pair, value] : data_.prior.alike) alike_sums[IndexOf(pair.first)] += value;
    for (const auto& [pair, count] : data_.counts.confusions) counted[IndexOf(pair.first)] += count;

    confusions_.assign(n * n, 0);
    unseen_share_.assign(n, 0);
    for (size_t a = 0; a < n; ++a) {
      const double unlike = alike_sums[a] > 0 ? unlike_share : 1;
      unseen_share_[a] = unlike * weight / (counted[a] + weight);
      for (size_t b = 0; b < n; ++b) {
        if (a != b) {
          confusions_[a * n + b] = unseen_share_[a] * UnlikeProbability(alphabet_[a], alphabet_[b]);
        }
      }
    }
    for (const auto& [pair, value] : data_.prior.alike) {
      const size_t a = IndexOf(pair.first);
      if (alike_sums[a] == 0) continue;
      confusions_[a * n + IndexOf(pair.second)] +=
          (1 - unlike_share) * value / alike_sums[a] * weight / (counted[a] + weight);
    }
    for (const auto& [pair, count] : data_.counts.confusions) {
      const size_t a = IndexOf(pair.first);
      confusions_[a * n + IndexOf(pair.second)] += count / (counted[a] + weight);
    }
  }

  void MakeProneness() {
    const PlateReadingPrior& prior = data_.prior;
    proneness_.assign(alphabet_.size(), 1);
    for (const auto& [c, value] : prior.proneness) proneness_[IndexOf(c)] = value;
    double misreads = 0;
    double exposure = 0;
    for (const auto& [c, seen] : data_.counts.characters) {
      misreads += seen.second;
      exposure += seen.first * proneness_[IndexOf(c)];
    }
    if (exposure == 0) return;
    for (const auto& [c, seen] : data_.counts.characters) {
      double& value = proneness_[IndexOf(c)];
      const double expected = misreads * seen.first * value / exposure;
      value *= (prior.proneness_weight + seen.second) / (prior.proneness_weight + expected);
    }
  }

  void MakeCameras() {
    for (const auto& [id, counted] : data_.counts.cameras) {
      Camera& camera = cameras_[id];
      const double shape = data_.prior.camera_shape;
      camera.rate = std::min(kMaxMisreadRate,
                             (shape + counted.misreads) / (shape / rate_ + counted.readings));
      camera.confusions = counted.confusions;
      for (const auto& [pair, count] : counted.confusions) camera.totals[pair.first] += count;
    }
  }

  void MakeConfidence() {
    const PlateReadingCounts& counts = data_.counts;
    double correct = 0;
    double misread = 0;
    for (int i = 0; i < kConfidenceBins; ++i) {
      correct += counts.confidence_correct[i];
      misread += counts.confidence_misread[i];
    }
    for (int i = 0; i < kConfidenceBins; ++i) {
      // The counted ratio, as far as both sides of it were counted often enough.
      const double c = counts.confidence_correct[i];
      const double m = counts.confidence_misread[i];
      const double ratio = ((m + 0.5) / (misread + 0.5 * kConfidenceBins)) /
                           ((c + 0.5) / (correct + 0.5 * kConfidenceBins));
      const double trust = (c + m) / (c + m + data_.prior.confidence_weight);
      confidence_ratio_[i] = std::exp((1 - trust) * std::log(data_.prior.confidence_ratio[i]) +
                                      trust * std::log(ratio));
    }
  }

  PlateReadingData data_;
  std::string version_;
  double rate_ = 0;
  ChangeShares changes_{};
  KindShares kinds_{};
  std::vector<char32_t> alphabet_;       // ascending
  std::array<size_t, 128> latin_{};      // index by ASCII character
  std::vector<double> confusions_;       // [truth * size + read]
  std::vector<double> unseen_share_;     // [truth]: what goes to characters outside of the alphabet
  std::vector<double> proneness_;
  std::map<std::string, Camera, std::less<>> cameras_;
  std::array<double, kConfidenceBins> confidence_ratio_{};
};

PlateReadingModel::PlateReadingModel(PlateReadingData data)
    : tables_(std::make_shared<const Tables>(std::move(data))) {}

std::shared_ptr<const PlateReadingModel> PlateReadingModel::Default() {
  static const auto kModel = std::make_shared<const PlateReadingModel>(DefaultPlateReadingData());
  return kModel;
}

const PlateReadingData& PlateReadingModel::data() const { return tables_->data(); }
const std::string& PlateReadingModel::version() const { return tables_->version(); }
double PlateReadingModel::MisreadRate() const { return tables_->rate(); }

double PlateReadingModel::MisreadRate(std::string_view camera_id) const {
  const Tables::Camera* camera = tables_->FindCamera(camera_id);
  return camera == nullptr ? tables_->rate() : camera->rate;
}

double PlateReadingModel::MoreChangesShare(int changes) const {
  double more = kTrace;
  for (int k = std::max(0, changes); k < kMaxPlateChanges; ++k) more += tables_->changes()[k];
  return std::min(1.0, more);
}

double PlateReadingModel::KindShare(PlateChange kind) const {
  return tables_->kinds()[static_cast<int>(kind)];
}

double PlateReadingModel::MisreadProbability(std::u32string_view read, std::u32string_view truth,
                                             std::string_view camera_id) const {
  if (read == truth || read.size() > kMaxCharacters || truth.size() > kMaxCharacters) return 0;
  std::array<double, kMaxCharacters> weights;
  for (size_t i = 0; i < truth.size(); ++i) weights[i] = tables_->Proneness(truth[i]);
  const auto same = [](char32_t a, char32_t b) { return a == b; };
  const Tables::Camera* camera = tables_->FindCamera(camera_id);
  if (camera == nullptr || camera->totals.empty()) {
    return SumOverAlignments(
        read, truth, weights.data(), tables_->changes(), tables_->kinds(), same,
        [this](char32_t a, char32_t b) { return tables_->Confusion(a, b); });
  }
  return SumOverAlignments(
      read, truth, weights.data(), tables_->changes(), tables_->kinds(), same,
      [this, camera](char32_t a, char32_t b) { return tables_->CameraConfusion(*camera, a, b); });
}

double PlateReadingModel::AskedProbability(std::u32string_view text,
                                           std::u32string_view plate) const {
  if (text.size() > kMaxCharacters || plate.size() > kMaxCharacters) return 0;
  const auto same = [](char32_t a, char32_t b) { return b == '?' || a == b; };
  if (text.size() == plate.size() &&
      std::equal(plate.begin(), plate.end(), text.begin(), text.end(), same)) {
    return 1;
  }
  std::array<double, kMaxCharacters> weights;
  weights.fill(1);
  return SumOverAlignments(text, plate, weights.data(), tables_->changes(), kAskedKinds, same,
                           [this](char32_t a, char32_t b) {
                             return kAskedByLooks * tables_->Confusion(a, b) +
                                    (1 - kAskedByLooks) * UnlikeProbability(a, b);
                           });
}

double PlateReadingModel::ConfusionProbability(char32_t truth, char32_t read) const {
  return truth == read ? 0 : tables_->Confusion(truth, read);
}

bool PlateReadingModel::LooksAlike(char32_t truth, char32_t read) const {
  // Well above what any character may become.
  return truth != read && tables_->Confusion(truth, read) > 2.0 / kLatinCharacters;
}

double PlateReadingModel::ConfidenceRatio(double confidence) const {
  const int bin = static_cast<int>(confidence * kConfidenceBins);
  return tables_->confidence_ratio(std::clamp(bin, 0, kConfidenceBins - 1));
}

double PlateReadingModel::NeighbourDensity(bool alike) const {
  const PlateReadingPrior& prior = data().prior;
  const PlateReadingCounts& counts = data().counts;
  const double assumed = alike ? prior.twin_density : prior.neighbour_density;
  const double plates = alike ? counts.alike_plates : counts.other_plates;
  const double strings = alike ? counts.alike_strings : counts.other_strings;
  return (assumed * prior.density_weight + plates) / (prior.density_weight + strings);
}

}  // namespace sightline::query
