// Whether a reading that sticks out fits the track of the plate that it may be a misread of.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "query/plate_reading_data.h"
#include "storage/store.h"

namespace sightline::query {

// A string that may be a misread of `truth`, on the day when it was first read.
struct DoubtfulReading {
  std::string read;
  std::string truth;
  Day day;
  double weight = 0;  // P(misread of truth), from the strings alone; replaced by what tracks say
};

// What the rows of the doubtful readings tell.
struct TrackFindings {
  std::map<std::string, CameraReadingCounts> cameras;  // readings: of the true plates on those days
  std::array<double, kConfidenceBins> confidence_correct = {};
  std::array<double, kConfidenceBins> confidence_misread = {};
};

// Looks at the rows of both plates on the day: is there a reading of the true plate from where the
// vehicle could have come within minutes, or one from where it could not, and do the attributes
// agree? How often misreads fit so is estimated by expectation maximisation, how often strangers do
// from readings set beside the plate of another pair; `weight` of each reading becomes the
// probability with that evidence. A day that cannot be read is passed over.
//
// Cost: about twenty records for each reading; order by day for speed. Errors: `cancellation`'s.
Result<TrackFindings> FollowTracks(storage::Store& store, std::span<DoubtfulReading> readings,
                                   const Cancellation& cancellation);

}  // namespace sightline::query
