// Plates over all days, from the dictionary, exact as of a sequence.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "storage/plate_dictionary.h"
#include "storage/store.h"

namespace sightline::storage {

// As Store::VisitPlates. Entries of days that are not in `days` (ascending) are passed over. An entry
// that counts rows after `as_of`, or whose readings were corrected, is counted anew from its day,
// which `open` opens.
Status SummarizePlates(const PlateDictionary& dictionary, std::span<const Day> days,
                       std::string_view prefix, std::string_view after, Sequence as_of,
                       const std::function<Result<std::shared_ptr<const DayReader>>(Day)>& open,
                       const std::function<bool(const PlateSummary&)>& visit);

}  // namespace sightline::storage
