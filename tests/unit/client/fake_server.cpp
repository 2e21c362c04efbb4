#include "tests/unit/client/fake_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <list>
#include <mutex>
#include <thread>

namespace sightline::client {
namespace {

using boost::asio::ip::tcp;

const tcp::endpoint kAnyPort(boost::asio::ip::address_v4::loopback(), 0);

// Bytes of one connection, taken line by line or by count.
class Wire {
 public:
  explicit Wire(tcp::socket& socket) : socket_(socket) {}

  std::string Line() {
    const size_t length =
        boost::asio::read_until(socket_, boost::asio::dynamic_buffer(buffered_), "\r\n");
    std::string line = buffered_.substr(0, length - 2);
    buffered_.erase(0, length);
    return line;
  }

  std::string Bytes(size_t count) {
    if (buffered_.size() < count) {
      boost::asio::read(socket_, boost::asio::dynamic_buffer(buffered_),
                        boost::asio::transfer_exactly(count - buffered_.size()));
    }
    std::string bytes = buffered_.substr(0, count);
    buffered_.erase(0, count);
    return bytes;
  }

 private:
  tcp::socket& socket_;
  std::string buffered_;
};

FakeRequest ReadRequest(Wire& wire) {
  FakeRequest request;
  const std::string first = wire.Line();
  const size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1, first.rfind(' ') - space - 1);
  for (std::string line = wire.Line(); !line.empty(); line = wire.Line()) {
    const size_t colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers[name] =
        line.substr(std::min(line.find_first_not_of(' ', colon + 1), line.size()));
  }
  if (request.headers.contains("content-length")) {
    request.body = wire.Bytes(std::stoul(request.headers["content-length"]));
  } else if (request.headers.contains("transfer-encoding")) {
    while (const size_t size = std::stoul(wire.Line(), nullptr, 16)) {
      request.body += wire.Bytes(size);
      wire.Line();
    }
    wire.Line();
  }
  return request;
}

std::string Serialize(const FakeAnswer& answer) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Whatever\r\nContent-Type: ";
  text += answer.status < 400 ? "application/json\r\n" : "application/problem+json\r\n";
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
  return text + answer.body.substr(0, answer.cut ? answer.body.size() / 2 : answer.body.size());
}

}  // namespace

class FakeServer::Impl {
 public:
  explicit Impl(Handler handler)
      : handler_(std::move(handler)),
        acceptor_(io_, kAnyPort),
        port_(acceptor_.local_endpoint().port()),
        listener_([this] { Accept(); }) {}

  ~Impl() {
    // Shutting the listening socket down is what wakes a thread that waits in accept.
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    listener_.join();
    {
      const std::lock_guard lock(mutex_);
      for (tcp::socket& socket : sockets_) {
        boost::system::error_code ignored;
        socket.shutdown(tcp::socket::shutdown_both, ignored);
      }
    }
    for (std::thread& thread : threads_) thread.join();
  }

  unsigned short port() const { return port_; }

  std::vector<FakeRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  size_t connections() const {
    const std::lock_guard lock(mutex_);
    return sockets_.size();
  }

 private:
  void Accept() {
    while (true) {
      boost::system::error_code error;
      tcp::socket socket(io_);
      acceptor_.accept(socket, error);
      if (error) return;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(std::move(socket));
      threads_.emplace_back([this, &kept = sockets_.back()] { Serve(kept); });
    }
  }

  void Serve(tcp::socket& socket) {
    try {
      Wire wire(socket);
      while (true) {
        const FakeRequest request = ReadRequest(wire);
        FakeAnswer answer;
        {
          const std::lock_guard lock(handler_mutex_);
          answer = handler_(request);
        }
        {
          const std::lock_guard lock(mutex_);
          requests_.push_back(request);
        }
        boost::asio::write(socket, boost::asio::buffer(Serialize(answer)));
        if (answer.cut) return socket.shutdown(tcp::socket::shutdown_both);
      }
    } catch (const std::exception&) {
      // The client went away, or the server is shut down: both are the end of a connection.
    }
  }

  const Handler handler_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_;
  const unsigned short port_;
  std::mutex handler_mutex_;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  std::list<tcp::socket> sockets_;
  std::vector<std::thread> threads_;
  std::thread listener_;
};

FakeServer::FakeServer(Handler handler) : impl_(std::make_unique<Impl>(std::move(handler))) {}
FakeServer::~FakeServer() = default;

std::string FakeServer::url() const { return "http://127.0.0.1:" + std::to_string(impl_->port()); }
std::vector<FakeRequest> FakeServer::requests() const { return impl_->requests(); }
size_t FakeServer::connections() const { return impl_->connections(); }

std::string RefusedUrl() {
  // A port that was free a moment ago; nothing else on this machine's loopback takes it that fast.
  boost::asio::io_context io;
  const tcp::acceptor acceptor(io, kAnyPort);
  return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

}  // namespace sightline::client
