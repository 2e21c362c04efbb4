// Holds replies against the OpenAPI document.
#pragma once

#include <simdjson.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/server/http_client.h"

namespace sightline::testing {

class OpenApiChecker {
 public:
  explicit OpenApiChecker(std::string_view document);

  // (method, path template) of every operation; methods in upper case.
  std::set<std::pair<std::string, std::string>> Operations() const;

  // What the document does not say of this reply to `method` on the template `path`: an unknown
  // status, media type, or a JSON body without members that its schema requires or with values of
  // another type. Empty: all is said.
  std::string Complaint(const std::string& method, const std::string& path,
                        const server::Reply& reply) const;

 private:
  using Json = simdjson::dom::element;

  // Follows "$ref".
  Json Resolve(Json node) const;
  std::string Mismatch(Json schema, Json value, const std::string& where) const;

  simdjson::dom::parser parser_;
  Json root_;
};

}  // namespace sightline::testing
