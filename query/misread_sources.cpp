#include "query/misread_sources.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/utf8.h"
#include "query/vehicle_looks.h"

namespace sightline::query {
namespace {

// Of a plate near, what is read on the day of the odd reading, and so long before and after it.
constexpr int64_t kAroundMs = 3 * 3'600'000;
constexpr size_t kMostNearPlates = 48;
// Looks are compared where so many misreads are expected without, with so many readings.
constexpr double kWorthALook = 1e-3;
constexpr size_t kMostCompared = 4;
constexpr double kMostPresence = 25;  // a logarithm
constexpr double kLeastOwn = 1e-9;
// Of the plate at hand so many readings before and after: two or three vehicles may bear it.
constexpr ptrdiff_t kNeighbours = 3;

using Track = std::vector<TrackReading>;

double GapSeconds(const TrackReading& a, const TrackReading& b) {
  return std::max(0.0, static_cast<double>(b.time - a.time) / 1'000);
}

class Finder {
 public:
  Finder(const Sources& sources, const OddPlate& plate, std::span<const OddReading> odd,
         Sequence as_of, const ReadingJudge& judge, const TrackContinuity& continuity,
         const Cancellation& cancellation)
      : sources_(sources),
        plate_(plate.text),
        read_(CodePoints(plate.text)),
        window_s_(plate.window_s),
        readings_a_day_(static_cast<double>(plate.track.size()) * 86'400 / plate.window_s),
        as_of_(as_of),
        judge_(judge),
        continuity_(continuity),
        cancellation_(cancellation),
        spaces_(sources.store.Spaces()),
        model_(sources.reading_model ? sources.reading_model : PlateReadingModel::Default()) {
    for (const TrackReading& reading : plate.track) {
      const auto is_same = [&](const OddReading& each) { return each.reading == reading; };
      if (reading.place && std::ranges::none_of(odd, is_same)) track_.push_back(reading);
    }
  }

  Result<MisreadSource> Find(const OddReading& odd) {
    SIGHTLINE_ASSIGN(const std::vector<std::string>* near, NearOn(odd.reading.reading.day()));
    MisreadSource source;
    double best = 0;
    const std::string_view camera =
        odd.record == nullptr ? std::string_view() : std::string_view(odd.record->camera_id);
    const double rate = model_->MisreadRate(camera);
    const double ratio = odd.record != nullptr && odd.record->plate_confidence
                             ? model_->ConfidenceRatio(*odd.record->plate_confidence)
                             : 1;
    for (const std::string& truth : *near) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      const double misread =
          rate / (1 - rate) * ratio *
          model_->MisreadProbability(read_, CodePoints(truth), camera);
      if (misread <= 0) continue;
      const double own =
          model_->MisreadRate() * model_->MisreadProbability(CodePoints(truth), read_);
      SIGHTLINE_ASSIGN(const Fit fit, FitOf(truth, odd, own, kWorthALook / misread));
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
    // How many times as likely the vehicle is there and then, looking so, as at any time and any looks.
    double presence = 0;
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

  // How well a reading fits among those of another plate. `own`: P(a reading of the plate at hand is
  // misread as that). Looks are compared from `worth` on.
  Result<Fit> FitOf(const std::string& truth, const OddReading& odd, double own, double worth) {
    const TimestampMs at = odd.reading.time;
    const Interval day = {odd.reading.reading.day().start(), odd.reading.reading.day().end()};
    SIGHTLINE_ASSIGN(const std::vector<PlateReading> around,
                     ReadingsOfPlate(sources_, truth,
                                     {std::min(day.from, at - kAroundMs),
                                      std::max(day.to, at + kAroundMs + 1)},
                                     as_of_, cancellation_));
    Track track = judge_.Correct(around);
    const double real = model_->NeighbourDensity(true);
    std::erase_if(track, [&](const TrackReading& reading) {
      return own * std::exp(std::min(OwnPresence(reading), kMostPresence)) > real;
    });
    if (track.empty()) return Fit{};
    const double is_real = RealShare(track.size(), own * readings_a_day_);
    const auto after = std::ranges::lower_bound(track, at, {}, &TrackReading::time);
    const TrackReading* previous = after == track.begin() ? nullptr : &*(after - 1);
    const TrackReading* next = after == track.end() ? nullptr : &*after;
    if (previous == nullptr && next == nullptr) return Fit{is_real, false};
    if ((previous != nullptr && !judge_.Judge(*previous, odd.reading).possible) ||
        (next != nullptr && !judge_.Judge(odd.reading, *next).possible)) {
      return Fit{};
    }
    double presence = 0;
    if (previous != nullptr) presence += LinkOf(*previous, odd.reading);
    if (next != nullptr) presence += LinkOf(odd.reading, *next);
    if (previous != nullptr && next != nullptr) presence -= LinkOf(*previous, *next);
    Fit fit{std::exp(std::min(presence, kMostPresence)) * is_real, presence > 3};
    if (fit.presence >= worth) {
      SIGHTLINE_ASSIGN(const double alike, AlikeOf(odd, around));
      fit.presence *= std::exp(alike);
    }
    return fit;
  }

  // ln of how many times as likely one of the vehicles of the plate at hand is there and then.
  double OwnPresence(const TrackReading& reading) const {
    constexpr double kNowhere = -std::numeric_limits<double>::infinity();
    if (!reading.place) return kNowhere;
    const auto after = std::ranges::lower_bound(track_, reading.time, {}, &TrackReading::time);
    const auto first = after - std::min<ptrdiff_t>(kNeighbours, after - track_.begin());
    const auto last = after + std::min<ptrdiff_t>(kNeighbours, track_.end() - after);
    double most = kNowhere;
    for (auto before = first; before != after; ++before) {
      if (!judge_.Judge(*before, reading).possible) continue;
      for (auto next = after; next != last; ++next) {
        if (!judge_.Judge(reading, *next).possible || !judge_.Judge(*before, *next).possible) continue;
        most = std::max(most, LinkOf(*before, reading) + LinkOf(reading, *next) -
                                  LinkOf(*before, *next));
      }
    }
    return most;
  }

  // P(a plate near, read so often on a day, is on a vehicle of its own, and not itself misread from
  // the plate at hand), which fits its own track only too well.
  double RealShare(size_t readings, double own) const {
    const auto n = static_cast<double>(readings);
    const double misreads = std::exp(n * std::log(own + kLeastOwn) - own - std::lgamma(n + 1));
    const double real = model_->NeighbourDensity(true);
    return real / (real + misreads);
  }

  // ln of how much likelier such looks are of the vehicle that made the readings nearest in time.
  Result<double> AlikeOf(const OddReading& odd, std::vector<PlateReading> readings) {
    if (odd.record == nullptr) return 0;
    const auto away = [&](const PlateReading& reading) {
      return std::abs(reading.time - odd.reading.reading.time);
    };
    std::ranges::stable_sort(readings, {}, away);
    if (readings.size() > kMostCompared) readings.resize(kMostCompared);
    SIGHTLINE_ASSIGN(const std::vector<StoredSighting> records,
                     RecordsOf(sources_, readings, as_of_, cancellation_));
    std::vector<const Sighting*> compared = {odd.record};
    std::vector<int> vehicles = {-1};
    std::vector<std::pair<size_t, size_t>> same;
    for (const StoredSighting& record : records) {
      compared.push_back(&record.sighting);
      vehicles.push_back(0);
      if (compared.size() > 2) same.emplace_back(compared.size() - 2, compared.size() - 1);
    }
    return VehicleLooks(std::move(compared), spaces_, same).Score(vehicles, 1)[0][0];
  }

  double LinkOf(const TrackReading& a, const TrackReading& b) const {
    if (!a.place || !b.place) return continuity_.LogRatio(GapSeconds(a, b), window_s_);
    return continuity_.LogRatio(GapSeconds(a, b), GreatCircleDistance(*a.place, *b.place).value,
                                window_s_);
  }

  const Sources& sources_;
  std::string_view plate_;
  std::u32string read_;
  Track track_;  // of the plate at hand, but for the odd ones; by time
  double window_s_;
  double readings_a_day_;
  Sequence as_of_;
  const ReadingJudge& judge_;
  const TrackContinuity& continuity_;
  const Cancellation& cancellation_;
  std::vector<VectorSpace> spaces_;
  std::shared_ptr<const PlateReadingModel> model_;
  std::map<Day, std::vector<std::string>> near_;
};

}  // namespace

Result<std::vector<MisreadSource>> FindMisreadSources(
    const Sources& sources, const OddPlate& plate, std::span<const OddReading> odd, Sequence as_of,
    const ReadingJudge& judge, const TrackContinuity& continuity,
    const Cancellation& cancellation) {
  Finder finder(sources, plate, odd, as_of, judge, continuity, cancellation);
  std::vector<MisreadSource> found;
  for (const OddReading& reading : odd) {
    SIGHTLINE_ASSIGN(found.emplace_back(), finder.Find(reading));
  }
  return found;
}

}  // namespace sightline::query
