// Random versions of rows, random questions about them, and a model that answers by looking at all.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "core/vector_space.h"
#include "index/column_index.h"
#include "index/feed.h"

namespace sightline::index {

struct RandomDayOptions {
  uint32_t times = 20'000;        // milliseconds that rows are spread over: many rows share one
  uint32_t cameras = 40;
  uint32_t plates = 300;
  uint32_t places = 60;           // more than the rows: nearly each has its own
  double rare_attributes = 0.01;  // share of rows that bear one of many rare names
  double corrections = 0.1;       // share of versions that correct a row that was there
  Sequence first_sequence = 1;
  std::vector<VectorSpace> spaces = DefaultSpaces();
  double vectors = 0.8;         // share of rows with a vector of the first space
  double fewer_vectors = 0.1;   // of each further space as many times so many
};

class RandomDay {
 public:
  RandomDay(uint64_t seed, const RandomDayOptions& options);

  // The next `count` versions of the day's log.
  std::vector<IndexRow> Next(size_t count);
  const std::vector<IndexRow>& versions() const { return versions_; }
  Sequence last_sequence() const { return sequence_; }

  // Any combination of conditions, mostly such that some rows pass.
  ColumnQuery Query();
  // A vector like those of the rows: around one of few centers, some of them equal.
  std::string Vector(const VectorSpace& space);

  // What passes among the first `versions` of the log, by (time, camera, identity).
  std::vector<RowKey> Answer(const ColumnQuery& query, size_t versions) const;
  // The versions behind such an answer, in no order.
  std::vector<const IndexRow*> PassingRows(const ColumnQuery& query, size_t versions) const;

  std::mt19937_64& random() { return random_; }

 private:
  size_t Below(size_t limit) { return random_() % limit; }
  bool Chance(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }
  std::string Plate();
  Position Place();
  AttributeValue Value(size_t name);
  IndexRow Row();

  RandomDayOptions options_;
  std::mt19937_64 random_;
  Sequence sequence_;
  std::vector<IndexRow> versions_;
};

// Sorted by (time, camera, identity), for comparing.
std::vector<RowKey> Sorted(std::vector<RowKey> keys);

}  // namespace sightline::index
