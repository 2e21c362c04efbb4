// Cases and what they hold, as the catalog keeps them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/case_json.h"
#include "core/error.h"
#include "core/sighting.h"
#include "core/time.h"

namespace sightline::server {

// Who did something: a token, by its id and the name that it had.
struct Author {
  std::string id;
  std::string name;

  bool operator==(const Author&) const = default;
};

struct CaseRecord {
  std::string id;  // 32 lower-case hex digits that cannot be guessed
  std::string name;
  std::string reference;    // its number elsewhere; empty: none
  std::string description;  // may be empty
  TimestampMs created;
  Author created_by;
  TimestampMs changed;  // the case or anything in it
  Author changed_by;
  std::optional<TimestampMs> closed;  // none: the case is open
  Author closed_by;
  uint64_t revision = 1;  // one more with every change of the case or of anything in it
  bool deleting = false;  // its items are being deleted; it is shown no more

  api::CaseStatus status() const {
    return closed ? api::CaseStatus::kClosed : api::CaseStatus::kOpen;
  }
  bool operator==(const CaseRecord&) const = default;
};

// What all items have.
struct CaseItem {
  std::string id;  // as a case's; of a ticked sighting the sighting's own
  TimestampMs added;
  Author added_by;

  bool operator==(const CaseItem&) const = default;
};

struct CaseQuery : CaseItem {
  std::string name;
  std::string target;
  std::string body;  // JSON; empty: a GET

  bool operator==(const CaseQuery&) const = default;
};

struct CaseSighting : CaseItem {
  std::string note;         // may be empty
  Sequence seen_as_of = 0;  // the sequence that `seen` stands on
  std::string seen;         // JSON: the sighting with all members as it was when it was ticked

  bool operator==(const CaseSighting&) const = default;
};

struct CaseNote : CaseItem {
  std::string text;

  bool operator==(const CaseNote&) const = default;
};

// Each as JSON (the id is the entry's key), and back.
// Errors of decoding: kCorruption for text that encoding could not have made.
std::string EncodeCase(const CaseRecord& record);
Result<CaseRecord> DecodeCase(std::string_view id, std::string_view text);
std::string EncodeItem(const CaseQuery& query);
std::string EncodeItem(const CaseSighting& sighting);
std::string EncodeItem(const CaseNote& note);
Status DecodeItem(std::string_view id, std::string_view text, CaseQuery& query);
Status DecodeItem(std::string_view id, std::string_view text, CaseSighting& sighting);
Status DecodeItem(std::string_view id, std::string_view text, CaseNote& note);

}  // namespace sightline::server
