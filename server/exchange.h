// What a handler sees of HTTP: one request, its body as a stream, and the answer as a stream.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"

namespace sightline::server {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

// A parsed request head. Names of headers are lower case; header values are as sent.
struct Request {
  std::string method;                    // "GET", "POST", …
  std::string path;                      // as sent, without the query; begins with '/'
  std::vector<std::string> path_values;  // the router's {placeholders}, percent-decoded, in order
  // Query parameters, percent-decoded ('+' is a blank), in the order given; a repeated name is an
  // error of the request, found by the router's handler through RequireKnownParameters.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::multimap<std::string, std::string, std::less<>> headers;
  std::optional<uint64_t> content_length;  // of a body as sent; nullopt: chunked or none
  bool has_body = false;
  std::string remote_address;  // "127.0.0.1:51234"
  std::string request_id;      // unique in this process; in logs, the audit and X-Request-Id

  // The value of a header, empty when it was not sent. `name` in lower case.
  std::string_view Header(std::string_view name) const;
  // The value of a query parameter; nullopt when it was not given.
  std::optional<std::string_view> Parameter(std::string_view name) const;
  // kInvalidArgument, field = the name, for a parameter outside `known` or given twice.
  Status RequireKnownParameters(std::initializer_list<std::string_view> known) const;
};

// The request's body as it arrives, still content-encoded. Lives as long as the exchange.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next piece (at most 256 KiB), or an empty one at the end. Valid until the next call.
  // Errors: kTooLarge (max_body_bytes, where the route sets it), kCancelled when the connection is
  // cut or too slow, kInvalidArgument for broken chunking.
  virtual Awaitable<Result<std::string_view>> Read() = 0;
};

struct Response {
  int status = 200;
  // Content-Type at least, with a body. Framing (Content-Length, Transfer-Encoding, Connection),
  // Date, Server, X-Request-Id and Vary: Accept-Encoding are the engine's; it adds
  // Cache-Control: no-store where no Cache-Control is given.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Of Begin: how many bytes will be written, neither more nor fewer; they are then sent as they
  // are, with a Content-Length. nullopt: unknown.
  std::optional<uint64_t> content_length = {};
};

// The answer: either one Send, or Begin, any number of Write, and End. Compresses by the request's
// Accept-Encoding. Each returns kCancelled when the client is gone; the handler then stops.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  virtual Awaitable<Status> Send(Response response) = 0;
  // `response.body` is ignored. Sent chunked (or until close, on HTTP/1.0). Pieces may be held back
  // until some 16 KiB are there.
  virtual Awaitable<Status> Begin(Response response) = 0;
  virtual Awaitable<Status> Write(std::string_view piece) = 0;
  virtual Awaitable<Status> End() = 0;
  // Cuts the connection after Begin when the answer cannot be completed, so that the client does
  // not take what it has for the whole.
  virtual void Abort() = 0;
  virtual bool started() const = 0;
};

// Who asks; made by the guard that checks credentials.
struct Caller;

struct Exchange {
  Request request;
  BodyReader& body;
  ResponseWriter& out;
  // Cancelled at the deadline of the route, when the client goes away, and at shutdown.
  Cancellation cancellation;
  std::shared_ptr<const Caller> caller;  // null on public routes
};

// Answers one exchange. An error that is returned is sent as problem+json by the session (if
// nothing was sent before; else the connection is cut) and logged there once.
using Handler = std::function<Awaitable<Status>(Exchange&)>;

}  // namespace sightline::server
