// One HTTP exchange after another over libcurl.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/body_source.h"
#include "client/client.h"
#include "core/error.h"

namespace sightline::client {

struct HttpRequest {
  std::string method = "GET";
  std::string target;                // path and query, percent-encoded, from '/'
  std::vector<std::string> headers;  // "Name: value", beside those of ClientOptions
  BodySource* body = nullptr;
  // Whether sending it twice does no more than sending it once, so that it may be sent again after
  // the connection broke midway.
  bool repeatable = true;
  std::function<void(uint64_t)> upload_progress;
};

// Concurrency: not thread-safe.
class Transport {
 public:
  // `options.token` is in place; the URL is well formed.
  explicit Transport(ClientOptions options);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // The body of a 2xx answer; other answers come back as the error that they describe. With `sink`
  // the body goes there instead, and nothing is retried once it got a byte. Retries as
  // ClientOptions says.
  Result<std::string> Send(const HttpRequest& request, const ByteSink& sink = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::client
