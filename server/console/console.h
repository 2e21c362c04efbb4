// The web console: its files, its settings and its basemap under /console/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/console/basemap_file.h"
#include "server/console/options.h"
#include "server/console/static_files.h"
#include "server/exchange.h"
#include "server/router.h"
#include "server/worker_pool.h"

namespace sightline::server {

// What it serves asks for no token and is not audited: programs and pictures, nothing of sightings.
// Concurrency: files are read on a thread of its own, so that the console opens while every query
// thread is at work.
class Console {
 public:
  // `program`: the server's own file, beside which the console is looked for. `time_zone`: the
  // deployment's. Errors: kInvalidArgument for a basemap that cannot be used.
  static Result<std::unique_ptr<Console>> Open(const ConsoleOptions& options,
                                               const std::filesystem::path& program,
                                               std::string_view time_zone);

  // Adds /console/{file...}, the settings and basemap below it, and what leads there from / and
  // /console. The console outlives the router.
  void AddRoutes(Router& router);

  // Says in the log where the console lies, or that it was not built.
  void LogState() const;

 private:
  Console(const ConsoleOptions& options, const std::filesystem::path& program,
          std::string_view time_zone, std::unique_ptr<BasemapFile> basemap);

  Awaitable<Status> SendFile(Exchange& exchange);
  Awaitable<Status> SendBasemap(Exchange& exchange);
  Awaitable<Status> StreamBasemap(Exchange& exchange, Response head, uint64_t offset);
  Result<Response> AnswerFile(const Request& request);
  Response AnswerMissing(std::string_view path) const;
  Response WithHeaders(Response response) const;

  const std::vector<std::pair<std::string, std::string>> headers_;  // of every answer
  const std::string settings_;                                      // config.json
  const std::unique_ptr<BasemapFile> basemap_;                      // null: none
  StaticFiles files_;
  WorkerPool workers_;
};

}  // namespace sightline::server
