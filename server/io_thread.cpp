#include "server/io_thread.h"

#include <fmt/chrono.h>
#include <poll.h>

#include <boost/asio/post.hpp>

#include "server/connection.h"

namespace sightline::server {

IoThread::IoThread(std::chrono::milliseconds sweep_interval)
    : work_(context_.get_executor()), timer_(context_), sweep_interval_(sweep_interval) {}

IoThread::~IoThread() { Join(); }

void IoThread::Start() {
  boost::asio::post(context_, [this] { ScheduleSweep(); });
  thread_ = std::thread([this] { context_.run(); });
}

void IoThread::Join() {
  if (!thread_.joinable()) return;
  boost::asio::post(context_, [this] {
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
}

void IoThread::BeginDrain() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    for (Connection* connection : connections_) {
      if (!connection->in_exchange()) connection->Cut();
    }
  });
}

void IoThread::CutAll() {
  boost::asio::post(context_, [this] {
    draining_ = true;
    for (Connection* connection : connections_) connection->Cut();
  });
}

std::string_view IoThread::HttpDate() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return date_;
}

void IoThread::ScheduleSweep() {
  timer_.expires_after(sweep_interval_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || !work_.owns_work()) return;
    Sweep();
    ScheduleSweep();
  });
}

void IoThread::Sweep() {
  const auto now = std::chrono::steady_clock::now();
  for (Connection* connection : connections_) connection->ExpireIfDue(now);
  CancelExchangesOfGonePeers();
}

// While a handler works, nobody reads from its connection; so the kernel is asked, with one call
// for all of them, which peers have closed.
void IoThread::CancelExchangesOfGonePeers() {
  std::vector<pollfd> polled;
  std::vector<Connection*> watched;
  for (Connection* connection : connections_) {
    if (!connection->in_exchange()) continue;
    polled.push_back({connection->native_handle(), POLLRDHUP, 0});
    watched.push_back(connection);
  }
  if (polled.empty() || ::poll(polled.data(), polled.size(), 0) <= 0) return;
  for (size_t i = 0; i < polled.size(); ++i) {
    if ((polled[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) watched[i]->CancelExchange();
  }
}

}  // namespace sightline::server
