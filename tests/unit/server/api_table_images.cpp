// The table's lines about image search, spaces, the index and jobs.
#include "api/base64.h"
#include "tests/unit/server/api_table.h"

namespace sightline::server {

using testing::HttpHeaders;

std::string VectorText(char component, size_t bytes) {
  return api::EncodeBase64(std::string(bytes, component));
}

std::vector<Case> ImageCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  const std::string at = "/v1/search/image";
  const std::string batch = "/v1/search/image/batch";
  const std::string vector = R"({"vector":")" + VectorText('\x01', 128) + R"("})";
  const std::string by_vector = R"({"like":)" + vector + "}";
  const auto with = [&](const std::string& rest) {
    return R"({"like":)" + vector + "," + rest + "}";
  };
  return {
      {"ImageByVector", "POST", at, by_vector, json, 200, kJson,
       {R"("matches":[{"distance":0.0,"similarity":)", R"("source_id":"a1")",
        R"("space":"vehicle")", R"("as_of")"}},
      {"ImageBySighting", "POST", at, R"({"like":{"sighting_id":"{ID}"}})", json, 200, kJson,
       {R"("source_id":"a2")"}},
      {"ImageByMany", "POST", at,
       R"({"like":[{"sighting_id":"{ID}"},)" + vector + R"(],"unlike":[)" +
           R"({"vector":")" + VectorText('\x40', 128) + R"("}],"exact":true,"max_distance":50})",
       json, 200, kJson, {R"("source_id":"a2")"}},
      {"ImageFiltered", "POST", at, with(R"("filter":{"plate":"京A12345"})"), json, 200, kJson,
       {R"("matches":[{)", R"("source_id":"b1")"}},
      {"ImageNothing", "POST", at, with(R"("filter":{"plate":"X404"})"), json, 200, kJson,
       {R"("matches":[])"}},
      {"ImageOtherSpace", "POST", at,
       R"({"space":"detail","like":{"vector":")" + VectorText('\x01', 512) + R"("}})", json, 200,
       kJson, {R"("matches":[])", R"("space":"detail")"}},
      {"ImageGrouped", "POST", at, with(R"("group_by":"plate","k":1)"), json, 200, kJson,
       {R"("others":2)", R"("next_page_token")"}},
      {"ImageExplained", "POST", at, with(R"("explain":true)"), json, 200, kJson,
       {R"("explain":{"paths":[{"path":"graph")", R"("records_read":3)"}},
      {"ImageTravel", "POST", at,
       R"({"like":{"sighting_id":"{ID}"},"travel":{"max_speed_kmh":1}})", json, 200, kJson,
       {R"("travel":{"possible":false)", R"("required_kmh")", R"("reason")"}},
      {"ImageFields", "POST", at + "?fields=plate&include=vectors", by_vector, json, 200, kJson},
      {"ImageLines", "POST", at, by_vector, {{"Content-Type", kJson}, {"Accept", kNdjson}}, 200,
       kNdjson, {R"({"distance":0.0)"}},
      {"ImageLinesLimited", "POST", at, with(R"("k":1)"),
       {{"Content-Type", kJson}, {"Accept", kNdjson}}, 200, kNdjson, {R"({"distance":0.0)"}},
      Bad({"ImageExplainInLines", "POST", at, with(R"("explain":true)"),
           {{"Content-Type", kJson}, {"Accept", kNdjson}}, 400, {}, {R"("field":"/explain")"}}),
      Bad({"ImageNoExample", "POST", at, "{}", json, 400, {}, {R"("field":"/like")"}}),
      Bad({"ImageShortVector", "POST", at, R"({"like":{"vector":"AAAA"}})", json, 400, {},
           {R"("field":"/like/vector")"}}),
      Bad({"ImageShortUnlike", "POST", at, with(R"("unlike":[{"vector":"AAAA"}])"), json, 400, {},
           {R"("field":"/unlike/0/vector")"}}),
      Bad({"ImageUnknownSpace", "POST", at, with(R"("space":"face")"), json, 400, {},
           {R"("field":"/space")"}}),
      Bad({"ImageUnknownSighting", "POST", at,
           R"({"like":{"sighting_id":"000000000000000000000000000000000000"}})", json, 404}),
      Bad({"ImageSightingWithoutVector", "POST", at,
           R"({"like":{"sighting_id":"{ID}"},"space":"detail"})", json, 422}),
      Bad({"ImageKZero", "POST", at, with(R"("k":0)"), json, 400, {}, {R"("field":"/k")"}}),
      Bad({"ImageBadToken", "POST", at, with(R"("page_token":"abc")"), json, 400, {},
           {R"("field":"/page_token")"}}),
      Bad({"ImageAhead", "POST", at, with(R"("as_of":999999999)"), json, 400, {},
           {R"("field":"/as_of")"}}),
      Bad({"ImageParameter", "POST", at + "?k=3", by_vector, json, 400, {}, {R"("field":"k")"}}),
      Bad({"ImagePictures", "POST", at, "--b\r\n\r\n--b--\r\n",
           {{"Content-Type", "multipart/form-data; boundary=b"}}, 422, {},
           {"pictures", "sighting_id"}}),
      Bad({"ImageText", "POST", at, by_vector, {{"Content-Type", "text/plain"}}, 415}),
      Bad({"ImageHtml", "POST", at, by_vector, {{"Content-Type", kJson}, {"Accept", "text/html"}},
           406}),
      Bad({"ImageWithoutPurpose", "POST", at, by_vector, json, 422, {}, {R"("field":"X-Purpose")"},
           "reader", false}),
      Bad({"ImageByWriter", "POST", at, by_vector, json, 403, {}, {}, "writer"}),
      Bad({"ImageWithoutToken", "POST", at, by_vector, json, 401, {}, {}, "none"}),
      {"ImageBatch", "POST", batch, R"({"queries":[)" + by_vector + R"(,{"like":[]},)" +
           R"({"like":{"vector":"AAAA"}},)" + by_vector + "]}",
       json, 200, kJson,
       {R"({"answers":[{"matches":[{)", R"({"error":{"type":)", R"("field":"/like")",
        R"("field":"/like/vector")"}},
      Bad({"ImageBatchEmpty", "POST", batch, R"({"queries":[]})", json, 400, {},
           {R"("field":"/queries")"}}),
      Bad({"ImageBatchAhead", "POST", batch, R"({"queries":[{}],"as_of":99999999})", json, 400, {},
           {R"("field":"/as_of")"}}),
      Bad({"ImageBatchPictures", "POST", batch, "x",
           {{"Content-Type", "multipart/form-data; boundary=b"}}, 422}),
      Bad({"ImageBatchByWriter", "POST", batch, "{}", json, 403, {}, {}, "writer"}),
      Bad({"ImageBatchWithoutToken", "POST", batch, "{}", json, 401, {}, {}, "none"}),
  };
}

std::vector<Case> IndexCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  const std::string space = R"({"bytes":128,"element":"i8","metric":"cosine","model":"m"})";
  return {
      {"SpacesGet", "GET", "/v1/spaces", {}, {}, 200, kJson,
       {R"({"name":"detail","bytes":512,"dimensions":512,"element":"u8","metric":"l2")",
        R"("index":{"vectors":3)", R"("similarity":{"learned":false,)"},
       "reader", false},
      Bad({"SpacesGetByAuditor", "GET", "/v1/spaces", {}, {}, 403, {}, {}, "auditor"}),
      Bad({"SpacesGetParameter", "GET", "/v1/spaces?x=1", {}, {}, 400}),
      {"SpacePutMakes", "PUT", "/v1/spaces/made", space, json, 201, kJson,
       {R"("name":"made","bytes":128,"dimensions":128,"element":"i8","metric":"cosine")"},
       "operator", false},
      {"SpacePutDefault", "PUT", "/v1/spaces/vehicle",
       R"({"bytes":128,"element":"u8","metric":"l2"})", json, 200, kJson, {R"("as_of")"}},
      Bad({"SpacePutOtherwise", "PUT", "/v1/spaces/vehicle", space, json, 409}),
      Bad({"SpacePutBadName", "PUT", "/v1/spaces/Vehicle", space, json, 400, {},
           {R"("field":"name")"}}),
      Bad({"SpacePutBytes", "PUT", "/v1/spaces/x", R"({"bytes":64,"element":"u8","metric":"l2"})",
           json, 400, {}, {R"("field":"/bytes")"}}),
      Bad({"SpacePutText", "PUT", "/v1/spaces/x", space, {{"Content-Type", "text/plain"}}, 415}),
      Bad({"SpacePutByReader", "PUT", "/v1/spaces/x", space, json, 403, {}, {}, "reader"}),
      Bad({"SpacePutWithoutToken", "PUT", "/v1/spaces/x", space, json, 401, {}, {}, "none"}),
      {"IndexGet", "GET", "/v1/index", {}, {}, 200, kJson,
       {R"("backlog":{"days_unsealed":)", R"("days":[{"day":"2016-09-21")",
        R"("spaces":{"vehicle":{"vectors":3)"},
       "operator", false},
      {"IndexGetDay", "GET", "/v1/index?day=2016-09-22", {}, {}, 200, kJson,
       {R"("days":[{"day":"2016-09-22")", R"("segment_list":[)"}},
      Bad({"IndexGetUnknownDay", "GET", "/v1/index?day=2001-01-01", {}, {}, 404}),
      Bad({"IndexGetBadDay", "GET", "/v1/index?day=today", {}, {}, 400, {}, {R"("field":"day")"}}),
      Bad({"IndexGetByReader", "GET", "/v1/index", {}, {}, 403, {}, {}, "reader"}),
      {"RebuildAll", "POST", "/v1/index/rebuild", "{}", json, 202, kJson,
       {R"("kind":"index_rebuild","status":"queued","progress":0.0,"question":{})"}, "operator",
       false},
      {"RebuildSpace", "POST", "/v1/index/rebuild", R"({"space":"vehicle","day":"2016-09-21"})",
       json, 202, kJson, {R"("question":{"space":"vehicle","day":"2016-09-21"})"}},
      Bad({"RebuildUnknownDay", "POST", "/v1/index/rebuild", R"({"day":"2001-01-01"})", json, 404}),
      Bad({"RebuildUnknownSpace", "POST", "/v1/index/rebuild", R"({"space":"none"})", json, 404}),
      Bad({"RebuildUnknownSegment", "POST", "/v1/index/rebuild",
           R"({"day":"2016-09-21","segment":"none"})", json, 404}),
      Bad({"RebuildSegmentOfNoDay", "POST", "/v1/index/rebuild", R"({"segment":"x"})", json, 400,
           {}, {R"("field":"/segment")"}}),
      Bad({"RebuildText", "POST", "/v1/index/rebuild", "{}", {{"Content-Type", "text/plain"}},
           415}),
      Bad({"RebuildByReader", "POST", "/v1/index/rebuild", "{}", json, 403, {}, {}, "reader"}),
      {"JobsGet", "GET", "/v1/jobs?status=queued&kind=none", {}, {}, 200, kJson,
       {R"({"jobs":[])"}, "operator", false},
      Bad({"JobsGetBadStatus", "GET", "/v1/jobs?status=over", {}, {}, 400, {},
           {R"("field":"status")"}}),
      Bad({"JobsGetBadToken", "GET", "/v1/jobs?page_token=x", {}, {}, 400}),
      Bad({"JobsGetByWriter", "GET", "/v1/jobs", {}, {}, 403, {}, {}, "writer"}),
      Bad({"JobGetUnknown", "GET", "/v1/jobs/404", {}, {}, 404}),
      Bad({"JobDeleteUnknown", "DELETE", "/v1/jobs/404", {}, {}, 404}),
      Bad({"JobDeleteWithoutToken", "DELETE", "/v1/jobs/404", {}, {}, 401, {}, {}, "none"}),
  };
}

}  // namespace sightline::server
