// The bytes under HTTP: plain TCP, or TLS over it.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <tuple>

#include "server/tls.h"

namespace sightline::server {

// Operation: one read and one write may be under way at a time. Concurrency: one thread.
class Transport {
 public:
  using Outcome = std::tuple<boost::system::error_code, size_t>;

  virtual ~Transport() = default;
  virtual boost::asio::awaitable<std::tuple<boost::system::error_code>> Handshake() = 0;
  virtual boost::asio::awaitable<Outcome> ReadSome(boost::asio::mutable_buffer buffer) = 0;
  virtual boost::asio::awaitable<Outcome> WriteSome(
      std::array<boost::asio::const_buffer, 2> buffers) = 0;
  // Tells the peer that nothing follows.
  virtual boost::asio::awaitable<std::tuple<boost::system::error_code>> EndSending() = 0;
  virtual boost::asio::ip::tcp::socket& socket() = 0;
};

std::unique_ptr<Transport> MakePlainTransport(boost::asio::ip::tcp::socket socket);
std::unique_ptr<Transport> MakeTlsTransport(boost::asio::ip::tcp::socket socket,
                                            const TlsContext& context);

}  // namespace sightline::server
