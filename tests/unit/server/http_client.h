// A client that sends exactly the bytes it is told and shows exactly what comes back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sightline::server {

struct Reply {
  int status = 0;
  std::string version;                         // "HTTP/1.1"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // framing undone; still content-encoded
  bool complete = false;                       // false: cut off within the body

  std::string Header(const std::string& lower_name) const {
    const auto found = headers.find(lower_name);
    return found == headers.end() ? "" : found->second;
  }
};

// Every wait ends after ten seconds, so that a server that hangs fails a test and does not stop it.
class HttpClient {
 public:
  explicit HttpClient(uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False when the server no longer takes bytes.
  bool Send(std::string_view bytes);
  // One answer; nullopt when the connection ended, or stayed silent, before its head was whole.
  // `to_head`: of a HEAD request, whose answer has no body.
  std::optional<Reply> Receive(bool to_head = false);
  // Receives raw bytes until `size` are there or the connection ends.
  std::string ReceiveBytes(size_t size);
  // Whether the server ends the connection without sending anything more.
  bool IsClosedByServer();
  void ShutdownSending();

 private:
  bool Fill();
  std::string Take(size_t size);

  int socket_;
  std::string buffer_;
};

}  // namespace sightline::server
