#include "api/case_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxProseBytes = size_t{16} << 10;
constexpr size_t kMaxTargetBytes = size_t{8} << 10;

// Parses `json` and reads its members; those in `required` (bits by index) must be there.
template <size_t N, typename Visit>
Status ReadBody(std::string_view json, const std::string_view (&names)[N], uint32_t required,
                Visit visit) {
  const JsonPath root;
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, names, NullMeaning::kMistake, visit));
  for (size_t member = 0; member < N; ++member) {
    if (required & ~seen & (1u << member)) {
      return BadValue(JsonPath(root, names[member]), "is missing");
    }
  }
  return Ok();
}

// Text of several lines.
Result<std::string> ReadProse(Json value, const JsonPath& path, size_t min_bytes) {
  SIGHTLINE_ASSIGN(
      const std::string_view text,
      ReadText(value, path, {min_bytes, kMaxProseBytes, /*option=*/{}, /*may_have_lines=*/true}));
  return std::string(text);
}

Result<std::string> ReadName(Json value, const JsonPath& path, size_t min_bytes) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {min_bytes, kMaxNameBytes}));
  return std::string(text);
}

constexpr std::string_view kCaseMembers[] = {"name", "reference", "description", "status"};
enum CaseMember : size_t { kName, kReference, kDescription, kStatus };

Status ReadCaseMember(size_t member, Json value, const JsonPath& path, CaseChange& change) {
  switch (member) {
    case kName: {
      SIGHTLINE_ASSIGN(change.name, ReadName(value, path, 1));
      return Ok();
    }
    case kReference: {
      SIGHTLINE_ASSIGN(change.reference, ReadName(value, path, 0));
      return Ok();
    }
    case kDescription: {
      SIGHTLINE_ASSIGN(change.description, ReadProse(value, path, 0));
      return Ok();
    }
    default: {
      SIGHTLINE_ASSIGN(const std::string_view name, ReadText(value, path, {0, 64}));
      SIGHTLINE_ASSIGN(change.status, ParseCaseStatus(name, path.Pointer()));
      return Ok();
    }
  }
}

Result<TickedSighting> ReadTicked(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"id", "note"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  TickedSighting ticked;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    if (member == 1) {
      SIGHTLINE_ASSIGN(ticked.note, ReadProse(part, here, 0));
      return Ok();
    }
    SIGHTLINE_ASSIGN(const std::string_view text, ReadText(part, here, {0, 64}));
    const Result<SightingId> id = ParseSightingId(text);
    if (!id) return BadValue(here, "is not the id of a sighting");
    ticked.id = *id;
    return Ok();
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadMembers(object, path, kMembers, NullMeaning::kMistake, read));
  if (!(seen & 1u)) return BadValue(JsonPath(path, kMembers[0]), "is missing");
  return ticked;
}

}  // namespace

std::string_view CaseStatusName(CaseStatus status) {
  return status == CaseStatus::kOpen ? "open" : "closed";
}

Result<CaseStatus> ParseCaseStatus(std::string_view name, std::string_view field) {
  for (const CaseStatus status : {CaseStatus::kOpen, CaseStatus::kClosed}) {
    if (CaseStatusName(status) == name) return status;
  }
  return InvalidArgument(fmt::format("status must be 'open' or 'closed', not {}", Quoted(name)),
                         std::string(field));
}

Result<CaseChange> ParseNewCase(std::string_view json) {
  CaseChange change;
  const auto read = [&](size_t member, Json value, const JsonPath& path) {
    return member == kStatus ? Status(UnknownMember(path))
                             : ReadCaseMember(member, value, path, change);
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadBody(json, kCaseMembers, 1u << kName, read));
  return change;
}

Result<CaseChange> ParseCaseChange(std::string_view json) {
  CaseChange change;
  bool is_empty = true;
  const auto read = [&](size_t member, Json value, const JsonPath& path) {
    is_empty = false;
    if (value.is_null() && member == kReference) {
      change.reference = "";
      return Ok();
    }
    if (value.is_null() && member == kDescription) {
      change.description = "";
      return Ok();
    }
    return ReadCaseMember(member, value, path, change);
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadBody(json, kCaseMembers, 0, read));
  if (is_empty) return InvalidArgument("the body names nothing that is to change");
  return change;
}

Result<SavedQuery> ParseSavedQuery(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"name", "target", "body"};
  SavedQuery query;
  const auto read = [&](size_t member, Json value, const JsonPath& path) -> Status {
    if (member == 0) {
      SIGHTLINE_ASSIGN(query.name, ReadName(value, path, 1));
    } else if (member == 1) {
      SIGHTLINE_ASSIGN(query.target, ReadText(value, path, {1, kMaxTargetBytes}));
    } else {
      SIGHTLINE_ASSIGN(const JsonObject body, ReadObject(value, path));
      query.body = simdjson::minify(body);
    }
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadBody(json, kMembers, 0b11, read));
  return query;
}

Result<std::vector<TickedSighting>> ParseTickedSightings(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"sightings"};
  std::vector<TickedSighting> ticked;
  const auto read = [&](size_t, Json value, const JsonPath& path) -> Status {
    SIGHTLINE_ASSIGN(const JsonArray array, ReadArray(value, path));
    if (array.size() == 0 || array.size() > kMaxTickedSightings) {
      return BadValue(path, fmt::format("must list 1 to {} sightings", kMaxTickedSightings));
    }
    for (const Json element : array) {
      const JsonPath here(path, ticked.size());
      SIGHTLINE_ASSIGN(TickedSighting one, ReadTicked(element, here));
      const bool is_repeated =
          std::ranges::find(ticked, one.id, &TickedSighting::id) != ticked.end();
      if (is_repeated) return RepeatedMember(here);
      ticked.push_back(std::move(one));
    }
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadBody(json, kMembers, 1, read));
  return ticked;
}

Result<std::string> ParseNote(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"text"};
  std::string text;
  const auto read = [&](size_t, Json value, const JsonPath& path) -> Status {
    SIGHTLINE_ASSIGN(text, ReadProse(value, path, 1));
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadBody(json, kMembers, 1, read));
  return text;
}

}  // namespace sightline::api
