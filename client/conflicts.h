// /v1/cloned-plates and its sweeps as typed calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/client.h"
#include "client/jobs.h"
#include "core/error.h"
#include "core/time.h"

namespace sightline::client {

struct ConflictVehicleInfo {
  std::vector<std::string> sightings;  // ids
  std::string appearance;              // "brand Audi, color silver"
  bool likely_genuine = false;
  std::vector<std::string> reasons;
};

struct ConflictEvidence {
  std::string camera_a;
  std::string camera_b;
  std::optional<TimestampMs> time_a;  // none: the sighting is gone
  std::optional<TimestampMs> time_b;
  double distance_m = 0;
  double gap_s = 0;
  std::optional<double> required_kmh;
};

struct ConflictInfo {
  std::string id;
  std::string plate;
  std::string kind;
  double confidence = 0;
  std::string status;
  std::string note;  // of the verdict
  TimestampMs first;
  TimestampMs last;
  std::vector<std::string> reasons;
  std::vector<ConflictEvidence> evidence;
  std::vector<ConflictVehicleInfo> vehicles;
  std::string last_fake_camera;  // empty: none was read since it was confirmed
  std::optional<TimestampMs> last_fake;
};

struct ConflictAnswer {
  ConflictInfo conflict;
  std::string json;
};

struct ConflictList {
  std::vector<ConflictInfo> conflicts;
  std::string next_page_token;
  std::string json;
};

// Empty texts and unset times: any.
struct ConflictQuery {
  std::optional<TimestampMs> from;
  std::optional<TimestampMs> to;
  std::optional<TimestampMs> since;
  std::string status;
  std::string kind;
  std::string plate;
  std::optional<double> min_confidence;
  size_t limit = 100;
  std::string page_token;
};

// Errors as Client's. Concurrency: as its client, not thread-safe.
class Conflicts {
 public:
  explicit Conflicts(Client& client) : client_(client) {}  // `client` outlives the object

  Result<JobAnswer> Sweep(const Interval& window);
  Result<ConflictList> List(const ConflictQuery& query);
  Result<ConflictAnswer> Find(std::string_view id);
  // `genuine`: the id of a reading of the vehicle that is genuine; empty: not said.
  Result<ConflictAnswer> Judge(std::string_view id, std::string_view status,
                               const std::optional<std::string>& note, std::string_view genuine);

 private:
  Client& client_;
};

}  // namespace sightline::client
