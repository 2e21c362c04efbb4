// A sample of what is stored: readings, each as likely as any other, and others of their plates.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/sighting.h"
#include "storage/store.h"

namespace sightline::query {

struct ReadingSampleLimits {
  size_t readings = 2'000;
  size_t days = 8;         // the newest with sightings
  size_t probes = 20'000;  // of a day: places in it that are looked at
};

// Operation: a day is cut into cells, minute by minute and a few camera numbers wide. Cells are
// drawn at random, and a fixed share of the rows in a drawn cell: so each row of the day is as
// likely as any other, whether its minute is busy or not, without a look at all of them. Cells are
// widened while most are empty. A day gives its share of the sample, as many days as there are.
//
// Not thread-safe. Holds the days open.
class ReadingSampler {
 public:
  // Whether a reading with a plate is of use.
  using Accept = std::function<bool(const Sighting&)>;

  // `store` outlives the object. The same `seed` and the same store give the same sample.
  ReadingSampler(storage::Store& store, const ReadingSampleLimits& limits, uint64_t seed);

  // Readings with different plates, in random order. Errors: the store's; `cancellation`'s. Days
  // that cannot be read are passed over.
  Result<std::vector<Sighting>> Draw(const Accept& accept, const Cancellation& cancellation);

  // Up to `count` other readings of the plate, on the days of the sample.
  std::vector<Sighting> Others(const Sighting& reading, size_t count, const Accept& accept);

 private:
  using DayPointer = std::shared_ptr<const storage::DayReader>;

  Status DrawFrom(const DayPointer& day, size_t wanted, const Accept& accept,
                  const Cancellation& cancellation, std::vector<Sighting>& readings);
  // Looks at one cell of the day; whether it has rows.
  bool Probe(const storage::DayReader& day, storage::RowCursor& rows, uint32_t cameras_a_cell,
             const Accept& accept, std::vector<Sighting>& readings);
  void OthersOn(const storage::DayReader& day, const Sighting& reading, size_t count,
                const Accept& accept, std::vector<Sighting>& others);
  uint32_t Below(uint32_t bound);

  storage::Store& store_;
  const ReadingSampleLimits limits_;
  const Sequence as_of_;
  std::mt19937_64 random_;
  uint32_t last_camera_ = 0;  // the greatest number
  std::vector<DayPointer> days_;
  std::set<std::string, std::less<>> plates_;
};

}  // namespace sightline::query
