// What questions read from.
#pragma once

#include <memory>

#include "index/column_index.h"
#include "storage/store.h"

namespace sightline::query {

class PlateReadingModel;  // query/plate_reading_model.h

// Copies share everything; what is pointed to outlives them.
struct Sources {
  storage::Store& store;
  // Null: every question goes to storage alone, with the same answers.
  index::ColumnIndex* columns = nullptr;
  // How cameras misread; null: the model that the program was built with.
  std::shared_ptr<const PlateReadingModel> reading_model;
};

}  // namespace sightline::query
