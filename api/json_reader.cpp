#include "api/json_reader.h"

#include <fmt/format.h>

#include <cstring>
#include <optional>

#include "api/base64.h"

namespace sightline::api {
namespace {

constexpr size_t kMaxDepth = 16;
constexpr size_t kMaxQuotedBytes = 64;
constexpr size_t kMaxPointerNameBytes = 256;

std::string_view TypeName(Json value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY: return "an array";
    case simdjson::dom::element_type::OBJECT: return "an object";
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return "a number";
    case simdjson::dom::element_type::STRING: return "a string";
    case simdjson::dom::element_type::BOOL: return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE: return "null";
  }
  return "something else";
}

Error WrongType(Json value, const JsonPath& path, std::string_view wanted) {
  return BadValue(path, fmt::format("must be {}, not {}", wanted, TypeName(value)));
}

std::string DescribeSyntaxError(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY: return "the text is empty; expected JSON";
    case simdjson::UTF8_ERROR: return "the text is not valid UTF-8";
    case simdjson::DEPTH_ERROR:
      return fmt::format(
          "the JSON is nested too deeply, or a bracket is missing; at most {} levels are read",
          kMaxDepth);
    case simdjson::NUMBER_ERROR:
      return "not valid JSON: a number is malformed or beyond what a 64-bit number holds "
             "(NaN and Infinity are no JSON numbers)";
    case simdjson::STRING_ERROR: return "not valid JSON: a string holds a wrong escape";
    case simdjson::UNESCAPED_CHARS:
      return "not valid JSON: a string holds a control character that is not escaped";
    case simdjson::UNCLOSED_STRING: return "not valid JSON: a string is not closed";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "not valid JSON: a bare word that is none of true, false and null";
    default:
      return "not valid JSON: a bracket, a comma, a colon or a value is missing or misplaced";
  }
}

// The start of `text` that has at most `max_bytes` and ends between characters.
std::string_view Shortened(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// A pointer stays short even where a client sent a name of many kilobytes.
void AppendEscaped(std::string& pointer, std::string_view member) {
  for (const char c : Shortened(member, kMaxPointerNameBytes)) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace

JsonDocument::JsonDocument() {
  // Sets the depth; the capacity grows by itself and keeps it. An allocation that fails here shows
  // as an error of the first Parse.
  [[maybe_unused]] const simdjson::error_code code = parser_.allocate(4096, kMaxDepth);
}

Result<Json> JsonDocument::Parse(std::string_view json) {
  const size_t padded = json.size() + simdjson::SIMDJSON_PADDING;
  if (buffer_.size() < padded) buffer_.resize(padded);
  if (!json.empty()) std::memcpy(buffer_.data(), json.data(), json.size());
  Json root;
  const simdjson::error_code code =
      parser_.parse(buffer_.data(), json.size(), /*realloc_if_needed=*/false).get(root);
  if (code == simdjson::MEMALLOC) return Internal("no memory for a JSON text");
  if (code == simdjson::CAPACITY) return InvalidArgument("the JSON text is too long");
  if (code != simdjson::SUCCESS) return InvalidArgument(DescribeSyntaxError(code));
  return root;
}

std::string JsonPath::Pointer() const {
  if (parent_ == nullptr) return std::string(pointer_);
  std::string pointer = parent_->Pointer();
  pointer += '/';
  if (index_ >= 0) {
    pointer += std::to_string(index_);
  } else {
    AppendEscaped(pointer, member_);
  }
  return pointer;
}

std::string JsonPath::Name() const {
  if (index_ >= 0 && parent_->index_ >= 0) return Pointer();
  if (index_ >= 0) return fmt::format("element {} of {}", index_, parent_->Name());
  if (parent_ != nullptr) {
    const std::string quoted = Quoted(member_);
    return quoted.substr(1, quoted.size() - 2);
  }
  return pointer_.empty() ? "the body" : std::string(pointer_.substr(pointer_.rfind('/') + 1));
}

Error BadValue(const JsonPath& path, std::string_view what) {
  return InvalidArgument(fmt::format("{} {}", path.Name(), what), path.Pointer());
}

std::string Quoted(std::string_view text) {
  const std::string_view shown = Shortened(text, kMaxQuotedBytes);
  return fmt::format("'{}{}'", shown, shown.size() < text.size() ? "…" : "");
}

Error UnknownMember(const JsonPath& path) { return BadValue(path, "is not a known member here"); }

Error RepeatedMember(const JsonPath& path) { return BadValue(path, "is given twice"); }

Result<JsonObject> ReadObject(Json value, const JsonPath& path) {
  JsonObject object;
  if (value.get(object) != simdjson::SUCCESS) return WrongType(value, path, "an object");
  return object;
}

Result<JsonArray> ReadArray(Json value, const JsonPath& path) {
  JsonArray array;
  if (value.get(array) != simdjson::SUCCESS) return WrongType(value, path, "an array");
  return array;
}

Result<bool> ReadBool(Json value, const JsonPath& path) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) return WrongType(value, path, "true or false");
  return flag;
}

Result<int64_t> ReadInteger(Json value, const JsonPath& path, int64_t min, int64_t max) {
  if (!value.is_number()) return WrongType(value, path, "a whole number");
  if (value.type() == simdjson::dom::element_type::DOUBLE) {
    return BadValue(path, "must be a whole number, without a fraction");
  }
  int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < min || number > max) {
    uint64_t large = 0;
    const std::string shown = value.get(large) == simdjson::SUCCESS ? std::to_string(large)
                                                                     : std::to_string(number);
    return BadValue(path, fmt::format("must lie between {} and {}, not {}", min, max, shown));
  }
  return number;
}

Result<double> ReadNumber(Json value, const JsonPath& path, double min, double max) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) return WrongType(value, path, "a number");
  if (!(number >= min && number <= max)) {
    return BadValue(path, fmt::format("must lie between {} and {}, not {}", min, max, number));
  }
  return number;
}

Status CheckText(std::string_view text, const JsonPath& path, const TextLimit& limit) {
  if (text.size() < limit.min_bytes) {
    return limit.min_bytes == 1
               ? BadValue(path, "must not be empty")
               : BadValue(path, fmt::format("must have at least {} bytes", limit.min_bytes));
  }
  if (text.size() > limit.max_bytes) {
    return BadValue(path, limit.option.empty()
                              ? fmt::format("has {} bytes; at most {} are allowed", text.size(),
                                            limit.max_bytes)
                              : fmt::format("has {} bytes; at most {} are allowed ({})",
                                            text.size(), limit.max_bytes, limit.option));
  }
  for (const char c : text) {
    if (limit.may_have_lines && (c == '\n' || c == '\r' || c == '\t')) continue;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return BadValue(path,
                      fmt::format("holds the control character U+{:04X}", static_cast<int>(c)));
    }
  }
  return Ok();
}

Result<std::string_view> ReadText(Json value, const JsonPath& path, const TextLimit& limit) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return WrongType(value, path, "a string");
  SIGHTLINE_RETURN_IF_ERROR(CheckText(text, path, limit));
  return text;
}

Result<std::string> ReadBase64(Json value, const JsonPath& path) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return BadValue(path, "must be a string of base64 text");
  std::optional<std::string> bytes = DecodeBase64(text);
  if (bytes) return *std::move(bytes);
  return BadValue(path, "is not base64 (standard alphabet, with '=' padding, no blanks)");
}

Result<TimestampMs> ReadTime(Json value, const JsonPath& path, bool end_of_interval) {
  TimestampMs time;
  if (std::string_view text; value.get(text) == simdjson::SUCCESS) {
    const Result<TimestampMs> parsed = ParseRfc3339(text);
    if (!parsed) return BadValue(path, fmt::format("is no time: {}", parsed.error().message));
    time = *parsed;
  } else if (int64_t milliseconds = 0; value.is_int64() && !value.get(milliseconds)) {
    time = {milliseconds};
  } else {
    return WrongType(value, path, "an RFC 3339 string or whole milliseconds since 1970");
  }
  if (time < kMinTimestamp || time > kMaxTimestamp || (time == kMaxTimestamp && !end_of_interval)) {
    return BadValue(path, "lies outside 1970-01-01 to 2149-06-05, the times that can be stored");
  }
  return time;
}

Result<Position> ReadLonLat(Json value, const JsonPath& path) {
  static constexpr std::string_view kMembers[] = {"lon", "lat"};
  SIGHTLINE_ASSIGN(const JsonObject object, ReadObject(value, path));
  Position position;
  SIGHTLINE_ASSIGN(
      const uint32_t seen,
      ReadMembers(object, path, kMembers, NullMeaning::kMistake,
                  [&](size_t index, Json member, const JsonPath& here) -> Status {
                    const double bound = index == 0 ? 180 : 90;
                    SIGHTLINE_ASSIGN((index == 0 ? position.lon : position.lat),
                                     ReadNumber(member, here, -bound, bound));
                    return Ok();
                  }));
  for (size_t index = 0; index < 2; ++index) {
    if (!(seen & (1u << index))) return BadValue(JsonPath(path, kMembers[index]), "is missing");
  }
  return position;
}

}  // namespace sightline::api
