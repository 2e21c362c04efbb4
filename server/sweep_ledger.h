// What was swept for cloned plates, up to what was stored then, and which cameras were at fault.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/mutex.h"
#include "core/time.h"
#include "query/cloned_plates.h"
#include "storage/store.h"

namespace sightline::server {

// How much a day had logged (storage::DayReader::log_end).
using DayMarks = std::map<Day, uint64_t>;

// A camera at fault, and what told it.
struct KnownFault {
  query::CameraFault fault;
  Interval window;     // that was swept
  TimestampMs found;   // when it was first told of the camera
};

// Operation: the catalog's table "sweeps" holds the swept spans, and for each day of them how much
// it had logged; "camera_faults" an entry a camera. All of it is held in memory.
//
// Concurrency: all methods are thread-safe; Commit and MarksOf do I/O.
class SweepLedger {
 public:
  // `store` outlives the result.
  static Result<std::unique_ptr<SweepLedger>> Open(storage::Store& store);

  // Disjoint, ascending.
  std::vector<Interval> spans() const;

  // How much each day with sightings in `window` has logged now.
  Result<DayMarks> MarksOf(const Interval& window, const Cancellation& cancellation);

  // The days of `marks` that have logged more than when they were swept, or were never swept.
  std::vector<Day> Grown(const DayMarks& marks) const;

  // By camera id.
  using Faults = std::map<std::string, KnownFault, std::less<>>;
  Faults faults() const;
  std::optional<KnownFault> FaultOf(std::string_view camera_id) const;

  struct Sweep {
    Interval window;              // what is known as swept from now on
    std::vector<Interval> swept;  // what of it was swept just now
    DayMarks marks;               // taken before
    Faults faults;                // that were told; what was told from within `swept` alone goes
  };
  // Durable on return, all or nothing.
  Status Commit(const Sweep& sweep);

 private:
  explicit SweepLedger(storage::Store& store) : store_(store) {}
  Status Load();

  storage::Store& store_;
  Mutex write_mutex_;
  mutable Mutex mutex_;
  std::vector<Interval> spans_ SIGHTLINE_GUARDED_BY(mutex_);
  DayMarks marks_ SIGHTLINE_GUARDED_BY(mutex_);
  Faults faults_ SIGHTLINE_GUARDED_BY(mutex_);
};

// Faults by camera number, and back. Cameras that are gone are left out.
query::CameraFaults ByNumber(const storage::Store& store, const SweepLedger::Faults& faults);

}  // namespace sightline::server
