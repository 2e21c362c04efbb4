// One keep-alive connection to Sightline.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/error.h"

namespace sightline::bench {

struct HttpQuestion {
  std::string method;  // "GET" or "POST"
  std::string target;
  std::string body;  // JSON, or empty
};

// One thread.
class HttpClient {
 public:
  // kIo where 127.0.0.1:port does not answer.
  static Result<HttpClient> Open(uint16_t port, const std::string& token);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  // Sends the question and reads the answer's body to its last byte. kIo where the connection
  // failed; kUnacceptable with the body where the status is not 200.
  Result<std::string> Ask(const HttpQuestion& question);

 private:
  class Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::bench
