// A made-up population of plates that cameras misread, by confusions of their own: the yardstick for
// plate_like.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "query/plate_ranking.h"

namespace sightline::testing {

// What its cameras confuse.
enum class Confusions {
  kShipped,   // what the shipped model expects, with a random weight each
  kPartly,    // half of that, and random pairs besides
  kUnheardOf  // random pairs alone
};

struct MisreadCityOptions {
  uint64_t seed = 1;
  size_t plates = 20'000;
  std::string prefix = "京A";
  int letters_and_digits = 5;  // after the prefix
  // Characters that these are made of; fewer make a denser neighbourhood.
  std::string alphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  double twins = 0.05;  // of plates: a real plate beside, one confusable character away
  double median_readings = 20;
  double spread = 1;     // of the logarithm of readings
  double passing = 0.1;  // of plates: read once or twice
  int cameras = 60;
  double misread_rate = 0.03;
  double camera_shape = 2;  // low: few cameras err most
  Confusions confusions = Confusions::kPartly;
  double unlike = 0.15;  // of substitutions: to any character
  std::array<double, 3> changes = {0.85, 0.12, 0.03};
  std::array<double, 3> kinds = {0.85, 0.09, 0.06};  // substitution, loss, insertion
};

struct CityReading {
  uint32_t read = 0;   // index into strings
  uint32_t truth = 0;  // index into strings
  uint16_t camera = 0;
  std::optional<double> confidence;
};

// A reading of another city.
struct KnownReading {
  std::string read;
  std::string truth;
  std::string camera_id;
  std::optional<double> confidence;
};

class MisreadCity {
 public:
  explicit MisreadCity(const MisreadCityOptions& options);
  explicit MisreadCity(const std::vector<KnownReading>& readings);

  const std::vector<std::string>& strings() const { return strings_; }
  // Of each string: how often it was read, and whether it is a real plate.
  const std::vector<uint64_t>& counts() const { return counts_; }
  const std::vector<bool>& real() const { return real_; }
  const std::vector<CityReading>& readings() const { return readings_; }
  // Indices into readings() of those that read the string.
  const std::vector<uint32_t>& ReadingsOf(uint32_t string) const { return of_[string]; }
  const std::string& CameraId(uint16_t camera) const { return cameras_[camera]; }

  // All strings that were read within the distance, as indices.
  std::vector<uint32_t> Near(const PlateLike& like) const;

  // A misread of a plate by this city's confusions.
  std::string Misread(const std::string& plate, std::mt19937_64& random) const;

 private:
  struct Confusion {
    std::vector<char32_t> to;
    std::vector<double> weights;
  };

  uint32_t IndexOf(const std::string& plate);
  void MakeConfusions(std::mt19937_64& random);
  void MakePlates(std::mt19937_64& random);
  void MakeReadings(std::mt19937_64& random);
  void AddReading(const CityReading& reading);
  char32_t Substitute(char32_t truth, std::mt19937_64& random) const;

  MisreadCityOptions options_;
  std::map<char32_t, Confusion> confusions_;
  std::vector<std::string> plates_;
  std::vector<std::string> cameras_;
  std::map<std::string, uint32_t, std::less<>> index_;
  std::vector<std::string> strings_;
  std::vector<uint64_t> counts_;
  std::vector<bool> real_;
  std::vector<std::vector<uint32_t>> of_;
  std::vector<CityReading> readings_;
};

// How good the answers to many questions are.
struct LikenessQuality {
  size_t questions = 0;
  size_t rows = 0;
  size_t found = 0;        // questions whose asked plate's rows are in the answer
  size_t first = 0;        // questions with a row of the asked plate in front
  size_t first_three = 0;  // questions with the asked plate among the first three plates
  double brier = 0;        // mean squared error of the rows' probabilities
  double calibration_error = 0;  // expected calibration error over ten bins, weighted by rows
  double doubtful_error = 0;     // the same over rows with a probability from 0.05 to 0.95
  size_t doubtful_rows = 0;
  struct Bin {
    size_t rows = 0;
    double probability = 0;  // mean
    double share = 0;        // of rows that are of the asked plate
  };
  std::array<Bin, 10> bins;
};

struct Question {
  std::string text;
  uint32_t asked = 0;  // the plate meant, an index into strings()
};

// What a row is judged by.
enum class Judge { kPlate, kRow };

LikenessQuality Ask(const MisreadCity& city, const std::vector<Question>& questions,
                    int max_distance, std::shared_ptr<const query::PlateReadingModel> model,
                    Judge judge = Judge::kRow);

// The shipped model with what FindMisreads learns from the city, which does not see the truth.
std::shared_ptr<const query::PlateReadingModel> LearnFrom(const MisreadCity& city);

// Texts that are: the plates themselves, weighted by readings; misreads that were read; what a person
// may remember (one or two characters wrong or unknown).
std::vector<Question> AskExactly(const MisreadCity& city, size_t count, uint64_t seed);
std::vector<Question> AskMisreads(const MisreadCity& city, size_t count, int max_distance,
                                  uint64_t seed);
std::vector<Question> AskWithUnknown(const MisreadCity& city, size_t count, uint64_t seed);

}  // namespace sightline::testing
