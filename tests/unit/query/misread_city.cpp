#include "tests/unit/query/misread_city.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/plate_distance.h"
#include "core/utf8.h"
#include "query/plate_misreads.h"

namespace sightline::testing {
namespace {

double Uniform(std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(0, 1)(random);
}

size_t Below(size_t n, std::mt19937_64& random) {
  return std::uniform_int_distribution<size_t>(0, n - 1)(random);
}

template <typename Weights>
size_t Pick(const Weights& weights, std::mt19937_64& random) {
  return std::discrete_distribution<size_t>(weights.begin(), weights.end())(random);
}

std::string Text(const std::u32string& characters) {
  std::string text;
  for (const char32_t c : characters) AppendUtf8(c, text);
  return text;
}

constexpr std::u32string_view kProvinces = U"京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新";

}  // namespace

MisreadCity::MisreadCity(const MisreadCityOptions& options) : options_(options) {
  std::mt19937_64 random(options.seed);
  MakeConfusions(random);
  MakePlates(random);
  MakeReadings(random);
}

MisreadCity::MisreadCity(const std::vector<KnownReading>& readings) {
  std::map<std::string, uint16_t> numbers;
  for (const KnownReading& reading : readings) {
    const auto [found, is_new] =
        numbers.emplace(reading.camera_id, static_cast<uint16_t>(cameras_.size()));
    if (is_new) cameras_.push_back(reading.camera_id);
    const uint32_t truth = IndexOf(reading.truth);
    real_[truth] = true;
    AddReading({IndexOf(reading.read), truth, found->second, reading.confidence});
  }
}

void MisreadCity::AddReading(const CityReading& reading) {
  of_[reading.read].push_back(static_cast<uint32_t>(readings_.size()));
  ++counts_[reading.read];
  readings_.push_back(reading);
}

void MisreadCity::MakeConfusions(std::mt19937_64& random) {
  std::u32string all = U"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::u32string latin = all;
  all += kProvinces;
  std::exponential_distribution<double> weight(1);
  for (const auto& [pair, expected] : query::DefaultPlateReadingData().prior.alike) {
    if (options_.confusions == Confusions::kUnheardOf) break;
    if (options_.confusions == Confusions::kPartly && Uniform(random) < 0.5) continue;
    confusions_[pair.first].to.push_back(pair.second);
    confusions_[pair.first].weights.push_back(expected * weight(random));
  }
  if (options_.confusions != Confusions::kShipped) {
    for (const char32_t c : all) {
      const std::u32string_view kind = c < 128 ? std::u32string_view(latin) : kProvinces;
      for (int i = 0; i < 3; ++i) {
        const char32_t other = kind[Below(kind.size(), random)];
        if (other == c) continue;
        confusions_[c].to.push_back(other);
        confusions_[c].weights.push_back(2 * weight(random));
      }
    }
  }
}

char32_t MisreadCity::Substitute(char32_t truth, std::mt19937_64& random) const {
  const auto found = confusions_.find(truth);
  if (found != confusions_.end() && !found->second.to.empty() &&
      Uniform(random) >= options_.unlike) {
    return found->second.to[Pick(found->second.weights, random)];
  }
  const std::u32string alphabet = CodePoints(options_.alphabet);
  const std::u32string_view kind = truth < 128 ? std::u32string_view(alphabet) : kProvinces;
  for (;;) {
    const char32_t other = kind[Below(kind.size(), random)];
    if (other != truth) return other;
  }
}

std::string MisreadCity::Misread(const std::string& plate, std::mt19937_64& random) const {
  for (;;) {
    std::u32string text = CodePoints(plate);
    const size_t changes = 1 + Pick(options_.changes, random);
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = Below(text.size(), random);
      switch (Pick(options_.kinds, random)) {
        case 0: text[at] = Substitute(text[at], random); break;
        case 1: text.erase(at, 1); break;
        default:
          text.insert(at, 1, Uniform(random) < 0.5 ? text[at] : Substitute(text[at], random));
      }
    }
    std::string misread = Text(text);
    if (misread != plate && !text.empty()) return misread;
  }
}

void MisreadCity::MakePlates(std::mt19937_64& random) {
  const std::u32string alphabet = CodePoints(options_.alphabet);
  std::map<std::string, bool> taken;
  const auto add = [&](const std::string& plate) {
    if (taken.emplace(plate, true).second) plates_.push_back(plate);
  };
  while (plates_.size() < options_.plates) {
    std::u32string plate = CodePoints(options_.prefix);
    for (int i = 0; i < options_.letters_and_digits; ++i) {
      plate += alphabet[Below(alphabet.size(), random)];
    }
    add(Text(plate));
    if (Uniform(random) < options_.twins) {
      const size_t prefix = CodePoints(options_.prefix).size();
      const size_t at = prefix + Below(plate.size() - prefix, random);
      plate[at] = Substitute(plate[at], random);
      add(Text(plate));
    }
  }
}

uint32_t MisreadCity::IndexOf(const std::string& plate) {
  const auto [found, is_new] = index_.emplace(plate, static_cast<uint32_t>(strings_.size()));
  if (is_new) {
    strings_.push_back(plate);
    counts_.push_back(0);
    real_.push_back(false);
    of_.emplace_back();
  }
  return found->second;
}

void MisreadCity::MakeReadings(std::mt19937_64& random) {
  std::vector<double> rates;
  std::gamma_distribution<double> rate(options_.camera_shape,
                                       options_.misread_rate / options_.camera_shape);
  for (int i = 0; i < options_.cameras; ++i) {
    rates.push_back(std::min(0.8, rate(random)));
    cameras_.push_back(fmt::format("C{:03}", i));
  }
  std::lognormal_distribution<double> passes(std::log(options_.median_readings), options_.spread);
  for (const std::string& plate : plates_) {
    const uint32_t truth = IndexOf(plate);
    real_[truth] = true;
    const bool is_passing = Uniform(random) < options_.passing;
    const auto count =
        static_cast<size_t>(is_passing ? 1 + Below(2, random) : std::max(1.0, passes(random)));
    std::array<uint16_t, 8> haunts;
    for (uint16_t& camera : haunts) {
      camera = static_cast<uint16_t>(Below(rates.size(), random));
    }
    for (size_t i = 0; i < count; ++i) {
      const uint16_t camera = haunts[Below(haunts.size(), random)];
      const bool is_misread = Uniform(random) < rates[camera];
      const uint32_t read = is_misread ? IndexOf(Misread(plate, random)) : truth;
      // Two overlapping humps.
      const double confidence = std::clamp(
          std::normal_distribution<double>(is_misread ? 0.82 : 0.93, 0.07)(random), 0.0, 1.0);
      AddReading({read, truth, camera, confidence});
    }
  }
}

std::vector<uint32_t> MisreadCity::Near(const PlateLike& like) const {
  std::vector<uint32_t> near;
  for (uint32_t i = 0; i < strings_.size(); ++i) {
    if (counts_[i] > 0 && WithinPlateDistance(like.text, strings_[i], like.max_distance)) {
      near.push_back(i);
    }
  }
  return near;
}

LikenessQuality Ask(const MisreadCity& city, const std::vector<Question>& questions,
                    int max_distance, std::shared_ptr<const query::PlateReadingModel> model,
                    Judge judge) {
  LikenessQuality quality;
  struct Sums {
    size_t rows = 0;
    double probability = 0;
    double right = 0;
  };
  std::array<Sums, 10> bins;
  std::array<Sums, 10> doubtful;
  for (const Question& question : questions) {
    const PlateLike like{question.text, max_distance};
    const std::vector<uint32_t> near = city.Near(like);
    std::vector<query::PlateCandidate> candidates;
    for (const uint32_t string : near) {
      const std::string& plate = city.strings()[string];
      candidates.push_back({plate, city.counts()[string], PlateDistance(like.text, plate)});
    }
    const query::PlateRanking ranking(like, candidates, model);
    ++quality.questions;
    const std::string& asked = city.strings()[question.asked];
    if (ranking.Find(asked) != nullptr) ++quality.found;
    for (size_t i = 0; i < std::min<size_t>(3, ranking.plates().size()); ++i) {
      if (ranking.plates()[i].plate == asked) ++quality.first_three;
    }
    double best = -1;
    bool best_is_asked = false;
    for (const uint32_t string : near) {
      for (const uint32_t index : city.ReadingsOf(string)) {
        const CityReading& reading = city.readings()[index];
        const double probability =
            judge == Judge::kPlate
                ? ranking.Find(city.strings()[string])->probability
                : ranking.RowProbability(city.strings()[string],
                                         {city.CameraId(reading.camera), reading.confidence});
        if (probability > best) {
          best = probability;
          best_is_asked = string == question.asked;
        }
        const double right = reading.truth == question.asked ? 1 : 0;
        ++quality.rows;
        quality.brier += (probability - right) * (probability - right);
        const auto add = [&](std::array<Sums, 10>& sums) {
          Sums& bin = sums[std::min(9, static_cast<int>(probability * 10))];
          ++bin.rows;
          bin.probability += probability;
          bin.right += right;
        };
        add(bins);
        if (probability >= 0.05 && probability <= 0.95) add(doubtful);
      }
    }
    if (best_is_asked) ++quality.first;
  }
  quality.brier /= static_cast<double>(std::max<size_t>(1, quality.rows));
  for (size_t i = 0; i < bins.size(); ++i) {
    const auto rows = static_cast<double>(std::max<size_t>(1, bins[i].rows));
    quality.bins[i] = {bins[i].rows, bins[i].probability / rows, bins[i].right / rows};
    quality.calibration_error += std::abs(bins[i].probability - bins[i].right);
    quality.doubtful_error += std::abs(doubtful[i].probability - doubtful[i].right);
    quality.doubtful_rows += doubtful[i].rows;
  }
  quality.calibration_error /= static_cast<double>(std::max<size_t>(1, quality.rows));
  quality.doubtful_error /= static_cast<double>(std::max<size_t>(1, quality.doubtful_rows));
  return quality;
}

std::shared_ptr<const query::PlateReadingModel> LearnFrom(const MisreadCity& city) {
  std::vector<query::SeenPlate> plates;
  for (size_t i = 0; i < city.strings().size(); ++i) {
    const auto readings = static_cast<double>(city.counts()[i]);
    if (readings == 0) continue;
    query::SeenPlate& plate = plates.emplace_back();
    plate.characters = CodePoints(city.strings()[i]);
    plate.readings = readings;
  }
  query::PlateReadingData data = query::DefaultPlateReadingData();
  query::AddCounts(query::FindMisreads(plates, data, {}).value().counts, data.counts);
  return std::make_shared<const query::PlateReadingModel>(std::move(data));
}

std::vector<Question> AskExactly(const MisreadCity& city, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Question> questions;
  while (questions.size() < count) {
    const CityReading& reading = city.readings()[Below(city.readings().size(), random)];
    questions.push_back({city.strings()[reading.truth], reading.truth});
  }
  return questions;
}

std::vector<Question> AskMisreads(const MisreadCity& city, size_t count, int max_distance,
                                  uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Question> questions;
  while (questions.size() < count) {
    const CityReading& reading = city.readings()[Below(city.readings().size(), random)];
    const std::string& text = city.strings()[reading.read];
    if (reading.read == reading.truth || city.counts()[reading.truth] == 0 ||
        !WithinPlateDistance(text, city.strings()[reading.truth], max_distance)) {
      continue;
    }
    questions.push_back({text, reading.truth});
  }
  return questions;
}

std::vector<Question> AskWithUnknown(const MisreadCity& city, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Question> questions;
  while (questions.size() < count) {
    const CityReading& reading = city.readings()[Below(city.readings().size(), random)];
    std::u32string text = CodePoints(city.strings()[reading.truth]);
    text[Below(text.size(), random)] = U'?';
    questions.push_back({Text(text), reading.truth});
  }
  return questions;
}

}  // namespace sightline::testing
