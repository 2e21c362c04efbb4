// The questions of image search on the wire.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/filter.h"
#include "core/geo.h"
#include "core/sighting.h"

namespace sightline::api {

inline constexpr size_t kDefaultImageMatches = 20;
inline constexpr size_t kMaxImageMatches = 1'000;
inline constexpr size_t kMaxImageExamples = 32;  // like and unlike together
inline constexpr size_t kMaxImageQueries = 64;   // of a batch
inline constexpr double kMaxTravelSpeedKmh = 10'000;

// {"sighting_id"} or {"vector"}.
struct ImageExampleBody {
  std::optional<SightingId> sighting;
  std::string vector;  // without `sighting`: bytes, not yet held against the space
};

// "travel": true, or {"max_speed_kmh"}.
struct TravelBody {
  std::optional<Kmh> max_speed;
};

// The body of POST /v1/search/image.
struct SearchImageBody {
  std::vector<ImageExampleBody> like;  // at least one
  std::vector<ImageExampleBody> unlike;
  // How the examples stood: a list, or one object.
  bool like_is_list = false;
  bool unlike_is_list = false;
  std::string space = "vehicle";
  Filter filter;
  size_t k = kDefaultImageMatches;
  bool k_given = false;
  std::optional<double> max_distance;
  bool group_by_plate = false;
  bool exact = false;
  std::optional<TravelBody> travel;
  std::string page_token;  // empty: the first page
  bool explain = false;
  std::optional<Sequence> as_of;
};

// Strict, as ParseSearchSightings; also kInvalidArgument: `travel` without a sighting in `like`,
// since only a sighting has a place and a time.
Result<SearchImageBody> ParseSearchImage(std::string_view json);

// The body of POST /v1/search/image/batch: {"queries": [...], "as_of"}. A query has neither
// page_token nor as_of.
struct SearchImageBatchBody {
  // What is wrong with a query is its own matter; `field` points into the query.
  std::vector<Result<SearchImageBody>> queries;  // 1 to kMaxImageQueries
  std::optional<Sequence> as_of;
};
Result<SearchImageBatchBody> ParseSearchImageBatch(std::string_view json);

// The members of the question that shape its answer, apart from k and the page: equal questions,
// equal bytes. A vector stands there as its SHA-256 ("vector_sha256"). For a caller that has opened
// the object; page tokens are bound to it, and the audit trail keeps it.
void WriteImageQuestionMembers(JsonWriter& json, const SearchImageBody& body);

// A pointer into the examples as a list ("/like/0/vector"), as it stood in the body
// ("/like/vector" where one object stood there). Other pointers are left as they are.
std::string PointerAsSent(const SearchImageBody& body, std::string_view pointer);

}  // namespace sightline::api
