// Answers that are streamed with a length known beforehand.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

constexpr size_t kPieceBytes = 30'000;

class KnownLengthTest : public HttpTest {
 protected:
  // An answer that says `said` and writes `pieces` of kPieceBytes.
  void Serve(uint64_t said, int pieces) {
    router.Add({"GET", "/answer",
                [said, pieces](Exchange& exchange) -> Awaitable<Status> {
                  Response head = TextResponse("");
                  head.content_length = said;
                  SIGHTLINE_CO_RETURN_IF_ERROR(co_await exchange.out.Begin(std::move(head)));
                  for (int i = 0; i < pieces; ++i) {
                    SIGHTLINE_CO_RETURN_IF_ERROR(
                        co_await exchange.out.Write(std::string(kPieceBytes, 'x')));
                  }
                  co_return co_await exchange.out.End();
                },
                {}});
    Start();
  }
  std::optional<Reply> Ask(std::string_view method, std::string_view version = "1.1") {
    client.emplace(port);
    client->Send(std::string(method) + " /answer HTTP/" + std::string(version) +
                 "\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
    return client->Receive(method == "HEAD");
  }

  std::optional<HttpClient> client;
};

TEST_F(KnownLengthTest, SaysItAndIsNotCompressed) {
  Serve(3 * kPieceBytes, 3);
  for (const char* version : {"1.1", "1.0"}) {
    const auto reply = Ask("GET", version);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->Header("content-length"), "90000");
    EXPECT_EQ(reply->Header("transfer-encoding"), "");
    EXPECT_EQ(reply->Header("content-encoding"), "");
    EXPECT_EQ(reply->body, std::string(3 * kPieceBytes, 'x'));
  }
  const auto head = Ask("HEAD");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->Header("content-length"), "90000");
}

TEST_F(KnownLengthTest, IsCutWhereTooLittleIsWritten) {
  Serve(3 * kPieceBytes, 2);
  const auto reply = Ask("GET");
  EXPECT_FALSE(reply && reply->complete);
  EXPECT_TRUE(client->IsClosedByServer());
}

TEST_F(KnownLengthTest, IsCutBeforeTooMuchIsWritten) {
  Serve(kPieceBytes, 2);
  const auto reply = Ask("GET");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body.size(), kPieceBytes);
  EXPECT_TRUE(client->IsClosedByServer());
}

}  // namespace
}  // namespace sightline::server
