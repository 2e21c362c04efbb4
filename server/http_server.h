// The HTTP/1.1 engine: listens, reads requests strictly, calls handlers, writes answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/error.h"
#include "server/exchange.h"
#include "server/router.h"

namespace sightline::server {

struct HttpServerOptions {
  // Address and port: "127.0.0.1:8080", "[::1]:8080" or "localhost:8080". Port 0 picks a free one.
  std::string listen = "127.0.0.1:8080";
  // Threads that parse and write. Handlers' coroutines run on them too and must not block. More
  // pays off only where TLS or compression is the bottleneck.
  size_t io_threads = 2;
  // Largest request head, from the request line to the blank line, in bytes; beyond it 431.
  size_t max_header_bytes = size_t{16} << 10;
  // Longest request line in bytes; beyond it 414. At most max_header_bytes.
  size_t max_request_line_bytes = size_t{8} << 10;
  // Longest time for a head to arrive from its first byte, and for a TLS handshake, in seconds;
  // then 408 and close.
  double header_timeout_s = 15;
  // Longest silence while a body is awaited, in seconds; then the body fails and the answer is 408.
  double body_idle_timeout_s = 30;
  // Longest that a client may take nothing of an answer, in seconds; then the connection is cut.
  double write_idle_timeout_s = 30;
  // How long a connection without a request is kept, in seconds.
  double keepalive_timeout_s = 75;
  // Connections at a time; further ones are answered 503 and closed.
  size_t max_connections = 1024;
  // PEM files. Both or neither; with them the server speaks TLS 1.2 and 1.3 only.
  std::string tls_certificate_file;
  std::string tls_key_file;
  // Whether plain HTTP may be served to other machines. Tokens then cross the network unprotected:
  // for use behind a proxy that terminates TLS.
  bool allow_plaintext_off_loopback = false;
};

// An exchange that has ended, well or not. Valid during the call of on_complete.
struct CompletedExchange {
  // Without method and path where the head could not be read.
  const Request& request;
  const Route* route = nullptr;  // null: no route was found
  int status = 0;                // 0: the connection was lost before an answer began
  uint64_t bytes_in = 0;         // of head and body, as received after TLS
  uint64_t bytes_out = 0;        // of head and body, as sent before TLS
  double seconds = 0;            // from the head's last byte to the answer's last
  const Caller* caller = nullptr;  // as the guard left it
};

// What surrounds every exchange. Each may be empty. Called on I/O threads, several at a time.
struct HttpServerHooks {
  // Runs before the handler of a route; its error is answered in the handler's place.
  std::function<Awaitable<Status>(Exchange&, const Route&)> guard;
  // Metrics and access logs. Must not block or throw.
  std::function<void(const CompletedExchange&)> on_complete;
};

// Operation: Bind, Serve, then Shutdown. Handlers' errors and exceptions become problem+json.
// Concurrency: Bind, Serve and Shutdown from one thread; gauges from any.
// Limitations: HTTP/1.0 and 1.1 only. A client that shuts its sending side down while its request
// is being answered counts as gone.
class HttpServer {
 public:
  HttpServer(HttpServerOptions options, Router router, HttpServerHooks hooks);
  ~HttpServer();  // as Shutdown with no grace

  // What can be told of options before anything is set up. Errors: kInvalidArgument for options
  // that contradict each other, a malformed address, a certificate that cannot be used, or an
  // address off loopback without TLS.
  static Status Check(const HttpServerOptions& options);

  // Takes the address and returns the port; clients that connect wait until Serve.
  // Errors: as Check; kIo when the address cannot be bound.
  Result<uint16_t> Bind();

  // Starts the threads and begins to accept. Once, after Bind.
  void Serve();

  // Stops accepting, closes idle connections, and waits for running exchanges. Those still running
  // after `grace` are cancelled and their connections cut; returns once the last handler is done.
  // Idempotent.
  void Shutdown(std::chrono::milliseconds grace);

  size_t connections() const;        // open now
  size_t running_exchanges() const;  // with a head read and an answer not yet complete
  uint64_t refused_connections() const;  // since the start, for max_connections

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
