#include "ingest/load_gauge.h"

#include <chrono>
#include <utility>

namespace sightline::ingest {
namespace {

using std::chrono::nanoseconds;

// A source that sends a batch every second is one that sends all the time.
constexpr nanoseconds kAfterArrival = std::chrono::seconds(2);
constexpr nanoseconds kAfterQuestion = std::chrono::milliseconds(100);

}  // namespace

LoadGauge::LoadGauge(const storage::Store& store, std::function<bool()> questions_run)
    : store_(store),
      questions_run_(std::move(questions_run)),
      last_seen_(store.VisibleSequence()) {}

bool LoadGauge::IsBusy() {
  const int64_t now = nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  const Sequence visible = store_.VisibleSequence();
  if (last_seen_.exchange(visible, std::memory_order_relaxed) != visible) {
    BusyUntil(now + kAfterArrival.count());
  }
  if (questions_run_()) BusyUntil(now + kAfterQuestion.count());
  return now < busy_until_ns_.load(std::memory_order_relaxed);
}

void LoadGauge::BusyUntil(int64_t time_ns) {
  int64_t until = busy_until_ns_.load(std::memory_order_relaxed);
  while (until < time_ns &&
         !busy_until_ns_.compare_exchange_weak(until, time_ns, std::memory_order_relaxed)) {
  }
}

}  // namespace sightline::ingest
