// The table's lines about counts, trips and speeds.
#include "tests/unit/server/api_table.h"

namespace sightline::server {

using testing::HttpHeaders;

std::vector<Case> CountCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  const std::string at = "/v1/stats/counts";
  const std::string flows = "/v1/stats/origin-destination";
  const std::string speeds = "/v1/stats/segment-speeds";
  const std::string day =
      R"("filter":{"time":{"from":"2016-09-21T00:00:00+08:00","to":"2016-09-22T00:00:00+08:00"}})";
  return {
      {"CountsTotal", "POST", at, R"({"filter":{"plate":"京N6UT45"}})", json, 200, kJson,
       {R"("rows":[{"count":3,"distinct_plates":1}],"tz":"UTC","as_of":)"}},
      {"CountsOfNothing", "POST", at, R"({"filter":{"plate":"X404"}})", json, 200, kJson,
       {R"("rows":[{"count":0,"distinct_plates":0}])"}},
      {"CountsByCamera", "POST", at, R"({"group_by":["camera_id"]})", json, 200, kJson,
       {R"({"camera_id":"K-1","count":2,"distinct_plates":1})",
        R"({"camera_id":"bus","count":1,"distinct_plates":0})"}},
      {"CountsByDayInAZone", "POST", at,
       R"({"filter":{"cameras":["K-1","K-2"]},"group_by":["day"],"tz":"Asia/Shanghai"})", json, 200,
       kJson,
       {R"([{"day":"2016-09-20T16:00:00.000Z","count":3,"distinct_plates":1},)"
        R"({"day":"2016-09-21T16:00:00.000Z","count":1,"distinct_plates":1}])",
        R"("tz":"Asia/Shanghai")"}},
      {"CountsFilled", "POST", at, "{" + day + R"(,"group_by":["hour"],"tz":"Asia/Shanghai"})",
       json, 200, kJson,
       {R"({"hour":"2016-09-20T16:00:00.000Z","count":0,"distinct_plates":0})",
        R"({"hour":"2016-09-21T00:00:00.000Z","count":2,"distinct_plates":1})",
        R"({"hour":"2016-09-21T15:00:00.000Z","count":0,"distinct_plates":0}])"}},
      {"CountsNotFilled", "POST", at,
       "{" + day + R"(,"group_by":["hour"],"tz":"Asia/Shanghai","fill":false})", json, 200, kJson,
       {R"([{"hour":"2016-09-21T00:00:00.000Z","count":2,"distinct_plates":1},)"
        R"({"hour":"2016-09-21T10:00:00.000Z","count":1,"distinct_plates":1}])"}},
      {"CountsAbsentAttribute", "POST", at, R"({"group_by":["color"]})", json, 200, kJson,
       {R"([{"color":null,"count":6,"distinct_plates":2}])"}},
      {"CountsByNumbers", "POST", at,
       R"({"filter":{"plate":"京A*"},"group_by":["weekday","hour_of_day","hour_class"]})", json, 200,
       kJson, {R"({"weekday":4,"hour_of_day":0,"hour_class":"night","count":1)"}},
      {"CountsGet", "GET",
       at + "?cameras=K-1,K-2&group_by=day&tz=Asia/Shanghai&from=2016-09-21T00:00:00%2B08:00"
            "&to=1474473600000",
       {}, {}, 200, kJson,
       {R"([{"day":"2016-09-20T16:00:00.000Z","count":3,"distinct_plates":1}])"}},
      {"CountsGetFilter", "GET", at + "?filter=%7B%22plate%22:%22X%22%7D&group_by=&fill=false", {},
       {}, 200, kJson, {R"("rows":[{"count":0)"}},
      {"CountsGetAttribute", "GET", at + "?attributes.color=red,gray&group_by=hour", {}, {}, 200,
       kJson, {R"("rows":[])"}},
      {"CountsCsv", "GET", at + "?group_by=camera_id&cameras=K-1", {}, {{"Accept", "text/csv"}},
       200, "text/csv; charset=utf-8; header=present",
       {"camera_id,count,distinct_plates\r\nK-1,2,1\r\n"}},
      Bad({"CountsTooMany", "POST", at, R"({"group_by":["camera_id"],"max_rows":1})", json, 422, {},
           {R"("field":"/group_by")", "max_rows"}}),
      Bad({"CountsUnknownMember", "POST", at, R"({"groups":[]})", json, 400, {},
           {R"("field":"/groups")"}}),
      Bad({"CountsTwice", "POST", at, R"({"group_by":["hour","hour"]})", json, 400, {},
           {R"("field":"/group_by/1")"}}),
      Bad({"CountsReserved", "POST", at, R"({"group_by":["count"]})", json, 400, {},
           {R"("field":"/group_by/0")"}}),
      Bad({"CountsUnknownZone", "POST", at, R"({"tz":"Mars/Base"})", json, 400, {},
           {R"("field":"/tz")"}}),
      Bad({"CountsAhead", "POST", at, R"({"as_of":999999999})", json, 400, {},
           {R"("field":"/as_of")"}}),
      Bad({"CountsGetUnknown", "GET", at + "?group=hour", {}, {}, 400, {}, {R"("field":"group")"}}),
      Bad({"CountsGetBadFilter", "GET", at + "?near=1,2", {}, {}, 400, {}, {R"("field":"near")"}}),
      Bad({"CountsGetTwice", "GET", at + "?tz=UTC&tz=UTC", {}, {}, 400, {}, {R"("field":"tz")"}}),
      Bad({"CountsGetContradiction", "GET", at + "?filter=%7B%22plate%22:%22X%22%7D&plate=Y", {},
           {}, 400, {}, {R"("field":"plate")"}}),
      Bad({"CountsHtml", "GET", at, {}, {{"Accept", "text/html"}}, 406}),
      Bad({"CountsForm", "POST", at, "a=b", {{"Content-Type", "text/plain"}}, 415}),
      Bad({"CountsWithoutPurpose", "GET", at, {}, {}, 422, {}, {R"("field":"X-Purpose")"}, "reader",
           false}),
      Bad({"CountsByWriter", "GET", at, {}, {}, 403, {}, {}, "writer"}),

      {"FlowsByCamera", "POST", flows, R"({"group_by":["day"]})", json, 200, kJson,
       {R"([{"origin":"K-1","destination":"K-2","day":"2016-09-21T00:00:00.000Z","trips":1,)"
        R"("distinct_plates":1,"median_s":300.0}])",
        R"("trips":1,"trips_too_short":2)"}},
      {"FlowsByZone", "POST", flows,
       R"({"zones":[{"name":"west","area":{"type":"Polygon","coordinates":)"
       R"([[[116.32,39.9],[116.34,39.9],[116.34,40],[116.32,40],[116.32,39.9]]]}}]})",
       json, 200, kJson, {R"({"origin":"west","destination":null,"trips":1)"}},
      Bad({"FlowsZoneOfNothing", "POST", flows, R"({"zones":[{"name":"a"}]})", json, 400, {},
           {R"("field":"/zones/0")"}}),
      Bad({"FlowsByAttribute", "POST", flows, R"({"group_by":["color"]})", json, 400, {},
           {R"("field":"/group_by/0")"}}),

      {"SpeedsAll", "POST", speeds, R"({"min_count":1})", json, 200, kJson,
       {R"([{"from_camera":"K-1","to_camera":"K-2","count":1,"distance_m":)",
        R"("median_s":300.0)"}},
      {"SpeedsFewVehicles", "GET", speeds + "?from_camera=K-1", {}, {}, 200, kJson,
       {R"("rows":[],"min_count":5)"}},
      {"SpeedsOfNoCamera", "GET", speeds + "?from_camera=nowhere&min_count=1", {}, {}, 200, kJson,
       {R"("rows":[])"}},
      {"SpeedsCsv", "GET", speeds + "?format=csv&min_count=1&group_by=hour_of_day", {}, {}, 200,
       "text/csv; charset=utf-8; header=present",
       {"from_camera,to_camera,hour_of_day,count,distance_m,p15_s,"}},
      Bad({"SpeedsUnknownUnit", "GET", speeds + "?group_by=color", {}, {}, 400, {},
           {R"("field":"group_by")"}}),
  };
}

}  // namespace sightline::server
