// Strict reading of JSON: what the parsers of this room stand on. simdjson is in sight here, so no
// other room may include this header.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/geo.h"
#include "core/time.h"

namespace sightline::api {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

// One parsed text. Values are valid until the next Parse and as long as the document. One thread.
class JsonDocument {
 public:
  JsonDocument();
  // kInvalidArgument, field "", for anything but one JSON value in UTF-8, nested at most 16 deep.
  Result<Json> Parse(std::string_view json);

 private:
  simdjson::dom::parser parser_;
  std::vector<char> buffer_;  // the text with the padding that simdjson reads past
};

// A place in a document, kept as a chain on the stack, so that it costs nothing until an error
// needs its text. A path refers to its parent and to the member's name: keep both alive.
class JsonPath {
 public:
  JsonPath() = default;  // the whole document
  explicit JsonPath(std::string_view pointer) : pointer_(pointer) {}
  JsonPath(const JsonPath& parent, std::string_view member) : parent_(&parent), member_(member) {}
  JsonPath(const JsonPath& parent, size_t index)
      : parent_(&parent), index_(static_cast<int64_t>(index)) {}

  std::string Pointer() const;  // RFC 6901; a name over 256 bytes is cut
  // For messages: "plate", "element 3 of cameras", "the body"; inside nested arrays the pointer.
  std::string Name() const;

 private:
  const JsonPath* parent_ = nullptr;
  std::string_view pointer_;
  std::string_view member_;
  int64_t index_ = -1;
};

// kInvalidArgument at `path`: "<name> <what>".
Error BadValue(const JsonPath& path, std::string_view what);

// At most 64 bytes of `text` in single quotes, cut between characters, for messages.
std::string Quoted(std::string_view text);

Result<JsonObject> ReadObject(Json value, const JsonPath& path);
Result<JsonArray> ReadArray(Json value, const JsonPath& path);
Result<bool> ReadBool(Json value, const JsonPath& path);
Result<int64_t> ReadInteger(Json value, const JsonPath& path, int64_t min, int64_t max);
Result<double> ReadNumber(Json value, const JsonPath& path, double min, double max);

struct TextLimit {
  size_t min_bytes = 0;
  size_t max_bytes = 0;
  std::string_view option = {};  // of the server, that sets max_bytes; named in the message
  bool may_have_lines = false;   // tabs and line ends may stand in it
};

// A string without control characters (below U+0020, or U+007F).
Result<std::string_view> ReadText(Json value, const JsonPath& path, const TextLimit& limit);
Status CheckText(std::string_view text, const JsonPath& path, const TextLimit& limit);

// The bytes of a string of base64 (base64.h, standard alphabet).
Result<std::string> ReadBase64(Json value, const JsonPath& path);

// RFC 3339 text or integer milliseconds, in [kMinTimestamp, kMaxTimestamp), or kMaxTimestamp itself
// where `end_of_interval`.
Result<TimestampMs> ReadTime(Json value, const JsonPath& path, bool end_of_interval = false);

// {"lon", "lat"}, both required and in range.
Result<Position> ReadLonLat(Json value, const JsonPath& path);

// What a null stands for: an optional member left out, or a mistake.
enum class NullMeaning { kAbsent, kMistake };

Error UnknownMember(const JsonPath& path);
Error RepeatedMember(const JsonPath& path);

// Calls visit(index in `names`, value, path) for each member of the object; `visit` returns Status.
// Fails at the first member that is not in `names`, comes twice, or that `visit` refuses. Gives the
// set of members seen, as bits by index (a null that means absent is not seen).
template <size_t N, typename Visit>
Result<uint32_t> ReadMembers(JsonObject object, const JsonPath& path,
                             const std::string_view (&names)[N], NullMeaning null_meaning,
                             Visit visit) {
  static_assert(N <= 32);
  uint32_t named = 0;
  uint32_t seen = 0;
  for (const auto [name, value] : object) {
    const JsonPath here(path, name);
    size_t index = 0;
    while (index < N && names[index] != name) ++index;
    if (index == N) return UnknownMember(here);
    const uint32_t bit = uint32_t{1} << index;
    if (named & bit) return RepeatedMember(here);
    named |= bit;
    if (null_meaning == NullMeaning::kAbsent && value.is_null()) continue;
    seen |= bit;
    SIGHTLINE_RETURN_IF_ERROR(visit(index, value, here));
  }
  return seen;
}

// Parses a text that is one object, and reads its members as ReadMembers does. What `visit` is
// given lives only as long as the call.
template <size_t N, typename Visit>
Result<uint32_t> ReadDocument(std::string_view json, const std::string_view (&names)[N],
                              NullMeaning null_meaning, Visit visit) {
  JsonDocument document;
  const JsonPath root;
  SIGHTLINE_ASSIGN(const Json value, document.Parse(json));
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, root));
  return ReadMembers(object, root, names, null_meaning, visit);
}

}  // namespace sightline::api
