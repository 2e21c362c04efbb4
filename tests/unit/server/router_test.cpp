#include "server/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "server/target.h"

namespace sightline::server {
namespace {

Awaitable<Status> DoNothing(Exchange&) { co_return Ok(); }

Router MakeRouter() {
  Router router;
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
           {"GET", "/v1/cameras/{id}"},
           {"DELETE", "/v1/cameras/{id}"},
           {"GET", "/v1/cameras"},
           {"POST", "/v1/cameras"},
           {"GET", "/v1/cameras/all"},
           {"GET", "/v1/plates/{plate}/trajectory"},
           {"GET", "/console/{file...}"},
           {"GET", "/"}}) {
    router.Add({method, path, DoNothing, {.name = method + " " + path}});
  }
  return router;
}

struct FindCase {
  std::string method;
  std::string path;
  std::string name;                 // of the route; empty: none
  std::vector<std::string> values;  // of its placeholders
  std::string allow;
};

TEST(Router, FindsTheRouteOfAPath) {
  const Router router = MakeRouter();
  const FindCase cases[] = {
      {"GET", "/", "GET /", {}, ""},
      {"GET", "/v1/cameras", "GET /v1/cameras", {}, ""},
      {"HEAD", "/v1/cameras", "GET /v1/cameras", {}, ""},
      {"POST", "/v1/cameras", "POST /v1/cameras", {}, ""},
      {"PUT", "/v1/cameras", "", {}, "GET, HEAD, POST"},
      {"OPTIONS", "/v1/cameras", "", {}, "GET, HEAD, POST"},
      {"get", "/v1/cameras", "", {}, "GET, HEAD, POST"},
      {"GET", "/v1/cameras/", "", {}, ""},
      {"GET", "/v1/cameras/K-0012", "GET /v1/cameras/{id}", {"K-0012"}, ""},
      {"GET", "/v1/cameras/a%2Fb", "GET /v1/cameras/{id}", {"a/b"}, ""},
      {"GET", "/v1/cameras/a+b", "GET /v1/cameras/{id}", {"a+b"}, ""},
      {"DELETE", "/v1/cameras/x", "DELETE /v1/cameras/{id}", {"x"}, ""},
      {"POST", "/v1/cameras/x", "", {}, "GET, HEAD, DELETE"},
      {"GET", "/v1/cameras/all", "GET /v1/cameras/all", {}, ""},
      {"DELETE", "/v1/cameras/all", "", {}, "GET, HEAD"},
      {"GET", "/v1/cam%65ras", "GET /v1/cameras", {}, ""},
      {"GET", "/v1/cameras/a/b", "", {}, ""},
      {"GET", "/v1//cameras", "", {}, ""},
      {"GET", "/v1/./cameras", "", {}, ""},
      {"GET", "/v1/plates/%E4%BA%ACA1/trajectory", "GET /v1/plates/{plate}/trajectory", {"京A1"},
       ""},
      {"GET", "/v1/plates/京A1/trajectory", "GET /v1/plates/{plate}/trajectory", {"京A1"}, ""},
      {"GET", "/v1/plates//trajectory", "", {}, ""},
      {"GET", "/console", "", {}, ""},
      {"GET", "/console/", "GET /console/{file...}", {""}, ""},
      {"GET", "/console/js/app.js", "GET /console/{file...}", {"js/app.js"}, ""},
      {"GET", "/nothing", "", {}, ""},
  };
  for (const FindCase& c : cases) {
    const auto match = router.Find(c.method, c.path);
    ASSERT_TRUE(match) << c.path;
    EXPECT_EQ(match->route == nullptr ? "" : match->route->options.name, c.name) << c.path;
    EXPECT_EQ(match->values, c.values) << c.path;
    EXPECT_EQ(match->allow, c.allow) << c.method << " " << c.path;
  }
}

TEST(Router, RefusesPathsThatDoNotDecode) {
  const Router router = MakeRouter();
  for (const std::string path : {"/v1/cameras/%", "/v1/cameras/%4", "/v1/cameras/%zz",
                                 "/v1/cameras/%ff", "/v1/cameras/%C0%AF", "/v1/%zz"}) {
    const auto match = router.Find("GET", path);
    ASSERT_FALSE(match) << path;
    EXPECT_EQ(match.error().code, ErrorCode::kInvalidArgument) << path;
  }
}

TEST(Router, TakesTemplatesInAnyOrder) {
  Router router;
  router.Add({"GET", "/{any}/b", DoNothing, {.name = "placeholder"}});
  router.Add({"GET", "/a/{any}", DoNothing, {.name = "literal first"}});
  router.Add({"GET", "/a/b", DoNothing, {.name = "literal"}});
  EXPECT_EQ(router.Find("GET", "/a/b")->route->options.name, "literal");
  EXPECT_EQ(router.Find("GET", "/a/c")->route->options.name, "literal first");
  EXPECT_EQ(router.Find("GET", "/c/b")->route->options.name, "placeholder");
}

TEST(Router, RefusesMalformedTables) {
  for (const std::string path : {"", "v1", "/{a", "/a}", "/{rest...}/b", "/a%20b"}) {
    Router router;
    EXPECT_THROW(router.Add({"GET", path, DoNothing, {}}), std::logic_error) << path;
  }
  Router router = MakeRouter();
  EXPECT_THROW(router.Add({"GET", "/v1/cameras/{other}", DoNothing, {}}), std::logic_error);
}

TEST(Target, SplitsPathAndQuery) {
  struct Case {
    std::string target, authority, path, query;
  };
  for (const Case& c : std::initializer_list<Case>{{"/", "", "/", ""},
                                                   {"/a?b=c?d", "", "/a", "b=c?d"},
                                                   {"/a?", "", "/a", ""},
                                                   {"http://h:1/a?b", "h:1", "/a", "b"},
                                                   {"HTTPS://h", "h", "/", ""},
                                                   {"http://h?x", "h", "/", "x"},
                                                   {"//double", "", "//double", ""}}) {
    const auto split = SplitTarget(c.target);
    ASSERT_TRUE(split) << c.target;
    EXPECT_EQ(split->authority, c.authority) << c.target;
    EXPECT_EQ(split->path, c.path) << c.target;
    EXPECT_EQ(split->query, c.query) << c.target;
  }
  for (const std::string target : {"", "*", "host:80", "/a#b", "/a b", "/\xE4", "ftp://h/",
                                   "http:///a", "/a\x7F"}) {
    EXPECT_FALSE(SplitTarget(target)) << target;
  }
}

TEST(Target, DecodesQueries) {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  struct Case {
    std::string query;
    Parameters parameters;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", {}},
           {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
           {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
           {"a", {{"a", ""}}},
           {"a=&=b", {{"a", ""}, {"", "b"}}},
           {"&&a=b=c&", {{"a", "b=c"}}},
           {"p=%E4%BA%ACA*+x%2B%26", {{"p", "京A* x+&"}}}}) {
    const auto parameters = DecodeQuery(c.query);
    ASSERT_TRUE(parameters) << c.query;
    EXPECT_EQ(*parameters, c.parameters) << c.query;
  }
  for (const std::string query : {"a=%", "a=%0", "%zz=1", "a=%80", "a=1&b=%ED%A0%80"}) {
    EXPECT_FALSE(DecodeQuery(query)) << query;
  }
}

TEST(Request, NamesUnknownAndRepeatedParameters) {
  Request request;
  request.parameters = {{"limit", "1"}, {"from", "2"}};
  EXPECT_TRUE(request.RequireKnownParameters({"from", "limit", "to"}));
  EXPECT_EQ(request.RequireKnownParameters({"from"}).error().field, "limit");
  request.parameters.emplace_back("from", "3");
  EXPECT_EQ(request.RequireKnownParameters({"from", "limit"}).error().field, "from");
}

}  // namespace
}  // namespace sightline::server
