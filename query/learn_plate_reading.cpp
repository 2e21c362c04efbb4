#include "query/learn_plate_reading.h"

#include <xxhash.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/utf8.h"
#include "query/misread_tracks.h"
#include "query/plate_misreads.h"

namespace sightline::query {
namespace {

constexpr std::string_view kTable = "plate_models";
constexpr std::string_view kKey = "learned";
constexpr size_t kBetweenChecks = 1000;
constexpr size_t kCorrectionsAtOnce = 1000;
// Strings that share this many last characters differ in the head of a plate.
constexpr size_t kPlateTail = 4;

uint64_t Hash(std::u32string_view text) {
  return XXH3_64bits(text.data(), text.size() * sizeof(char32_t));
}

// Corrections say for certain what was misread as what. How often, they do not: who corrects looks
// for misreads.
Status LearnCorrections(storage::Store& store, const PlateLearningLimits& limits,
                        PlateReadingCounts& counts) {
  Sequence before = 0;
  for (size_t read = 0; read < limits.corrections;) {
    SIGHTLINE_ASSIGN(const std::vector<StoredCorrection> corrections,
                     store.Corrections(before, kCorrectionsAtOnce));
    for (const StoredCorrection& correction : corrections) {
      if (!correction.correction.plate || correction.correction.plate->empty() ||
          correction.plate_before.empty()) {
        continue;
      }
      PlateReadingCounts one;
      CountMisread(CodePoints(correction.plate_before), CodePoints(*correction.correction.plate), 1,
                   one);
      one.cameras[correction.camera_id].confusions = one.confusions;
      AddCounts(one, counts);
    }
    if (corrections.size() < kCorrectionsAtOnce) break;
    read += corrections.size();
    before = corrections.back().sequence;
  }
  return Ok();
}

// The plates that were read, or a sample in which neighbours stay together: all that share the head
// of a plate, or its tail, come or none.
struct PlateSample {
  std::vector<SeenPlate> plates;
  std::vector<TimestampMs> first_seen;  // of each
};

class Sampler {
 public:
  explicit Sampler(size_t limit) : limit_(limit) {}

  void Add(const storage::PlateSummary& summary) {
    SeenPlate plate;
    plate.characters = CodePoints(summary.plate);
    plate.readings = static_cast<double>(summary.count);
    if (!Judge(plate)) return;
    sample_.plates.push_back(std::move(plate));
    sample_.first_seen.push_back(summary.first_seen);
    while (sample_.plates.size() > limit_) Thin();
  }

  PlateSample Take() { return std::move(sample_); }

 private:
  // Whether it is in the sample, and which neighbours of it are.
  bool Judge(SeenPlate& plate) const {
    const std::u32string_view text = plate.characters;
    const size_t tail = std::min(kPlateTail, text.size());
    plate.complete_in_tail = Hash(text.substr(0, kPlateHead)) % one_of_ == 0;
    plate.complete_in_head = Hash(text.substr(text.size() - tail)) % one_of_ == 0;
    return plate.complete_in_tail || plate.complete_in_head;
  }

  void Thin() {
    one_of_ *= 2;
    size_t kept = 0;
    for (size_t i = 0; i < sample_.plates.size(); ++i) {
      if (!Judge(sample_.plates[i])) continue;
      if (kept != i) {
        sample_.plates[kept] = std::move(sample_.plates[i]);
        sample_.first_seen[kept] = sample_.first_seen[i];
      }
      ++kept;
    }
    sample_.plates.resize(kept);
    sample_.first_seen.resize(kept);
  }

  size_t limit_;
  uint64_t one_of_ = 1;
  PlateSample sample_;
};

Result<PlateSample> SamplePlates(storage::Store& store, Sequence as_of, size_t limit,
                                 const Cancellation& cancellation) {
  Sampler sampler(limit);
  size_t seen = 0;
  Status checked = Ok();
  SIGHTLINE_RETURN_IF_ERROR(store.VisitPlates(
      "", "", as_of, [&](const storage::PlateSummary& summary) {
        sampler.Add(summary);
        if (++seen % kBetweenChecks == 0) checked = cancellation.Check();
        return bool{checked};
      }));
  SIGHTLINE_RETURN_IF_ERROR(checked);
  return sampler.Take();
}

std::string Text(const std::u32string& characters) {
  std::string text;
  for (const char32_t c : characters) AppendUtf8(c, text);
  return text;
}

// Takes the pairs' tracks into account: for as many as the limit allows, the others in proportion.
Status LearnTracks(storage::Store& store, const PlateSample& sample,
                   const PlateLearningLimits& limits, const Cancellation& cancellation,
                   FoundMisreads& found) {
  std::vector<MisreadPair>& pairs = found.pairs;
  if (pairs.empty()) return Ok();
  const double all = static_cast<double>(pairs.size());
  if (pairs.size() > limits.tracks) {
    const auto order = [&](const MisreadPair& pair) {
      return Hash(sample.plates[pair.read].characters);
    };
    std::nth_element(pairs.begin(), pairs.begin() + static_cast<ptrdiff_t>(limits.tracks),
                     pairs.end(), [&](const MisreadPair& a, const MisreadPair& b) {
                       return order(a) < order(b);
                     });
    pairs.resize(limits.tracks);
  }
  if (pairs.empty()) return Ok();
  const auto day_of = [&](const MisreadPair& pair) {
    return DayOf(sample.first_seen[pair.read]);
  };
  std::sort(pairs.begin(), pairs.end(), [&](const MisreadPair& a, const MisreadPair& b) {
    return std::tuple(day_of(a), a.read, a.truth) < std::tuple(day_of(b), b.read, b.truth);
  });
  std::vector<DoubtfulReading> readings;
  readings.reserve(pairs.size());
  for (const MisreadPair& pair : pairs) {
    readings.push_back({Text(sample.plates[pair.read].characters),
                        Text(sample.plates[pair.truth].characters), day_of(pair), pair.weight});
  }
  SIGHTLINE_ASSIGN(TrackFindings tracks, FollowTracks(store, readings, cancellation));

  // What tracks say of these, in proportion for those that were not followed.
  PlateReadingCounts correction;
  double misreads = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const SeenPlate& read = sample.plates[pairs[i].read];
    const double change = (readings[i].weight - pairs[i].weight) * read.readings *
                          (all / static_cast<double>(pairs.size()));
    correction.misreads += change;
    CountMisread(read.characters, sample.plates[pairs[i].truth].characters, change, correction);
    misreads += readings[i].weight;
  }
  AddCounts(correction, found.counts);
  found.counts.confidence_correct = tracks.confidence_correct;
  found.counts.confidence_misread = tracks.confidence_misread;

  // Cameras' chances of a misread, in the proportions of the true plates' readings, such that the
  // misreads of all cameras make the overall rate.
  double chances = 0;
  for (const auto& [id, camera] : tracks.cameras) chances += camera.readings;
  const double rate = found.counts.misreads / std::max(1.0, found.counts.readings);
  const double scale = chances > 0 && rate > 0 ? misreads / rate / chances : 0;
  for (auto& [id, camera] : tracks.cameras) camera.readings *= scale;
  found.counts.cameras = std::move(tracks.cameras);
  return Ok();
}

// A correction of counts may take more away than there was.
void DropNegative(PlateReadingCounts& counts) {
  counts.misreads = std::max(0.0, counts.misreads);
  for (double& count : counts.changes) count = std::max(0.0, count);
  for (double& count : counts.kinds) count = std::max(0.0, count);
  for (auto& [pair, count] : counts.confusions) count = std::max(0.0, count);
  for (auto& [c, seen] : counts.characters) seen.second = std::max(0.0, seen.second);
}

// Traces of doubt are not worth their lines.
constexpr double kTrace = 0.02;
void DropTraces(CharacterPairs& pairs) {
  std::erase_if(pairs, [](const auto& entry) { return entry.second < kTrace; });
}

}  // namespace

Result<PlateReadingData> LearnPlateReading(storage::Store& store, const PlateReadingPrior& prior,
                                           const PlateLearningLimits& limits,
                                           const Cancellation& cancellation) {
  PlateReadingData data{prior, {}};
  PlateReadingCounts& counts = data.counts;
  counts.learned_as_of = store.VisibleSequence();
  SIGHTLINE_RETURN_IF_ERROR(LearnCorrections(store, limits, counts));
  SIGHTLINE_ASSIGN(const PlateSample sample,
                   SamplePlates(store, counts.learned_as_of, limits.plates, cancellation));
  SIGHTLINE_ASSIGN(FoundMisreads found, FindMisreads(sample.plates, data, cancellation));
  SIGHTLINE_RETURN_IF_ERROR(LearnTracks(store, sample, limits, cancellation, found));
  DropNegative(found.counts);
  AddCounts(found.counts, counts);
  DropTraces(counts.confusions);
  for (auto& [id, camera] : counts.cameras) DropTraces(camera.confusions);
  return data;
}

Result<PlateReadingData> LoadPlateReading(const storage::Store& store,
                                          const PlateReadingPrior& prior) {
  SIGHTLINE_ASSIGN(const auto entries, store.Entries(kTable));
  PlateReadingData data{prior, {}};
  for (const auto& [key, text] : entries) {
    if (key != kKey) continue;
    auto saved = ParsePlateReadingData(text);
    if (!saved) {
      return Error{ErrorCode::kCorruption,
                   "the plate reading model in the catalog: " + saved.error().message, {}};
    }
    data.counts = std::move(saved->counts);
  }
  return data;
}

Status SavePlateReading(storage::Store& store, const PlateReadingData& data) {
  return store.PutEntry(kTable, kKey, FormatPlateReadingData(data));
}

}  // namespace sightline::query
