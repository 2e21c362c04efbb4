#include "server/http_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <string>

namespace sightline::server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// Hands what Beast finds to the places named before each put().
class Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    body_limit(boost::none);  // the route's limit is kept by BodyStream
    header_limit(std::numeric_limits<uint32_t>::max());  // HeadScanner keeps the limit
  }

  RequestHead* head = nullptr;
  std::string target;
  // Payload of chunks: collected from `begin`, which is set at the first.
  char* begin = nullptr;
  char* end = nullptr;

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view request_target,
                       int version, beast::error_code&) override {
    head->request.method = method;
    head->http_1_0 = version == 10;
    target = request_target;
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}

  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    if (head == nullptr) return;  // a trailer
    std::string lower(name);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    head->request.headers.emplace(std::move(lower), value);
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  size_t on_body_impl(beast::string_view body, beast::error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}

  size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, beast::error_code&) override {
    // The bytes are the caller's own buffer, given to DecodeChunks as writable.
    auto* const source = const_cast<char*>(body.data());
    if (begin == nullptr) {
      begin = source;
      end = source;
    }
    if (end != source) std::memmove(end, source, body.size());
    end += body.size();
    return body.size();
  }
  void on_finish_impl(beast::error_code&) override {}
};

}  // namespace

class HttpParser::Impl {
 public:
  std::optional<Parser> parser;
};

HttpParser::HttpParser() : impl_(std::make_unique<Impl>()) { Reset(); }
HttpParser::~HttpParser() = default;

void HttpParser::Reset() { impl_->parser.emplace(); }

std::optional<Refusal> HttpParser::ParseHead(std::string_view head, RequestHead& result) {
  if (auto refusal = CheckRequestLine(head)) return refusal;
  Parser& parser = *impl_->parser;
  parser.head = &result;
  beast::error_code error;
  parser.put(boost::asio::buffer(head), error);
  parser.head = nullptr;
  if (error || !parser.is_header_done()) {
    return Refusal{400, "the head is not HTTP/1.1: " + (error ? error.message() : "cut short")};
  }
  result.keep_alive = parser.keep_alive();
  return InterpretFields(parser.target, result);
}

HttpParser::Chunks HttpParser::DecodeChunks(std::span<char> input) {
  Parser& parser = *impl_->parser;
  parser.eager(true);
  parser.begin = nullptr;
  parser.end = nullptr;
  Chunks chunks;
  beast::error_code error;
  chunks.consumed = parser.put(boost::asio::buffer(input.data(), input.size()), error);
  if (parser.begin != nullptr) chunks.data = {parser.begin, parser.end};
  chunks.done = parser.is_done();
  chunks.broken = error && error != http::error::need_more;
  return chunks;
}

}  // namespace sightline::server
