// Travel times learned day by day, kept in the catalog, and the models made of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cancellation.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mutex.h"
#include "core/time.h"
#include "core/time_zone.h"
#include "query/sources.h"
#include "query/travel_times.h"

namespace sightline::query {

struct TravelLearningOptions {
  TravelBound bound;
  std::optional<TimeZone> zone;  // of hour classes; none: UTC
  size_t days = 28;              // a model is made of at most; older ones age out. >= 1
  // A day that changed is learned again when nothing was added to it for so long; at once where it
  // holds twice as much.
  int64_t quiet_ms = 600'000;
};

// Operation: what one day says is learned at one time (query/travel_day_learner.h) and kept; a model
// is the sum of days, so that a new day costs itself alone. The model in force is of the newest days
// that are learned. Days that were deleted are forgotten.
//
// Concurrency: thread-safe. Two threads that want one day learned may both learn it, with the same
// result. Questions never wait for learning.
class TravelTimeBook final : public TravelTimeSource {
 public:
  // `sources` has columns; what it points to, and `clock`, outlive the object.
  TravelTimeBook(const Sources& sources, const Clock& clock, TravelLearningOptions options);

  // Puts what is kept in force; before anything else. What does not parse is learned again. Errors:
  // the store's.
  Status Load();

  std::shared_ptr<const TravelTimes> Current() const override;
  Result<std::shared_ptr<const TravelTimes>> LearnedFor(
      Interval window, const Cancellation& cancellation) const override;

  // Learns what is due of the newest days and puts the model in force; cheap where nothing is. How
  // many days were learned. A day that cannot be read is passed over, and logged.
  Result<size_t> LearnDue(const Cancellation& cancellation);

 private:
  // What is known of a learned day without its counts.
  struct Head {
    uint64_t versions = 0;
    std::string rules;  // what it was learned by; another time zone asks for another look

    bool operator==(const Head&) const = default;
  };
  // What a model was made of.
  using Content = std::map<Day, Head>;
  struct Made {
    Content content;
    std::shared_ptr<const TravelTimes> model;
  };
  // How much a day held at the last look, and since when.
  struct Watched {
    uint64_t versions = 0;
    TimestampMs since;
  };

  bool IsDue(Day day, uint64_t versions) SIGHTLINE_EXCLUDES(mutex_);
  Status Learn(Day day, const Cancellation& cancellation) const SIGHTLINE_EXCLUDES(mutex_);
  // Learned days up to `last`, the newest ones.
  Content ContentUpTo(Day last) const SIGHTLINE_EXCLUDES(mutex_);
  // A model of these days, made or found. kCorruption for a day that does not parse; it then counts
  // as not learned.
  Result<Made> ModelOf(const Content& content) const SIGHTLINE_EXCLUDES(mutex_);
  Status ForgetDeleted(const std::vector<Day>& stored) SIGHTLINE_EXCLUDES(mutex_);
  Result<size_t> LearnEachDue(const std::vector<Day>& days, const Cancellation& cancellation);
  Status Publish() SIGHTLINE_EXCLUDES(mutex_);

  const Sources sources_;
  const Clock& clock_;
  const TravelLearningOptions options_;
  const TimeZone zone_;
  const std::string rules_;
  const std::shared_ptr<const TravelTimes> unlearned_;

  mutable Mutex mutex_;
  mutable Content heads_ SIGHTLINE_GUARDED_BY(mutex_);
  mutable std::deque<Made> made_ SIGHTLINE_GUARDED_BY(mutex_);  // the last few
  Made current_ SIGHTLINE_GUARDED_BY(mutex_);
  std::map<Day, Watched> watched_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace sightline::query
