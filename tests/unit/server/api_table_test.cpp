// Requests and their replies for every endpoint, good and bad; each reply is held against the
// OpenAPI document too.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "api/openapi.h"
#include "server/handlers/endpoint.h"
#include "server/router.h"
#include "tests/unit/server/api_table.h"
#include "tests/unit/server/openapi_checker.h"
#include "tests/unit/server/running_server.h"

namespace sightline::server {
namespace {

using testing::HttpHeaders;
using testing::HttpReply;
using testing::RunningServer;

constexpr size_t kMaxDocumentBytes = 65'536;

constexpr const char* kCameras = R"([
  {"id":"K-1","name":"学院路","location":{"lon":116.33,"lat":39.99},"heading_deg":90},
  {"id":"K-2","location":{"lon":116.35,"lat":39.99}},
  {"id":"Fiji-E","location":{"lon":179.5,"lat":-17}},
  {"id":"Fiji-W","location":{"lon":-179.5,"lat":-17}},
  {"id":"bus","kind":"mobile"},
  {"id":"to erase","kind":"mobile"},
  {"id":"to retire","kind":"mobile"}])";

// a1, a2 and b1 have vectors, ever farther from one of ones.
std::string Sightings() {
  const auto vector = [](char component) {
    return R"(,"vectors":{"vehicle":")" + VectorText(component, 128) + "\"}}\n";
  };
  return
      R"({"source_id":"a1","camera_id":"K-1","time":"2016-09-21T08:00:00+08:00","plate":"京N6UT45")" +
      vector(1) +
      R"({"source_id":"a2","camera_id":"K-2","time":"2016-09-21T08:05:00+08:00","plate":"京N6UT45")" +
      vector(2) +
      R"({"source_id":"a3","camera_id":"K-1","time":"2016-09-21T18:00:00+08:00","plate":"京N6UT45"}
{"source_id":"b1","camera_id":"K-2","time":"2016-09-22T08:00:00+08:00","plate":"京A12345")" +
      vector(4) + R"({"source_id":"c1","camera_id":"bus","time":"2016-09-22T09:00:00+08:00"}
{"source_id":"d1","camera_id":"to retire","time":"2016-09-22T09:00:00+08:00"}
)";
}

// One server for all cases: none of them disturbs another.
class ApiTable : public ::testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() {
    Config config;
    config.max_document_bytes = kMaxDocumentBytes;
    server_ = std::make_unique<RunningServer>(std::move(config));
    openapi_ = std::make_unique<testing::OpenApiChecker>(api::OpenApiDocument());
    ASSERT_EQ(server_->CallJson("POST", "/v1/cameras", kCameras).status, 200);
    const HttpReply stored = server_->Ingest(Sightings());
    ASSERT_EQ(testing::NumberAt(stored.body, "/accepted"), 6) << stored.body;
    const HttpReply found = server_->CallJson(
        "POST", "/v1/search/sightings",
        R"({"filter":{"cameras":["K-1"]},"order":"time_asc"})");
    id_ = testing::TextAt(found.body, "/sightings/0/id");
    owner_id_ = testing::TextAt(server_->Call("GET", "/v1/tokens").body, "/tokens/0/id");
    for (const char* role : {"reader", "writer", "corrector", "operator", "auditor"}) {
      tokens_[role] = server_->MakeToken({role});
    }
    tokens_["owner"] = server_->owner_token();
  }
  static void TearDownTestSuite() {
    server_.reset();
    openapi_.reset();
  }

  static std::string Filled(std::string text) {
    for (const auto& [mark, value] : {std::pair("{ID}", id_), std::pair("{OWNER}", owner_id_)}) {
      if (const size_t at = text.find(mark); at != std::string::npos) {
        text.replace(at, std::string_view(mark).size(), value);
      }
    }
    return text;
  }

  // The template of the route that answers the target; empty when none does.
  static std::string TemplateOf(const Case& c) {
    Router router;
    for (const Endpoint& endpoint : AllEndpoints()) {
      router.Add({std::string(endpoint.method), std::string(endpoint.path), {}, {}});
    }
    const auto match = router.Find(c.method, Filled(c.target.substr(0, c.target.find('?'))));
    return match && match->route != nullptr ? match->route->path : "";
  }

  static std::unique_ptr<RunningServer> server_;
  static std::unique_ptr<testing::OpenApiChecker> openapi_;
  static std::map<std::string, std::string> tokens_;
  static std::string id_;
  static std::string owner_id_;
};

std::unique_ptr<RunningServer> ApiTable::server_;
std::unique_ptr<testing::OpenApiChecker> ApiTable::openapi_;
std::map<std::string, std::string> ApiTable::tokens_;
std::string ApiTable::id_;
std::string ApiTable::owner_id_;

TEST_P(ApiTable, AnswersAsTheDocumentSays) {
  const Case& c = GetParam();
  HttpHeaders headers = c.headers;
  if (c.token != "none") headers.emplace_back("Authorization", "Bearer " + tokens_.at(c.token));
  if (c.with_purpose) headers.emplace_back("X-Purpose", "test");
  const HttpReply reply =
      testing::Fetch(server_->port(), c.method, Filled(c.target), headers, Filled(c.body));
  EXPECT_EQ(reply.status, c.status) << reply.body;
  EXPECT_TRUE(reply.complete);
  if (c.status != 204) {
    EXPECT_TRUE(reply.Header("content-type").starts_with(c.type)) << reply.Header("content-type");
  }
  for (const std::string& part : c.says) {
    EXPECT_NE(reply.body.find(part), std::string::npos) << reply.body << "\nlacks " << part;
  }
  EXPECT_FALSE(reply.Header("x-request-id").empty());
  if (c.status == 401) {
    EXPECT_TRUE(reply.Header("www-authenticate").starts_with("Bearer"));
  }
  const std::string path = TemplateOf(c);
  if (!path.empty()) {
    EXPECT_EQ(openapi_->Complaint(c.method, path, reply), "") << reply.body;
  }
}

std::vector<Case> CameraCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  return {
      {"CamerasPostObject", "POST", "/v1/cameras", R"({"id":"K-9","kind":"mobile"})", json, 200,
       kJson,
       {R"("created":1,"replaced":0,"rejected":0,"errors":[])", "as_of"}},
      {"CamerasPostReplaces", "POST", "/v1/cameras",
       R"({"id":"K-2","location":{"lon":116.35,"lat":39.99}})",
       json, 200, kJson, {R"("created":0,"replaced":1)"}},
      {"CamerasPostNdjson", "POST", "/v1/cameras",
       "{\"id\":\"N-1\",\"kind\":\"mobile\"}\n\n{\"id\":7}\n",
       {{"Content-Type", kNdjson}}, 200, kJson, {R"("created":1)", R"("line":3)",
        R"("field":"/id")"}},
      {"CamerasPostFeatures", "POST", "/v1/cameras",
       R"({"type":"FeatureCollection","features":[{"type":"Feature",)"
       R"("geometry":{"type":"Point","coordinates":[1,2]},"properties":{"id":"G-1"}}]})",
       {{"Content-Type", "application/geo+json"}}, 200, kJson, {R"("created":1)"}},
      {"CamerasPostByOperator", "POST", "/v1/cameras", R"([{"id":"K-10"}])", json, 200, kJson,
       {R"("rejected":1)", R"("/location")"}, "operator"},
      {"CamerasPostByWriter", "POST", "/v1/cameras", R"({"id":"K-11","kind":"mobile"})", json, 200,
       kJson, {R"("created":1)"}, "writer"},
      Bad({"CamerasPostByAuditor", "POST", "/v1/cameras", "[]", json, 403, {}, {"writer"},
           "auditor"}),
      Bad({"CamerasPostByReader", "POST", "/v1/cameras", "[]", json, 403, {}, {"role"}, "reader"}),
      Bad({"CamerasPostWithoutToken", "POST", "/v1/cameras", "[]", json, 401, {}, {}, "none"}),
      Bad({"CamerasPostBroken", "POST", "/v1/cameras", "{", json, 400}),
      Bad({"CamerasPostTooLarge", "POST", "/v1/cameras", std::string(kMaxDocumentBytes + 1, ' '),
           json, 413, {}, {"max_document_bytes"}}),
      {"CamerasPostExported", "POST", "/v1/cameras",
       R"({"type":"FeatureCollection","features":[{"type":"Feature","id":"G-2","geometry":null,)"
       R"("properties":{"id":"G-2","kind":"mobile","retired":true}}],"as_of":1})",
       {{"Content-Type", "application/geo+json"}}, 200, kJson, {R"("created":1)"}},
      Bad({"CamerasPostText", "POST", "/v1/cameras", "K-1", {{"Content-Type", "text/csv"}}, 415}),
      Bad({"CamerasPostOddEncoding", "POST", "/v1/cameras", "{}",
           {{"Content-Type", kJson}, {"Content-Encoding", "br"}}, 415}),
      Bad({"CamerasPostParameter", "POST", "/v1/cameras?x=1", "[]", json, 400, {},
           {R"("field":"x")"}}),
      {"CamerasGet", "GET", "/v1/cameras", {}, {}, 200, "application/geo+json",
       {R"("FeatureCollection")", R"("学院路")", R"("as_of")"}},
      {"CamerasGetBox", "GET", "/v1/cameras?bbox=116.34,39,117,40", {}, {}, 200,
       "application/geo+json",
       {R"("id":"K-2")"}},
      {"CamerasGetBoxOverAntimeridian", "GET", "/v1/cameras?bbox=179,-18,-179,-16", {}, {}, 200,
       "application/geo+json", {R"("Fiji-E")", R"("Fiji-W")"}},
      {"CamerasGetAsJson", "GET", "/v1/cameras?limit=1", {}, {{"Accept", kJson}}, 200, kJson,
       {R"("next_page_token")"}},
      Bad({"CamerasGetHtml", "GET", "/v1/cameras", {}, {{"Accept", "text/html"}}, 406}),
      Bad({"CamerasGetBadBox", "GET", "/v1/cameras?bbox=1,2,3", {}, {}, 400, {},
           {R"("field":"bbox")"}}),
      Bad({"CamerasGetUpsideDownBox", "GET", "/v1/cameras?bbox=1,5,2,4", {}, {}, 400}),
      Bad({"CamerasGetBoxOffTheGlobe", "GET", "/v1/cameras?bbox=1,2,3,91", {}, {}, 400}),
      Bad({"CamerasGetLimitZero", "GET", "/v1/cameras?limit=0", {}, {}, 400, {},
           {R"("field":"limit")"}}),
      Bad({"CamerasGetBadToken", "GET", "/v1/cameras?page_token=x", {}, {}, 400, {},
           {R"("field":"page_token")"}}),
      Bad({"CamerasGetBadInclude", "GET", "/v1/cameras?include=all", {}, {}, 400, {},
           {R"("field":"include")"}}),
      Bad({"CamerasGetByAuditor", "GET", "/v1/cameras", {}, {}, 403, {}, {}, "auditor"}),
      {"CameraGet", "GET", "/v1/cameras/K-1", {}, {}, 200, kJson, {R"("history":[{"recorded")",
       "as_of"}},
      Bad({"CameraGetUnknown", "GET", "/v1/cameras/K-404", {}, {}, 404}),
      Bad({"CameraGetParameter", "GET", "/v1/cameras/K-1?history=1", {}, {}, 400}),
      Bad({"CameraGetWithoutToken", "GET", "/v1/cameras/K-1", {}, {}, 401, {}, {}, "none"}),
      {"CameraDeleteErases", "DELETE", "/v1/cameras/to%20erase", {}, {}, 204},
      {"CameraDeleteRetires", "DELETE", "/v1/cameras/to%20retire", {}, {}, 200, kJson,
       {R"("retired":true)"}},
      Bad({"CameraDeleteUnknown", "DELETE", "/v1/cameras/K-404", {}, {}, 404}),
      Bad({"CameraDeleteByWriter", "DELETE", "/v1/cameras/K-1", {}, {}, 403, {}, {}, "writer"}),
      Bad({"CameraPatch", "PATCH", "/v1/cameras/K-1", "{}", json, 405}),
  };
}

std::vector<Case> SightingCases() {
  const HttpHeaders ndjson = {{"Content-Type", kNdjson}};
  const HttpHeaders json = {{"Content-Type", kJson}};
  const std::string resent =
      R"({"source_id":"a1","camera_id":"K-1","time":1474416000000,"plate":"京N6UT45"})";
  return {
      {"SightingsResend", "POST", "/v1/sightings", resent, ndjson, 200, kJson,
       {R"("accepted":0,"duplicates":1,"rejected":0,"errors":[])", R"("as_of")"}},
      {"SightingsObject", "POST", "/v1/sightings", resent, json, 200, kJson, {R"("duplicates":1)"}},
      {"SightingsArray", "POST", "/v1/sightings", "[" + resent + ",7," + resent + "]", json, 200,
       kJson,
       {R"("duplicates":2,"rejected":1)", R"("line":2)"}},
      {"SightingsEmptyArray", "POST", "/v1/sightings", "[]", json, 200, kJson, {R"("rejected":0)"}},
      {"SightingsOtherNdjsonName", "POST", "/v1/sightings", resent,
       {{"Content-Type", "application/jsonl; charset=utf-8"}}, 200, kJson, {R"("duplicates":1)"}},
      {"SightingsBadLines", "POST", "/v1/sightings",
       "nonsense\n\n" + resent + "\n{\"camera_id\":\"K-1\"}",
       ndjson, 200, kJson, {R"("duplicates":1,"rejected":2)", R"("line":1)", R"("line":4)"}},
      {"SightingsUnknownCamera", "POST", "/v1/sightings",
       R"({"camera_id":"K-404","time":"2016-09-21T08:00:00Z","plate":"A1"})", ndjson, 200, kJson,
       {R"("rejected":1)", R"("field":"/camera_id")"}},
      {"SightingsTooFarAhead", "POST", "/v1/sightings",
       R"({"camera_id":"K-1","time":"2100-01-01T00:00:00Z","plate":"A1"})", ndjson, 200, kJson,
       {R"("rejected":1)", R"("field":"/time")", "max_future_skew_s"}},
      {"SightingsEmptyNdjson", "POST", "/v1/sightings", {}, ndjson, 200, kJson,
       {R"("accepted":0,"duplicates":0,"rejected":0)"}},
      {"SightingsByWriter", "POST", "/v1/sightings", resent, ndjson, 200, kJson, {}, "writer",
       false},
      Bad({"SightingsEmptyJson", "POST", "/v1/sightings", {}, json, 400}),
      Bad({"SightingsBrokenJson", "POST", "/v1/sightings", "nope", json, 400}),
      Bad({"SightingsBrokenObject", "POST", "/v1/sightings", R"({"camera_id" 5})", json, 400}),
      Bad({"SightingsHalfAnObject", "POST", "/v1/sightings", "{", json, 400}),
      Bad({"SightingsHalfAnArray", "POST", "/v1/sightings", "[", json, 400}),
      {"SightingsNumbers", "POST", "/v1/sightings", "[1,2]", json, 200, kJson,
       {R"("rejected":2)"}},
      {"SightingsObjectWithoutTime", "POST", "/v1/sightings", R"({"camera_id":"K-1"})", json, 200,
       kJson, {R"("rejected":1)", R"("field":"/time")"}},
      {"SightingsNoLineIsRead", "POST", "/v1/sightings", "not json", ndjson, 200, kJson,
       {R"("rejected":1)"}},
      Bad({"SightingsNotGzip", "POST", "/v1/sightings", "plain text, no gzip",
           {{"Content-Type", kNdjson}, {"Content-Encoding", "gzip"}}, 400}),
      Bad({"SightingsOddEncoding", "POST", "/v1/sightings", resent,
           {{"Content-Type", kNdjson}, {"Content-Encoding", "zstd"}}, 415}),
      Bad({"SightingsOtherCharset", "POST", "/v1/sightings", resent,
           {{"Content-Type", "application/x-ndjson;charset=\"latin1\""}}, 415}),
      Bad({"SightingsText", "POST", "/v1/sightings", resent, {{"Content-Type", "text/plain"}},
           415}),
      Bad({"SightingsNoType", "POST", "/v1/sightings", resent, {}, 415}),
      Bad({"SightingsParameter", "POST", "/v1/sightings?upsert=1", resent, ndjson, 400, {},
           {R"("field":"upsert")"}}),
      Bad({"SightingsByReader", "POST", "/v1/sightings", resent, ndjson, 403, {}, {}, "reader"}),
      Bad({"SightingsWithoutToken", "POST", "/v1/sightings", resent, ndjson, 401, {}, {}, "none"}),
      {"SightingGet", "GET", "/v1/sightings/{ID}", {}, {}, 200, kJson,
       {R"("source_id":"a1")", R"("plate":"京N6UT45")", R"("received")", R"("as_of")"}},
      {"SightingGetFields", "GET", "/v1/sightings/{ID}?fields=plate,time", {}, {}, 200, kJson,
       {R"("plate":"京N6UT45")"}},
      {"SightingGetVectors", "GET", "/v1/sightings/{ID}?include=vectors", {}, {}, 200, kJson},
      Bad({"SightingGetBefore", "GET", "/v1/sightings/{ID}?as_of=0", {}, {}, 404}),
      Bad({"SightingGetAhead", "GET", "/v1/sightings/{ID}?as_of=999999999", {}, {}, 400, {},
           {R"("field":"as_of")"}}),
      Bad({"SightingGetUnknown", "GET", "/v1/sightings/000000000000000000000000000000000000", {},
           {}, 404}),
      Bad({"SightingGetNoId", "GET", "/v1/sightings/abc", {}, {}, 404}),
      Bad({"SightingGetBadFields", "GET", "/v1/sightings/{ID}?fields=colour", {}, {}, 400}),
      Bad({"SightingGetBadInclude", "GET", "/v1/sightings/{ID}?include=all", {}, {}, 400}),
      Bad({"SightingGetWithoutPurpose", "GET", "/v1/sightings/{ID}", {}, {}, 422, {},
           {R"("field":"X-Purpose")"}, "reader", false}),
      Bad({"SightingGetByWriter", "GET", "/v1/sightings/{ID}", {}, {}, 403, {}, {}, "writer"}),
      {"SightingGetByCorrector", "GET", "/v1/sightings/{ID}", {}, {}, 200, kJson, {}, "corrector"},
      Bad({"SightingPatchByReader", "PATCH", "/v1/sightings/{ID}", R"({"plate":"A1"})", json, 403,
           {}, {"corrector"}, "reader"}),
      Bad({"SightingPatchParameter", "PATCH", "/v1/sightings/{ID}?x=1", R"({"plate":"A1"})", json,
           400, {}, {R"("field":"x")"}}),
      Bad({"SightingPatchUnknownMember", "PATCH", "/v1/sightings/{ID}", R"({"lane":1})", json, 400,
           {}, {R"("field":"/lane")"}}),
      Bad({"SightingPatchWithoutPurpose", "PATCH", "/v1/sightings/{ID}", "{}", json, 422, {}, {},
           "corrector", false}),
      Bad({"SightingPatchWithoutToken", "PATCH", "/v1/sightings/{ID}", "{}", json, 401, {}, {},
           "none"}),
      {"CorrectionsNone", "GET", "/v1/corrections", {}, {}, 200, kJson, {R"("corrections":[])"}},
      {"CorrectionsLines", "GET", "/v1/corrections", {}, {{"Accept", kNdjson}}, 200, kNdjson},
      Bad({"CorrectionsHtml", "GET", "/v1/corrections", {}, {{"Accept", "text/html"}}, 406}),
      Bad({"CorrectionsBadToken", "GET", "/v1/corrections?page_token=x", {}, {}, 400}),
      Bad({"CorrectionsByWriter", "GET", "/v1/corrections", {}, {}, 403, {}, {}, "writer"}),
      Bad({"SightingGetWithoutToken", "GET", "/v1/sightings/{ID}", {}, {}, 401, {}, {}, "none"}),
  };
}

std::vector<Case> TokenAndAuditCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  return {
      {"TokenPost", "POST", "/v1/tokens",
       R"({"name":"gate","roles":["writer"],"expires":"2100-01-01T00:00:00Z",)"
       R"("standing_purpose":"toll"})",
       json, 201, kJson, {R"("token":"sl_)", R"("roles":["writer"])",
       R"("standing_purpose":"toll")"}},
      Bad({"TokenPostUnknownRole", "POST", "/v1/tokens", R"({"name":"x","roles":["king"]})", json,
           400}),
      Bad({"TokenPostPast", "POST", "/v1/tokens",
           R"({"name":"x","roles":["reader"],"expires":"2001-01-01T00:00:00Z"})", json, 400, {},
           {R"("field":"/expires")"}}),
      Bad({"TokenPostText", "POST", "/v1/tokens", "{}", {{"Content-Type", "text/plain"}}, 415}),
      Bad({"TokenPostByOperator", "POST", "/v1/tokens", "{}", json, 403, {}, {}, "operator"}),
      Bad({"TokenPostWithoutToken", "POST", "/v1/tokens", "{}", json, 401, {}, {}, "none"}),
      {"TokensGet", "GET", "/v1/tokens", {}, {}, 200, kJson,
       {R"("name":"owner","roles":["owner"])"}},
      {"TokensGetPaged", "GET", "/v1/tokens?limit=1", {}, {}, 200, kJson, {R"("next_page_token")"}},
      Bad({"TokensGetBadLimit", "GET", "/v1/tokens?limit=x", {}, {}, 400}),
      Bad({"TokensGetByReader", "GET", "/v1/tokens", {}, {}, 403, {}, {}, "reader"}),
      Bad({"TokenDeleteLastOwner", "DELETE", "/v1/tokens/{OWNER}", {}, {}, 409}),
      Bad({"TokenDeleteUnknown", "DELETE", "/v1/tokens/404", {}, {}, 404}),
      Bad({"TokenDeleteByAuditor", "DELETE", "/v1/tokens/{OWNER}", {}, {}, 403, {}, {}, "auditor"}),
      {"AuditGet", "GET", "/v1/audit?limit=1", {}, {}, 200, kJson, {R"("records":[{"number":)"},
       "auditor",
       false},
      Bad({"AuditGetBadToken", "GET", "/v1/audit?page_token=x", {}, {}, 400}),
      Bad({"AuditGetByReader", "GET", "/v1/audit", {}, {}, 403, {}, {}, "reader"}),
      Bad({"AuditGetWithoutToken", "GET", "/v1/audit", {}, {}, 401, {}, {}, "none"}),
  };
}

std::vector<Case> OperationCases() {
  return {
      {"Healthz", "GET", "/healthz", {}, {}, 200, kJson, {}, "none", false},
      {"Readyz", "GET", "/readyz", {}, {}, 200, kJson, {}, "none", false},
      Bad({"HealthzParameter", "GET", "/healthz?x=1", {}, {}, 400}),
      {"PlateModel", "GET", "/v1/plate-model", {}, {}, 200, "text/tab-separated-values"},
      Bad({"PlateModelForWriters", "GET", "/v1/plate-model", {}, {}, 403, {}, {}, "writer"}),
      {"Status", "GET", "/v1/status", {}, {}, 200, kJson,
       {R"("version":")", R"("first":"2016-09-21","last":"2016-09-22")",
        R"("retention":{"enabled":false,"days":null})",
        R"("as_of")"}, "auditor", false},
      Bad({"StatusWithoutToken", "GET", "/v1/status", {}, {}, 401, {}, {}, "none"}),
      {"Metrics", "GET", "/metrics", {}, {}, 200, "text/plain; version=0.0.4",
       {"http_requests_total{", "sightline_ingest_accepted_total 6", "process_open_fds"},
        "operator", false},
      Bad({"MetricsByWriter", "GET", "/metrics", {}, {}, 403, {}, {}, "writer"}),
      Bad({"MetricsWithoutToken", "GET", "/metrics", {}, {}, 401, {}, {}, "none"}),
      {"OpenApi", "GET", "/openapi.json", {}, {}, 200, kJson, {R"("openapi")"}, "writer", false},
      Bad({"OpenApiWithoutToken", "GET", "/openapi.json", {}, {}, 401, {}, {}, "none"}),
      Bad({"UnknownPath", "GET", "/v2/sightings", {}, {}, 404}),
      Bad({"TrailingSlash", "GET", "/v1/cameras/", {}, {}, 404}),
  };
}

auto NameOf = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(Cameras, ApiTable, ::testing::ValuesIn(CameraCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Sightings, ApiTable, ::testing::ValuesIn(SightingCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Search, ApiTable, ::testing::ValuesIn(SearchCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Image, ApiTable, ::testing::ValuesIn(ImageCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Index, ApiTable, ::testing::ValuesIn(IndexCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Plates, ApiTable, ::testing::ValuesIn(PlateCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Companions, ApiTable, ::testing::ValuesIn(CompanionCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Clones, ApiTable, ::testing::ValuesIn(CloneCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Counts, ApiTable, ::testing::ValuesIn(CountCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(TokensAndAudit, ApiTable, ::testing::ValuesIn(TokenAndAuditCases()),
NameOf);
INSTANTIATE_TEST_SUITE_P(Operation, ApiTable, ::testing::ValuesIn(OperationCases()), NameOf);

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
  std::set<std::pair<std::string, std::string>> routes;
  for (const Endpoint& endpoint : AllEndpoints()) routes.emplace(endpoint.method, endpoint.path);
  EXPECT_EQ(testing::OpenApiChecker(api::OpenApiDocument()).Operations(), routes);
}

}  // namespace
}  // namespace sightline::server
