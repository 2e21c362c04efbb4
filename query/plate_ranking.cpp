#include "query/plate_ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/utf8.h"
#include "query/plate_count_laws.h"

namespace sightline::query {
namespace {

// Rounds of the fixed-point iteration; the probabilities move by less than 1e-3 after five.
constexpr int kRounds = 8;
// Of the readings of a string that is a real plate, no more than this share is taken for misreads.
constexpr double kMaxMisreadShare = 0.5;
// Strings that the model's density of plates counts for beside what is seen around the text.
constexpr double kDensityWeight = 500;
// Letters and digits that a place of a plate may hold.
constexpr double kCharactersAPlace = 34;
// How often an average plate of the neighbourhood was read, before one is seen: one plate's weight.
constexpr double kUsualReadings = 10;
// A plate that was never read counts as one read this often, when it is asked for.
constexpr double kUnreadWeight = 0.3;
constexpr double kNegligible = 1e-7;

// The strings within `max_distance` substitutions of the text, which stands for all within as many
// changes; '?' multiplies.
double StringsAround(std::u32string_view text, int max_distance) {
  const auto unknown = static_cast<double>(std::count(text.begin(), text.end(), U'?'));
  const double known = static_cast<double>(text.size()) - unknown;
  double strings = 0;
  double of_distance = 1;
  for (int d = 0; d <= max_distance && d <= known; ++d) {
    strings += of_distance;
    of_distance *= (known - d) / (d + 1) * (kCharactersAPlace - 1);
  }
  return strings * std::pow(kCharactersAPlace, unknown);
}

// Whether the two differ in one character alone, and such as look alike.
bool AreTwins(std::u32string_view a, std::u32string_view b, const PlateReadingModel& model) {
  if (a.size() != b.size()) return false;
  const auto [first, other] = std::mismatch(a.begin(), a.end(), b.begin());
  if (first == a.end() || !std::equal(first + 1, a.end(), other + 1)) return false;
  return model.LooksAlike(*other, *first);
}

}  // namespace

class PlateRanking::Tables {
 public:
  Tables(const PlateLike& like, std::span<const PlateCandidate> candidates,
         std::shared_ptr<const PlateReadingModel> model)
      : model_(std::move(model)), text_(CodePoints(like.text)) {
    strings_.reserve(candidates.size());
    for (const PlateCandidate& candidate : candidates) {
      if (candidate.readings == 0) continue;
      String& string = strings_.emplace_back();
      string.plate = candidate.plate;
      string.characters = CodePoints(candidate.plate);
      string.readings = static_cast<double>(candidate.readings);
      string.differences = candidate.differences;
    }
    std::sort(strings_.begin(), strings_.end(),
              [](const String& a, const String& b) { return a.plate < b.plate; });
    FindSources();
    strings_around_ = StringsAround(text_, like.max_distance);
    for (int round = 0; round < kRounds; ++round) WeighReality(like.max_distance);
    for (String& string : strings_) SetOrigins(string);
    WeighAsked();
    Rank();
  }

  const std::vector<RankedPlate>& plates() const { return plates_; }
  double none() const { return none_; }

  const RankedPlate* Find(std::string_view plate) const {
    const std::optional<size_t> string = IndexOf(plate);
    return string ? &plates_[strings_[*string].rank] : nullptr;
  }

  double RowProbability(std::string_view plate, const ReadingEvidence& evidence) const {
    const std::optional<size_t> index = IndexOf(plate);
    if (!index) return 0;
    const String& string = strings_[*index];
    const double rate = model_->MisreadRate(evidence.camera_id);
    const double overall = model_->MisreadRate();
    const double misread_odds =
        rate / overall * (evidence.confidence ? model_->ConfidenceRatio(*evidence.confidence) : 1);
    const double own = string.self * (1 - rate) / (1 - overall);
    double sum = own + string.elsewhere * misread_odds;
    double asked = own * asked_[*index];
    for (const Origin& origin : string.origins) {
      const double here = model_->MisreadProbability(
          string.characters, strings_[origin.source].characters, evidence.camera_id);
      const double weight = origin.share * misread_odds * here / origin.probability;
      sum += weight;
      asked += weight * asked_[origin.source];
    }
    return sum > 0 ? std::min(1.0, asked / sum) : 0;
  }

 private:
  // A plate that a string may be a misread of.
  struct Origin {
    uint32_t source = 0;     // index into strings_
    double probability = 0;  // MisreadProbability(string, source)
    double share = 0;        // P(a reading of the string is of the source)
  };

  struct String {
    std::string plate;
    std::u32string characters;
    double readings = 0;
    int differences = 0;
    bool has_twin = false;  // one that was read as often or more
    double real = 1;        // P(some vehicle bears this plate)
    double own = 0;         // expected number of right readings, if real
    double misreads = 0;    // expected number of misreads of others as this string
    double background = 0;  // ... of plates that are not among the sources
    double self = 0;        // P(a reading of the string is right)
    double elsewhere = 0;   // P(... is of a plate that is not among the sources)
    std::vector<Origin> origins;
    size_t rank = 0;
  };

  std::optional<size_t> IndexOf(std::string_view plate) const {
    const auto found =
        std::lower_bound(strings_.begin(), strings_.end(), plate,
                         [](const String& string, std::string_view p) { return string.plate < p; });
    if (found == strings_.end() || found->plate != plate) return std::nullopt;
    return found - strings_.begin();
  }

  // What is read most is most often misread.
  void FindSources() {
    std::vector<uint32_t> sources(strings_.size());
    std::iota(sources.begin(), sources.end(), 0);
    const auto likelier = [this](uint32_t a, uint32_t b) {
      const String& x = strings_[a];
      const String& y = strings_[b];
      if ((x.differences == 0) != (y.differences == 0)) return x.differences == 0;
      if (x.readings != y.readings) return x.readings > y.readings;
      if (x.differences != y.differences) return x.differences < y.differences;
      return a < b;
    };
    const size_t count = std::min(kMaxSources, sources.size());
    std::partial_sort(sources.begin(), sources.begin() + static_cast<ptrdiff_t>(count),
                      sources.end(), likelier);
    sources.resize(count);
    for (String& string : strings_) {
      for (const uint32_t source : sources) {
        const String& truth = strings_[source];
        const double probability = model_->MisreadProbability(string.characters, truth.characters);
        if (probability == 0) continue;
        string.origins.push_back({source, probability, 0});
        if (truth.readings >= string.readings &&
            AreTwins(string.characters, truth.characters, *model_)) {
          string.has_twin = true;
        }
      }
      string.own = string.readings;
    }
  }

  // One round of the fixed point: who is real by how often each was misread as another, and that by
  // who is real.
  void WeighReality(int max_distance) {
    double real_plates = 0;
    double real_readings = 0;
    for (const String& string : strings_) {
      if (string.differences == 0) continue;
      real_plates += string.real;
      real_readings += string.real * string.own;
    }
    density_ =
        (model_->NeighbourDensity(false) * kDensityWeight + real_plates) /
        (kDensityWeight + strings_around_);
    const double twin_density = std::max(density_, model_->NeighbourDensity(true));
    const double usual_readings = (kUsualReadings + real_readings) / (1 + real_plates);
    const double rate = model_->MisreadRate();
    const double odds = rate / (1 - rate);

    const double surprise = SurpriseShare(model_->data().counts.misreads);

    std::vector<double> passes(strings_.size());
    for (size_t i = 0; i < strings_.size(); ++i) {
      passes[i] = strings_[i].real * strings_[i].own * odds;
    }
    for (String& string : strings_) {
      // The plates up to so many changes away from the string are all candidates.
      string.background = density_ * usual_readings * odds *
                          model_->MoreChangesShare(max_distance - string.differences);
      ExpectedMisreads expected(string.background);
      for (const Origin& origin : string.origins) {
        expected.Add(passes[origin.source], origin.probability);
      }
      string.misreads = expected.known();
      const double prior = string.has_twin ? twin_density : density_;
      const double real = prior * RealCountProbability(string.readings);
      const double unreal = (1 - prior) * expected.Probability(string.readings, surprise);
      string.real = real / (real + unreal);
      string.own =
          std::max(string.readings - string.misreads, string.readings * (1 - kMaxMisreadShare));
    }
  }

  void SetOrigins(String& string) {
    const double rate = model_->MisreadRate();
    const double odds = rate / (1 - rate);
    string.self = string.real * string.own / string.readings;
    const double misread = 1 - string.self;
    const double scale = misread / string.misreads;
    string.elsewhere = string.background * scale;
    for (Origin& origin : string.origins) {
      const String& source = strings_[origin.source];
      origin.share = source.real * source.own * odds * origin.probability * scale;
    }
    std::erase_if(string.origins, [](const Origin& origin) { return origin.share < kNegligible; });
  }

  // Which plate the text means: a person's memory of a plate that was on the road, or a copy of a
  // reading. The first weighs plates by the root of their readings, between asking for any vehicle
  // alike and for any passage alike.
  void WeighAsked() {
    const PlateReadingPrior& prior = model_->data().prior;
    asked_.assign(strings_.size(), 0);
    const bool has_unknown = text_.find(U'?') != std::u32string::npos;
    const String* copied = nullptr;
    double reality_of_text = density_;
    for (size_t i = 0; i < strings_.size(); ++i) {
      const String& string = strings_[i];
      const double fit = string.differences == 0
                             ? 1 - prior.asker_error_rate
                             : prior.asker_error_rate *
                                   model_->AskedProbability(text_, string.characters);
      asked_[i] = (1 - prior.copied_share) * string.real * std::sqrt(string.own) * fit;
      if (string.differences == 0 && !has_unknown) {
        copied = &string;
        reality_of_text = 0;  // counted above
      }
    }
    none_ = (1 - prior.copied_share) * reality_of_text * kUnreadWeight *
            (1 - prior.asker_error_rate);
    if (copied != nullptr) {
      const double weight = prior.copied_share * std::sqrt(copied->readings);
      asked_[copied - strings_.data()] += weight * copied->self;
      none_ += weight * copied->elsewhere;
      for (const Origin& origin : copied->origins) {
        asked_[origin.source] += weight * prior.asker_doubt * origin.share;
      }
    }
    const double sum = std::accumulate(asked_.begin(), asked_.end(), none_);
    if (sum <= 0) {
      none_ = 1;
      return;
    }
    for (double& weight : asked_) weight /= sum;
    none_ /= sum;
  }

  void Rank() {
    plates_.reserve(strings_.size());
    for (size_t i = 0; i < strings_.size(); ++i) {
      const String& string = strings_[i];
      double probability = string.self * asked_[i];
      for (const Origin& origin : string.origins) {
        probability += origin.share * asked_[origin.source];
      }
      plates_.push_back({string.plate, string.differences, asked_[i], std::min(1.0, probability)});
    }
    std::sort(plates_.begin(), plates_.end(), [](const RankedPlate& a, const RankedPlate& b) {
      if (a.probability != b.probability) return a.probability > b.probability;
      if (a.differences != b.differences) return a.differences < b.differences;
      return a.plate < b.plate;
    });
    for (size_t i = 0; i < plates_.size(); ++i) {
      strings_[*IndexOf(plates_[i].plate)].rank = i;
    }
  }

  std::shared_ptr<const PlateReadingModel> model_;
  std::u32string text_;
  std::vector<String> strings_;  // in byte order of plate
  double strings_around_ = 0;
  double density_ = 0;  // share of strings around the text that are real plates
  std::vector<double> asked_;  // of each string: P(it is the plate asked for)
  double none_ = 1;
  std::vector<RankedPlate> plates_;
};

PlateRanking::PlateRanking(const PlateLike& like, std::span<const PlateCandidate> candidates,
                           std::shared_ptr<const PlateReadingModel> model)
    : tables_(std::make_unique<Tables>(like, candidates, std::move(model))) {}
PlateRanking::~PlateRanking() = default;
PlateRanking::PlateRanking(PlateRanking&&) noexcept = default;
PlateRanking& PlateRanking::operator=(PlateRanking&&) noexcept = default;

const std::vector<RankedPlate>& PlateRanking::plates() const { return tables_->plates(); }
double PlateRanking::none() const { return tables_->none(); }

const RankedPlate* PlateRanking::Find(std::string_view plate) const { return tables_->Find(plate); }

double PlateRanking::RowProbability(std::string_view plate, const ReadingEvidence& evidence) const {
  return tables_->RowProbability(plate, evidence);
}

}  // namespace sightline::query
