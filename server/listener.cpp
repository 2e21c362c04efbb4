#include "server/listener.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <utility>

#include "api/problem.h"
#include "core/log.h"
#include "server/connection.h"
#include "server/session.h"

namespace sightline::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Clients that are being told 503 and listened to for a moment, so that the answer reaches them.
// Beyond this many they are closed without a word.
constexpr size_t kMaxTurnedAwayOpen = 64;
constexpr size_t kTurnedAwayInputBytes = 1024;
constexpr std::chrono::seconds kTurnedAwayPatience{1};
// When the process has no file handle left: how long until the next try.
constexpr std::chrono::milliseconds kAcceptRetry{100};

std::string BusyAnswer(std::string_view request_id, std::string_view date) {
  const std::string body = api::ProblemJson(
      {ErrorCode::kUnavailable, "too many connections are open (max_connections)", {}});
  return fmt::format(
      "HTTP/1.1 503 Service Unavailable\r\n"
      "Server: sightline\r\n"
      "Date: {}\r\n"
      "X-Request-Id: {}\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Content-Type: application/problem+json\r\n"
      "Cache-Control: no-store\r\n"
      "Retry-After: 1\r\n"
      "Content-Length: {}\r\n"
      "Connection: close\r\n"
      "\r\n{}",
      date, request_id, body.size(), body);
}

}  // namespace

Result<tcp::endpoint> ParseListenAddress(const std::string& listen) {
  const auto malformed = [&] {
    return InvalidArgument(
        fmt::format("listen: '{}' is not an address and a port such as 127.0.0.1:8080 or "
                    "[::1]:8080",
                    listen));
  };
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return malformed();
  std::string host = listen.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return malformed();
  }
  uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const auto parsed = std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return malformed();
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return malformed();
  return tcp::endpoint(address, port);
}

Listener::Listener(Engine& engine, std::span<const std::unique_ptr<IoThread>> threads,
                   TlsContext tls)
    : engine_(engine),
      threads_(threads),
      tls_(std::move(tls)),
      acceptor_(threads_.front()->context()) {}

Result<uint16_t> Listener::Bind(const tcp::endpoint& endpoint) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Error{ErrorCode::kIo,
                 fmt::format("cannot listen on {}: {}", engine_.options.listen, error.message()),
                 {}};
  }
  return acceptor_.local_endpoint().port();
}

void Listener::Accept() {
  asio::co_spawn(acceptor_.get_executor(), AcceptAll(), asio::detached);
}

void Listener::Stop() {
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
  });
}

Awaitable<void> Listener::AcceptAll() {
  asio::steady_timer retry(acceptor_.get_executor());
  while (acceptor_.is_open()) {
    IoThread& thread = *threads_[next_thread_];
    tcp::socket socket(thread.context());
    const auto [error] =
        co_await acceptor_.async_accept(socket, asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted) break;
    if (error) {
      // A client that gave up is none of ours; want of file handles or memory passes.
      if (error == asio::error::connection_aborted) continue;
      Log(LogLevel::kWarning, "accept_failed", {{"detail", error.message()}});
      retry.expires_after(kAcceptRetry);
      (void)co_await retry.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    next_thread_ = (next_thread_ + 1) % threads_.size();
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (engine_.AdmitConnection()) {
      Serve(thread, std::move(socket));
      continue;
    }
    engine_.refused_connections.fetch_add(1, std::memory_order_relaxed);
    // TLS would need a handshake before the first word.
    if (tls_ != nullptr || turned_away_open_ >= kMaxTurnedAwayOpen) continue;
    ++turned_away_open_;
    asio::co_spawn(thread.context(), TurnAway(thread, std::move(socket)), asio::detached);
  }
}

void Listener::Serve(IoThread& thread, tcp::socket socket) {
  std::unique_ptr<Transport> transport =
      tls_ == nullptr ? MakePlainTransport(std::move(socket))
                      : MakeTlsTransport(std::move(socket), tls_);
  asio::co_spawn(thread.context(), RunSession(engine_, thread, std::move(transport)),
                 asio::detached);
}

Awaitable<void> Listener::TurnAway(IoThread& thread, tcp::socket socket) {
  if (!thread.draining()) {
    Connection connection(thread, MakePlainTransport(std::move(socket)), kTurnedAwayInputBytes);
    const std::string answer = BusyAnswer(engine_.NextRequestId(), thread.HttpDate());
    const IoOutcome sent = co_await connection.Send(answer, {}, kTurnedAwayPatience);
    if (sent == IoOutcome::kOk) co_await connection.CloseGracefully(true);
  }
  --turned_away_open_;
}

}  // namespace sightline::server
