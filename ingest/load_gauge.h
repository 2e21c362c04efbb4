// Whether somebody else needs the processors.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "storage/store.h"

namespace sightline::ingest {

// Thread-safe; cheap enough to ask a thousand times a second.
class LoadGauge {
 public:
  // `store` outlives it. `questions_run` is thread-safe.
  LoadGauge(const storage::Store& store, std::function<bool()> questions_run);

  // Whether questions run or sightings arrive, or did a moment ago.
  bool IsBusy();

 private:
  void BusyUntil(int64_t time_ns);

  const storage::Store& store_;
  const std::function<bool()> questions_run_;
  std::atomic<Sequence> last_seen_;
  std::atomic<int64_t> busy_until_ns_{0};  // of the steady clock
};

}  // namespace sightline::ingest
