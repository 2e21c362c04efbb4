// The client library: the HTTP API of a Sightline server as typed calls.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/trajectory_writer.h"
#include "client/answers.h"
#include "client/body_source.h"
#include "core/correction.h"
#include "core/error.h"
#include "core/filter.h"

namespace sightline::client {

struct ClientOptions {
  std::string url = "http://127.0.0.1:8080";  // http or https, host and port; a path is a prefix
  std::string token;                          // bearer token; empty: `token_file` is read
  std::string token_file;                     // its first line is the token; empty: none
  std::string purpose;                        // X-Purpose, UTF-8; empty: not sent
  std::string case_number;                    // X-Case, UTF-8; empty: not sent
  std::string ca_file;  // PEM certificates to trust instead of the system's; empty: the system's

  std::chrono::milliseconds connect_timeout{10'000};
  // A transfer that moves no byte for this long fails. A question may take a while to begin.
  std::chrono::seconds stall_timeout{300};
  // How often a request is tried that can safely be sent again: no connection was made, the server
  // said 429 or 503, or (for questions) the connection broke. Waits grow from `retry_wait` twofold
  // up to 10 s; Retry-After is obeyed up to 60 s.
  int max_attempts = 4;
  std::chrono::milliseconds retry_wait{250};
  // When set and true, the call in progress stops within a second with kCancelled. Outlives the
  // client.
  const std::atomic<bool>* cancelled = nullptr;

  // The defaults, replaced by SIGHTLINE_URL, SIGHTLINE_TOKEN, SIGHTLINE_TOKEN_FILE,
  // SIGHTLINE_PURPOSE, SIGHTLINE_CASE and SIGHTLINE_CA_FILE where they are set.
  static ClientOptions FromEnvironment();
};

enum class BodyFormat { kJson, kNdjson };

struct UploadOptions {
  BodyFormat format = BodyFormat::kNdjson;
  bool gzip = false;  // the source gives gzip bytes
  // Called now and then with the bytes taken from the source so far. May be empty.
  std::function<void(uint64_t bytes)> progress;
};

struct CameraQuery {
  bool with_retired = false;
  std::string bbox;  // "minlon,minlat,maxlon,maxlat" in degrees; empty: everywhere
};

struct SearchQuery {
  Filter filter;  // plates are normalised by the server
  std::optional<ResultOrder> order;  // default: relevance with plate_like, else newest first
  size_t limit = 100;  // rows a page, 1 to 10,000
  std::string page_token;
  std::optional<Sequence> as_of;
  bool explain = false;       // the page's JSON says what answering cost
  bool with_vectors = false;  // rows bear their vectors
};

struct PlateQuery {
  std::string match;              // pattern; empty: all
  std::optional<PlateLike> like;  // joined with the pattern by AND; ranks
  size_t limit = 100;
  std::string page_token;
  std::optional<Sequence> as_of;
};

struct TrajectoryQuery {
  std::string plate;
  std::optional<TimestampMs> from;
  std::optional<TimestampMs> to;
  std::optional<Sequence> as_of;
  api::TrajectoryFormat format = api::TrajectoryFormat::kGeoJson;
};

struct CorrectionQuery {
  std::optional<TimestampMs> from;  // when they were made
  std::optional<TimestampMs> to;
  size_t limit = 100;
  std::string page_token;
  std::optional<Sequence> as_of;
};

struct NewToken {
  std::string name;
  std::vector<std::string> roles;
  std::optional<TimestampMs> expires;
  std::string standing_purpose;
};

struct CallOptions {
  bool repeatable = false;  // sending it twice does no more than sending it once
  std::vector<std::string> headers = {};  // "Name: value", on top of the client's own
};

// Operation: each call is one request (or as many as there are pages) over a connection that is
// kept open.
//
// Errors: what the server says in problem+json comes back with the code of its status; kIo means
// that no whole answer came (no connection, broken, stalled, TLS refused); kCancelled, see
// ClientOptions::cancelled. An error of a sink or a source comes back as it is.
//
// Concurrency: not thread-safe; use one Client per thread.
class Client {
 public:
  // kInvalidArgument for a URL that is none or a token file that cannot be read. Connects later.
  static Result<Client> Create(ClientOptions options);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  const ClientOptions& options() const;  // with the token that was read from its file

  // Creates or replaces cameras. kJson: an object, an array or a GeoJSON FeatureCollection.
  Result<CameraOutcome> PutCameras(BodySource& body, BodyFormat format);
  Result<CameraList> ListCameras(const CameraQuery& query = {});

  // Streams sightings. A source that can Rewind() is sent again when the server was not reached or
  // said 503. A connection that breaks midway is kIo: rows that were stored stay stored, and
  // sending them again is harmless but for unread plates without a source_id.
  Result<UploadOutcome> UploadSightings(BodySource& body, const UploadOptions& options);

  Result<SightingPage> Search(const SearchQuery& query);
  // Every page from query.page_token on. An error of `page` stops and is returned.
  Status SearchEachPage(SearchQuery query, const std::function<Status(const SightingPage&)>& page);
  // All rows as NDJSON, as the server streams them. limit and page_token are not used.
  Status SearchNdjson(const SearchQuery& query, const ByteSink& sink);
  Result<SightingAnswer> GetSighting(std::string_view id);
  // The sighting as it stands then. `correction.author` is not used: it is the token's name.
  Result<SightingAnswer> CorrectSighting(std::string_view id, const Correction& correction);
  Result<CorrectionPage> ListCorrections(const CorrectionQuery& query);
  // All of them as NDJSON, newest first. limit and page_token are not used.
  Status CorrectionsNdjson(const CorrectionQuery& query, const ByteSink& sink);

  Result<PlatePage> ListPlates(const PlateQuery& query);
  // The whole of it in the wanted format, piece by piece.
  Status Trajectory(const TrajectoryQuery& query, const ByteSink& sink);
  // The whole of it as values; `query.format` is not used.
  Result<TrajectoryAnswer> ReadTrajectory(TrajectoryQuery query);

  // GET /v1/status as JSON: its members grow with the server.
  Result<std::string> ServerStatus();
  // GET `target` ("/v1/audit?limit=10") as JSON, for answers without a type of their own here.
  Result<std::string> Get(std::string_view target);
  // The same, piece by piece and in the media type `accept`.
  Status Fetch(std::string_view target, std::string_view accept, const ByteSink& sink);
  // A question with a body of JSON, its answer piece by piece in the media type `accept`. It may be
  // sent again.
  Status Post(std::string_view target, const std::string& json, std::string_view accept,
              const ByteSink& sink);
  // Any other call with a body of JSON (none where empty); its answer.
  Result<std::string> Send(std::string_view method, std::string_view target,
                           const std::string& json, const CallOptions& options = {});

  Result<TokenAnswer> CreateToken(const NewToken& token);
  Result<TokenList> ListTokens();  // the first 10,000
  Status RevokeToken(std::string_view id);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// `text` with everything but unreserved characters (RFC 3986) as %XX.
std::string PercentEncode(std::string_view text);

}  // namespace sightline::client
