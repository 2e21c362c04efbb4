// How fast one thread reads memory: what an exact scan is held against.
#pragma once

#include <cstddef>
#include <span>

namespace sightline::bench {

// Bytes a second, best of `tries`, of anonymous memory of `bytes` bytes.
double MemoryReadSpeed(size_t bytes, int tries);
// The same of memory that is there already.
double ReadSpeed(std::span<const std::byte> memory, int tries);

}  // namespace sightline::bench
