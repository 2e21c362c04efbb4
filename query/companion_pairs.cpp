#include "query/companion_pairs.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr uint32_t kSampleParts = 64;
// A longer pause between two meetings of a pair ends what counts as one trip.
constexpr uint32_t kTripSeconds = 25 * 60;
constexpr std::array<size_t, MeetAgainRates::kLengths - 1> kLengthEnds = {1, 2, 4, 7};
// What a rate is worth before anything is counted.
constexpr double kPriorPairs = 10;
constexpr double kPriorGoesOn = 0.5;
constexpr double kPriorAnotherTrip = 0.02;
// What is sorted in one go, without looking whether it is wanted still.
constexpr uint32_t kHeaps = 256;

size_t LengthClassOf(size_t meetings) {
  return static_cast<size_t>(std::ranges::lower_bound(kLengthEnds, meetings) -
                             kLengthEnds.begin());
}

uint64_t HashOf(std::string_view plate) { return XXH3_64bits(plate.data(), plate.size()); }

// Symmetric, and spread over all bits.
PairKey KeyOf(uint64_t a, uint64_t b) {
  const uint64_t mixed = std::min(a, b) * 0x9e37'79b9'7f4a'7c15 ^ std::max(a, b);
  return {(mixed ^ mixed >> 31) * 0xd6e8'feb8'6659'fd93};
}

uint32_t PartOf(PairKey key, uint32_t parts) {
  return static_cast<uint32_t>((key.value >> 32) * parts >> 32);
}

// A pair's meetings, in order of time, summed up.
struct Story {
  size_t trips = 0;
  size_t cameras = 0;                                          // distinct
  std::array<size_t, MeetAgainRates::kLengths> met = {};       // meetings by their place in the row
  std::array<size_t, MeetAgainRates::kLengths> went_on = {};   // of these, followed by another
};

}  // namespace

CompanionPairs::CompanionPairs(const Sources& sources, CompanionPairOptions options, State state)
    : sources_(sources), options_(std::move(options)), state_(std::move(state)) {
  for (const sightline::Day day : DaysIn(sources_.store, options_.time)) days_.push_back({day, {}});
}

double CompanionPairs::progress() const {
  if (state_.parts == 0) return 0;
  // The sample is a run through the readings, too.
  return (1.0 + state_.next_part) / (1.0 + state_.parts);
}

template <typename Meet>
Status CompanionPairs::VisitMeetings(const Cancellation& cancellation, Meet meet) {
  struct Recent {
    std::vector<Pass> passes;
    size_t first = 0;  // those before it are too long ago
  };
  std::vector<Recent> recent;  // by camera number
  for (size_t d = 0; d < days_.size(); ++d) {
    Day& day = days_[d];
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_ASSIGN(const auto columns, sources_.columns->Open(day.day, cancellation));
    if (columns == nullptr) continue;
    SIGHTLINE_ASSIGN(const auto numbers, columns->NumberPlates(cancellation));
    if (day.hashes.size() != numbers->size()) {
      day.hashes.resize(numbers->size());
      for (uint32_t i = 0; i < numbers->size(); ++i) day.hashes[i] = HashOf(numbers->PlateOf(i));
    }
    const auto clip = [&](TimestampMs time) {
      return static_cast<uint32_t>(std::clamp<int64_t>(time - day.day.start(), 0,
                                                       kMillisecondsPerDay));
    };
    const index::ColumnQuery query{.from_ms = clip(options_.time.from),
                                   .to_ms = clip(options_.time.to),
                                   .as_of = options_.as_of,
                                   .order = TimeOrder::kAscending};
    const auto visit = [&](std::span<const index::Passing> passings) {
      for (const index::Passing& passing : passings) {
        if (passing.plate == index::kUnreadPlate) continue;
        if (passing.camera_number >= recent.size()) recent.resize(passing.camera_number + 1);
        auto& [here, first] = recent[passing.camera_number];
        const Pass pass{day.day.start().value + passing.ms_of_day, day.hashes[passing.plate],
                        passing.plate, static_cast<uint32_t>(d)};
        while (first < here.size() && here[first].ms < pass.ms - options_.within_ms) ++first;
        for (size_t i = first; i < here.size(); ++i) {
          if (here[i].plate != pass.plate) meet(here[i], pass, passing.camera_number, d);
        }
        if (2 * first > here.size()) {
          here.erase(here.begin(), here.begin() + static_cast<ptrdiff_t>(first));
          first = 0;
        }
        here.push_back(pass);
      }
      return true;
    };
    SIGHTLINE_RETURN_IF_ERROR(columns->VisitPassings(query, visit, cancellation));
  }
  return Ok();
}

Result<CompanionPairs::Heaps> CompanionPairs::MeetingsOfPart(uint32_t part, uint32_t parts,
                                                             const Cancellation& cancellation) {
  Heaps heaps(kHeaps);
  const int64_t start = days_.empty() ? 0 : days_.front().day.start().value;
  const uint32_t first = part * kHeaps;
  SIGHTLINE_RETURN_IF_ERROR(VisitMeetings(
      cancellation, [&](const Pass& before, const Pass& pass, uint32_t camera, size_t) {
        const PairKey key = KeyOf(before.plate, pass.plate);
        const uint32_t heap = PartOf(key, parts * kHeaps) - first;
        if (heap >= kHeaps) return;
        heaps[heap].push_back({key, static_cast<uint32_t>((pass.ms - start) / 1000), camera});
      }));
  for (std::vector<Meeting>& heap : heaps) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    std::ranges::sort(heap, {}, [](const Meeting& meeting) {
      return std::tuple(meeting.pair, meeting.second, meeting.camera);
    });
  }
  return heaps;
}

namespace {

// Calls visit(story, key) for each pair of sorted meetings.
template <typename Meetings, typename Visit>
void VisitStories(const Meetings& meetings, const Visit& visit) {
  std::vector<uint32_t> cameras;
  for (size_t begin = 0; begin < meetings.size();) {
    Story story;
    cameras.clear();
    size_t row = 0;
    size_t i = begin;
    for (; i < meetings.size() && meetings[i].pair == meetings[begin].pair; ++i) {
      cameras.push_back(meetings[i].camera);
      const bool goes_on = i > begin && meetings[i].second - meetings[i - 1].second <= kTripSeconds;
      if (goes_on) {
        ++story.went_on[LengthClassOf(row)];
      } else {
        ++story.trips;
        row = 0;
      }
      ++story.met[LengthClassOf(++row)];
    }
    std::ranges::sort(cameras);
    story.cameras =
        static_cast<size_t>(std::unique(cameras.begin(), cameras.end()) - cameras.begin());
    visit(story, meetings[begin].pair);
    begin = i;
  }
}

}  // namespace

void CompanionPairs::Learn(const Heaps& sample) {
  Story sum;
  double pairs = 0;
  const auto add = [&](const Story& story, PairKey) {
    ++pairs;
    sum.trips += story.trips;
    for (size_t i = 0; i < MeetAgainRates::kLengths; ++i) {
      sum.met[i] += story.met[i];
      sum.went_on[i] += story.went_on[i];
    }
  };
  for (const std::vector<Meeting>& heap : sample) VisitStories(heap, add);
  for (size_t i = 0; i < MeetAgainRates::kLengths; ++i) {
    state_.rates.goes_on[i] =
        (static_cast<double>(sum.went_on[i]) + kPriorPairs * kPriorGoesOn) /
        (static_cast<double>(sum.met[i]) + kPriorPairs);
  }
  state_.rates.another_trip =
      (static_cast<double>(sum.trips) - pairs + kPriorPairs * kPriorAnotherTrip) /
      (static_cast<double>(sum.trips) + kPriorPairs);
}

void CompanionPairs::Keep(const Heaps& meetings) {
  const auto keep = [&](const Story& story, PairKey key) {
    ++state_.pairs;
    if (story.cameras < options_.min_cameras) return;
    double surprise = -static_cast<double>(story.trips - 1) * std::log(state_.rates.another_trip);
    for (size_t i = 0; i < MeetAgainRates::kLengths; ++i) {
      surprise -= static_cast<double>(story.went_on[i]) * std::log(state_.rates.goes_on[i]);
    }
    state_.kept.push_back({key, surprise});
  };
  for (const std::vector<Meeting>& heap : meetings) {
    VisitStories(heap, keep);
    std::ranges::sort(state_.kept, {}, [](const KeptPair& pair) {
      return std::tuple(-pair.surprise, pair.key);
    });
    if (state_.kept.size() > options_.max_pairs) state_.kept.resize(options_.max_pairs);
  }
}

Result<bool> CompanionPairs::Step(const Cancellation& cancellation) {
  if (state_.parts == 0) {
    SIGHTLINE_ASSIGN(const Heaps sample, MeetingsOfPart(0, kSampleParts, cancellation));
    Learn(sample);
    uint64_t bytes = 0;
    for (const std::vector<Meeting>& heap : sample) bytes += heap.size() * sizeof(Meeting);
    bytes *= kSampleParts;
    state_.parts = static_cast<uint32_t>(bytes / options_.bytes + 1);
    return true;
  }
  if (state_.next_part == state_.parts) return false;
  SIGHTLINE_ASSIGN(const Heaps meetings,
                   MeetingsOfPart(state_.next_part, state_.parts, cancellation));
  Keep(meetings);
  ++state_.next_part;
  return true;
}

Result<std::vector<std::pair<std::string, std::string>>> CompanionPairs::NameKept(
    const Cancellation& cancellation) {
  std::unordered_map<uint64_t, size_t> places;
  for (size_t i = 0; i < state_.kept.size(); ++i) places.emplace(state_.kept[i].key.value, i);
  std::unordered_map<uint64_t, std::string> plates;  // by their hash
  std::vector<std::pair<uint64_t, uint64_t>> hashes(state_.kept.size());
  std::vector<std::unordered_map<uint64_t, uint32_t>> wanted(days_.size());
  SIGHTLINE_RETURN_IF_ERROR(VisitMeetings(
      cancellation, [&](const Pass& before, const Pass& pass, uint32_t, size_t day) {
        const auto found = places.find(KeyOf(before.plate, pass.plate).value);
        if (found == places.end()) return;
        hashes[found->second] = {before.plate, pass.plate};
        wanted[day].emplace(pass.plate, pass.number);
        wanted[before.day].emplace(before.plate, before.number);
      }));
  for (size_t d = 0; d < days_.size(); ++d) {
    if (wanted[d].empty()) continue;
    SIGHTLINE_ASSIGN(const auto columns, sources_.columns->Open(days_[d].day, cancellation));
    if (columns == nullptr) continue;
    SIGHTLINE_ASSIGN(const auto numbers, columns->NumberPlates(cancellation));
    for (const auto& [hash, number] : wanted[d]) {
      if (number >= numbers->size()) continue;
      plates.emplace(hash, numbers->PlateOf(number));
    }
  }
  std::vector<std::pair<std::string, std::string>> named;
  for (const auto& [a, b] : hashes) {
    const auto first = plates.find(a);
    const auto second = plates.find(b);
    if (first == plates.end() || second == plates.end()) continue;
    named.push_back(std::minmax(first->second, second->second));
  }
  return named;
}

}  // namespace sightline::query
