#include "tests/unit/server/running_server.h"

#include <simdjson.h>
#include <unistd.h>

#include <atomic>
#include <sstream>
#include <stdexcept>

namespace sightline::testing {
namespace {

std::filesystem::path FreshDirectory() {
  static std::atomic<int> count{0};
  const auto path = std::filesystem::temp_directory_path() /
                    ("sightline_server_test_" + std::to_string(getpid()) + "_" +
                     std::to_string(count.fetch_add(1)));
  std::filesystem::remove_all(path);
  return path;
}

}  // namespace

HttpReply Fetch(uint16_t port, std::string_view method, std::string_view target,
                const HttpHeaders& headers, std::string_view body) {
  std::string request = std::string(method) + " " + std::string(target) +
                        " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  server::HttpClient client(port);
  client.Send(request);
  return client.Receive(method == "HEAD").value_or(HttpReply());
}

RunningServer::RunningServer(server::Config config, std::unique_ptr<storage::Store> store)
    : directory_(FreshDirectory()) {
  config.http.listen = "127.0.0.1:0";
  config.data = directory_.string();
  config.log_level = "off";
  config.shutdown_grace_s = 5;
  std::ostringstream out;
  auto started = store == nullptr
                     ? server::Application::Start(config, clock_, out)
                     : server::Application::StartWith(std::move(store), config, clock_, out);
  if (!started) throw std::runtime_error(started.error().message);
  application_ = std::move(*started);
  const std::string& url = application_->url();
  port_ = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  const std::string shown = out.str();
  const size_t start = shown.find("sl_");
  owner_token_ = shown.substr(start, shown.find('\n', start) - start);
}

RunningServer::~RunningServer() {
  Stop();
  std::filesystem::remove_all(directory_);
}

void RunningServer::Stop() { application_.reset(); }

std::string RunningServer::MakeToken(const std::vector<std::string>& roles,
                                     const std::string& purpose) {
  std::string body = "{\"name\":\"test\",\"roles\":[";
  for (const std::string& role : roles) body += (body.back() == '[' ? "\"" : ",\"") + role + "\"";
  body += "]";
  if (!purpose.empty()) body += ",\"standing_purpose\":\"" + purpose + "\"";
  return TextAt(CallJson("POST", "/v1/tokens", body + "}").body, "/token");
}

HttpReply RunningServer::Call(std::string_view method, std::string_view target,
                              std::string_view body, HttpHeaders headers) {
  headers.emplace_back("Authorization", "Bearer " + owner_token_);
  headers.emplace_back("X-Purpose", "test");
  return Fetch(port_, method, target, headers, body);
}

HttpReply RunningServer::CallJson(std::string_view method, std::string_view target,
                                  std::string_view body) {
  return Call(method, target, body, {{"Content-Type", "application/json"}});
}

HttpReply RunningServer::Ingest(std::string_view ndjson) {
  return Call("POST", "/v1/sightings", ndjson, {{"Content-Type", "application/x-ndjson"}});
}

std::string TextAt(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  return std::string(std::string_view(parser.parse(json).at_pointer(pointer)));
}

int64_t NumberAt(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  return int64_t(parser.parse(json).at_pointer(pointer));
}

double DoubleAt(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  return double(parser.parse(json).at_pointer(pointer));
}

size_t SizeAt(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  return simdjson::dom::array(parser.parse(json).at_pointer(pointer)).size();
}

}  // namespace sightline::testing
