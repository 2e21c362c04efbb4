#include "index/file_name.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace sightline::index {

std::string NewFileName(std::string_view extension) {
  std::random_device random;
  const uint64_t high = random();
  return fmt::format("{:016x}.{}", high << 32 | random(), extension);
}

}  // namespace sightline::index
