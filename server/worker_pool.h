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
    if (!Admit()) co_return std::invoke_result_t<Work>(Full());
    co_return co_await RunCounted(std::move(work));
  }

  // As Run, but never refused: for the next step of an exchange that was admitted before. An
  // exchange has one step at a time, so connections bound their number.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> RunNext(Work work) {
    queued_.fetch_add(1, std::memory_order_relaxed);
    co_return co_await RunCounted(std::move(work));
  }

  // Runs `work`, which returns nothing, without anyone awaiting it; kUnavailable when the pool is
  // full, and then the work is not run.
  template <typename Work>
  Status Post(Work work) {
    if (!Admit()) return Full();
    boost::asio::post(pool_, [this, work = std::move(work)]() mutable {
      work();
      queued_.fetch_sub(1, std::memory_order_relaxed);
    });
    return Ok();
  }

  size_t queued() const { return queued_.load(std::memory_order_relaxed); }

  // Waits until everything admitted has run. No Run may follow.
  void Join() { pool_.join(); }

 private:
  bool Admit() {
    if (queued_.fetch_add(1, std::memory_order_relaxed) < max_queued_) return true;
    queued_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  static Error Full() {
    return {
        ErrorCode::kUnavailable, "the server is busy (max_queued_requests); try again later", {}};
  }

  // `work` lives in this coroutine, on whichever thread that runs.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> RunCounted(Work work) {
    const auto caller = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(
        boost::asio::bind_executor(pool_.get_executor(), boost::asio::use_awaitable));
    std::invoke_result_t<Work> outcome = work();
    queued_.fetch_sub(1, std::memory_order_relaxed);
    co_await boost::asio::post(boost::asio::bind_executor(caller, boost::asio::use_awaitable));
    co_return outcome;
  }

  boost::asio::thread_pool pool_;
  const size_t max_queued_;
  std::atomic<size_t> queued_{0};
};

}  // namespace sightline::server
