// The readings of one day as analyses take them: plate by plate, in order of time, or counted.
#pragma once

#include <cstdint>
#include <functional>
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

namespace sightline::index {

// A reading as the columns hold it.
struct ColumnReading {
  RowKey key;
  Sequence sequence = 0;          // of the version in force: of its ingest, or of a correction
  std::optional<Position> place;  // of the sighting; none: unknown

  bool operator==(const ColumnReading&) const = default;
};

// What of the day: times [from_ms, to_ms) of day, versions in force at `as_of`.
struct ReadingWindow {
  uint32_t from_ms = 0;
  uint32_t to_ms = 86'400'000;
  Sequence as_of = 0;
};

// The day's plates in byte order, each with all its readings in the window; unread plates are left
// out. Reads the segments' plate tables and postings side by side: memory for one plate at a time.
// Not thread-safe; keeps the day open.
class PlateWalk {
 public:
  virtual ~PlateWalk() = default;

  // To the next plate that has a reading in the window; false: there is none.
  virtual Result<bool> Next(const Cancellation& cancellation) = 0;
  // Next() then goes to the first plate that is not below `plate`. May move backwards.
  virtual void Seek(std::string_view plate) = 0;

  // Of the plate at hand; valid until the next call of Next or Seek.
  virtual std::string_view plate() const = 0;
  // In (time, camera number, identity) order; never empty.
  virtual std::span<const ColumnReading> readings() const = 0;
  // The share of the day's rows that the walk has passed by, [0, 1], those before a Seek included.
  virtual double progress() const = 0;
};

// Numbers for the day's plates, the same over all of its segments: ranks in byte order. Immutable.
class PlateNumbers {
 public:
  virtual ~PlateNumbers() = default;
  virtual uint32_t size() const = 0;
  virtual std::string PlateOf(uint32_t number) const = 0;  // requires number < size()
  virtual std::optional<uint32_t> Find(std::string_view plate) const = 0;
};

inline constexpr uint32_t kUnreadPlate = 0xFFFF'FFFF;

// A reading in 12 bytes, for analyses of a whole day.
struct Passing {
  uint32_t ms_of_day = 0;
  uint32_t camera_number = 0;
  uint32_t plate = kUnreadPlate;  // of PlateNumbers

  bool operator==(const Passing&) const = default;
};

// A camera and an instant.
struct CameraMoment {
  uint32_t camera_number = 0;
  uint32_t ms_of_day = 0;
};

// A reading near one of the moments asked about.
struct NearbyReading {
  uint32_t moment = 0;  // index into what was asked
  RowKey key;
  std::string plate;  // never empty
};

}  // namespace sightline::index
