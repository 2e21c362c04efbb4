// The questions that sweeps and the live check ask: query's, with the models in force.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "core/error.h"
#include "core/time.h"
#include "index/column_index.h"
#include "query/cloned_plates.h"
#include "query/plate_reading_model_source.h"
#include "query/plate_readings.h"
#include "query/travel_times.h"
#include "storage/store.h"

namespace sightline::server {

// Thread-safe; questions do I/O.
class CloneAnalysis {
 public:
  virtual ~CloneAnalysis() = default;

  // The model in force; and one that knows the window's days, which are learned where need be.
  virtual std::shared_ptr<const query::TravelTimes> travel_times() const = 0;
  virtual Result<std::shared_ptr<const query::TravelTimes>> TravelTimesFor(
      const Interval& window, const Cancellation& cancellation) = 0;
  // What the last sweep learned of how readings follow each other; null: nothing yet.
  virtual std::shared_ptr<const query::TrackContinuity> continuity() const = 0;
  virtual void Keep(std::shared_ptr<const query::TrackContinuity> continuity) = 0;

  // As query::SweepClonedPlates, query::ReadingsOfPlate and query::JudgePlate.
  using SweepReport = std::function<void(const query::SweepProgress&)>;
  virtual Result<query::SweepResult> Sweep(const Interval& window, Sequence as_of,
                                           const query::SweepModels& models,
                                           const SweepReport& report,
                                           const Cancellation& cancellation) = 0;
  virtual Result<std::vector<query::PlateReading>> ReadingsOf(std::string_view plate,
                                                              const Interval& time, Sequence as_of,
                                                              const Cancellation& cancellation) = 0;
  // Plate after plate, as query::PlateSweep.
  using PlateVisit = std::function<void(std::string_view, std::span<const query::PlateReading>)>;
  virtual Status VisitPlates(const Interval& window, Sequence as_of, const PlateVisit& visit,
                             const Cancellation& cancellation) = 0;
  virtual Result<std::optional<query::Conflict>> Judge(
      std::string_view plate, std::span<const query::PlateReading> readings, Sequence as_of,
      const query::SweepModels& models, const Cancellation& cancellation) = 0;
};

// Over what is stored, by the models in force. All outlive the result.
std::unique_ptr<CloneAnalysis> MakeCloneAnalysis(storage::Store& store,
                                                 index::ColumnIndex& columns,
                                                 query::PlateReadingModelSource& reading_models,
                                                 const query::TravelTimeSource& travel_times);

// All readings of the plate in `spans` (disjoint, ascending), in order of time.
Result<std::vector<query::PlateReading>> ReadingsWithin(CloneAnalysis& analysis,
                                                        std::string_view plate,
                                                        std::span<const Interval> spans,
                                                        Sequence as_of,
                                                        const Cancellation& cancellation);

}  // namespace sightline::server
