// Which plates were ever read: GET /v1/plates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "storage/store.h"

namespace sightline::query {

struct PlateListRequest {
  std::string pattern;  // normalised (core/plate.h); empty: all plates
  std::string after;    // plates up to and including this one are passed over; empty: from the first
  size_t limit = 100;
  std::optional<Sequence> as_of;
};

struct PlateListPage {
  std::vector<storage::PlateSummary> plates;  // in byte order
  bool more = false;
  Sequence as_of = 0;
};

Result<PlateListPage> ListPlates(storage::Store& store, const PlateListRequest& request,
                                 const Cancellation& cancellation);

}  // namespace sightline::query
