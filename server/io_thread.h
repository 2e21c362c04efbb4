// One thread with its own event loop, the connections that live on it, and their deadlines.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <list>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sightline::server {

class Connection;

// Concurrency: the methods marked (any) from any thread; the others on this thread alone, so that
// a connection needs no lock.
class IoThread {
 public:
  // Deadlines are looked at every `sweep_interval`: one timer for all connections costs nothing
  // where a timer for every read would.
  explicit IoThread(std::chrono::milliseconds sweep_interval);
  ~IoThread();

  boost::asio::io_context& context() { return context_; }

  void Start();       // (any)
  // Lets the loop end once nothing is left to do, and waits for it.
  void Join();        // (any)
  // From now on connections close behind the exchange that they are in; idle ones at once.
  void BeginDrain();  // (any)
  // Cancels every exchange and cuts every connection.
  void CutAll();      // (any)

  bool draining() const { return draining_; }
  // The Date header's value for now.
  std::string_view HttpDate();

  using Membership = std::list<Connection*>::iterator;
  Membership Add(Connection& connection) {
    return connections_.insert(connections_.end(), &connection);
  }
  void Remove(Membership membership) { connections_.erase(membership); }

 private:
  void ScheduleSweep();
  void Sweep();
  void CancelExchangesOfGonePeers();

  boost::asio::io_context context_{1};  // one thread runs it
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  const std::chrono::milliseconds sweep_interval_;
  std::list<Connection*> connections_;
  bool draining_ = false;
  std::time_t date_second_ = 0;
  std::string date_;
  std::thread thread_;
};

}  // namespace sightline::server
