// The OpenAPI document is sound by itself; that the server keeps to it is tested against the
// server.
#include "api/openapi.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>
#include <string>

namespace sightline::api {
namespace {

using Element = simdjson::dom::element;

// Calls `visit` for each "$ref" below `element`.
template <typename Visit>
void VisitReferences(Element element, Visit visit) {
  if (element.is_array()) {
    for (const Element child : element.get_array()) VisitReferences(child, visit);
  } else if (element.is_object()) {
    for (const auto [name, child] : element.get_object()) {
      if (name == "$ref") {
        visit(std::string_view(child));
      } else {
        VisitReferences(child, visit);
      }
    }
  }
}

class OpenApi : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(parser_.parse(simdjson::padded_string(OpenApiDocument())).get(root_),
              simdjson::SUCCESS);
  }

  simdjson::dom::parser parser_;
  Element root_;
};

TEST_F(OpenApi, IsVersion31) {
  EXPECT_TRUE(std::string_view(root_["openapi"]).starts_with("3.1."));
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
  size_t references = 0;
  VisitReferences(root_, [&](std::string_view reference) {
    ++references;
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_EQ(root_.at_pointer(reference.substr(1)).error(), simdjson::SUCCESS) << reference;
  });
  EXPECT_GT(references, 100u);
}

TEST_F(OpenApi, EveryCallNamesItsErrorsAsProblemsAndItsOwnId) {
  std::set<std::string> ids;
  for (const auto [path, methods] : root_["paths"].get_object()) {
    for (const auto [method, operation] : methods.get_object()) {
      SCOPED_TRACE(std::string(method) + " " + std::string(path));
      EXPECT_TRUE(ids.insert(std::string(std::string_view(operation["operationId"]))).second);
      const bool is_public = operation["security"].error() == simdjson::SUCCESS;
      EXPECT_EQ(operation["responses"]["401"].error() == simdjson::SUCCESS, !is_public);
      EXPECT_EQ(operation["x-roles"].error() == simdjson::SUCCESS, !is_public);
      EXPECT_EQ(operation["responses"]["400"].error(), simdjson::SUCCESS);
    }
  }
  for (const auto [name, response] : root_["components"]["responses"].get_object()) {
    EXPECT_EQ(response["content"]["application/problem+json"].error(), simdjson::SUCCESS) << name;
  }
}

}  // namespace
}  // namespace sightline::api
