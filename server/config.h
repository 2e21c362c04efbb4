// Every option of sightline-server, and where its value comes from.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/sighting_json.h"
#include "core/error.h"
#include "core/log.h"
#include "index/column_index.h"
#include "ingest/graph_builder.h"
#include "ingest/ingestor.h"
#include "ingest/sealer.h"
#include "query/travel_time_book.h"
#include "server/clone_sweep.h"
#include "server/console/options.h"
#include "server/http_server.h"
#include "server/job_book.h"
#include "server/live_conflicts.h"
#include "server/recall_sampler.h"
#include "storage/store.h"

namespace sightline::server {

// The members' initialisers are the options' defaults.
struct Config {
  std::string data = "sightline-data";
  HttpServerOptions http;
  storage::StoreOptions store;
  ingest::IngestOptions ingest;
  index::ColumnIndexOptions index;
  ingest::SealerOptions sealer;
  ingest::GraphBuilderOptions graphs;
  api::SightingLimits sighting;
  JobOptions jobs;
  CloneSweepOptions clone_sweep;
  LiveCheckOptions live_check;
  RecallSamplerOptions recall;
  query::TravelLearningOptions travel;
  ConsoleOptions console;
  std::string admin_token_file;
  size_t max_line_bytes = 262'144;
  size_t max_document_bytes = size_t{16} << 20;
  std::string plate_reading_file;
  double plate_learning_period_s = 3600;
  double similarity_learning_period_s = 3600;
  double query_timeout_s = 60;
  size_t query_threads = 2;
  size_t max_queued_requests = 256;
  double shutdown_grace_s = 20;
  std::string log_level = "info";
  std::string time_zone = "UTC";

  // Where each option's value was given: "default", "sightline.toml:3", "SIGHTLINE_DATA", "--data".
  std::map<std::string, std::string, std::less<>> origins;
};

// One line of the option table. Keys are snake_case; the environment variable of `max_line_bytes`
// is SIGHTLINE_MAX_LINE_BYTES and its flag --max-line-bytes.
struct OptionInfo {
  std::string key;
  std::string type;           // "text", "integer", "number" or "boolean"
  std::string default_value;  // as TOML
  std::string unit;           // "" where there is none
  std::string doc;            // one sentence or two
  std::string range;          // "1 to 1024"; "" for texts without a rule
};

// All options, in the order in which they are documented.
std::vector<OptionInfo> DescribeOptions();

// Reads the configuration: defaults, then the TOML file (--config, or SIGHTLINE_CONFIG), then
// `environment` ("NAME=value" lines), then `arguments` (flags, without the program's name).
// Errors: kInvalidArgument for an unknown key, variable or flag (with the nearest known one), a
// wrong type or a value out of its range; the message begins with where it stands.
Result<Config> LoadConfig(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment);

// The configuration as a TOML file that LoadConfig reads back to the same values, with each
// option's documentation and the origin of its value as comments.
std::string PrintConfig(const Config& config);

}  // namespace sightline::server
