#include "server/clone_analysis.h"

#include <utility>

#include "core/mutex.h"

namespace sightline::server {
namespace {

class StoredCloneAnalysis final : public CloneAnalysis {
 public:
  StoredCloneAnalysis(storage::Store& store, index::ColumnIndex& columns,
                      query::PlateReadingModelSource& reading_models,
                      const query::TravelTimeSource& travel_times)
      : store_(store),
        columns_(columns),
        reading_models_(reading_models),
        travel_times_(travel_times) {}

  std::shared_ptr<const query::TravelTimes> travel_times() const override {
    return travel_times_.Current();
  }

  Result<std::shared_ptr<const query::TravelTimes>> TravelTimesFor(
      const Interval& window, const Cancellation& cancellation) override {
    return travel_times_.LearnedFor(window, cancellation);
  }

  std::shared_ptr<const query::TrackContinuity> continuity() const override {
    const MutexLock lock(mutex_);
    return continuity_;
  }

  void Keep(std::shared_ptr<const query::TrackContinuity> continuity) override {
    const MutexLock lock(mutex_);
    continuity_ = std::move(continuity);
  }

  Result<query::SweepResult> Sweep(const Interval& window, Sequence as_of,
                                   const query::SweepModels& models, const SweepReport& report,
                                   const Cancellation& cancellation) override {
    return query::SweepClonedPlates(MakeSources(), window, as_of, models, report, cancellation);
  }

  Result<std::vector<query::PlateReading>> ReadingsOf(std::string_view plate, const Interval& time,
                                                      Sequence as_of,
                                                      const Cancellation& cancellation) override {
    return query::ReadingsOfPlate(MakeSources(), plate, time, as_of, cancellation);
  }

  Status VisitPlates(const Interval& window, Sequence as_of, const PlateVisit& visit,
                     const Cancellation& cancellation) override {
    SIGHTLINE_ASSIGN(const auto plates,
                     query::PlateSweep::Start(MakeSources(), window, as_of, cancellation));
    for (;;) {
      SIGHTLINE_ASSIGN(const bool found, plates->Next(cancellation));
      if (!found) return Ok();
      visit(plates->plate(), plates->readings());
    }
  }

  Result<std::optional<query::Conflict>> Judge(std::string_view plate,
                                               std::span<const query::PlateReading> readings,
                                               Sequence as_of, const query::SweepModels& models,
                                               const Cancellation& cancellation) override {
    return query::JudgePlate(MakeSources(), plate, readings, as_of, models, cancellation);
  }

 private:
  query::Sources MakeSources() const {
    return {.store = store_, .columns = &columns_, .reading_model = reading_models_.Current()};
  }

  storage::Store& store_;
  index::ColumnIndex& columns_;
  query::PlateReadingModelSource& reading_models_;
  const query::TravelTimeSource& travel_times_;
  mutable Mutex mutex_;
  std::shared_ptr<const query::TrackContinuity> continuity_ SIGHTLINE_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<CloneAnalysis> MakeCloneAnalysis(storage::Store& store,
                                                 index::ColumnIndex& columns,
                                                 query::PlateReadingModelSource& reading_models,
                                                 const query::TravelTimeSource& travel_times) {
  return std::make_unique<StoredCloneAnalysis>(store, columns, reading_models, travel_times);
}

Result<std::vector<query::PlateReading>> ReadingsWithin(CloneAnalysis& analysis,
                                                        std::string_view plate,
                                                        std::span<const Interval> spans,
                                                        Sequence as_of,
                                                        const Cancellation& cancellation) {
  std::vector<query::PlateReading> readings;
  for (const Interval& span : spans) {
    SIGHTLINE_ASSIGN(const auto more, analysis.ReadingsOf(plate, span, as_of, cancellation));
    readings.insert(readings.end(), more.begin(), more.end());
  }
  return readings;
}

}  // namespace sightline::server
