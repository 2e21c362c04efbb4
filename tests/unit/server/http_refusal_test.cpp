// Every shape of a request that is not served, byte by byte.
#include <string>

#include "tests/unit/server/http_fixture.h"

namespace sightline::server {
namespace {

using namespace std::string_literals;

struct RefusalCase {
  std::string name;
  std::string request;
  int status = 400;
};

std::vector<RefusalCase> RefusalCases() {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  return {
      {"folded header", "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n"},
      {"header folded with a tab", "GET /hello HTTP/1.1\r\nHost: h\r\nX-A: b\r\n\tc\r\n\r\n"},
      {"blank line before the first header", "GET /hello HTTP/1.1\r\n Host: h\r\n\r\n"},
      {"bare line feed behind the request line", "GET /hello HTTP/1.1\nHost: h\r\n\r\n"},
      {"bare line feed behind a header", "GET /hello HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"},
      {"bare line feeds alone", "GET /hello HTTP/1.1\nHost: h\n\n"},
      {"bare carriage return in a value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n"},
      {"two carriage returns", "GET /hello HTTP/1.1\r\r\nHost: h\r\n\r\n"},
      {"blank before the colon", "GET /hello HTTP/1.1\r\nHost : h\r\n\r\n"},
      {"tab before the colon", "GET /hello HTTP/1.1\r\nHost\t: h\r\n\r\n"},
      {"blank inside a name", "GET /hello HTTP/1.1\r\nHost: h\r\nX A: b\r\n\r\n"},
      {"no colon", "GET /hello HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n"},
      {"empty name", "GET /hello HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n"},
      {"name that is no token", "GET /hello HTTP/1.1\r\nHost: h\r\nX(: b\r\n\r\n"},
      {"NUL in a value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s},
      {"control byte in a value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\x01" "b\r\n\r\n"},
      {"DEL in the target", "GET /he\x7Fllo HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"no Host", "GET /hello HTTP/1.1\r\n\r\n"},
      {"empty Host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
      {"two Hosts", "GET /hello HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"},
      {"two Hosts on 1.0", "GET /hello HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"},
      {"Host with a path", "GET /hello HTTP/1.1\r\nHost: h/x\r\n\r\n"},
      {"Host that is a list", "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n"},
      {"chunked, identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
      {"identity", post + "Transfer-Encoding: identity\r\n\r\n"},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
      {"chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
      {"two Transfer-Encodings",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"xchunked with a length",
       post + "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc"},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
      {"quoted chunked", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
      {"empty Transfer-Encoding", post + "Transfer-Encoding:\r\n\r\n"},
      {"chunked with a length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
      {"length with chunked",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"chunked on 1.0",
       "POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"two equal lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
      {"list of lengths", post + "Content-Length: 3, 3\r\n\r\nabc"},
      {"signed length", post + "Content-Length: +3\r\n\r\nabc"},
      {"negative length", post + "Content-Length: -3\r\n\r\nabc"},
      {"hexadecimal length", post + "Content-Length: 0x3\r\n\r\nabc"},
      {"length with a blank", post + "Content-Length: 1 2\r\n\r\nabc"},
      {"empty length", post + "Content-Length:\r\n\r\n"},
      {"length over 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n"},
      {"absolute form of another host", "GET http://other/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"absolute form of another port", "GET http://h:81/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"authority form", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"fragment", "GET /hello#x HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"path that is not UTF-8", "GET /h\xC3 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"query that is not UTF-8", "GET /hello?a=\xFF HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"query whose escapes are not UTF-8", "GET /hello?a=%FF HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"control byte in the query", "GET /hello?a=\x01 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"bad escape in the query", "GET /hello?a=%zz HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"two blanks", "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"blank behind the version", "GET /hello HTTP/1.1 \r\nHost: h\r\n\r\n"},
      {"blank in the target", "GET /hel lo HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"tab in the request line", "GET\t/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"no version", "GET /hello\r\nHost: h\r\n\r\n"},
      {"no version number", "GET /hello HTTP/1\r\nHost: h\r\n\r\n"},
      {"version in lower case", "GET /hello http/1.1\r\nHost: h\r\n\r\n"},
      {"method that is no token", "G(T /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"two empty lines first", "\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"TLS on the plain port", "\x16\x03\x01\x02\x00\x01\x00"s},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"HTTP/0.9 spelt out", "GET /hello HTTP/0.9\r\nHost: h\r\n\r\n", 505},
      {"another expectation", post + "Content-Length: 1\r\nExpect: 200-ok\r\n\r\n", 417},
      {"two expectations",
       post + "Content-Length: 1\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n\r\n", 417},
      {"long request line", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"endless request line", std::string(9000, 'a'), 414},
      {"long head",
       "GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(17000, 'a') + "\r\n\r\n", 431},
      {"endless head", "GET /hello HTTP/1.1\r\nHost: h\r\nX: " + std::string(17000, 'a'), 431},
  };
}

class HttpRefusalTest : public HttpTest {};

TEST_F(HttpRefusalTest, AnswersAndCloses) {
  Start();
  for (const RefusalCase& c : RefusalCases()) {
    SCOPED_TRACE(c.name);
    HttpClient client(port);
    ASSERT_TRUE(client.Send(c.request));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, c.status) << reply->body;
    EXPECT_EQ(reply->Header("content-type"), "application/problem+json");
    EXPECT_EQ(reply->Header("connection"), "close");
    EXPECT_FALSE(reply->Header("x-request-id").empty());
    EXPECT_NE(reply->body.find("\"status\":" + std::to_string(c.status)), std::string::npos)
        << reply->body;
    EXPECT_TRUE(client.IsClosedByServer());
  }
}

TEST_F(HttpRefusalTest, AnswersTheSameWhenBytesComeOneByOne) {
  Start();
  for (const RefusalCase& c : RefusalCases()) {
    if (c.request.size() > 200) continue;
    SCOPED_TRACE(c.name);
    HttpClient client(port);
    for (const char byte : c.request) {
      // The server may have answered and closed before the last byte.
      if (!client.Send({&byte, 1})) break;
    }
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, c.status) << reply->body;
  }
}

TEST_F(HttpRefusalTest, ServesOddButLawfulHeads) {
  Start();
  const std::pair<std::string, std::string> cases[] = {
      {"one empty line first", "\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"names in any case", "GET /hello HTTP/1.1\r\nhOsT: h\r\n\r\n"},
      {"no blank behind the colon", "GET /hello HTTP/1.1\r\nHost:h\r\n\r\n"},
      {"blanks around a value", "GET /hello HTTP/1.1\r\nHost: \t h \t \r\n\r\n"},
      {"absolute form", "GET http://h:80/hello HTTP/1.1\r\nHost: H:80\r\n\r\n"},
      {"IPv6 host", "GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"},
      {"1.0 without Host", "GET /hello HTTP/1.0\r\n\r\n"},
      {"bytes outside ASCII in a value",
       "GET /hello HTTP/1.1\r\nHost: h\r\nX: \xE4\xBA\xAC\r\n\r\n"},
      {"query outside ASCII as it is",
       "GET /hello?\xE4\xBA\xAC=\xE4\xBA\xAC HTTP/1.1\r\nHost: h\r\n\r\n"},
      {"empty value", "GET /hello HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n"},
      {"length 0 of a GET", "GET /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"},
  };
  for (const auto& [name, request] : cases) {
    SCOPED_TRACE(name);
    HttpClient client(port);
    ASSERT_TRUE(client.Send(request));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200) << reply->body;
    EXPECT_EQ(reply->body, "hello");
  }
}

TEST_F(HttpRefusalTest, TellsMissingPathsFromMissingMethods) {
  Start();
  HttpClient client(port);
  ASSERT_TRUE(client.Send("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n"
                          "DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n"
                          "OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n"
                          "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_EQ(client.Receive()->status, 404);
  const auto not_allowed = client.Receive();
  EXPECT_EQ(not_allowed->status, 405);
  EXPECT_EQ(not_allowed->Header("allow"), "GET, HEAD");
  EXPECT_NE(not_allowed->body.find("this path allows GET and HEAD only"), std::string::npos);
  EXPECT_EQ(not_allowed->Header("content-type"), "application/problem+json");
  EXPECT_EQ(client.Receive()->Header("allow"), "POST");
  EXPECT_EQ(client.Receive()->body, "hello");
}

}  // namespace
}  // namespace sightline::server
