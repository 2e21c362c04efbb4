#include "server/connection.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace sightline::server {
namespace {

// While closing: how long, and how much, a peer that still sends is listened to.
constexpr std::chrono::seconds kLingerTime{2};
constexpr uint64_t kLingerBytes = uint64_t{16} << 20;

}  // namespace

Connection::Connection(IoThread& thread, std::unique_ptr<Transport> transport, size_t input_bytes)
    : thread_(thread),
      transport_(std::move(transport)),
      membership_(thread.Add(*this)),
      first_capacity_(input_bytes),
      capacity_(input_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(input_bytes)) {}

Connection::~Connection() { thread_.Remove(membership_); }

Awaitable<IoOutcome> Connection::Handshake(Clock::duration timeout) {
  deadline_ = Clock::now() + timeout;
  const auto [error] = co_await transport_->Handshake();
  co_return Finish(error);
}

void Connection::Consume(size_t bytes) {
  begin_ += bytes;
  bytes_consumed_ += bytes;
}

Awaitable<IoOutcome> Connection::Receive(Clock::time_point deadline) {
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (cut_ || end_ == capacity_) co_return IoOutcome::kClosed;
  deadline_ = deadline;
  const auto [error, bytes] =
      co_await transport_->ReadSome({buffer_.get() + end_, capacity_ - end_});
  end_ += bytes;
  co_return Finish(error);
}

void Connection::Reserve(size_t bytes) {
  if (bytes <= capacity_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(bytes);
  std::memcpy(larger.get(), buffer_.get() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  buffer_ = std::move(larger);
  capacity_ = bytes;
}

void Connection::ShrinkInput() {
  if (capacity_ == first_capacity_ || begin_ != end_) return;
  buffer_ = std::make_unique_for_overwrite<char[]>(first_capacity_);
  capacity_ = first_capacity_;
  begin_ = 0;
  end_ = 0;
}

Awaitable<IoOutcome> Connection::Send(std::string_view first, std::string_view second,
                                      Clock::duration idle_timeout) {
  while (!first.empty() || !second.empty()) {
    if (cut_) co_return IoOutcome::kClosed;
    deadline_ = Clock::now() + idle_timeout;
    const auto [error, bytes] = co_await transport_->WriteSome(
        {boost::asio::buffer(first), boost::asio::buffer(second)});
    bytes_sent_ += bytes;
    if (const IoOutcome outcome = Finish(error); outcome != IoOutcome::kOk) co_return outcome;
    const size_t of_first = std::min(bytes, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(bytes - of_first);
  }
  co_return IoOutcome::kOk;
}

Awaitable<void> Connection::CloseGracefully(bool peer_may_be_sending) {
  if (cut_) co_return;
  const Clock::time_point deadline = Clock::now() + kLingerTime;
  const uint64_t stop_at = bytes_consumed_ + kLingerBytes;
  deadline_ = deadline;
  const auto [error] = co_await transport_->EndSending();
  // A TLS peer answers the end with its own; what is behind it is of no interest either.
  if (Finish(error) != IoOutcome::kOk || !peer_may_be_sending) co_return;
  while (bytes_consumed_ < stop_at) {
    Consume(end_ - begin_);
    const IoOutcome outcome = co_await Receive(deadline);
    if (outcome != IoOutcome::kOk) break;
  }
}

void Connection::Cut() {
  if (cut_) return;
  cut_ = true;
  CancelExchange();
  boost::system::error_code ignored;
  transport_->socket().set_option(boost::asio::socket_base::linger(true, 0), ignored);
  transport_->socket().close(ignored);
}

void Connection::ExpireIfDue(Clock::time_point now) {
  if (now < deadline_) return;
  deadline_ = Clock::time_point::max();
  timed_out_ = true;
  boost::system::error_code ignored;
  transport_->socket().cancel(ignored);
}

std::string Connection::RemoteAddress() {
  boost::system::error_code error;
  const auto endpoint = transport_->socket().remote_endpoint(error);
  if (error) return "unknown";
  const bool is_v6 = endpoint.address().is_v6();
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", endpoint.address().to_string(),
                     is_v6 ? "]" : "", endpoint.port());
}

// What the operation that has just ended came to; its deadline no longer holds.
IoOutcome Connection::Finish(const boost::system::error_code& error) {
  deadline_ = Clock::time_point::max();
  const bool timed_out = std::exchange(timed_out_, false);
  if (!error) return cut_ ? IoOutcome::kClosed : IoOutcome::kOk;
  return timed_out ? IoOutcome::kTimedOut : IoOutcome::kClosed;
}

}  // namespace sightline::server
