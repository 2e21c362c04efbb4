// Reading one open day.
#pragma once

#include <memory>

#include "storage/day_database.h"
#include "storage/store.h"

namespace sightline::storage {

std::shared_ptr<const DayReader> MakeDayReader(std::shared_ptr<const DayDatabase> database);

}  // namespace sightline::storage
