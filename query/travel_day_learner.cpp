#include "query/travel_day_learner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "query/travel_clocks.h"
#include "query/travel_survey.h"

namespace sightline::query {
namespace {

// Readings that the survey sees: a thousand of each camera of a large city.
constexpr uint64_t kSurveyReadings = 4'000'000;
// Slower than this, over more than this time, is no drive: such gaps are not counted.
constexpr double kSlowestMetersPerSecond = 10 / 3.6;
constexpr double kLongestShortDrive = 600;
// Of a day; beyond, the links that were used least are left out. Some 7 MB in the catalog.
constexpr size_t kMaxBins = 2'000'000;

// Counts keys: open addressing over a table whose size is a power of two.
class KeyCounts {
 public:
  KeyCounts() : bins_(kFirstSize) {}

  void Add(TravelKey key) {
    TravelBin& bin = Find(bins_, key);
    if (bin.key == 0) {
      bin.key = key;
      if (++used_ * 3 > bins_.size() * 2) {
        Grow();
        ++Find(bins_, key).count;
        return;
      }
    }
    ++bin.count;
  }

  std::vector<TravelBin> TakeSorted() {
    std::erase_if(bins_, [](const TravelBin& bin) { return bin.key == 0; });
    std::ranges::sort(bins_, {}, &TravelBin::key);
    return std::exchange(bins_, {});
  }

 private:
  static constexpr size_t kFirstSize = 1 << 12;

  // A link leads to another camera, so that no key is 0.
  static TravelBin& Find(std::vector<TravelBin>& bins, TravelKey key) {
    const size_t mask = bins.size() - 1;
    size_t at = (key * 0x9E37'79B9'7F4A'7C15u >> 20) & mask;  // Fibonacci hashing
    while (bins[at].key != 0 && bins[at].key != key) at = (at + 1) & mask;
    return bins[at];
  }

  void Grow() {
    std::vector<TravelBin> larger(bins_.size() * 2);
    for (const TravelBin& bin : bins_) {
      if (bin.key != 0) Find(larger, bin.key) = bin;
    }
    bins_ = std::move(larger);
  }

  std::vector<TravelBin> bins_;
  size_t used_ = 0;
};

// Leaves out whole links, those with the fewest samples first.
void KeepMostUsed(std::vector<TravelBin>& bins) {
  if (bins.size() <= kMaxBins) return;
  std::vector<std::pair<uint64_t, size_t>> links;  // samples and bins of each, in order
  for (size_t i = 0; i < bins.size(); ++i) {
    if (i == 0 || LinkOf(bins[i].key) != LinkOf(bins[i - 1].key)) links.emplace_back();
    links.back().first += bins[i].count;
    ++links.back().second;
  }
  std::vector<std::pair<uint64_t, size_t>> by_use = links;
  std::ranges::sort(by_use, std::greater());
  uint64_t least = 0;
  size_t kept = 0;
  for (const auto& [samples, count] : by_use) {
    kept += count;
    if (kept > kMaxBins) {
      least = samples + 1;
      break;
    }
  }
  size_t link = 0;
  size_t last_bin = links[0].second;
  std::vector<TravelBin> most_used;
  for (size_t i = 0; i < bins.size(); ++i) {
    if (i == last_bin) last_bin += links[++link].second;
    if (links[link].first >= least) most_used.push_back(bins[i]);
  }
  bins = std::move(most_used);
}

}  // namespace

class TravelDayLearner::Impl {
 public:
  Impl(Day day, const TravelBound& bound, const TimeZone& zone)
      : survey_(bound), hours_(zone, day) {
    result_.day = day;
  }

  void Survey(std::span<const PlateReading> readings) {
    for (const PlateReading& reading : readings) survey_.See(reading);
    survey_.Count(readings);
  }

  void Learn(std::span<const PlateReading> readings) {
    if (!std::exchange(judged_, true)) survey_.JudgeCameras();
    usable_.clear();
    for (const PlateReading& reading : readings) {
      survey_.See(reading);
      if (survey_.IsUsable(reading)) usable_.push_back(reading);
    }
    result_.readings += readings.size();
    ++result_.plates;
    if (!IsOneVehicle()) {
      ++result_.plates_left_out;
      return;
    }
    CollectDrives();
    // A vehicle counts once for a link and an hour class, by the first drive: one that goes to and
    // fro all day says no more of the road than others do.
    std::ranges::stable_sort(drives_, {}, [](TravelKey key) { return key >> 8; });
    for (size_t i = 0; i < drives_.size(); ++i) {
      if (i == 0 || drives_[i] >> 8 != drives_[i - 1] >> 8) counts_.Add(drives_[i]);
    }
  }

  TravelDay Finish() {
    result_.bins = counts_.TakeSorted();
    // Cameras that turned out to move only while their readings were counted.
    std::erase_if(result_.bins, [this](const TravelBin& bin) {
      return survey_.cameras()[FromOf(bin.key)].left_out || survey_.cameras()[ToOf(bin.key)].left_out;
    });
    KeepMostUsed(result_.bins);
    const std::map<uint32_t, double> offsets = FindClockOffsets(result_.bins);
    for (uint32_t number = 0; number < survey_.cameras().size(); ++number) {
      const TravelSurvey::CameraState& camera = survey_.cameras()[number];
      if (!camera.seen) continue;
      const auto offset = offsets.find(number);
      result_.cameras.push_back({.number = number,
                                 .place = camera.place,
                                 .left_out = camera.left_out,
                                 .clock_offset_s = offset == offsets.end() ? 0 : offset->second});
    }
    return std::move(result_);
  }

 private:
  bool IsOneVehicle() const {
    return std::ranges::adjacent_find(usable_, [this](const auto& a, const auto& b) {
             return !survey_.IsPossible(a, b);
           }) == usable_.end();
  }

  void CollectDrives() {
    drives_.clear();
    for (size_t i = 1; i < usable_.size(); ++i) {
      const PlateReading& from = usable_[i - 1];
      const PlateReading& to = usable_[i];
      if (from.camera_number == to.camera_number) continue;
      const double gap_s = GapSeconds(from, to);
      if (gap_s > kMaxTravelSeconds) continue;
      if (gap_s > kLongestShortDrive &&
          gap_s > survey_.Distance(from, to).value / kSlowestMetersPerSecond) {
        continue;
      }
      drives_.push_back(MakeTravelKey(from.camera_number, to.camera_number,
                                      hours_.At(MillisecondOfDay(from.time)),
                                      TravelBucket(gap_s)));
    }
  }

  TravelSurvey survey_;
  const HourClassesOfDay hours_;
  bool judged_ = false;
  KeyCounts counts_;
  TravelDay result_;
  // Of the plate at hand; kept for their memory.
  std::vector<PlateReading> usable_;
  std::vector<TravelKey> drives_;
};

TravelDayLearner::TravelDayLearner(Day day, const TravelBound& bound, const TimeZone& zone)
    : impl_(std::make_unique<Impl>(day, bound, zone)) {}

TravelDayLearner::~TravelDayLearner() = default;

void TravelDayLearner::Survey(std::span<const PlateReading> readings) { impl_->Survey(readings); }

void TravelDayLearner::Learn(std::span<const PlateReading> readings) { impl_->Learn(readings); }

TravelDay TravelDayLearner::Finish() { return impl_->Finish(); }

Result<TravelDay> LearnTravelDay(const Sources& sources, Day day, Sequence as_of,
                                 const TravelBound& bound, const TimeZone& zone,
                                 const Cancellation& cancellation) {
  const Interval time{day.start(), day.end()};
  TravelDayLearner learner(day, bound, zone);
  SIGHTLINE_ASSIGN(const auto sweep, PlateSweep::Start(sources, time, as_of, cancellation));
  uint64_t surveyed = 0;
  while (surveyed < kSurveyReadings) {
    SIGHTLINE_ASSIGN(const bool found, sweep->Next(cancellation));
    if (!found) break;
    learner.Survey(sweep->readings());
    surveyed += sweep->readings().size();
  }
  sweep->Seek({});
  for (;;) {
    SIGHTLINE_ASSIGN(const bool found, sweep->Next(cancellation));
    if (!found) return learner.Finish();
    learner.Learn(sweep->readings());
  }
}

}  // namespace sightline::query
