// Cases on the wire: the bodies that change them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/sighting_id.h"

namespace sightline::api {

enum class CaseStatus { kOpen, kClosed };

std::string_view CaseStatusName(CaseStatus status);  // "open", "closed"
// kInvalidArgument with `field` for another name.
Result<CaseStatus> ParseCaseStatus(std::string_view name, std::string_view field);

// What is to change of a case; unset: stays as it is.
struct CaseChange {
  std::optional<std::string> name;         // 1 to 256 bytes
  std::optional<std::string> reference;    // its number elsewhere, up to 256 bytes; empty: none
  std::optional<std::string> description;  // up to 16 KiB, may have lines; empty: none
  std::optional<CaseStatus> status;
};

// The body of POST /v1/cases: {"name", "reference", "description"}, a name at least.
Result<CaseChange> ParseNewCase(std::string_view json);
// The body of PATCH /v1/cases/{id}: one or more of {"name", "reference", "description", "status"};
// a null takes reference or description away.
Result<CaseChange> ParseCaseChange(std::string_view json);

// A question to keep: a call of this API.
struct SavedQuery {
  std::string name;    // 1 to 256 bytes
  std::string target;  // path and query as they stand in a request, up to 8 KiB
  std::string body;    // a JSON object, minified; empty: the call is a GET, else a POST
};

// The body of POST /v1/cases/{id}/queries: {"name", "target", "body"}. Whether there is such a call
// is the server's to say.
Result<SavedQuery> ParseSavedQuery(std::string_view json);

struct TickedSighting {
  SightingId id;
  std::string note;  // up to 16 KiB, may have lines; empty: none
};

// The body of POST /v1/cases/{id}/sightings: {"sightings": [{"id", "note"}]}, 1 to 1,000 of them.
inline constexpr size_t kMaxTickedSightings = 1'000;
Result<std::vector<TickedSighting>> ParseTickedSightings(std::string_view json);

// The body of POST /v1/cases/{id}/notes: {"text"}, 1 byte to 16 KiB, may have lines.
Result<std::string> ParseNote(std::string_view json);

}  // namespace sightline::api
