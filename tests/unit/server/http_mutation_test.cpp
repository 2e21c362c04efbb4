// Requests damaged at random: the server never crashes, hangs, or stops serving others.
#include <iostream>
#include <random>
#include <string>

#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

const std::string kSeeds[] = {
    "POST /echo?a=1&b=%20 HTTP/1.1\r\nHost: localhost:80\r\nContent-Length: 11\r\n"
    "Accept-Encoding: gzip;q=0.5, *\r\nExpect: 100-continue\r\n\r\nhello world",
    "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
    "5;ext=\"v\"\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
    "GET http://h/hello HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n",
};

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  std::string Next() {
    std::string text = kSeeds[Below(std::size(kSeeds))];
    if (Below(4) == 0) text += kSeeds[Below(std::size(kSeeds))];
    for (size_t n = 1 + Below(4); n > 0; --n) Damage(text);
    return text;
  }
  size_t Below(size_t bound) { return random_() % bound; }

 private:
  void Damage(std::string& text) {
    static constexpr std::string_view kTokens[] = {
        "\r\n", "\n", "\r", " ", ":", "0", "chunked", "%",
        "Content-Length: 5\r\n", "\t", "ffffffff", ";"};
    const size_t at = Below(text.size());
    switch (Below(5)) {
      case 0: text[at] = static_cast<char>(random_()); break;
      case 1: text.erase(at, 1 + Below(4)); break;
      case 2: text.insert(at, kTokens[Below(std::size(kTokens))]); break;
      case 3: text.insert(at, text.substr(Below(text.size()), Below(20))); break;
      default: text[at] = static_cast<char>(text[at] ^ (1 << Below(8))); break;
    }
    if (text.empty()) text = "\r\n";
  }

  std::mt19937 random_;
};

class HttpMutationTest : public HttpTest {};

TEST_F(HttpMutationTest, DamagedRequestsHarmNobody) {
  const uint32_t seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  Mutator mutator(seed);
  Start();
  for (int round = 0; round < 3000; ++round) {
    const std::string request = mutator.Next();
    HttpClient client(port);
    const size_t cut = mutator.Below(request.size() + 1);
    client.Send(std::string_view(request).substr(0, cut));
    client.Send(std::string_view(request).substr(cut));
    client.ShutdownSending();
    // The server sees the end of the stream, so it must end the connection by itself.
    while (const auto reply = client.Receive()) {
      ASSERT_GE(reply->status, 100) << "round " << round;
      ASSERT_LT(reply->status, 600) << "round " << round;
      ASSERT_NE(reply->status, 500) << "round " << round;
    }
    ASSERT_TRUE(client.IsClosedByServer()) << "round " << round;
  }
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Receive()->body, "hello");
}

}  // namespace
}  // namespace sightline::server
