// /v1/analyses/companions as typed calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/companions_json.h"
#include "client/client.h"
#include "client/jobs.h"
#include "core/error.h"
#include "core/time.h"

namespace sightline::client {

struct CompanionEvidence {
  std::string camera_id;
  TimestampMs time;
  TimestampMs other_time;
  std::string read_as;  // empty: as its own plate
};

// As the API says (docs/companions.md).
struct CompanionInfo {
  std::string plate;
  uint64_t cameras = 0;
  uint64_t meetings = 0;
  uint64_t trips = 0;
  double expected = 0;
  double p_value = 1;
  bool significant = false;
  std::string order;
  double median_gap_s = 0;
  double score = 0;
  std::vector<CompanionEvidence> evidence;
};

struct CompanionList {
  std::vector<CompanionInfo> companions;
  uint64_t hypotheses = 0;
  uint64_t readings = 0;  // of the target
  std::string json;
};

struct CompanionGroupPair {
  std::string plate;
  CompanionInfo other;
};

struct CompanionGroupInfo {
  std::vector<std::string> plates;
  double p_value = 1;
  std::vector<CompanionGroupPair> pairs;
};

// The result of a job that looks for every group.
Result<std::vector<CompanionGroupInfo>> ParseCompanionGroups(std::string_view json);

// Errors as Client's. Concurrency: as its client, not thread-safe.
class Companions {
 public:
  explicit Companions(Client& client) : client_(client) {}  // `client` outlives the object

  Result<CompanionList> Find(const api::CompanionsBody& question);  // with a target
  Result<JobAnswer> FindGroups(const api::CompanionsBody& question);  // without one

 private:
  Client& client_;
};

}  // namespace sightline::client
