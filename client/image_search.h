// /v1/search/image as typed calls.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/answers.h"
#include "client/client.h"
#include "core/error.h"
#include "core/filter.h"

namespace sightline::client {

// What the wanted vehicle looks like: a stored sighting, or a vector.
struct ImageExample {
  std::string sighting_id;
  std::string vector;  // without `sighting_id`: bytes of the space
};

struct ImageQuery {
  std::vector<ImageExample> like;  // at least one; 32 with those of `unlike`
  std::vector<ImageExample> unlike;
  std::string space = "vehicle";
  Filter filter;  // plates are normalised by the server
  size_t k = 20;  // matches a page, 1 to 1,000
  std::optional<double> max_distance;  // the metric's own
  bool group_by_plate = false;
  bool exact = false;
  // Marks what the vehicle of the first sighting in `like` could not have reached.
  bool travel = false;
  std::optional<double> max_speed_kmh;  // of `travel`; the server's bound without it
  std::string page_token;
  std::optional<Sequence> as_of;
  bool explain = false;       // the page's JSON says what answering cost
  bool with_vectors = false;  // sightings bear their vectors
};

// Errors as Client's. Concurrency: as its client, not thread-safe.
class ImageSearch {
 public:
  explicit ImageSearch(Client& client) : client_(client) {}  // `client` outlives the object

  Result<ImagePage> Find(const ImageQuery& query);
  // Every match as deep as the server goes, as NDJSON. k, page_token and explain are not used.
  Status FindNdjson(const ImageQuery& query, const ByteSink& sink);
  // Up to 64 questions in one request; what became of each. Their page_token, as_of and
  // with_vectors are not used.
  Result<std::vector<Result<ImagePage>>> FindMany(std::span<const ImageQuery> queries);

 private:
  Client& client_;
};

}  // namespace sightline::client
