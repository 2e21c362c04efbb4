#include "bench/load/http_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <cmath>

namespace sightline::bench {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

struct Load {
  const LoadTarget& target;
  const NextLoadRequest& next;
  const OnLoadAnswer& on_answer;
  LoadResult result = {};
  Status status = Ok();
};

net::awaitable<void> RunConnection(Load& load, net::io_context& io) {
  tcp::socket socket(io);
  co_await socket.async_connect(
      tcp::endpoint(net::ip::make_address(load.target.host), load.target.port), net::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  http::request<http::string_body> request;
  request.method(http::verb::post);
  request.set(http::field::host, load.target.host);
  request.set(http::field::authorization, "Bearer " + load.target.token);
  request.set("X-Purpose", "load%20test");
  boost::beast::flat_buffer buffer;
  LoadRequest asked;
  while (load.status && (asked.body.clear(), load.next(asked))) {
    request.target(asked.path);
    request.set(http::field::content_type, asked.content_type);
    request.body().swap(asked.body);
    request.prepare_payload();
    const auto start = SteadyClock::now();
    co_await http::async_write(socket, request, net::use_awaitable);
    http::response<http::string_body> response;
    co_await http::async_read(socket, buffer, response, net::use_awaitable);
    const double milliseconds = SecondsSince(start) * 1000;
    request.body().swap(asked.body);
    load.result.latencies_ms.push_back(milliseconds);
    ++load.result.requests;
    if (response.result() != http::status::ok) {
      load.status = Error{ErrorCode::kInternal, response.body(), {}};
      co_return;
    }
    load.on_answer(asked, response.body(), milliseconds);
  }
}

}  // namespace

Result<LoadResult> RunLoad(const LoadTarget& target, size_t connections,
                           const std::string& content_type, const NextRequest& next,
                           const OnAnswer& on_answer) {
  return RunLoad(
      target, connections,
      [&](LoadRequest& request) {
        request.content_type = content_type;
        return next(request.path, request.body);
      },
      [&](const LoadRequest&, const std::string& body, double) { on_answer(body); });
}

Result<LoadResult> RunLoad(const LoadTarget& target, size_t connections,
                           const NextLoadRequest& next, const OnLoadAnswer& on_answer) {
  net::io_context io(1);
  Load load{target, next, on_answer};
  const auto start = SteadyClock::now();
  for (size_t i = 0; i < connections; ++i) {
    net::co_spawn(io, RunConnection(load, io), [&load](const std::exception_ptr& failure) {
      if (!failure) return;
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        load.status = Error{ErrorCode::kIo, error.what(), {}};
      }
    });
  }
  io.run();
  if (!load.status) return load.status.error();
  load.result.seconds = SecondsSince(start);
  return std::move(load.result);
}

double Quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  const auto rank = static_cast<size_t>(std::ceil(q * static_cast<double>(values.size())));
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank == 0 ? 0 : rank - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace sightline::bench
