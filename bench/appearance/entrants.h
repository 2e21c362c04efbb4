// Makes those that a step asks for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/appearance/data_set.h"
#include "bench/appearance/entrant.h"
#include "bench/appearance/our_entrants.h"
#include "bench/appearance/steps.h"
#include "core/error.h"

namespace sightline::bench {

// In the order of the words. Our index is built already; peers and the bare graph are built here
// where they are not kept. kInvalidArgument: a word that nobody answers to. Throws as peers do.
class Entrants {
 public:
  static Result<std::unique_ptr<Entrants>> Make(const DataSet& data, const StepOptions& options);

  size_t size() const { return made_.size(); }
  Entrant& operator[](size_t i) const { return *made_[i].entrant; }
  double build_seconds(size_t i) const { return made_[i].seconds; }
  std::vector<Entrant*> all() const;

 private:
  std::unique_ptr<OurIndex> index_;  // the index's entrant reads its files
  std::vector<Built> made_;
};

// At most `wanted` questions, spread over all.
std::vector<uint32_t> SpreadQueries(const DataSet& data, uint32_t wanted);

}  // namespace sightline::bench
