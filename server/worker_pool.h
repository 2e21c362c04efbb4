// The bounded pool that queries and parsing run on, so that I/O threads never block.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace sightline::server {

// Concurrency: Run may be awaited from any coroutine; the work runs on a pool thread and the caller
// goes on on its own executor. At most `max_queued` pieces of work are admitted at a time.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t max_queued) : pool_(threads), max_queued_(max_queued) {}

  // Runs `work`, which returns a Result<T> or Status, and returns what it returns; kUnavailable at
  // once when the pool is full. Work must not throw.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> Run(Work work) {
    using Outcome = std::invoke_result_t<Work>;
    if (queued_.fetch_add(1, std::memory_order_relaxed) >= max_queued_) {
      queued_.fetch_sub(1, std::memory_order_relaxed);
      co_return Outcome(Error{ErrorCode::kUnavailable,
                              "the server is busy (max_queued_requests); try again later", {}});
    }
    const auto caller = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(
        boost::asio::bind_executor(pool_.get_executor(), boost::asio::use_awaitable));
    Outcome outcome = work();
    queued_.fetch_sub(1, std::memory_order_relaxed);
    co_await boost::asio::post(boost::asio::bind_executor(caller, boost::asio::use_awaitable));
    co_return outcome;
  }

  size_t queued() const { return queued_.load(std::memory_order_relaxed); }

  // Waits until everything admitted has run. No Run may follow.
  void Join() { pool_.join(); }

 private:
  boost::asio::thread_pool pool_;
  const size_t max_queued_;
  std::atomic<size_t> queued_{0};
};

}  // namespace sightline::server
