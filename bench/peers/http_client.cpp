#include "bench/peers/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace sightline::bench {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

class HttpClient::Impl {
 public:
  Impl(uint16_t port, std::string token) : authorization_("Bearer " + std::move(token)) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay(true));
  }

  Result<std::string> Ask(const HttpQuestion& question) {
    http::request<http::string_body> request(http::string_to_verb(question.method),
                                             question.target, 11);
    request.set(http::field::host, "127.0.0.1");
    request.set(http::field::authorization, authorization_);
    request.set("X-Purpose", "benchmark");
    if (!question.body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = question.body;
    request.prepare_payload();
    http::write(socket_, request);
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::read(socket_, buffer_, parser);
    if (parser.get().result() != http::status::ok) {
      return Error{ErrorCode::kUnacceptable, std::move(parser.get().body()), {}};
    }
    return std::move(parser.get().body());
  }

 private:
  boost::asio::io_context io_{1};
  tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
  std::string authorization_;
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::Open(uint16_t port, const std::string& token) {
  try {
    return HttpClient(std::make_unique<Impl>(port, token));
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::kIo, error.what(), {}};
  }
}

Result<std::string> HttpClient::Ask(const HttpQuestion& question) {
  try {
    return impl_->Ask(question);
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::kIo, error.what(), {}};
  }
}

}  // namespace sightline::bench
