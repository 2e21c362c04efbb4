// The table's lines about cloned plates and camera health.
#include "tests/unit/server/api_table.h"

namespace sightline::server {

std::vector<Case> CloneCases() {
  const testing::HttpHeaders json = {{"Content-Type", kJson}};
  const testing::HttpHeaders patch = {{"Content-Type", "application/merge-patch+json"}};
  const std::string sweeps = "/v1/sweeps/cloned-plates";
  const std::string list = "/v1/cloned-plates";
  const std::string unknown = list + "/0123456789abcdef0123456789abcdef";
  const std::string window = R"({"from":"2016-09-21T00:00:00+08:00","to":1474560000000})";
  return {
      {"SweepBegins", "POST", sweeps, window, json, 202, kJson,
       {R"("kind":"cloned_plates_sweep","status":)",
        R"("question":{"from":"2016-09-20T16:00:00.000Z","to":"2016-09-22T16:00:00.000Z"})"},
       "operator"},
      Bad({"SweepWithoutEnd", "POST", sweeps, R"({"from":0})", json, 400, {},
           {R"("field":"/to")"}}),
      Bad({"SweepOfNothing", "POST", sweeps, R"({"from":5,"to":5})", json, 400, {},
           {R"("field":"/to")"}}),
      Bad({"SweepUnknownMember", "POST", sweeps, R"({"from":0,"to":5,"plate":"A"})", json, 400, {},
           {R"("field":"/plate")"}}),
      Bad({"SweepByWriter", "POST", sweeps, window, json, 403, {}, {}, "writer"}),
      Bad({"SweepWithoutPurpose", "POST", sweeps, window, json, 422, {}, {}, "reader", false}),
      {"Conflicts", "GET", list, {}, {}, 200, kJson,
       {R"({"conflicts":[],"thresholds":{"max_speed_kmh":180.0)"}, "reader"},
      {"ConflictsFiltered", "GET",
       list + "?from=0&to=2016-09-22T00:00:00Z&status=open&kind=cloned&min_confidence=0.5&since=0"
              "&plate=%E4%BA%ACN6UT45&limit=5&as_of=1",
       {}, {}, 200, kJson, {R"("conflicts":[])", R"("as_of":1})"}},
      Bad({"ConflictsBadStatus", "GET", list + "?status=new", {}, {}, 400, {},
           {R"("field":"status")"}}),
      Bad({"ConflictsBadKind", "GET", list + "?kind=fake", {}, {}, 400, {}, {R"("field":"kind")"}}),
      Bad({"ConflictsBadConfidence", "GET", list + "?min_confidence=1.5", {}, {}, 400, {},
           {R"("field":"min_confidence")"}}),
      Bad({"ConflictsBadSince", "GET", list + "?since=now", {}, {}, 400, {},
           {R"("field":"since")"}}),
      Bad({"ConflictsBackwards", "GET", list + "?from=5&to=4", {}, {}, 400, {},
           {R"("field":"from")"}}),
      Bad({"ConflictsByOperator", "GET", list, {}, {}, 403, {}, {}, "operator"}),
      Bad({"ConflictsWithoutPurpose", "GET", list, {}, {}, 422, {}, {}, "reader", false}),
      Bad({"ConflictUnknown", "GET", unknown, {}, {}, 404}),
      Bad({"VerdictOnUnknown", "PATCH", unknown, R"({"status":"dismissed"})", patch, 404}),
      Bad({"VerdictOfNothing", "PATCH", unknown, "{}", patch, 400}),
      Bad({"VerdictOfNoSuchStatus", "PATCH", unknown, R"({"status":"done"})", patch, 400, {},
           {R"("field":"/status")"}}),
      Bad({"VerdictOfTwoGenuine", "PATCH", unknown,
           R"({"vehicles":[{"sighting_id":"{ID}","genuine":true},)"
           R"({"sighting_id":"4d4a02932e00704b60008ea43352f9152182","genuine":true}]})",
           patch, 400, {}, {R"("field":"/vehicles/1/genuine")"}}),
      Bad({"VerdictOnNoSighting", "PATCH", unknown,
           R"({"vehicles":[{"sighting_id":"x","genuine":true}]})", patch, 400, {},
           {R"("field":"/vehicles/0/sighting_id")"}}),
      {"Health", "GET", "/v1/cameras/K-1/health", {}, {}, 200, kJson,
       {R"({"camera_id":"K-1")", R"("clock_offset_s":null,"fault":null)"}, "operator", false},
      {"HealthOfNoTime", "GET", "/v1/cameras/K-1/health?from=5&to=5&tz=Asia/Shanghai", {}, {},
       200, kJson, {R"("readings":0,"readings_per_day":0.0)", R"("last_seen":null)"}},
      Bad({"HealthOfUnknown", "GET", "/v1/cameras/none/health", {}, {}, 404}),
      Bad({"HealthInNoZone", "GET", "/v1/cameras/K-1/health?tz=Mars", {}, {}, 400, {},
           {R"("field":"tz")"}}),
      Bad({"HealthTooLong", "GET", "/v1/cameras/K-1/health?from=0&to=2016-09-22T00:00:00Z", {},
           {}, 400, {}, {R"("field":"from")"}}),
  };
}

}  // namespace sightline::server
