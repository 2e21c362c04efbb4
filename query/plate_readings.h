// All readings of a plate, and of plate after plate, over the days of a window.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/geo.h"
#include "core/row_key.h"
#include "core/sighting.h"
#include "core/time.h"
#include "query/sources.h"

namespace sightline::query {

// A reading without its record: what can be reasoned about in space and time.
struct PlateReading {
  TimestampMs time;
  uint32_t camera_number = 0;
  uint64_t identity_hash = 0;
  Sequence sequence = 0;          // of the version in force
  std::optional<Position> place;  // of the sighting; none: unknown

  Day day() const { return DayOf(time); }
  RowKey key() const { return {MillisecondOfDay(time), camera_number, identity_hash}; }
  bool operator==(const PlateReading&) const = default;
};

// The readings of `plate` in force at `as_of`, in (time, camera number, identity) order. From the
// columns where sources have them, else from storage. Days that are damaged give an error.
Result<std::vector<PlateReading>> ReadingsOfPlate(const Sources& sources, std::string_view plate,
                                                  Interval time, Sequence as_of,
                                                  const Cancellation& cancellation);

// The records of readings, in their order; those that are gone (retention) are left out.
Result<std::vector<StoredSighting>> RecordsOf(const Sources& sources,
                                              std::span<const PlateReading> readings,
                                              Sequence as_of, const Cancellation& cancellation);

// Plate after plate in byte order over all days of a window, each with all its readings there. Needs
// sources.columns. Holds the days open. Not thread-safe.
class PlateSweep {
 public:
  static Result<std::unique_ptr<PlateSweep>> Start(const Sources& sources, Interval time,
                                                   Sequence as_of,
                                                   const Cancellation& cancellation);
  virtual ~PlateSweep() = default;

  virtual Result<bool> Next(const Cancellation& cancellation) = 0;  // false: the end
  // Next() then goes to the first plate not below `plate`: how a sweep goes on after a restart.
  virtual void Seek(std::string_view plate) = 0;

  virtual std::string_view plate() const = 0;
  virtual std::span<const PlateReading> readings() const = 0;  // in order of time; never empty
  // The share of the way that is done, [0, 1], by rows passed over.
  virtual double progress() const = 0;
};

}  // namespace sightline::query
