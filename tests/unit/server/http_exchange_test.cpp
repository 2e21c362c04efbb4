// Requests that are served: keeping connections, bodies, answers and their framing.
#include <fmt/format.h>
#include <zlib.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

class HttpExchangeTest : public HttpTest {};

// What `gzip -d` makes of it; empty when it is not gzip from end to end.
std::string Gunzip(const std::string& compressed) {
  z_stream z{};
  inflateInit2(&z, 15 + 16);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  z.avail_in = static_cast<uInt>(compressed.size());
  std::string text;
  int result = Z_OK;
  while (result == Z_OK) {
    const size_t before = text.size();
    text.resize(before + 65536);
    z.next_out = reinterpret_cast<Bytef*>(text.data() + before);
    z.avail_out = 65536;
    result = inflate(&z, Z_NO_FLUSH);
    text.resize(before + 65536 - z.avail_out);
  }
  inflateEnd(&z);
  return result == Z_STREAM_END && z.avail_in == 0 ? text : "";
}

std::string Get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

std::string Post(const std::string& path, const std::string& body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{}", path,
                     body.size(), body);
}

TEST_F(HttpExchangeTest, AnswersBearTheUsualHeaders) {
  router.Add({"GET", "/cached",
              [](Exchange& exchange) -> Awaitable<Status> {
                Response response = TextResponse("x");
                response.headers.emplace_back("Cache-Control", "max-age=60");
                co_return co_await exchange.out.Send(std::move(response));
              },
              {}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send(Get("/hello") + Get("/cached")));
  const auto reply = client.Receive();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->Header("server"), "sightline");
  EXPECT_EQ(reply->Header("cache-control"), "no-store");
  EXPECT_EQ(reply->Header("x-content-type-options"), "nosniff");
  EXPECT_EQ(reply->Header("date").size(), std::string("Mon, 23 Nov 2026 11:53:58 GMT").size());
  const auto cached = client.Receive();
  EXPECT_EQ(cached->Header("cache-control"), "max-age=60");
  EXPECT_NE(cached->Header("x-request-id"), reply->Header("x-request-id"));
}

TEST_F(HttpExchangeTest, HandlersSeeTheRequest) {
  Request seen;
  router.Add({"GET", "/things/{id}",
              [&](Exchange& exchange) -> Awaitable<Status> {
                seen = exchange.request;
                co_return co_await exchange.out.Send(TextResponse("ok"));
              },
              {}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send(Get("/things/a%20b?x=1&y=a+b", "X-Purpose: one\r\nX-Purpose: two\r\n")));
  ASSERT_EQ(client.Receive()->status, 200);
  EXPECT_EQ(seen.method, "GET");
  EXPECT_EQ(seen.path, "/things/a%20b");
  EXPECT_EQ(seen.path_values, std::vector<std::string>{"a b"});
  EXPECT_EQ(seen.Parameter("y"), "a b");
  EXPECT_EQ(seen.Parameter("z"), std::nullopt);
  EXPECT_EQ(seen.headers.count("x-purpose"), 2u);
  EXPECT_EQ(seen.Header("host"), "h");
  EXPECT_FALSE(seen.has_body);
  EXPECT_EQ(seen.remote_address.substr(0, 10), "127.0.0.1:");
}

TEST_F(HttpExchangeTest, KeepsConnectionsAsAsked) {
  Start();
  struct Case {
    std::string request;
    bool keeps;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", true},
           {"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
           {"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false},
           {"GET /hello HTTP/1.0\r\n\r\n", false},
           {"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}}) {
    SCOPED_TRACE(c.request);
    HttpClient client(port);
    ASSERT_TRUE(client.Send(c.request));
    const auto reply = client.Receive();
    EXPECT_EQ(reply->body, "hello");
    EXPECT_EQ(reply->Header("connection") == "close", !c.keeps);
    if (c.keeps) {
      ASSERT_TRUE(client.Send(c.request));
      EXPECT_EQ(client.Receive()->body, "hello");
    } else {
      EXPECT_TRUE(client.IsClosedByServer());
    }
  }
}

TEST_F(HttpExchangeTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  HttpClient client(port);
  std::string requests;
  for (int i = 0; i < 500; ++i) {
    requests += Post("/echo", std::string(i % 50, 'x') + std::to_string(i));
  }
  ASSERT_TRUE(client.Send(requests));
  for (int i = 0; i < 500; ++i) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply) << i;
    ASSERT_EQ(reply->body, std::string(i % 50, 'x') + std::to_string(i));
  }
}

TEST_F(HttpExchangeTest, HeadHasTheHeadOfGetAlone) {
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + Get("/hello")));
  const auto head = client.Receive(true);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->Header("content-length"), "5");
  EXPECT_EQ(client.Receive()->body, "hello");
}

TEST_F(HttpExchangeTest, ReadsChunkedBodiesInPiecesOfAnySize) {
  Start();
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5\r\nhello\r\n1;name=value\r\n \r\n00A;q=\"a b\"\r\n0123456789\r\n"
      "0\r\nX-Trailer: ignored\r\n\r\n";
  for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, chunked.size()}) {
    HttpClient client(port);
    for (size_t i = 0; i < chunked.size(); i += step) {
      ASSERT_TRUE(client.Send(std::string_view(chunked).substr(i, step)));
    }
    ASSERT_TRUE(client.Send(Get("/hello")));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply) << step;
    EXPECT_EQ(reply->body, "hello 0123456789") << step;
    EXPECT_EQ(client.Receive()->body, "hello") << step;
  }
}

TEST_F(HttpExchangeTest, RefusesBrokenChunks) {
  Start();
  for (const std::string body :
       {"x\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n",
        "0x3\r\nabc\r\n\r\n",
        " 3\r\nabc\r\n", "3\r\nabc\n0\r\n\r\n", "fffffffffffffffff\r\nabc",
        "3;\x01\r\nabc\r\n0\r\n\r\n", "0\r\nbroken trailer\r\n\r\n",
        "0\r\nContent-Length: 5\r\n\r\n"}) {
    SCOPED_TRACE(body);
    HttpClient client(port);
    ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                            body));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400);
    EXPECT_TRUE(client.IsClosedByServer());
  }
}

TEST_F(HttpExchangeTest, BoundsChunkExtensionsAndTrailers) {
  Start();
  for (const std::string& body : {"3;" + std::string(100000, 'a') + "\r\nabc\r\n0\r\n\r\n",
                                  "0\r\nX: " + std::string(1000000, 'a') + "\r\n\r\n"}) {
    HttpClient client(port);
    client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 400);
  }
}

TEST_F(HttpExchangeTest, LargeBodiesComeInBoundedPieces) {
  std::atomic<size_t> largest{0};
  std::atomic<uint64_t> total{0};
  std::atomic<uint64_t> sum{0};
  router.Add({"POST", "/count",
              [&](Exchange& exchange) -> Awaitable<Status> {
                while (true) {
                  SIGHTLINE_CO_ASSIGN(const std::string_view piece, co_await exchange.body.Read());
                  if (piece.empty()) break;
                  if (piece.size() > largest) largest = piece.size();
                  total += piece.size();
                  for (const char c : piece) sum += static_cast<unsigned char>(c);
                }
                co_return co_await exchange.out.Send(TextResponse("ok"));
              },
              {.max_body_bytes = 0}});
  Start();
  std::string body(5'000'000, '\0');
  uint64_t expected = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    body[i] = static_cast<char>(i * 7 + i / 1000);
    expected += static_cast<unsigned char>(body[i]);
  }
  std::string chunked = "POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += 123'457) {
    const std::string_view chunk = std::string_view(body).substr(at, 123'457);
    chunked += fmt::format("{:X}\r\n{}\r\n", chunk.size(), chunk);
  }
  chunked += "0\r\n\r\n";
  for (const std::string& request : {Post("/count", body), chunked}) {
    largest = total = sum = 0;
    HttpClient client(port);
    ASSERT_TRUE(client.Send(request + Get("/hello")));
    EXPECT_EQ(client.Receive()->status, 200);
    EXPECT_EQ(client.Receive()->body, "hello");
    EXPECT_EQ(total, body.size());
    EXPECT_EQ(sum, expected);
    EXPECT_LE(largest, size_t{256} << 10);
  }
}

TEST_F(HttpExchangeTest, RefusesBodiesOverTheRoutesLimit) {
  Start();
  struct Case {
    std::string request;
    int status;
  };
  const std::string chunked =
      "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const Case& c : std::initializer_list<Case>{
           {Post("/small", std::string(100, 'x')), 200},
           {Post("/small", std::string(101, 'x')), 413},
           {Post("/small", std::string(1'000'000, 'x')), 413},
           {chunked + "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n", 200},
           {chunked + "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n", 413}}) {
    HttpClient client(port);
    client.Send(c.request);
    const auto reply = client.Receive();
    ASSERT_TRUE(reply) << c.request.size();
    EXPECT_EQ(reply->status, c.status) << c.request.size();
  }
}

TEST_F(HttpExchangeTest, AsksForTheBodyOnlyWhenItIsRead) {
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                          "Expect: 100-Continue\r\n\r\n"));
  EXPECT_EQ(client.Receive()->status, 100);
  ASSERT_TRUE(client.Send("abc" + Get("/hello")));
  EXPECT_EQ(client.Receive()->body, "abc");
  EXPECT_EQ(client.Receive()->body, "hello");

  // Refused without being asked for: whether the body follows is unknown, so the connection ends.
  HttpClient other(port);
  ASSERT_TRUE(other.Send("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 300\r\n"
                         "Expect: 100-continue\r\n\r\n"));
  const auto refused = other.Receive();
  EXPECT_EQ(refused->status, 413);
  EXPECT_EQ(refused->Header("connection"), "close");
  EXPECT_TRUE(other.IsClosedByServer());
}

TEST_F(HttpExchangeTest, DrainsASmallUnreadBodyAndClosesBeforeALargeOne) {
  router.Add({"POST", "/ignore", Hello, {.max_body_bytes = 0}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send(Post("/ignore", std::string(60'000, 'x')) + Get("/hello")));
  EXPECT_EQ(client.Receive()->body, "hello");
  EXPECT_EQ(client.Receive()->body, "hello");
  client.Send(Post("/ignore", std::string(1'000'000, 'x')));
  const auto reply = client.Receive();
  EXPECT_EQ(reply->body, "hello");
  EXPECT_EQ(reply->Header("connection"), "close");
}

TEST_F(HttpExchangeTest, CompressesWhereTheClientPrefersIt) {
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += fmt::format("line {} of the text\n", i);
  size_t size = 0;
  bool stream = false;
  router.Add({"GET", "/text",
              [&](Exchange& exchange) -> Awaitable<Status> {
                if (!stream) {
                  co_return co_await exchange.out.Send(TextResponse(text.substr(0, size)));
                }
                SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Begin(TextResponse("")));
                for (size_t at = 0; at < size; at += 777) {
                  const std::string_view piece =
                      std::string_view(text).substr(0, size).substr(at, 777);
                  SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Write(piece));
                }
                co_return co_await exchange.out.End();
              },
              {}});
  router.Add({"GET", "/picture",
              [&](Exchange& exchange) -> Awaitable<Status> {
                Response response = TextResponse(std::string(5000, 'x'));
                response.headers = {{"Content-Type", "image/jpeg"}};
                co_return co_await exchange.out.Send(std::move(response));
              },
              {}});
  Start();
  HttpClient client(port);
  for (const bool streamed : {false, true}) {
    stream = streamed;
    for (const size_t bytes : {size_t{0}, size_t{500}, size_t{20'000}, text.size()}) {
      SCOPED_TRACE(fmt::format("{} bytes, streamed {}", bytes, streamed));
      size = bytes;
      ASSERT_TRUE(client.Send(Get("/text", "Accept-Encoding: deflate, gzip;q=0.8\r\n") +
                              Get("/text")));
      const auto zipped = client.Receive();
      const bool compressed = streamed || bytes >= 1024;
      EXPECT_EQ(zipped->Header("content-encoding"), compressed ? "gzip" : "");
      EXPECT_EQ(compressed ? Gunzip(zipped->body) : zipped->body, text.substr(0, size));
      EXPECT_EQ(zipped->Header("vary"), "Accept-Encoding");
      const auto plain = client.Receive();
      EXPECT_EQ(plain->body, text.substr(0, size));
      EXPECT_EQ(plain->Header("vary"), "Accept-Encoding");
    }
  }
  stream = false;
  size = 5000;
  for (const auto& [accepted, encoding] : std::vector<std::pair<std::string, std::string>>{
           {"gzip", "gzip"}, {"GZIP", "gzip"}, {"*", "gzip"}, {"br;q=1, gzip;q=0.1", "gzip"},
           {"gzip;q=0", ""}, {"gzip;q=0.0, *;q=1", ""}, {"identity;q=1, gzip;q=0.5", ""},
           {"br", ""}, {"gzip;q=x", ""}, {"", ""}}) {
    ASSERT_TRUE(client.Send(Get("/text", "Accept-Encoding: " + accepted + "\r\n")));
    EXPECT_EQ(client.Receive()->Header("content-encoding"), encoding) << accepted;
  }
  ASSERT_TRUE(client.Send(Get("/picture", "Accept-Encoding: gzip\r\n")));
  EXPECT_EQ(client.Receive()->Header("content-encoding"), "");
}

TEST_F(HttpExchangeTest, StreamsToOldClientsUntilClose) {
  router.Add({"GET", "/stream",
              [](Exchange& exchange) -> Awaitable<Status> {
                SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Begin(TextResponse("")));
                for (int i = 0; i < 10; ++i) {
                  SIGHTLINE_CO_RETURN_IF_ERROR(
                      co_await exchange.out.Write(std::string(10'000, static_cast<char>('a' + i))));
                }
                co_return co_await exchange.out.End();
              },
              {}});
  Start();
  HttpClient modern(port);
  ASSERT_TRUE(modern.Send(Get("/stream")));
  const auto chunked = modern.Receive();
  EXPECT_EQ(chunked->Header("transfer-encoding"), "chunked");
  EXPECT_EQ(chunked->body.size(), 100'000u);
  HttpClient old(port);
  ASSERT_TRUE(old.Send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  const auto until_close = old.Receive();
  EXPECT_EQ(until_close->Header("transfer-encoding"), "");
  EXPECT_EQ(until_close->Header("connection"), "close");
  EXPECT_EQ(until_close->body, chunked->body);
}

TEST_F(HttpExchangeTest, ErrorsBecomeProblems) {
  const auto failing = [](ErrorCode code) {
    return [code](Exchange&) -> Awaitable<Status> { co_return Error{code, "because", "/f"}; };
  };
  router.Add({"GET", "/busy", failing(ErrorCode::kUnavailable), {}});
  router.Add({"GET", "/who", failing(ErrorCode::kUnauthenticated), {}});
  router.Add({"GET", "/conflict", failing(ErrorCode::kConflict), {}});
  router.Add({"GET", "/throws",
              [](Exchange&) -> Awaitable<Status> {
                throw std::runtime_error("secret");
                co_return Ok();
              },
              {}});
  router.Add({"GET", "/forgets", [](Exchange&) -> Awaitable<Status> { co_return Ok(); }, {}});
  router.Add({"GET", "/splits",
              [](Exchange& exchange) -> Awaitable<Status> {
                Response response = TextResponse("x");
                response.headers.emplace_back("Location", "/a\r\nSet-Cookie: b");
                co_return co_await exchange.out.Send(std::move(response));
              },
              {}});
  Start();
  struct Case {
    std::string path;
    int status;
    std::string header, value;
  };
  HttpClient client(port);
  for (const Case& c : std::initializer_list<Case>{{"/busy", 503, "retry-after", "1"},
                                                   {"/who", 401, "www-authenticate", "Bearer"},
                                                   {"/conflict", 409, "retry-after", ""},
                                                   {"/throws", 500, "set-cookie", ""},
                                                   {"/forgets", 500, "set-cookie", ""},
                                                   {"/splits", 500, "set-cookie", ""}}) {
    SCOPED_TRACE(c.path);
    ASSERT_TRUE(client.Send(Get(c.path)));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, c.status);
    EXPECT_EQ(reply->Header("content-type"), "application/problem+json");
    EXPECT_EQ(reply->Header(c.header), c.value);
    EXPECT_EQ(reply->body.find("secret"), std::string::npos);
  }
}

TEST_F(HttpExchangeTest, AnAnswerThatCannotBeCompletedIsCut) {
  router.Add({"GET", "/breaks",
              [](Exchange& exchange) -> Awaitable<Status> {
                SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Begin(TextResponse("")));
                SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Write(std::string(50'000, 'x')));
                co_return Internal("half way");
              },
              {}});
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send(Get("/breaks")));
  const auto reply = client.Receive();
  if (reply) {
    EXPECT_FALSE(reply->complete);
  }
  EXPECT_TRUE(client.IsClosedByServer());
}

TEST_F(HttpExchangeTest, HooksSeeEveryExchange) {
  struct Seen {
    std::string path, route;
    int status;
    uint64_t bytes_in, bytes_out;
  };
  std::mutex mutex;
  std::vector<Seen> seen;
  hooks.guard = [](Exchange& exchange, const Route& route) -> Awaitable<Status> {
    if (route.options.is_public || exchange.request.Header("authorization") == "Bearer x") {
      co_return Ok();
    }
    co_return Error{ErrorCode::kUnauthenticated, "no token", {}};
  };
  hooks.on_complete = [&](const CompletedExchange& done) {
    const std::lock_guard lock(mutex);
    seen.push_back({done.request.path, done.route == nullptr ? "" : done.route->options.name,
                    done.status, done.bytes_in, done.bytes_out});
  };
  router.Add({"GET", "/open", Hello, {.name = "open", .is_public = true}});
  Start();
  const std::string requests[] = {Get("/hello"), Get("/hello", "Authorization: Bearer x\r\n"),
                                  Get("/open"), Get("/nothing"), Post("/small", "abc"),
                                  "BROKEN\r\n\r\n"};
  {
    HttpClient client(port);
    for (const std::string& request : requests) {
      ASSERT_TRUE(client.Send(request));
      ASSERT_TRUE(client.Receive());
    }
    ASSERT_TRUE(client.IsClosedByServer());
  }
  server->Shutdown(std::chrono::seconds(5));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen[0].status, 401);
  EXPECT_EQ(seen[0].route, "hello");
  EXPECT_EQ(seen[1].status, 200);
  EXPECT_EQ(seen[1].bytes_in, requests[1].size());
  EXPECT_GT(seen[1].bytes_out, 100u);
  EXPECT_EQ(seen[2].status, 200);
  EXPECT_EQ(seen[3].status, 404);
  EXPECT_EQ(seen[3].route, "");
  EXPECT_EQ(seen[4].status, 401);
  EXPECT_EQ(seen[5].status, 400);
  EXPECT_EQ(seen[5].path, "");
}

}  // namespace
}  // namespace sightline::server
