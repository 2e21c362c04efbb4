// The bodies of the questions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/parameters.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/sighting.h"

namespace sightline::api {

// The body of POST /v1/search/sightings.
struct SearchSightingsBody {
  Filter filter;
  ResultOrder order = ResultOrder::kTimeDescending;  // by default kRelevance with plate_like
  size_t limit = kDefaultLimit;
  bool limit_given = false;
  std::string page_token;  // empty: the first page
  bool explain = false;
  std::optional<Sequence> as_of;
};

// Strict: unknown or repeated members, wrong types and values out of range are kInvalidArgument
// with `field`; so is an order of relevance without plate_like.
Result<SearchSightingsBody> ParseSearchSightings(std::string_view json);

// "time_desc", "time_asc" or "relevance".
std::string_view OrderName(ResultOrder order);

}  // namespace sightline::api
