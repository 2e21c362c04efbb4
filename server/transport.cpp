#include "server/transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace sightline::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<std::tuple<error_code>> Handshake() override { co_return error_code(); }
  asio::awaitable<Outcome> ReadSome(asio::mutable_buffer buffer) override {
    return socket_.async_read_some(buffer, kAwait);
  }
  asio::awaitable<Outcome> WriteSome(std::array<asio::const_buffer, 2> buffers) override {
    return socket_.async_write_some(buffers, kAwait);
  }
  asio::awaitable<std::tuple<error_code>> EndSending() override {
    error_code error;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
    co_return error;
  }
  asio::ip::tcp::socket& socket() override { return socket_; }

 private:
  asio::ip::tcp::socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, asio::ssl::context& context)
      : stream_(std::move(socket), context) {}

  asio::awaitable<std::tuple<error_code>> Handshake() override {
    return stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
  }
  asio::awaitable<Outcome> ReadSome(asio::mutable_buffer buffer) override {
    return stream_.async_read_some(buffer, kAwait);
  }
  asio::awaitable<Outcome> WriteSome(std::array<asio::const_buffer, 2> buffers) override {
    return stream_.async_write_some(buffers, kAwait);
  }
  asio::awaitable<std::tuple<error_code>> EndSending() override {
    return stream_.async_shutdown(kAwait);
  }
  asio::ip::tcp::socket& socket() override { return stream_.next_layer(); }

 private:
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<Transport> MakePlainTransport(asio::ip::tcp::socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> MakeTlsTransport(asio::ip::tcp::socket socket,
                                            const TlsContext& context) {
  return std::make_unique<TlsTransport>(std::move(socket), *context);
}

}  // namespace sightline::server
