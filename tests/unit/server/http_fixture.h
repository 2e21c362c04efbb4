// A server on a free loopback port with a few handlers that show what they were given.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/coroutine_error.h"
#include "server/http_server.h"
#include "tests/unit/server/http_client.h"

namespace sightline::server {

inline Response TextResponse(std::string body) {
  Response response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

// Answers with the whole body; `pieces`, where given, counts how many reads it took.
inline Awaitable<Status> Echo(Exchange& exchange) {
  std::string body;
  while (true) {
    SIGHTLINE_CO_ASSIGN(const std::string_view piece, co_await exchange.body.Read());
    if (piece.empty()) break;
    body += piece;
  }
  co_return co_await exchange.out.Send(TextResponse(std::move(body)));
}

inline Awaitable<Status> Hello(Exchange& exchange) {
  co_return co_await exchange.out.Send(TextResponse("hello"));
}

class HttpTest : public testing::Test {
 protected:
  // POST /echo, POST /small (at most 100 bytes) and GET /hello are there already.
  void Start() {
    router.Add({"POST", "/echo", Echo, {.name = "echo", .max_body_bytes = 0}});
    router.Add({"POST", "/small", Echo, {.name = "small", .max_body_bytes = 100}});
    router.Add({"GET", "/hello", Hello, {.name = "hello"}});
    options.listen = "127.0.0.1:0";
    server = std::make_unique<HttpServer>(options, std::move(router), hooks);
    const auto bound = server->Bind();
    ASSERT_TRUE(bound) << bound.error().message;
    port = *bound;
    server->Serve();
  }

  HttpServerOptions options;
  Router router;
  HttpServerHooks hooks;
  std::unique_ptr<HttpServer> server;
  uint16_t port = 0;
};

}  // namespace sightline::server
