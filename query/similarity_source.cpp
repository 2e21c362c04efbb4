#include "query/similarity_source.h"

#include <utility>

namespace sightline::query {

std::shared_ptr<const SimilarityModel> SimilaritySource::Current(const VectorSpace& space) const {
  {
    MutexLock lock(mutex_);
    const auto found = models_.find(space.name);
    if (found != models_.end()) return found->second;
  }
  return std::make_shared<const SimilarityModel>(SimilarityModel::Default(space));
}

void SimilaritySource::Replace(std::string_view space,
                               std::shared_ptr<const SimilarityModel> model) {
  MutexLock lock(mutex_);
  models_.insert_or_assign(std::string(space), std::move(model));
}

}  // namespace sightline::query
