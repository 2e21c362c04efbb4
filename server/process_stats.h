// What the kernel says about this process.
#pragma once

#include <cstdint>

namespace sightline::server {

struct ProcessStats {
  double cpu_seconds = 0;       // user and system
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  uint64_t open_fds = 0;
  uint64_t max_fds = 0;
  uint64_t threads = 0;
};

// From /proc and getrusage; a number that cannot be read stays 0. Thread-safe.
ProcessStats ReadProcessStats();

}  // namespace sightline::server
