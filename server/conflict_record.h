// Conflicts, as the catalog keeps them: what sweeps say of a plate, and what a person said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/sighting.h"
#include "core/time.h"
#include "query/cloned_plates.h"
#include "query/conflict.h"
#include "server/case_record.h"

namespace sightline::server {

enum class ConflictStatus : uint8_t { kOpen, kConfirmed, kDismissed };

// As they stand in JSON: "open", ...; "cloned", ...; nullopt for any other text.
std::string_view ConflictStatusName(ConflictStatus status);
std::optional<ConflictStatus> ParseConflictStatus(std::string_view name);
std::string_view ConflictKindName(query::ConflictKind kind);
std::optional<query::ConflictKind> ParseConflictKind(std::string_view name);

// What a person said, and of what.
struct ConflictVerdict {
  ConflictStatus status = ConflictStatus::kOpen;
  std::string note;
  Author by;
  TimestampMs at;
  query::ConflictKind kind = query::ConflictKind::kCloned;  // that the conflict had then
  TimestampMs last_evidence;                                // that it had then
  // Which vehicles are known to be genuine or a fake, by readings of them.
  std::vector<query::KnownVehicle> vehicles;
};

// The last reading of a vehicle that a person confirmed to be a fake, after the verdict.
struct FakeReading {
  SightingId sighting;
  std::string camera_id;

  bool operator==(const FakeReading&) const = default;
};

struct ConflictRecord {
  std::string id;
  uint64_t number = 0;  // in the order in which plates were found
  query::Conflict conflict;
  // The readings of `conflict` are those of the plate in here: disjoint, ascending.
  std::vector<Interval> spans;
  Sequence judged_as_of = 0;
  Sequence found_as_of = 0;
  TimestampMs found;
  TimestampMs changed;   // what is said of it, by anyone
  std::string found_by;  // the id of the job that found it; empty: the live check
  std::optional<ConflictVerdict> verdict;
  std::optional<FakeReading> last_fake;

  ConflictStatus status() const { return verdict ? verdict->status : ConflictStatus::kOpen; }
};

// 32 lower-case hex digits, the same for the plate on every server. It does not show the plate.
std::string ConflictIdOf(std::string_view plate);

// As JSON (the id is the entry's key), and back.
// Errors of decoding: kCorruption for text that encoding could not have made.
std::string EncodeConflict(const ConflictRecord& record);
Result<ConflictRecord> DecodeConflict(std::string_view id, std::string_view text);

}  // namespace sightline::server
