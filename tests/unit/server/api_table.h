// One line of the table of requests and replies (api_table_test.cpp).
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/server/running_server.h"

namespace sightline::server {

inline constexpr const char* kJson = "application/json";
inline constexpr const char* kNdjson = "application/x-ndjson";
inline constexpr const char* kProblem = "application/problem+json";

struct Case {
  std::string name;
  std::string method;
  std::string target;  // {ID} stands for the id of the sighting a1, {OWNER} for the owner token's;
                       // in the body too
  std::string body = {};
  testing::HttpHeaders headers = {};
  int status = 200;
  std::string type = kJson;
  std::vector<std::string> says = {};  // parts of the body
  std::string token = "owner";  // or another role, or "none"
  bool with_purpose = true;
};

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.method << " " << c.target; }

// A case that is refused.
inline Case Bad(Case c) {
  c.type = kProblem;
  return c;
}

// The lines about searches and plates (api_table_questions.cpp).
std::vector<Case> SearchCases();
std::vector<Case> PlateCases();

// The lines about companions (api_table_companions.cpp).
std::vector<Case> CompanionCases();

// The lines about cloned plates and camera health (api_table_clones.cpp).
std::vector<Case> CloneCases();

// The lines about counts, trips and speeds (api_table_counts.cpp).
std::vector<Case> CountCases();

// The lines about image search, spaces, the index and jobs (api_table_images.cpp).
std::vector<Case> ImageCases();
std::vector<Case> IndexCases();
// A vector of equal components, in base64.
std::string VectorText(char component, size_t bytes);

}  // namespace sightline::server
