// Time, number and the end: deadlines, slow and vanished clients, too many of them, shutdown.
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <string>
#include <thread>

#include "server/worker_pool.h"
#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

constexpr char kGet[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

class HttpLimitsTest : public HttpTest {};

TEST_F(HttpLimitsTest, AHeadThatDoesNotEndIsTimedOut) {
  options.header_timeout_s = 0.1;
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /hello HTTP/1.1\r\nHost"));
  const auto reply = client.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_TRUE(client.IsClosedByServer());
}

TEST_F(HttpLimitsTest, ASilentConnectionIsClosedWithoutAWord) {
  options.keepalive_timeout_s = 0.1;
  Start();
  HttpClient client(port);
  EXPECT_TRUE(client.IsClosedByServer());
  HttpClient other(port);
  ASSERT_TRUE(other.Send(kGet));
  EXPECT_EQ(other.Receive()->body, "hello");
  EXPECT_TRUE(other.IsClosedByServer());
}

TEST_F(HttpLimitsTest, ABodyThatStopsIsTimedOut) {
  options.body_idle_timeout_s = 0.1;
  Start();
  for (const std::string framing : {"Content-Length: 10\r\n\r\nabc",
                                    "Transfer-Encoding: chunked\r\n\r\nA\r\nabc"}) {
    HttpClient client(port);
    ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\n" + framing));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 408);
    EXPECT_TRUE(client.IsClosedByServer());
  }
}

// Streams without end until the client is gone; tells how that ended.
Handler EndlessStream(std::promise<Status>& ended) {
  return [&ended](Exchange& exchange) -> Awaitable<Status> {
    Status status = co_await exchange.out.Begin(TextResponse(""));
    const std::string piece(100'000, 'x');
    while (status) status = co_await exchange.out.Write(piece);
    ended.set_value(status);
    co_return status;
  };
}

TEST_F(HttpLimitsTest, AClientThatTakesNothingIsCut) {
  std::promise<Status> ended;
  options.write_idle_timeout_s = 0.2;
  router.Add({"GET", "/endless", EndlessStream(ended), {}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(ended.get_future().get().error().code, ErrorCode::kCancelled);
}

TEST_F(HttpLimitsTest, AClientThatTakesSlowlyIsServed) {
  const std::string text(20'000'000, 'x');
  router.Add({"GET", "/long",
              [&](Exchange& exchange) -> Awaitable<Status> {
                co_return co_await exchange.out.Send(TextResponse(text));
              },
              {}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /long HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kGet)));
  const auto reply = client.Receive();
  ASSERT_TRUE(reply->complete);
  EXPECT_EQ(reply->body, text);
  EXPECT_EQ(client.Receive()->body, "hello");
}

TEST_F(HttpLimitsTest, AWritingHandlerLearnsThatItsClientIsGone) {
  std::promise<Status> ended;
  router.Add({"GET", "/endless", EndlessStream(ended), {}});
  Start();
  {
    HttpClient client(port);
    ASSERT_TRUE(client.Send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_FALSE(client.ReceiveBytes(1000).empty());
  }
  EXPECT_EQ(ended.get_future().get().error().code, ErrorCode::kCancelled);
}

// Works on a pool, as queries do, until the exchange is cancelled or `limit` is over.
Handler WorkUntilCancelled(WorkerPool& pool, std::promise<void>& began, std::promise<Status>& ended,
                           std::chrono::seconds limit = std::chrono::seconds(10)) {
  return [&pool, &began, &ended, limit](Exchange& exchange) -> Awaitable<Status> {
    const Cancellation cancellation = exchange.cancellation;
    auto work = [&began, cancellation, limit]() -> Status {
      began.set_value();
      const auto give_up = std::chrono::steady_clock::now() + limit;
      while (std::chrono::steady_clock::now() < give_up) {
        SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
        std::this_thread::yield();
      }
      return Ok();
    };
    const Status status = co_await pool.Run(std::move(work));
    ended.set_value(status);
    if (!status) co_return status;
    co_return co_await exchange.out.Send(TextResponse("done"));
  };
}

TEST_F(HttpLimitsTest, WorkForAGoneClientIsCancelled) {
  WorkerPool pool(1, 10);
  std::promise<void> began;
  std::promise<Status> ended;
  router.Add({"GET", "/work", WorkUntilCancelled(pool, began, ended), {}});
  Start();
  {
    HttpClient client(port);
    ASSERT_TRUE(client.Send("GET /work HTTP/1.1\r\nHost: h\r\n\r\n"));
    began.get_future().wait();
  }
  const Status status = ended.get_future().get();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
}

TEST_F(HttpLimitsTest, WorkPastTheRoutesDeadlineIsCancelled) {
  WorkerPool pool(1, 10);
  std::promise<void> began;
  std::promise<Status> ended;
  router.Add({"GET", "/work", WorkUntilCancelled(pool, began, ended), {.deadline_s = 0.1}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /work HTTP/1.1\r\nHost: h\r\n\r\n"));
  const auto reply = client.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_FALSE(ended.get_future().get());
}

TEST_F(HttpLimitsTest, ConnectionsBeyondTheLimitAreTurnedAway) {
  options.max_connections = 2;
  Start();
  auto first = std::make_unique<HttpClient>(port);
  HttpClient second(port);
  ASSERT_TRUE(first->Send(kGet));
  ASSERT_TRUE(second.Send(kGet));
  EXPECT_EQ(first->Receive()->status, 200);
  EXPECT_EQ(second.Receive()->status, 200);
  EXPECT_EQ(server->connections(), 2u);
  HttpClient third(port);
  const auto refused = third.Receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->Header("retry-after"), "1");
  EXPECT_FALSE(refused->Header("x-request-id").empty());
  EXPECT_TRUE(refused->complete);
  EXPECT_EQ(server->refused_connections(), 1u);

  // Once one has gone there is room again.
  ASSERT_TRUE(first->Send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(first->Receive()->status, 200);
  EXPECT_TRUE(first->IsClosedByServer());
  first.reset();
  int status = 503;
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (status == 503 && std::chrono::steady_clock::now() < give_up) {
    HttpClient fourth(port);
    fourth.Send(kGet);
    if (const auto reply = fourth.Receive()) status = reply->status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(HttpLimitsTest, ShutdownLetsARunningExchangeFinish) {
  std::promise<void> began;
  std::promise<void> go_on;
  WorkerPool pool(1, 10);
  router.Add({"GET", "/wait",
              [&](Exchange& exchange) -> Awaitable<Status> {
                auto work = [&]() -> Status {
                  began.set_value();
                  go_on.get_future().wait();
                  return Ok();
                };
                SIGHTLINE_CO_RETURN_IF_ERROR(co_await pool.Run(std::move(work)));
                co_return co_await exchange.out.Send(TextResponse("finished"));
              },
              {}});
  Start();
  HttpClient idle(port);
  ASSERT_TRUE(idle.Send(kGet));
  EXPECT_EQ(idle.Receive()->body, "hello");
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n"));
  began.get_future().wait();
  EXPECT_EQ(server->running_exchanges(), 1u);
  auto shutdown =
      std::async(std::launch::async, [&] { server->Shutdown(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.IsClosedByServer());  // so the drain has begun
  go_on.set_value();
  const auto reply = client.Receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "finished");
  EXPECT_EQ(reply->Header("connection"), "close");
  shutdown.get();
  EXPECT_THROW(HttpClient late(port), std::runtime_error);
}

TEST_F(HttpLimitsTest, ShutdownCancelsWhatOutlivesTheGrace) {
  WorkerPool pool(1, 10);
  std::promise<void> began;
  std::promise<Status> ended;
  router.Add(
      {"GET", "/work", WorkUntilCancelled(pool, began, ended, std::chrono::seconds(60)), {}});
  Start();
  HttpClient client(port);
  HttpClient half(port);
  ASSERT_TRUE(half.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"));
  ASSERT_TRUE(client.Send("GET /work HTTP/1.1\r\nHost: h\r\n\r\n"));
  began.get_future().wait();
  server->Shutdown(std::chrono::milliseconds(50));
  EXPECT_EQ(ended.get_future().get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_TRUE(half.IsClosedByServer());
}

TEST_F(HttpLimitsTest, RefusesToStartWithOptionsThatDoNotFit) {
  const auto start = [](HttpServerOptions given) {
    return HttpServer(std::move(given), Router(), {}).Bind();
  };
  HttpServerOptions plain;
  plain.listen = "0.0.0.0:0";
  const auto off_loopback = start(plain);
  ASSERT_FALSE(off_loopback);
  EXPECT_EQ(off_loopback.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(off_loopback.error().message.find("allow_plaintext_off_loopback"), std::string::npos);
  plain.allow_plaintext_off_loopback = true;
  EXPECT_TRUE(start(plain));

  for (const std::string listen : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                                   "127.0.0.1:65536", "::1:80", "example:80"}) {
    HttpServerOptions malformed;
    malformed.listen = listen;
    const auto started = start(malformed);
    ASSERT_FALSE(started) << listen;
    EXPECT_EQ(started.error().code, ErrorCode::kInvalidArgument) << listen;
    EXPECT_FALSE(HttpServer::Check(malformed)) << listen;
  }
  options.listen = "localhost:0";
  options.tls_certificate_file = "only-one.pem";
  EXPECT_FALSE(start(options));
  options.tls_certificate_file.clear();
  options.header_timeout_s = 0;
  EXPECT_FALSE(start(options));

  HttpServerOptions taken;
  taken.listen = "127.0.0.1:0";
  HttpServer first(taken, Router(), {});
  const auto bound = first.Bind();
  ASSERT_TRUE(bound);
  taken.listen = "127.0.0.1:" + std::to_string(*bound);
  const auto second = start(taken);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace sightline::server
