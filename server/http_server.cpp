#include "server/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <utility>
#include <vector>

#include "server/engine.h"
#include "server/io_thread.h"
#include "server/listener.h"
#include "server/tls.h"

namespace sightline::server {
namespace {

Status CheckOptions(const HttpServerOptions& options) {
  const std::pair<std::string_view, double> positive[] = {
      {"io_threads", static_cast<double>(options.io_threads)},
      {"max_header_bytes", static_cast<double>(options.max_header_bytes)},
      {"max_request_line_bytes", static_cast<double>(options.max_request_line_bytes)},
      {"header_timeout_s", options.header_timeout_s},
      {"body_idle_timeout_s", options.body_idle_timeout_s},
      {"write_idle_timeout_s", options.write_idle_timeout_s},
      {"keepalive_timeout_s", options.keepalive_timeout_s},
      {"max_connections", static_cast<double>(options.max_connections)},
  };
  for (const auto& [name, value] : positive) {
    if (!(value > 0)) return InvalidArgument(fmt::format("{} must be greater than 0", name));
  }
  if (options.max_request_line_bytes > options.max_header_bytes) {
    return InvalidArgument("max_request_line_bytes must not exceed max_header_bytes");
  }
  if (options.tls_certificate_file.empty() != options.tls_key_file.empty()) {
    return InvalidArgument("tls_certificate and tls_key are given together or not at all");
  }
  return Ok();
}

// Where clients come in.
struct Entrance {
  boost::asio::ip::tcp::endpoint endpoint;
  TlsContext tls;  // null: plain
};

Result<Entrance> Prepare(const HttpServerOptions& options) {
  SIGHTLINE_RETURN_IF_ERROR(CheckOptions(options));
  Entrance entrance;
  SIGHTLINE_ASSIGN(entrance.endpoint, ParseListenAddress(options.listen));
  if (!options.tls_certificate_file.empty()) {
    SIGHTLINE_ASSIGN(entrance.tls,
                     LoadTlsContext(options.tls_certificate_file, options.tls_key_file));
  } else if (!entrance.endpoint.address().is_loopback() && !options.allow_plaintext_off_loopback) {
    return InvalidArgument(fmt::format(
        "listen: {} can be reached by other machines, and tokens must not cross a network in plain "
        "text; give tls_certificate and tls_key, listen on 127.0.0.1, or set "
        "allow_plaintext_off_loopback behind a proxy that terminates TLS",
        options.listen));
  }
  return entrance;
}

// Deadlines are met to a quarter of the shortest of them.
std::chrono::milliseconds SweepInterval(const HttpServerOptions& options) {
  const double shortest_s = std::min({options.header_timeout_s, options.body_idle_timeout_s,
                                      options.write_idle_timeout_s, options.keepalive_timeout_s});
  const auto quarter = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(shortest_s / 4));
  return std::clamp(quarter, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, Router router, HttpServerHooks hooks)
      : engine(std::move(options), std::move(router), std::move(hooks)) {}

  Engine engine;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::unique_ptr<Listener> listener;
};

HttpServer::HttpServer(HttpServerOptions options, Router router, HttpServerHooks hooks)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router), std::move(hooks))) {}

HttpServer::~HttpServer() { Shutdown(std::chrono::milliseconds(0)); }

Status HttpServer::Check(const HttpServerOptions& options) {
  SIGHTLINE_ASSIGN(const Entrance entrance, Prepare(options));
  static_cast<void>(entrance);
  return Ok();
}

Result<uint16_t> HttpServer::Bind() {
  const HttpServerOptions& options = impl_->engine.options;
  SIGHTLINE_ASSIGN(Entrance entrance, Prepare(options));
  for (size_t i = 0; i < options.io_threads; ++i) {
    impl_->threads.push_back(std::make_unique<IoThread>(SweepInterval(options)));
  }
  impl_->listener =
      std::make_unique<Listener>(impl_->engine, impl_->threads, std::move(entrance.tls));
  const auto port = impl_->listener->Bind(entrance.endpoint);
  if (!port) {
    impl_->listener.reset();
    impl_->threads.clear();
  }
  return port;
}

void HttpServer::Serve() {
  impl_->listener->Accept();
  for (const auto& thread : impl_->threads) thread->Start();
}

void HttpServer::Shutdown(std::chrono::milliseconds grace) {
  if (impl_->listener == nullptr) return;
  impl_->listener->Stop();
  for (const auto& thread : impl_->threads) thread->BeginDrain();
  if (!impl_->engine.AwaitNoConnections(std::chrono::steady_clock::now() + grace)) {
    for (const auto& thread : impl_->threads) thread->CutAll();
    impl_->engine.AwaitNoConnections(std::chrono::steady_clock::time_point::max());
  }
  // The listener runs on the first thread and hands work to the others.
  for (const auto& thread : impl_->threads) thread->Join();
  impl_->listener.reset();
  impl_->threads.clear();
}

size_t HttpServer::connections() const { return impl_->engine.connections(); }

size_t HttpServer::running_exchanges() const {
  return impl_->engine.running_exchanges.load(std::memory_order_relaxed);
}

uint64_t HttpServer::refused_connections() const {
  return impl_->engine.refused_connections.load(std::memory_order_relaxed);
}

}  // namespace sightline::server
