#include "tests/unit/server/openapi_checker.h"

#include <algorithm>
#include <cctype>

namespace sightline::testing {
namespace {

using Json = simdjson::dom::element;

std::string MediaType(const std::string& content_type) {
  return content_type.substr(0, content_type.find(';'));
}

bool IsOfType(Json value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_bool();
  return type == "null" && value.is_null();
}

bool IsJson(const std::string& media_type) {
  return media_type == "application/json" || media_type.ends_with("+json");
}

}  // namespace

OpenApiChecker::OpenApiChecker(std::string_view document)
    : root_(parser_.parse(document.data(), document.size())) {}

std::set<std::pair<std::string, std::string>> OpenApiChecker::Operations() const {
  std::set<std::pair<std::string, std::string>> operations;
  for (const auto path : simdjson::dom::object(root_["paths"])) {
    for (const auto operation : simdjson::dom::object(path.value)) {
      if (operation.key == "parameters") continue;
      std::string method(operation.key);
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      operations.emplace(method, path.key);
    }
  }
  return operations;
}

Json OpenApiChecker::Resolve(Json node) const {
  std::string_view reference;
  if (!node.is_object() || node["$ref"].get(reference) != simdjson::SUCCESS) return node;
  return Resolve(root_.at_pointer(reference.substr(1)));
}

std::string OpenApiChecker::Complaint(const std::string& method, const std::string& path,
                                      const server::Reply& reply) const {
  std::string lower = method;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  Json responses;
  if (simdjson::dom::object(root_["paths"])[path][lower]["responses"].get(responses)) {
    return "the operation is not described";
  }
  Json response;
  const std::string status = std::to_string(reply.status);
  if (responses[status].get(response)) return "status " + status + " is not described";
  response = Resolve(response);
  const std::string media_type = MediaType(reply.Header("content-type"));
  Json content;
  if (response["content"].get(content)) {
    return reply.body.empty() ? "" : "status " + status + " is described without a body";
  }
  Json media;
  if (simdjson::dom::object(content)[media_type].get(media)) {
    return "status " + status + " is not described as '" + media_type + "'";
  }
  Json schema;
  if (!IsJson(media_type) || media["schema"].get(schema)) return "";
  simdjson::dom::parser parser;
  Json body;
  if (parser.parse(reply.body).get(body)) return "the body is not JSON";
  return Mismatch(schema, body, "");
}

std::string OpenApiChecker::Mismatch(Json schema, Json value, const std::string& where) const {
  schema = Resolve(schema);
  simdjson::dom::array alternatives;
  if (!schema["oneOf"].get(alternatives)) {
    std::string last;
    for (const Json alternative : alternatives) {
      last = Mismatch(alternative, value, where);
      if (last.empty()) return "";
    }
    return last;
  }
  std::string_view type;
  if (!schema["type"].get(type) && !IsOfType(value, type)) {
    return where + " is not of type " + std::string(type);
  }
  if (value.is_object()) {
    simdjson::dom::array required;
    if (!schema["required"].get(required)) {
      for (const Json name : required) {
        Json member;
        if (value[std::string_view(name)].get(member)) {
          return where + " lacks " + std::string(std::string_view(name));
        }
      }
    }
    for (const auto member : simdjson::dom::object(value)) {
      const std::string here = where + "/" + std::string(member.key);
      Json property;
      // What is not named is as additionalProperties says: anything where that is missing.
      if (schema["properties"][member.key].get(property) &&
          schema["additionalProperties"].get(property)) {
        continue;
      }
      if (property.is_bool()) {
        if (!bool{property}) return here + " is not described";
        continue;
      }
      const std::string mismatch = Mismatch(property, member.value, here);
      if (!mismatch.empty()) return mismatch;
    }
  }
  Json items;
  if (value.is_array() && !schema["items"].get(items) && items.is_object()) {
    for (const Json element : simdjson::dom::array(value)) {
      const std::string mismatch = Mismatch(items, element, where + "/*");
      if (!mismatch.empty()) return mismatch;
    }
  }
  return "";
}

}  // namespace sightline::testing
