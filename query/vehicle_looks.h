// How well readings look like each of the vehicles that bear a plate.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/sighting.h"
#include "core/vector_space.h"

namespace sightline::query {

// By what the readings of one plate say of appearance: a vector of one space (the one that most of
// them have) and attributes. Nothing has to be known of other plates: how much vectors of one vehicle
// scatter is taken from pairs of readings that are surely of one vehicle, how reliable an attribute
// is from how often a vehicle's readings disagree.
class VehicleLooks {
 public:
  // `records[i]` is null where reading i has none. Records outlive the object. `same` are pairs of
  // readings that are surely of one vehicle. `spaces`: of the store.
  VehicleLooks(std::vector<const Sighting*> records, std::span<const VectorSpace> spaces,
               std::span<const std::pair<size_t, size_t>> same);

  bool has_vectors() const { return !points_.empty(); }
  bool has_attributes() const { return !names_.empty(); }

  // By reading and vehicle: ln of P(looks so | of that vehicle) / P(looks so | of any). `vehicles[i]`
  // is the vehicle of reading i, negative where it is of none; a reading is compared with the
  // others of the vehicle. Within [-3.5, kMostEvidence]. One more column for a vehicle of
  // which nothing is known: 0.
  std::vector<std::vector<double>> Score(std::span<const int> vehicles, int count) const;

  // Two groups by vectors alone (k-means from the two that are farthest apart), where there are
  // vectors: a start that does not depend on space and time. By reading; -1 where it has no vector.
  std::vector<int> TwoGroups() const;

  // Two groups by attributes alone (k-modes: Huang, Data Mining and Knowledge Discovery 2, 1998), the
  // first around what most readings say, the second around another common value of the attribute
  // that gives the least readings in doubt. All in group 0 where nothing sets any apart.
  std::vector<int> TwoGroupsByAttributes() const;

  // How far apart the vehicles look: for each pair the mean difference against what is usual within
  // one, as a standard score; 0 where nothing is known. For people's reasons.
  double Separation(std::span<const int> vehicles, int a, int b) const;

  // What most readings of the vehicle say, by attribute, and the plate's colour.
  std::vector<std::pair<std::string, std::string>> Appearance(std::span<const int> vehicles,
                                                              int vehicle) const;

  // The attributes that are compared: by name (in byte order) and reading which value it has; -1: not
  // given. Values are numbered by attribute.
  const std::vector<std::vector<int>>& attributes() const { return values_; }
  // Whether an attribute is one of several that the recogniser derives from one judgement.
  bool IsShared(size_t attribute) const;

  static constexpr double kMostEvidence = 8;

 private:
  using Point = std::vector<float>;

  void ChooseSpace(std::span<const VectorSpace> spaces);
  void LearnScatter(std::span<const std::pair<size_t, size_t>> same);
  void AddVectorScores(std::span<const int> vehicles, int count,
                       std::vector<std::vector<double>>& scores) const;
  void AddAttributeScores(std::span<const int> vehicles, int count,
                          std::vector<std::vector<double>>& scores) const;

  std::vector<int> CommonValues(std::span<const int> groups, int group) const;
  int Differing(size_t reading, std::span<const int> values) const;

  std::vector<const Sighting*> records_;
  std::vector<Point> points_;  // by reading, empty where it has none; none at all: no vectors
  double scatter_ = 0;         // mean squared distance from a vehicle's mean
  double variance_ = 0;        // of one effective dimension
  std::vector<std::string> names_;            // of attributes that are compared
  std::vector<std::vector<int>> values_;      // by name and reading; -1: not given
  std::vector<std::vector<std::string>> texts_;  // by name and value
};

}  // namespace sightline::query
