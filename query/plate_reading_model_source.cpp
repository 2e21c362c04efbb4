#include "query/plate_reading_model_source.h"

#include <utility>

namespace sightline::query {

PlateReadingModelSource::PlateReadingModelSource(std::shared_ptr<const PlateReadingModel> model) {
  models_.push_back(std::move(model));
}

std::shared_ptr<const PlateReadingModel> PlateReadingModelSource::Current() const {
  MutexLock lock(mutex_);
  return models_.back();
}

std::shared_ptr<const PlateReadingModel> PlateReadingModelSource::Find(
    std::string_view version) const {
  MutexLock lock(mutex_);
  for (const auto& model : models_) {
    if (model->version() == version) return model;
  }
  return models_.back();
}

void PlateReadingModelSource::Replace(std::shared_ptr<const PlateReadingModel> model) {
  MutexLock lock(mutex_);
  models_.push_back(std::move(model));
  if (models_.size() > kKept + 1) models_.pop_front();
}

}  // namespace sightline::query
