// The table's lines about companions.
#include "tests/unit/server/api_table.h"

namespace sightline::server {

using testing::HttpHeaders;

std::vector<Case> CompanionCases() {
  const HttpHeaders json = {{"Content-Type", kJson}};
  const std::string of_plate = "/v1/plates/%E4%BA%ACN6UT45/companions";
  const std::string at = "/v1/analyses/companions";
  const std::string window =
      R"("from":"2016-09-21T00:00:00+08:00","to":"2016-09-22T00:00:00+08:00")";
  return {
      {"CompanionsOfPlate", "GET", of_plate, {}, {}, 200, kJson,
       {R"("companions":[],"target":{"plates":["京N6UT45"],"readings":3,"trips":2})",
        R"("hypotheses":0,"thresholds":{"within_s":10,"min_cameras":2,)"
        R"("false_discovery_rate":0.05,"presence_s":30.0},"as_of":)"}},
      {"CompanionsOfPlateNarrowed", "GET",
       of_plate + "?from=2016-09-21T09%3A00%3A00%2B08:00&to=2016-09-22T00:00:00Z&within_s=60&"
                  "min_cameras=3&limit=5&as_of=1",
       {}, {}, 200, kJson, {R"("within_s":60,"min_cameras":3)", R"("as_of":1)"}},
      {"CompanionsOfUnknownPlate", "GET", "/v1/plates/X404/companions", {}, {}, 200, kJson,
       {R"("companions":[])", R"("readings":0)"}},
      Bad({"CompanionsWithinNothing", "GET", of_plate + "?within_s=0", {}, {}, 400, {},
           {R"("field":"within_s")"}}),
      Bad({"CompanionsOfNoCameras", "GET", of_plate + "?min_cameras=0", {}, {}, 400, {},
           {R"("field":"min_cameras")"}}),
      Bad({"CompanionsUnknownParameter", "GET", of_plate + "?cameras=2", {}, {}, 400, {},
           {R"("field":"cameras")"}}),
      Bad({"CompanionsBackwards", "GET", of_plate + "?from=2&to=1", {}, {}, 400, {},
           {R"("field":"from")"}}),
      Bad({"CompanionsWithoutPurpose", "GET", of_plate, {}, {}, 422, {}, {}, "owner", false}),
      Bad({"CompanionsByWriter", "GET", of_plate, {}, {}, 403, {}, {}, "writer"}),
      {"CompanionsBySighting", "POST", at, R"({"target":{"sighting_ids":["{ID}"]}})", json, 200,
       kJson, {R"("plates":["京N6UT45"],"readings":1)"}},
      {"CompanionsByFilter", "POST", at,
       R"({"target":{"filter":{"cameras":["K-1"]}},)" + window + "}", json, 200, kJson,
       {R"("plates":["京N6UT45"],"readings":2)"}},
      {"CompanionsByPlate", "POST", at, R"({"target":{"plate":"京n6-ut45"},"within_s":300})", json,
       200, kJson, {R"("readings":3)", R"("presence_s":300.0)"}},
      {"CompanionGroupsJob", "POST", at, "{" + window + "}", json, 202, kJson,
       {R"("kind":"companion_groups")", R"("question":{"from":"2016-09-20T16:00:00.000Z")"}},
      Bad({"CompanionsTwoTargets", "POST", at,
           R"({"target":{"plate":"京N6UT45","sighting_ids":["{ID}"]}})", json, 400, {},
           {R"("field":"/target")"}}),
      Bad({"CompanionsBadId", "POST", at, R"({"target":{"sighting_ids":["x"]}})", json, 400, {},
           {R"("field":"/target/sighting_ids/0")"}}),
      Bad({"CompanionsNoIds", "POST", at, R"({"target":{"sighting_ids":[]}})", json, 400, {},
           {R"("field":"/target/sighting_ids")"}}),
      Bad({"CompanionsUnknownSighting", "POST", at,
           R"({"target":{"sighting_ids":["0000015768a3f2c81f9c2a17d5b1e07a4c2d"]}})", json, 404}),
      Bad({"CompanionsBadFilter", "POST", at, R"({"target":{"filter":{"plat":"x"}}})", json, 400,
           {}, {R"("field":"/target/filter/plat")"}}),
      Bad({"CompanionsUnknownMember", "POST", at, R"({"whom":1})", json, 400, {},
           {R"("field":"/whom")"}}),
      Bad({"CompanionsOfEverythingEver", "POST", at, R"({"from":0})", json, 400, {},
           {R"("field":"/to")"}}),
      Bad({"CompanionsFuture", "POST", at,
           R"({"target":{"plate":"京N6UT45"},"as_of":9000000})", json, 400, {},
           {R"("field":"/as_of")"}}),
      Bad({"CompanionsAsText", "POST", at, "{}", {{"Content-Type", "text/plain"}}, 415})};
}

}  // namespace sightline::server
