// /v1/spaces and /v1/index as typed calls.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"
#include "client/jobs.h"
#include "core/error.h"
#include "core/vector_space.h"

namespace sightline::client {

// Of the vectors of one space.
struct SpaceCounts {
  uint64_t vectors = 0;
  uint64_t sealed_vectors = 0;   // of these, in files
  uint64_t graphed_vectors = 0;  // of these, in a graph
  uint64_t graphs = 0;
  uint64_t graph_bytes = 0;
};

struct SpaceInfo {
  VectorSpace space;
  SpaceCounts counts;
};

struct SpaceList {
  std::vector<SpaceInfo> spaces;
  std::string json;
};

struct IndexCounts {
  uint64_t segments = 0;
  uint64_t sealed_rows = 0;
  uint64_t unsealed_rows = 0;
  uint64_t bytes = 0;
  std::map<std::string, SpaceCounts> spaces;
};

struct IndexSegment {
  std::string name;
  uint64_t rows = 0;
  uint64_t bytes = 0;
  std::map<std::string, SpaceCounts> spaces;
};

struct IndexDay {
  std::string day;  // "2016-09-21", UTC
  IndexCounts counts;
  std::vector<IndexSegment> segments;  // where one day was asked for
};

struct IndexAnswer {
  IndexCounts sum;
  uint64_t stored_days = 0;
  uint64_t days_unsealed = 0;
  uint64_t vectors_without_graph = 0;
  std::vector<IndexDay> days;
  std::string json;
};

// What is to be built anew; empty: all.
struct RebuildQuery {
  std::string space;    // its graphs alone
  std::string day;      // "2016-09-21", UTC
  std::string segment;  // of the day
};

// Errors as Client's. Concurrency: as its client, not thread-safe.
class Index {
 public:
  explicit Index(Client& client) : client_(client) {}  // `client` outlives the object

  Result<SpaceList> Spaces();
  // Makes the space; nothing happens where it is there just so. kConflict where one of its name is
  // there otherwise.
  Status PutSpace(const VectorSpace& space);

  // `day` empty: all days, without their segments.
  Result<IndexAnswer> State(std::string_view day = {});
  Result<JobAnswer> Rebuild(const RebuildQuery& query);

 private:
  Client& client_;
};

}  // namespace sightline::client
