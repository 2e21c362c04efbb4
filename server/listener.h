// Accepts connections and deals them out to the I/O threads.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "server/engine.h"
#include "server/exchange.h"
#include "server/io_thread.h"
#include "server/tls.h"

namespace sightline::server {

// The address of the `listen` option: a numeric address or "localhost", and a port.
Result<boost::asio::ip::tcp::endpoint> ParseListenAddress(const std::string& listen);

// Runs on the first of `threads`; all that it is given outlives it.
class Listener {
 public:
  Listener(Engine& engine, std::span<const std::unique_ptr<IoThread>> threads, TlsContext tls);

  // Takes the address and returns the port; clients wait until Accept. kIo when it cannot be bound.
  Result<uint16_t> Bind(const boost::asio::ip::tcp::endpoint& endpoint);
  void Accept();
  void Stop();  // from any thread

 private:
  Awaitable<void> AcceptAll();
  void Serve(IoThread& thread, boost::asio::ip::tcp::socket socket);
  Awaitable<void> TurnAway(IoThread& thread, boost::asio::ip::tcp::socket socket);

  Engine& engine_;
  const std::span<const std::unique_ptr<IoThread>> threads_;
  const TlsContext tls_;  // null: plain
  boost::asio::ip::tcp::acceptor acceptor_;
  size_t next_thread_ = 0;
  std::atomic<size_t> turned_away_open_{0};
};

}  // namespace sightline::server
