#include "query/cloned_plates.h"

#include <chrono>

#include "query/camera_fault_search.h"
#include "query/plate_judge.h"
#include "query/track_sample.h"

namespace sightline::query {
namespace {

// Of a window, what cameras are checked against: some hundred megabytes.
constexpr size_t kSampledReadings = 3'000'000;
constexpr std::chrono::milliseconds kReportEach{400};
// Of the way: reading the sample, and finding faults by it.
constexpr double kSampleShare = 0.25;
constexpr double kFaultShare = 0.35;

class Sweep {
 public:
  Sweep(const Sources& sources, Interval window, Sequence as_of, const SweepModels& models,
        const std::function<void(const SweepProgress&)>& report, const Cancellation& cancellation)
      : sources_(sources),
        window_(window),
        as_of_(as_of),
        models_(models),
        report_(report),
        cancellation_(cancellation),
        sample_(kSampledReadings) {}

  Result<SweepResult> Run() {
    SIGHTLINE_RETURN_IF_ERROR(TakeSample());
    SIGHTLINE_RETURN_IF_ERROR(CheckCameras());
    SIGHTLINE_RETURN_IF_ERROR(JudgePlates());
    return std::move(result_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  void Tell(double done) {
    const Clock::time_point now = Clock::now();
    if (!report_ || (done < 1 && now - last_report_ < kReportEach)) return;
    last_report_ = now;
    report_({.done = done, .plates = result_.plates, .conflicts = result_.conflicts.size()});
  }

  Status TakeSample() {
    SIGHTLINE_ASSIGN(const auto sweep,
                     PlateSweep::Start(sources_, window_, as_of_, cancellation_));
    for (uint64_t plates = 0;; ++plates) {
      SIGHTLINE_ASSIGN(const bool more, sweep->Next(cancellation_));
      if (!more) return Ok();
      sample_.Add(sweep->plate(), sweep->readings());
      if (plates % 4'096 == 0) Tell(kSampleShare * sweep->progress());
    }
  }

  Status CheckCameras() {
    SIGHTLINE_ASSIGN(result_.faults,
                     FindCameraFaults(sample_, models_.travel_times->bound(), cancellation_));
    // What the window itself says comes first; a camera of which it says nothing stays as it was.
    for (const auto& [camera, fault] : models_.known_faults) {
      result_.faults.try_emplace(camera, fault);
    }
    result_.continuity = models_.continuity;
    if (result_.continuity == nullptr) {
      result_.continuity = TrackContinuity::Learn(sample_, [this](uint32_t camera) {
        return result_.faults.contains(camera);
      });
    }
    sample_ = TrackSample(0);
    Tell(kFaultShare);
    return Ok();
  }

  Status JudgePlates() {
    const PlateJudge judge(sources_, as_of_, models_, result_.faults, *result_.continuity);
    SIGHTLINE_ASSIGN(const auto sweep,
                     PlateSweep::Start(sources_, window_, as_of_, cancellation_));
    while (true) {
      SIGHTLINE_ASSIGN(const bool more, sweep->Next(cancellation_));
      if (!more) break;
      ++result_.plates;
      result_.readings += sweep->readings().size();
      if (judge.IsInDoubt(sweep->readings())) {
        SIGHTLINE_ASSIGN(auto conflict,
                         judge.Judge(sweep->plate(), sweep->readings(), cancellation_));
        if (conflict) result_.conflicts.push_back(std::move(*conflict));
      }
      if (result_.plates % 256 == 0) {
        Tell(kFaultShare + (1 - kFaultShare) * sweep->progress());
      }
    }
    Tell(1);
    return Ok();
  }

  const Sources& sources_;
  Interval window_;
  Sequence as_of_;
  const SweepModels& models_;
  const std::function<void(const SweepProgress&)>& report_;
  const Cancellation& cancellation_;
  TrackSample sample_;
  SweepResult result_;
  Clock::time_point last_report_ = Clock::now();
};

}  // namespace

Result<SweepResult> SweepClonedPlates(const Sources& sources, Interval window, Sequence as_of,
                                      const SweepModels& models,
                                      const std::function<void(const SweepProgress&)>& report,
                                      const Cancellation& cancellation) {
  return Sweep(sources, window, as_of, models, report, cancellation).Run();
}

Result<std::optional<Conflict>> JudgePlate(const Sources& sources, std::string_view plate,
                                           std::span<const PlateReading> readings, Sequence as_of,
                                           const SweepModels& models,
                                           const Cancellation& cancellation) {
  const std::shared_ptr<const TrackContinuity> continuity =
      models.continuity ? models.continuity : TrackContinuity::Default();
  const PlateJudge judge(sources, as_of, models, models.known_faults, *continuity);
  if (!judge.IsInDoubt(readings)) return std::optional<Conflict>();
  return judge.Judge(plate, readings, cancellation);
}

}  // namespace sightline::query
