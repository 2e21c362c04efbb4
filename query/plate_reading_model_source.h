// The plate reading model in force.
#pragma once

#include <deque>
#include <memory>
#include <string_view>

#include "core/mutex.h"
#include "query/plate_reading_model.h"

namespace sightline::query {

// Hands out the model in force, and for a while those before it, so that the pages of one answer are
// made with one model. Thread-safe.
class PlateReadingModelSource {
 public:
  explicit PlateReadingModelSource(std::shared_ptr<const PlateReadingModel> model);

  std::shared_ptr<const PlateReadingModel> Current() const;
  // The model of that version where it is in force or one of the last kKept before, else the one in
  // force.
  std::shared_ptr<const PlateReadingModel> Find(std::string_view version) const;

  void Replace(std::shared_ptr<const PlateReadingModel> model);

 private:
  static constexpr size_t kKept = 4;
  mutable Mutex mutex_;
  // The one in force last; never empty.
  std::deque<std::shared_ptr<const PlateReadingModel>> models_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::query
