// A small HTTP server that answers as a test tells it to.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sightline::client {

struct FakeRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct FakeAnswer {
  int status = 200;
  std::string body;
  std::map<std::string, std::string> headers = {};  // beside Content-Type
  bool cut = false;  // closes the connection after half of the body
};

// Listens on a free port of the loopback from construction to destruction. Keeps connections open.
class FakeServer {
 public:
  using Handler = std::function<FakeAnswer(const FakeRequest&)>;

  // `handler` is called by one thread at a time.
  explicit FakeServer(Handler handler);
  ~FakeServer();

  std::string url() const;
  std::vector<FakeRequest> requests() const;  // those answered so far
  size_t connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The URL of a port that nobody listens on.
std::string RefusedUrl();

}  // namespace sightline::client
