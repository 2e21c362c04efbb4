#include "server/config_options.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <sstream>

namespace sightline::server {
namespace {

constexpr double kMaxCount = 1e9;
constexpr double kMaxBytes = 1e13;

Status CheckLogLevel(std::string_view text) {
  const Result<LogLevel> level = ParseLogLevel(text);
  return level ? Ok() : Status(level.error());
}

// A name of the IANA database, looked up where the system keeps it.
Status CheckTimeZone(std::string_view text) {
  std::error_code error;
  const bool plain = text.find("..") == std::string_view::npos && !text.starts_with('/');
  if (text == "UTC" ||
      (plain && std::filesystem::is_regular_file(
                    std::filesystem::path("/usr/share/zoneinfo") / text, error))) {
    return Ok();
  }
  return InvalidArgument(fmt::format("'{}' is not a time zone, such as Asia/Shanghai", text));
}

Status CheckNotEmpty(std::string_view text) {
  return text.empty() ? Status(InvalidArgument("must not be empty")) : Ok();
}

#define TARGET(member) [](Config& config) -> OptionTarget { return &config.member; }

const Option kOptions[] = {
    {"data", TARGET(data), "", "The data directory; made when it is missing.", 0, 0, CheckNotEmpty},
    {"listen", TARGET(http.listen), "",
     "Address and port to listen on. Off loopback, TLS is required. Port 0 picks a free one.", 0, 0,
     CheckNotEmpty},
    {"tls_certificate", TARGET(http.tls_certificate_file), "",
     "PEM file with the certificate and its chain; with tls_key it turns TLS on."},
    {"tls_key", TARGET(http.tls_key_file), "", "PEM file with the certificate's private key."},
    {"allow_plaintext_off_loopback", TARGET(http.allow_plaintext_off_loopback), "",
     "Serve other machines without TLS: only behind a proxy that terminates it, since tokens cross "
     "the network as they are."},
    {"admin_token_file", TARGET(admin_token_file), "",
     "Where the first start writes the owner token (mode 0600). Empty: on standard output, once."},
    {"log_level", TARGET(log_level), "", "debug, info, warning, error or off.", 0, 0,
     CheckLogLevel},
    {"time_zone", TARGET(time_zone), "",
     "The deployment's time zone, where hours and days of a question matter.", 0, 0, CheckTimeZone},
    {"retention_days", TARGET(store.retention_days), "days",
     "Days (UTC) older than this are deleted whole. 0 keeps them for ever.", 0, 36'500},

    {"console", TARGET(console.served), "", "on or off: whether the web console is at /console/.",
     0, 0, CheckOnOrOff},
    {"console_dir", TARGET(console.directory), "",
     "Where the built console lies. Empty: ../web or ../share/sightline/console, from the program."},
    {"console_image_origins", TARGET(console.image_origins), "",
     "Origins (https://pictures.example.org), blank-separated, whose pictures of sightings the "
     "console shows. Empty: it shows links, and asks no other host for anything.",
     0, 0, CheckOrigins},
    {"basemap", TARGET(console.basemap_file), "",
     "A .pmtiles file that the console draws under the cameras. Empty: none."},
    {"basemap_style", TARGET(console.basemap_style), "",
     "... or the URL of a MapLibre style, or of raster tiles with {z}, {x} and {y}. Browsers ask "
     "that host for tiles, and so tell it where they look.",
     0, 0, CheckBasemapStyle},
    {"basemap_origins", TARGET(console.basemap_origins), "",
     "Further origins, blank-separated, that the style takes its tiles from.", 0, 0, CheckOrigins},
    {"basemap_datum", TARGET(console.basemap_datum), "",
     "wgs84, or gcj02 for a basemap whose positions are shifted as most Chinese ones are.", 0, 0,
     CheckDatum},
    {"basemap_attribution", TARGET(console.basemap_attribution), "",
     "Whom the map names as the basemap's source, where that says nothing itself.", 0, 0,
     CheckAttribution},

    {"io_threads", TARGET(http.io_threads), "threads", "Threads that parse and write HTTP.", 1,
     256},
    {"max_connections", TARGET(http.max_connections), "connections",
     "Connections at a time; further ones are answered 503.", 1, 1e6},
    {"max_header_bytes", TARGET(http.max_header_bytes), "bytes",
     "Largest request head; beyond it 431.", 1024, 1 << 20},
    {"max_request_line_bytes", TARGET(http.max_request_line_bytes), "bytes",
     "Longest request line; beyond it 414.", 256, 1 << 20},
    {"header_timeout_s", TARGET(http.header_timeout_s), "seconds",
     "Longest time for a request's head, and for a TLS handshake, to arrive.", 0.1, 3600},
    {"body_idle_timeout_s", TARGET(http.body_idle_timeout_s), "seconds",
     "Longest silence while a body is awaited.", 0.1, 3600},
    {"write_idle_timeout_s", TARGET(http.write_idle_timeout_s), "seconds",
     "Longest that a client may take nothing of an answer.", 0.1, 3600},
    {"keepalive_timeout_s", TARGET(http.keepalive_timeout_s), "seconds",
     "How long a connection without a request is kept.", 0.1, 86'400},
    {"shutdown_grace_s", TARGET(shutdown_grace_s), "seconds",
     "How long running requests may go on after SIGTERM.", 0, 3600},
    {"max_document_bytes", TARGET(max_document_bytes), "bytes",
     "Largest body that is read as one document (questions, cameras, tokens); beyond it 413.", 1024,
     1 << 30},

    {"query_threads", TARGET(query_threads), "threads",
     "Threads that parse sightings and answer questions.", 1, 1024},
    {"max_queued_requests", TARGET(max_queued_requests), "requests",
     "Requests that wait for a query thread; further ones are answered 503.", 1, 1e6},
    {"query_timeout_s", TARGET(query_timeout_s), "seconds",
     "Longest that a question may run; beyond it 503, or a cut connection once an answer began.",
     0.01, 86'400},

    {"max_pending_jobs", TARGET(jobs.max_pending), "jobs",
     "Jobs that wait or run; further ones are answered 429.", 1, 1e6},
    {"job_keep_days", TARGET(jobs.keep_days), "days",
     "How long a job is kept once it has ended.", 0, 36'500},
    {"sweep_lookback_days", TARGET(clone_sweep.lookback_days), "days",
     "How much of what was swept before and adjoins a window is swept again with it.", 0, 366},
    {"live_check_plates", TARGET(live_check.plates), "plates",
     "Plates whose last reading is remembered, 48 bytes each, so that sightings are checked for "
     "cloned plates as they arrive, between sweeps. 0: they are not.",
     0, kMaxCount},

    {"plate_reading_file", TARGET(plate_reading_file), "",
     "What is assumed of how cameras misread plates (docs/plate-likeness.md). Empty: what the "
     "program was built with."},
    {"plate_learning_period_s", TARGET(plate_learning_period_s), "seconds",
     "How often misreads are learned from corrections and from what is stored.", 1, 31'536'000},
    {"similarity_learning_period_s", TARGET(similarity_learning_period_s), "seconds",
     "How often it is learned what distances of appearance vectors say of vehicles.", 1,
     31'536'000},
    {"travel_max_speed_kmh", TARGET(travel.bound.max_speed.value), "km/h",
     "No vehicle keeps up this speed along the great circle: what is faster is impossible, also where "
     "nothing was learned of the way yet.",
     1, 10'000},
    {"travel_days", TARGET(travel.days), "days",
     "Travel times are learned from so many days, the newest with sightings.", 1, 3'660},

    {"max_line_bytes", TARGET(max_line_bytes), "bytes",
     "Longest NDJSON line or array element of POST /v1/sightings; a longer one is rejected.", 256,
     1 << 28},
    {"max_source_id_bytes", TARGET(sighting.max_source_id_bytes), "bytes",
     "Longest source_id of a sighting.", 1, 65'536},
    {"max_camera_id_bytes", TARGET(sighting.max_camera_id_bytes), "bytes",
     "Longest camera_id of a sighting.", 1, 128},
    {"max_attributes", TARGET(sighting.max_attributes), "attributes",
     "Most attributes of a sighting.", 0, 4096},
    {"max_attribute_name_bytes", TARGET(sighting.max_attribute_name_bytes), "bytes",
     "Longest name of an attribute.", 1, 4096},
    {"max_attribute_value_bytes", TARGET(sighting.max_attribute_value_bytes), "bytes",
     "Longest text of an attribute.", 1, 65'536},
    {"max_image_bytes", TARGET(sighting.max_image_bytes), "bytes",
     "Longest image URL of a sighting.", 0, 65'536},
    {"max_vectors", TARGET(sighting.max_vectors), "vectors", "Most vectors of a sighting.", 0, 64},

    {"max_future_skew_s", TARGET(ingest.max_future_skew_s), "seconds",
     "How far ahead of the server's clock a sighting's time may be.", 0, 31'536'000},
    {"max_batch_rows", TARGET(ingest.max_batch_rows), "sightings",
     "Sightings that one durable batch takes at most, over all requests.", 1, 1e6},
    {"max_queued_rows", TARGET(ingest.max_queued_rows), "sightings",
     "Sightings that wait to be stored; further ones are answered 503.", 1, kMaxCount},

    {"block_cache_bytes", TARGET(store.block_cache_bytes), "bytes",
     "Memory for decompressed blocks of all days.", 1 << 20, kMaxBytes},
    {"memtable_bytes", TARGET(store.memtable_bytes), "bytes",
     "Memory for sightings that are not yet in sorted files, over all days.", 1 << 20, kMaxBytes},
    {"max_open_days", TARGET(store.max_open_days), "days",
     "Days kept open; an open one costs 0.3 MB and 8 file handles.", 1, 65'536},
    {"background_threads", TARGET(store.background_threads), "threads",
     "Threads for flushing and compaction.", 1, 256},
    {"inbox_rows", TARGET(store.inbox_rows), "sightings",
     "Stragglers that wait in the inbox before some are moved to their day.", 1, kMaxCount},

    {"seal_rows", TARGET(index.seal_rows), "sightings",
     "A day's new sightings become a sealed segment of the index when there are this many.", 1,
     1e8},
    {"seal_idle_ms", TARGET(index.seal_idle_ms), "milliseconds",
     "... or when none was added to the day for so long.", 0, 86'400'000},
    {"max_segment_rows", TARGET(index.max_segment_rows), "sightings",
     "Segments are merged up to this many sightings; merging needs 60 bytes of memory for each.",
     1, 1e8},
    {"seal_busy_share", TARGET(sealer.busy_share), "",
     "Share of one processor for sealing and merging while sightings arrive.", 0.01, 1},
    {"recall_sample_share", TARGET(recall.share), "",
     "Share of the image searches that are asked again, exactly, to measure how good answers are; "
     "one a minute at least, and at most 5 % of one processor's time. 0: none.",
     0, 1},
    {"graph_vectors", TARGET(index.graph_vectors), "vectors",
     "A segment with fewer vectors of a space gets no graph over them: all are compared.", 1, 1e9},
    {"graph_busy_share", TARGET(graphs.busy_share), "",
     "Share of one processor for building the graphs of image search while sightings arrive or "
     "questions run; it has all of them while nothing else runs.",
     0.001, 1},
    {"graph_threads", TARGET(graphs.threads), "threads",
     "Threads that build a graph. 0: one a processor.", 0, 1024},
};

#undef TARGET

std::string Plain(double number) {
  return number == std::floor(number) ? fmt::format("{}", static_cast<int64_t>(number))
                                      : fmt::format("{}", number);
}

template <typename Number>
Status SetInRange(const Option& option, Number& target, double value) {
  if (!std::isfinite(value) || value < option.min || value > option.max) {
    return InvalidArgument(fmt::format("must be {}", RangeText(option)));
  }
  target = static_cast<Number>(value);
  return Ok();
}

template <typename Number>
Result<Number> ParseNumber(std::string_view text, std::string_view what) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return InvalidArgument(fmt::format("'{}' is not {}", text, what));
  }
  return number;
}

Result<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return InvalidArgument(fmt::format("'{}' is not true or false", text));
}

bool IsText(const OptionTarget& target) { return std::holds_alternative<std::string*>(target); }

}  // namespace

std::span<const Option> Options() { return kOptions; }

Status SetText(const Option& option, std::string& target, std::string_view value) {
  if (option.check != nullptr) SIGHTLINE_RETURN_IF_ERROR(option.check(value));
  target = value;
  return Ok();
}

Status SetNumber(const Option& option, Config& config, double number) {
  const OptionTarget target = option.target(config);
  if (const auto* value = std::get_if<double*>(&target)) return SetInRange(option, **value, number);
  return InvalidArgument(fmt::format("must be {}", TypeName(option)));
}

Status SetInteger(const Option& option, Config& config, int64_t number) {
  const OptionTarget target = option.target(config);
  const auto value = static_cast<double>(number);
  if (const auto* place = std::get_if<int*>(&target)) return SetInRange(option, **place, value);
  if (const auto* place = std::get_if<int64_t*>(&target)) return SetInRange(option, **place, value);
  if (const auto* place = std::get_if<size_t*>(&target)) return SetInRange(option, **place, value);
  return SetNumber(option, config, value);
}

Status SetFromText(const Option& option, Config& config, std::string_view text) {
  const OptionTarget target = option.target(config);
  if (const auto* place = std::get_if<std::string*>(&target)) return SetText(option, **place, text);
  if (const auto* place = std::get_if<bool*>(&target)) {
    SIGHTLINE_ASSIGN(**place, ParseBool(text));
    return Ok();
  }
  if (std::holds_alternative<double*>(target)) {
    SIGHTLINE_ASSIGN(const double number, ParseNumber<double>(text, "a number"));
    return SetNumber(option, config, number);
  }
  SIGHTLINE_ASSIGN(const int64_t number, ParseNumber<int64_t>(text, "an integer"));
  return SetInteger(option, config, number);
}

std::string ValueAsToml(const Option& option, const Config& config) {
  // The table binds to a Config that can be written to; here it is only read.
  Config& readable = const_cast<Config&>(config);
  return std::visit(
      [](const auto* value) -> std::string {
        using Value = std::remove_cvref_t<decltype(*value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          std::ostringstream out;
          out << toml::value<std::string>(*value);
          return out.str();
        } else if constexpr (std::is_same_v<Value, bool>) {
          return *value ? "true" : "false";
        } else {
          return fmt::format("{}", *value);
        }
      },
      option.target(readable));
}

std::string_view TypeName(const Option& option) {
  Config config;
  const OptionTarget target = option.target(config);
  if (IsText(target)) return "text";
  if (std::holds_alternative<bool*>(target)) return "boolean";
  return std::holds_alternative<double*>(target) ? "number" : "integer";
}

std::string RangeText(const Option& option) {
  if (option.min == option.max) return {};
  return fmt::format("{} to {}", Plain(option.min), Plain(option.max));
}

}  // namespace sightline::server
