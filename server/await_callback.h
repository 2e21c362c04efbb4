// Awaiting a function that calls back from another thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace sightline::server {

// Calls start(done) and goes on, on the awaiting coroutine's own executor, with the value that done
// is called with. `start` must see to it that done is called exactly once, from any thread, also
// before it returns.
template <typename Value>
boost::asio::awaitable<Value> AwaitCallback(
    std::function<void(std::function<void(Value)>)> start) {
  auto initiate = [](auto handler, std::function<void(std::function<void(Value)>)> begin) {
    // Tracked work keeps the executor's context running until the answer is there.
    boost::asio::any_io_executor executor =
        boost::asio::prefer(boost::asio::get_associated_executor(handler),
                            boost::asio::execution::outstanding_work.tracked);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    begin([shared, executor](Value value) {
      boost::asio::post(executor, [shared, value = std::move(value)]() mutable {
        (*shared)(std::move(value));
      });
    });
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Value)>(
      std::move(initiate), boost::asio::use_awaitable, std::move(start));
}

}  // namespace sightline::server
