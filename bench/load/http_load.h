// A closed-loop HTTP load: each connection sends its next request when the last one is answered.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"

namespace sightline::bench {

struct LoadTarget {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;
  std::string token;
};

struct LoadResult {
  uint64_t requests = 0;
  double seconds = 0;
  std::vector<double> latencies_ms;  // of each request, in order of completion
};

// Makes the next request's target and body into `path` and `body`; false when there is no more.
using NextRequest = std::function<bool(std::string& path, std::string& body)>;
// Sees each answer's body.
using OnAnswer = std::function<void(const std::string& body)>;

// Runs `connections` loops of POST requests with `content_type` on one thread until NextRequest
// says so. Any answer but 200 ends the load with its body as the error.
Result<LoadResult> RunLoad(const LoadTarget& target, size_t connections,
                           const std::string& content_type, const NextRequest& next,
                           const OnAnswer& on_answer);

// One of several kinds of requests, told apart by `tag`.
struct LoadRequest {
  std::string path;
  std::string content_type;
  std::string body;
  uint64_t tag = 0;
};
using NextLoadRequest = std::function<bool(LoadRequest& request)>;
// Sees what was asked, what was answered and how long that took.
using OnLoadAnswer =
    std::function<void(const LoadRequest& request, const std::string& body, double milliseconds)>;

// The same with requests of several kinds.
Result<LoadResult> RunLoad(const LoadTarget& target, size_t connections,
                           const NextLoadRequest& next, const OnLoadAnswer& on_answer);

// The q-quantile (0 to 1) of `values`, by nearest rank; 0 when empty.
double Quantile(std::vector<double> values, double q);

}  // namespace sightline::bench
