#include "tests/unit/server/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace sightline::server {
namespace {

constexpr timeval kPatience{10, 0};

}  // namespace

HttpClient::HttpClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to the server under test");
  }
}

HttpClient::~HttpClient() { ::close(socket_); }

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void HttpClient::ShutdownSending() { ::shutdown(socket_, SHUT_WR); }

bool HttpClient::Fill() {
  char piece[65536];
  const ssize_t received = ::recv(socket_, piece, sizeof piece, 0);
  if (received <= 0) return false;
  buffer_.append(piece, static_cast<size_t>(received));
  return true;
}

std::string HttpClient::Take(size_t size) {
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, taken.size());
  return taken;
}

std::string HttpClient::ReceiveBytes(size_t size) {
  while (buffer_.size() < size && Fill()) {
  }
  return Take(size);
}

bool HttpClient::IsClosedByServer() {
  if (!buffer_.empty()) return false;
  char byte = 0;
  const ssize_t received = ::recv(socket_, &byte, 1, 0);
  return received == 0 || (received < 0 && errno == ECONNRESET);
}

std::optional<Reply> HttpClient::Receive(bool to_head) {
  while (buffer_.find("\r\n\r\n") == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  const std::string head = Take(buffer_.find("\r\n\r\n") + 4);
  Reply reply;
  reply.version = head.substr(0, head.find(' '));
  reply.status = std::stoi(head.substr(head.find(' ') + 1));
  size_t start = head.find("\r\n") + 2;
  while (start + 2 < head.size()) {
    const size_t end = head.find("\r\n", start);
    const size_t colon = head.find(": ", start);
    std::string name = head.substr(start, colon - start);
    std::transform(name.begin(), name.end(), name.begin(), ::tolower);
    reply.headers[name] = head.substr(colon + 2, end - colon - 2);
    start = end + 2;
  }
  if (to_head || reply.status == 100 || reply.status == 204) {
    reply.complete = true;
  } else if (reply.Header("transfer-encoding") == "chunked") {
    while (true) {
      while (buffer_.find("\r\n") == std::string::npos) {
        if (!Fill()) return reply;
      }
      const size_t size = std::stoul(Take(buffer_.find("\r\n") + 2), nullptr, 16);
      const std::string chunk = ReceiveBytes(size + 2);
      if (chunk.size() != size + 2) return reply;
      if (size == 0) break;
      reply.body.append(chunk, 0, size);
    }
    reply.complete = true;
  } else if (!reply.Header("content-length").empty()) {
    const size_t size = std::stoul(reply.Header("content-length"));
    reply.body = ReceiveBytes(size);
    reply.complete = reply.body.size() == size;
  } else {
    while (Fill()) {
    }
    reply.body = Take(buffer_.size());
    reply.complete = true;
  }
  return reply;
}

}  // namespace sightline::server
