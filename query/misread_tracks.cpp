#include "query/misread_tracks.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/geo.h"
#include "core/utf8.h"
#include "query/plate_misreads.h"

namespace sightline::query {
namespace {

// One vehicle may have been at both places if it drove no faster; it surely was not if it had to
// drive faster than the second, clocks and positions being a little wrong.
constexpr double kCredibleKmh = 130;
constexpr double kImpossibleKmh = 220;
constexpr double kSlackMeters = 300;
constexpr int64_t kSlackMs = 10'000;
// Readings of one trip follow each other within this.
constexpr int64_t kTripGapMs = 20 * kMillisecondsPerMinute;
// Of the true plate's readings on the day.
constexpr size_t kMaxTrackRows = 200;
constexpr int kRounds = 12;
// What each kind of evidence counts before any was seen.
constexpr double kSmoothing = 1;
constexpr size_t kBetweenChecks = 50;

using Track = std::vector<StoredSighting>;

enum class Place { kFits, kNone, kImpossible };
enum class Looks { kAgree, kUnclear, kDiffer };
constexpr size_t kCells = 9;

Result<Track> ReadTrack(const storage::DayReader& day, const std::string& plate, Sequence as_of) {
  SIGHTLINE_ASSIGN(std::vector<storage::PlateRow> rows,
                   day.PlateRows(plate, {day.day().start(), day.day().end()}, as_of));
  if (rows.size() > kMaxTrackRows) rows.resize(kMaxTrackRows);
  std::vector<RowKey> keys;
  keys.reserve(rows.size());
  for (const storage::PlateRow& row : rows) keys.push_back(row.key);
  SIGHTLINE_ASSIGN(auto records, day.Get(keys, as_of));
  Track track;
  for (std::optional<StoredSighting>& record : records) {
    if (record) track.push_back(std::move(*record));
  }
  return track;
}

Place PlaceOn(const Track& track, const Sighting& reading) {
  if (!reading.location) return Place::kNone;
  Place place = Place::kNone;
  for (const StoredSighting& other : track) {
    if (!other.sighting.location || other.sighting.camera_id == reading.camera_id) continue;
    const double meters = GreatCircleDistance(*reading.location, *other.sighting.location).value;
    const int64_t gap = std::abs(reading.time - other.sighting.time);
    const double kmh =
        3600 * std::max(0.0, meters - kSlackMeters) / static_cast<double>(gap + kSlackMs);
    if (kmh > kImpossibleKmh) return Place::kImpossible;
    if (gap <= kTripGapMs && kmh <= kCredibleKmh) place = Place::kFits;
  }
  return place;
}

Looks Compare(const Track& track, const Sighting& reading) {
  const auto nearest = std::min_element(
      track.begin(), track.end(), [&](const StoredSighting& a, const StoredSighting& b) {
        return std::abs(a.sighting.time - reading.time) < std::abs(b.sighting.time - reading.time);
      });
  if (nearest == track.end()) return Looks::kUnclear;
  size_t common = 0;
  size_t equal = 0;
  for (const Attribute& attribute : reading.attributes) {
    for (const Attribute& other : nearest->sighting.attributes) {
      if (attribute.name != other.name) continue;
      ++common;
      equal += attribute.value == other.value ? 1 : 0;
    }
  }
  if (common < 2) return Looks::kUnclear;
  const double share = static_cast<double>(equal) / static_cast<double>(common);
  return share >= 0.75 ? Looks::kAgree : share <= 0.5 ? Looks::kDiffer : Looks::kUnclear;
}

size_t CellOf(const Track& track, const Track& readings) {
  const Sighting& reading = readings.front().sighting;
  return static_cast<size_t>(PlaceOn(track, reading)) * 3 +
         static_cast<size_t>(Compare(track, reading));
}

using Cells = std::array<double, kCells>;

Cells Shares(const Cells& counts) {
  double sum = 0;
  for (const double count : counts) sum += count + kSmoothing / kCells;
  Cells shares;
  for (size_t i = 0; i < kCells; ++i) shares[i] = (counts[i] + kSmoothing / kCells) / sum;
  return shares;
}

int BinOf(double confidence) {
  return std::clamp(static_cast<int>(confidence * kConfidenceBins), 0, kConfidenceBins - 1);
}

// What was read of one doubtful reading.
struct Evidence {
  size_t reading = 0;  // index
  size_t cell = 0;
  std::string camera_id;
  std::optional<double> confidence;
};

class Follower {
 public:
  Follower(storage::Store& store, std::span<DoubtfulReading> readings)
      : store_(store), readings_(readings), as_of_(store.VisibleSequence()) {}

  Result<TrackFindings> Run(const Cancellation& cancellation) {
    std::shared_ptr<const storage::DayReader> day;
    for (size_t i = 0; i < readings_.size(); ++i) {
      if (i % kBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      if (i == 0 || readings_[i].day != readings_[i - 1].day) {
        auto opened = store_.OpenDay(readings_[i].day);
        day = opened ? *opened : nullptr;
        track_before_.clear();
      }
      if (day != nullptr) Look(*day, i);
    }
    WeighEvidence();
    for (const Evidence& evidence : evidence_) CountMisreadOf(evidence);
    return std::move(findings_);
  }

 private:
  void Look(const storage::DayReader& day, size_t index) {
    auto readings = ReadTrack(day, readings_[index].read, as_of_);
    auto track = ReadTrack(day, readings_[index].truth, as_of_);
    if (!readings || !track || readings->empty() || track->empty()) return;
    const Sighting& first = readings->front().sighting;
    evidence_.push_back(
        {index, CellOf(*track, *readings), first.camera_id, first.plate_confidence});
    if (!track_before_.empty()) strangers_[CellOf(track_before_, *readings)] += 1;
    for (const StoredSighting& row : *track) {
      findings_.cameras[row.sighting.camera_id].readings += 1;
      if (row.sighting.plate_confidence) {
        findings_.confidence_correct[BinOf(*row.sighting.plate_confidence)] += 1;
      }
    }
    track_before_ = std::move(*track);
  }

  // Misreads and strangers mix; how strangers fit is known.
  void WeighEvidence() {
    const Cells of_strangers = Shares(strangers_);
    std::vector<double> prior;
    for (const Evidence& evidence : evidence_) prior.push_back(readings_[evidence.reading].weight);
    for (int round = 0; round < kRounds; ++round) {
      Cells counts{};
      for (const Evidence& evidence : evidence_) {
        counts[evidence.cell] += readings_[evidence.reading].weight;
      }
      const Cells of_misreads = Shares(counts);
      for (size_t i = 0; i < evidence_.size(); ++i) {
        const double misread = prior[i] * of_misreads[evidence_[i].cell];
        const double stranger = (1 - prior[i]) * of_strangers[evidence_[i].cell];
        readings_[evidence_[i].reading].weight = misread / (misread + stranger);
      }
    }
  }

  void CountMisreadOf(const Evidence& evidence) {
    const DoubtfulReading& reading = readings_[evidence.reading];
    CameraReadingCounts& camera = findings_.cameras[evidence.camera_id];
    camera.misreads += reading.weight;
    PlateReadingCounts counts;
    CountMisread(CodePoints(reading.read), CodePoints(reading.truth), reading.weight, counts);
    for (const auto& [pair, count] : counts.confusions) camera.confusions[pair] += count;
    if (evidence.confidence) {
      findings_.confidence_misread[BinOf(*evidence.confidence)] += reading.weight;
    }
  }

  storage::Store& store_;
  std::span<DoubtfulReading> readings_;
  const Sequence as_of_;
  std::vector<Evidence> evidence_;
  Cells strangers_{};
  Track track_before_;  // of the truth of the pair before, on the same day
  TrackFindings findings_;
};

}  // namespace

Result<TrackFindings> FollowTracks(storage::Store& store, std::span<DoubtfulReading> readings,
                                   const Cancellation& cancellation) {
  return Follower(store, readings).Run(cancellation);
}

}  // namespace sightline::query
