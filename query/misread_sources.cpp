#include "query/misread_sources.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/utf8.h"

namespace sightline::query {
namespace {

// Of a plate near, what is read so long before and after the odd reading.
constexpr int64_t kAroundMs = 3 * 3'600'000;
constexpr size_t kMostNearPlates = 48;

using Track = std::vector<TrackReading>;

double GapSeconds(const TrackReading& a, const TrackReading& b) {
  return std::max(0.0, static_cast<double>(b.time - a.time) / 1'000);
}

class Finder {
 public:
  Finder(const Sources& sources, std::string_view plate, double window_s, Sequence as_of,
         const ReadingJudge& judge, const TrackContinuity& continuity,
         const Cancellation& cancellation)
      : sources_(sources),
        plate_(plate),
        read_(CodePoints(plate)),
        window_s_(window_s),
        as_of_(as_of),
        judge_(judge),
        continuity_(continuity),
        cancellation_(cancellation),
        model_(sources.reading_model ? sources.reading_model : PlateReadingModel::Default()) {}

  Result<MisreadSource> Find(const OddReading& odd) {
    SIGHTLINE_ASSIGN(const std::vector<std::string>* near, NearOn(odd.reading.reading.day()));
    MisreadSource source;
    double best = 0;
    const double rate = model_->MisreadRate(odd.camera_id);
    const double ratio = odd.confidence ? model_->ConfidenceRatio(*odd.confidence) : 1;
    for (const std::string& truth : *near) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      const double misread =
          rate / (1 - rate) * ratio *
          model_->MisreadProbability(read_, CodePoints(truth), odd.camera_id);
      if (misread <= 0) continue;
      SIGHTLINE_ASSIGN(const Fit fit, FitOf(truth, odd));
      const double expected = misread * fit.presence;
      source.expected += expected;
      if (expected > best) {
        best = expected;
        source.plate = truth;
        source.on_track = fit.on_track;
      }
    }
    return source;
  }

 private:
  struct Fit {
    double presence = 0;  // how many times as likely the vehicle is there and then as at any time
    bool on_track = false;
  };

  Result<const std::vector<std::string>*> NearOn(Day day) {
    const auto known = near_.find(day);
    if (known != near_.end()) return &known->second;
    std::vector<std::string>& near = near_[day];
    const PlateLike like{.text = std::string(plate_), .max_distance = 1};
    if (like.text.size() > 64 || sources_.columns == nullptr) return &near;
    SIGHTLINE_ASSIGN(const auto columns, sources_.columns->Open(day, cancellation_));
    if (columns == nullptr) return &near;
    SIGHTLINE_ASSIGN(std::vector<index::DayPlate> plates,
                     columns->PlatesNear(like, cancellation_));
    // A misread's own misreads are too rare to matter: the plates that are read most.
    std::ranges::stable_sort(plates, [](const index::DayPlate& a, const index::DayPlate& b) {
      return a.versions > b.versions;
    });
    for (const index::DayPlate& found : plates) {
      if (found.plate != plate_ && near.size() < kMostNearPlates) near.push_back(found.plate);
    }
    return &near;
  }

  // How well a reading fits among those of another plate.
  Result<Fit> FitOf(const std::string& truth, const OddReading& odd) {
    const TimestampMs at = odd.reading.time;
    SIGHTLINE_ASSIGN(const std::vector<PlateReading> around,
                     ReadingsOfPlate(sources_, truth, {at - kAroundMs, at + kAroundMs + 1}, as_of_,
                                     cancellation_));
    const Track track = judge_.Correct(around);
    const auto after = std::ranges::lower_bound(track, at, {}, &TrackReading::time);
    const TrackReading* previous = after == track.begin() ? nullptr : &*(after - 1);
    const TrackReading* next = after == track.end() ? nullptr : &*after;
    if (previous == nullptr && next == nullptr) return Fit{1, false};
    if ((previous != nullptr && !judge_.Judge(*previous, odd.reading).possible) ||
        (next != nullptr && !judge_.Judge(odd.reading, *next).possible)) {
      return Fit{};
    }
    double presence = 0;
    if (previous != nullptr) presence += LinkOf(*previous, odd.reading);
    if (next != nullptr) presence += LinkOf(odd.reading, *next);
    if (previous != nullptr && next != nullptr) presence -= LinkOf(*previous, *next);
    return Fit{std::exp(std::min(presence, 25.0)), presence > 3};
  }

  double LinkOf(const TrackReading& a, const TrackReading& b) const {
    if (!a.place || !b.place) return continuity_.LogRatio(GapSeconds(a, b), window_s_);
    return continuity_.LogRatio(GapSeconds(a, b), GreatCircleDistance(*a.place, *b.place).value,
                                window_s_);
  }

  const Sources& sources_;
  std::string_view plate_;
  std::u32string read_;
  double window_s_;
  Sequence as_of_;
  const ReadingJudge& judge_;
  const TrackContinuity& continuity_;
  const Cancellation& cancellation_;
  std::shared_ptr<const PlateReadingModel> model_;
  std::map<Day, std::vector<std::string>> near_;
};

}  // namespace

Result<std::vector<MisreadSource>> FindMisreadSources(
    const Sources& sources, std::string_view plate, std::span<const OddReading> odd,
    double window_s, Sequence as_of, const ReadingJudge& judge, const TrackContinuity& continuity,
    const Cancellation& cancellation) {
  Finder finder(sources, plate, window_s, as_of, judge, continuity, cancellation);
  std::vector<MisreadSource> found;
  for (const OddReading& reading : odd) {
    SIGHTLINE_ASSIGN(found.emplace_back(), finder.Find(reading));
  }
  return found;
}

}  // namespace sightline::query
