// The whole server on a free port, over a store in a temporary directory or one of the test's own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "server/application.h"
#include "storage/store.h"
#include "tests/unit/server/http_client.h"

namespace sightline::testing {

using HttpReply = server::Reply;
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// One request on a connection of its own. Content-Length is added where a body is given. Status 0
// when no answer came.
HttpReply Fetch(uint16_t port, std::string_view method, std::string_view target,
                const HttpHeaders& headers = {}, std::string_view body = {});

class RunningServer {
 public:
  // Throws when the server does not start. `store` null: RocksDB.
  explicit RunningServer(server::Config config = {},
                         std::unique_ptr<storage::Store> store = nullptr);
  ~RunningServer();

  uint16_t port() const { return port_; }
  const std::string& owner_token() const { return owner_token_; }

  // A new token with these roles.
  std::string MakeToken(const std::vector<std::string>& roles, const std::string& purpose = {});

  // As the owner and with a purpose; `headers` come on top.
  HttpReply Call(std::string_view method, std::string_view target, std::string_view body = {},
                 HttpHeaders headers = {});
  // The same with a body of application/json.
  HttpReply CallJson(std::string_view method, std::string_view target, std::string_view body);
  // POST /v1/sightings with a body of NDJSON.
  HttpReply Ingest(std::string_view ndjson);

  void Stop();

 private:
  std::filesystem::path directory_;
  SystemClock clock_;
  std::unique_ptr<server::Application> application_;
  std::string owner_token_;
  uint16_t port_ = 0;
};

// The text of a string member at a JSON pointer, or the number's digits; throws when it is missing.
std::string TextAt(const std::string& json, std::string_view pointer);
int64_t NumberAt(const std::string& json, std::string_view pointer);
double DoubleAt(const std::string& json, std::string_view pointer);
size_t SizeAt(const std::string& json, std::string_view pointer);  // of an array

}  // namespace sightline::testing
