// One client's connection: buffered input, output, deadlines, and how it ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/cancellation.h"
#include "server/exchange.h"
#include "server/io_thread.h"
#include "server/transport.h"

namespace sightline::server {

enum class IoOutcome {
  kOk,
  kClosed,    // by the peer, by an error of the network, or by Cut
  kTimedOut,
};

// Concurrency: its I/O thread alone; one coroutine receives or sends at a time.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(IoThread& thread, std::unique_ptr<Transport> transport, size_t input_bytes);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Awaitable<IoOutcome> Handshake(Clock::duration timeout);

  // What was received and not yet consumed. The bytes may be written over; they stay where they are
  // until the next Receive or Reserve, also when they are consumed.
  std::span<char> input() { return {buffer_.get() + begin_, end_ - begin_}; }
  void Consume(size_t bytes);
  // Receives more behind input(), as much as the buffer has room for. kClosed as well when there is
  // no room.
  Awaitable<IoOutcome> Receive(Clock::time_point deadline);
  // Makes room for `bytes` of input in all. ShrinkInput gives what is beyond the first size back,
  // when nothing is in it.
  void Reserve(size_t bytes);
  void ShrinkInput();
  size_t input_capacity() const { return capacity_; }

  // Sends both, waiting at most `idle_timeout` for the peer to take any part of them.
  Awaitable<IoOutcome> Send(std::string_view first, std::string_view second,
                            Clock::duration idle_timeout);

  // Ends the connection so that the peer gets everything that was sent. Where it may still be
  // sending itself, what comes is thrown away for a moment, because closing on it would reset the
  // connection and could lose the answer.
  Awaitable<void> CloseGracefully(bool peer_may_be_sending);
  // Ends the connection at once, so that the peer sees a reset; cancels its exchange.
  void Cut();

  // Between these two an exchange runs, or is the last one: it is cancelled when the peer goes
  // away, and left to end when the server drains.
  void BeginExchange(const Cancellation& cancellation) { exchange_ = cancellation; }
  void EndExchange() { exchange_.reset(); }
  bool in_exchange() const { return exchange_.has_value(); }
  void CancelExchange() {
    if (exchange_) exchange_->Cancel();
  }

  // Called by the I/O thread's sweep.
  void ExpireIfDue(Clock::time_point now);

  int native_handle() { return transport_->socket().native_handle(); }
  std::string RemoteAddress();
  IoThread& thread() { return thread_; }
  uint64_t bytes_consumed() const { return bytes_consumed_; }
  uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  IoOutcome Finish(const boost::system::error_code& error);

  IoThread& thread_;
  const std::unique_ptr<Transport> transport_;
  const IoThread::Membership membership_;
  const size_t first_capacity_;
  size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timed_out_ = false;
  bool cut_ = false;
  std::optional<Cancellation> exchange_;
  uint64_t bytes_consumed_ = 0;
  uint64_t bytes_sent_ = 0;
};

}  // namespace sightline::server
