// Which plates were ever read: GET /v1/plates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/filter.h"
#include "query/plate_match.h"
#include "query/sources.h"
#include "storage/store.h"

namespace sightline::query {

struct PlateListRequest {
  std::string pattern;            // normalised (core/plate.h); empty: all plates
  std::optional<PlateLike> like;  // joined with the pattern by AND
  std::string after;  // plates up to and including this one are passed over; empty: from the first
  size_t limit = 100;
  std::optional<Sequence> as_of;
};

struct ListedPlate {
  storage::PlateSummary summary;    // over everything up to as_of
  // Where `like` was asked for: its probability is that the plate asked for is this one.
  std::optional<PlateMatch> match;
};

struct PlateListPage {
  // In byte order; with `like` the likeliest first, then those that NearPlates did not rank, in
  // byte order.
  std::vector<ListedPlate> plates;
  bool more = false;
  Sequence as_of = 0;
};

Result<PlateListPage> ListPlates(const Sources& sources, const PlateListRequest& request,
                                 const Cancellation& cancellation);

}  // namespace sightline::query
