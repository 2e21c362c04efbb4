#include "api/index_json.h"

#include "api/json_reader.h"
#include "api/json_writer.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxNameBytes = 64;

}  // namespace

Result<RebuildBody> ParseRebuild(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"space", "day", "segment"};
  const JsonPath root;
  RebuildBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    SIGHTLINE_ASSIGN(const std::string_view text, ReadText(part, here, {1, kMaxNameBytes}));
    if (member == 0) {
      body.space = text;
    } else if (member == 2) {
      body.segment = text;
    } else {
      const Result<Day> day = ParseDay(text);
      if (!day) return BadValue(here, "must be a day in UTC, such as '2016-09-21'");
      body.day = *day;
    }
    return Ok();
  };
  SIGHTLINE_RETURN_IF_ERROR(ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  if (!body.segment.empty() && !body.day) {
    return BadValue(JsonPath(root, kMembers[2]), "takes a day: segments of different days may "
                                                 "have the same name");
  }
  return body;
}

std::string WriteRebuild(const RebuildBody& body) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  if (!body.space.empty()) json.Key("space").String(body.space);
  if (body.day) json.Key("day").String(FormatDay(*body.day));
  if (!body.segment.empty()) json.Key("segment").String(body.segment);
  json.EndObject();
  return text;
}

}  // namespace sightline::api
