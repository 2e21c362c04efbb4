#include "api/canonical_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "api/json_reader.h"

namespace sightline::api {
namespace {

constexpr int64_t kMaxExact = int64_t{1} << 53;

// Whether `a` comes before `b` when both are UTF-16. Bytes of UTF-8 order likewise, but for
// characters beyond the BMP (lead bytes from 0xF0): their surrogates come before U+E000 to U+FFFF
// (lead bytes 0xEE and 0xEF).
bool Utf16Less(std::string_view a, std::string_view b) {
  const auto [at, bt] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at == a.end() || bt == b.end()) return bt != b.end();
  const auto x = static_cast<unsigned char>(*at);
  const auto y = static_cast<unsigned char>(*bt);
  const bool x_is_beyond = x >= 0xF0;
  const bool y_is_beyond = y >= 0xF0;
  if (x_is_beyond != y_is_beyond && std::min(x, y) >= 0xEE) return x_is_beyond;
  return x < y;
}

void AppendString(std::string_view text, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out.push_back(kDigits[c >> 4]);
          out.push_back(kDigits[c & 15]);
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

// ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20): the shortest digits that read back the
// same, in plain notation for exponents from -7 up to 21.
void AppendDouble(double number, std::string& out) {
  if (number == 0) {
    out.push_back('0');
    return;
  }
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(number), std::chars_format::scientific)
          .ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t mark = text.find('e');
  int exponent = 0;
  // from_chars takes no '+'.
  std::from_chars(buffer + mark + (text[mark + 1] == '+' ? 2 : 1), end, exponent);
  std::string digits(text.substr(0, mark));
  std::erase(digits, '.');
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the decimal point stands behind so many digits
  if (number < 0) out.push_back('-');
  if (point > 21 || point < -5) {
    out.push_back(digits.front());
    if (count > 1) out.append(".").append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out.append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else if (point < count) {
    out.append(digits, 0, static_cast<size_t>(point)).append(".");
    out.append(digits, static_cast<size_t>(point));
  } else {
    out.append(digits).append(static_cast<size_t>(point - count), '0');
  }
}

// A double that would be written as a whole number beyond 2^53 is quoted as such integers are, so
// that the canonical form of a canonical form is itself.
void AppendNumber(double number, std::string& out) {
  const double size = std::abs(number);
  const bool is_quoted = size > static_cast<double>(kMaxExact) && size < 1e21;
  if (is_quoted) out.push_back('"');
  AppendDouble(number, out);
  if (is_quoted) out.push_back('"');
}

template <typename Integer>
void AppendInteger(Integer number, bool is_exact, std::string& out) {
  const std::string digits = std::to_string(number);
  out += is_exact ? digits : '"' + digits + '"';
}

Status Append(Json value, const JsonPath& path, std::string& out);

Status AppendObject(JsonObject object, const JsonPath& path, std::string& out) {
  std::vector<std::pair<std::string_view, Json>> members;
  for (const auto [name, value] : object) members.emplace_back(name, value);
  std::ranges::sort(members, Utf16Less, &std::pair<std::string_view, Json>::first);
  out.push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    const JsonPath here(path, members[i].first);
    if (i > 0) {
      if (members[i].first == members[i - 1].first) return RepeatedMember(here);
      out.push_back(',');
    }
    AppendString(members[i].first, out);
    out.push_back(':');
    SIGHTLINE_RETURN_IF_ERROR(Append(members[i].second, here, out));
  }
  out.push_back('}');
  return Ok();
}

Status AppendArray(JsonArray array, const JsonPath& path, std::string& out) {
  out.push_back('[');
  size_t index = 0;
  for (const Json element : array) {
    if (index > 0) out.push_back(',');
    SIGHTLINE_RETURN_IF_ERROR(Append(element, JsonPath(path, index++), out));
  }
  out.push_back(']');
  return Ok();
}

Status Append(Json value, const JsonPath& path, std::string& out) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT: return AppendObject(JsonObject(value), path, out);
    case simdjson::dom::element_type::ARRAY: return AppendArray(JsonArray(value), path, out);
    case simdjson::dom::element_type::STRING:
      AppendString(std::string_view(value), out);
      return Ok();
    case simdjson::dom::element_type::INT64: {
      const auto number = int64_t{value};
      AppendInteger(number, number >= -kMaxExact && number <= kMaxExact, out);
      return Ok();
    }
    case simdjson::dom::element_type::UINT64:  // only beyond int64_t's range
      AppendInteger(uint64_t{value}, false, out);
      return Ok();
    case simdjson::dom::element_type::DOUBLE: AppendNumber(double{value}, out); return Ok();
    case simdjson::dom::element_type::BOOL: out += bool{value} ? "true" : "false"; return Ok();
    case simdjson::dom::element_type::NULL_VALUE: out += "null"; return Ok();
  }
  return Internal("a JSON value of no known type");
}

}  // namespace

Result<std::string> CanonicalJson(std::string_view json) {
  JsonDocument document;
  SIGHTLINE_ASSIGN(const Json root, document.Parse(json));
  std::string out;
  out.reserve(json.size());
  SIGHTLINE_RETURN_IF_ERROR(Append(root, JsonPath(), out));
  return out;
}

}  // namespace sightline::api
