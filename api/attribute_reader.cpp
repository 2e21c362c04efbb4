#include "api/attribute_reader.h"

namespace sightline::api {

Status CheckAttributeName(std::string_view name, const JsonPath& path,
                          const SightingLimits& limits) {
  if (name.empty()) return BadValue(path, "has a member with an empty name");
  return CheckText(name, JsonPath(path, name),
                   {1, limits.max_attribute_name_bytes, "max_attribute_name_bytes"});
}

Result<AttributeValue> ReadAttributeValue(Json value, const JsonPath& path,
                                          const SightingLimits& limits) {
  switch (value.type()) {
    case simdjson::dom::element_type::STRING: {
      SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path,
                                                             {0, limits.max_attribute_value_bytes,
                                                              "max_attribute_value_bytes"}));
      return AttributeValue(std::in_place_type<std::string>, text);
    }
    case simdjson::dom::element_type::INT64: return AttributeValue(int64_t{value});
    case simdjson::dom::element_type::DOUBLE: return AttributeValue(double{value});
    case simdjson::dom::element_type::BOOL: return AttributeValue(bool{value});
    case simdjson::dom::element_type::UINT64:
      return BadValue(path, "is a whole number beyond 64 bits with a sign; send it as a string");
    default: return BadValue(path, "must be a string, a number or a boolean");
  }
}

}  // namespace sightline::api
