// The similarity models in force.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/mutex.h"
#include "core/vector_space.h"
#include "query/similarity.h"

namespace sightline::query {

// Hands out the model of each space. Thread-safe.
class SimilaritySource {
 public:
  // The default of the space until a model is put in its place. Never null.
  std::shared_ptr<const SimilarityModel> Current(const VectorSpace& space) const;

  void Replace(std::string_view space, std::shared_ptr<const SimilarityModel> model);

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<const SimilarityModel>, std::less<>> models_
      SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::query
