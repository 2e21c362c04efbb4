#include "server/file_limit.h"

#include <sys/resource.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "core/log.h"

namespace sightline::server {

void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  const uint64_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    Log(LogLevel::kWarning, "server.file_limit_failed",
        {{"limit", before}, {"reason", std::generic_category().message(errno)}});
    return;
  }
  Log(LogLevel::kInfo, "server.file_limit",
      {{"before", before}, {"limit", uint64_t{limit.rlim_cur}}});
}

}  // namespace sightline::server
