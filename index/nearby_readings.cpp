#include "index/nearby_readings.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "index/code_match.h"
#include "index/row_admission.h"
#include "index/segment.h"

namespace sightline::index {
namespace {

// Moments that are looked around in one piece.
constexpr size_t kMomentsAtOnce = 16;

auto OrderOf(const NearbyReading& reading) {
  return std::tuple(reading.moment, reading.key.ms_of_day, reading.key.camera_number,
                    reading.key.identity_hash);
}

// Looks around moments in one segment.
class SegmentSurroundings {
 public:
  SegmentSurroundings(const Segment& segment, const DayFeed& feed, Sequence as_of)
      : segment_(segment), admission_(segment, feed, as_of, {}) {}

  void Append(const CameraMoment& moment, uint32_t number, uint32_t within_ms,
              std::vector<NearbyReading>& found) {
    const auto times = segment_.times();
    const uint32_t from = moment.ms_of_day - std::min(within_ms, moment.ms_of_day);
    const uint32_t to =
        std::min(within_ms, std::numeric_limits<uint32_t>::max() - moment.ms_of_day) +
        moment.ms_of_day;
    if (times.front() > to || times.back() < from) return;
    const CodeSet* const camera = SetOf(moment.camera_number);
    if (camera == nullptr) return;
    const auto first = std::lower_bound(times.begin(), times.end(), from);
    const auto last = std::upper_bound(first, times.end(), to);
    auto row = static_cast<uint32_t>(first - times.begin());
    const auto end = static_cast<uint32_t>(last - times.begin());
    while (row < end) {
      const auto block_end =
          static_cast<uint32_t>(std::min<size_t>(end, (row / kBlockRows + 1) * kBlockRows));
      if (camera->MayOccur(segment_.camera_codes().Block(row / kBlockRows))) {
        MatchRows(*camera, row, block_end, number, found);
      }
      row = block_end;
    }
  }

 private:
  // Null: the segment has no row of the camera.
  const CodeSet* SetOf(uint32_t camera_number) {
    const auto cameras = segment_.cameras();
    const auto camera = std::lower_bound(cameras.begin(), cameras.end(), camera_number);
    if (camera == cameras.end() || *camera != camera_number) return nullptr;
    const auto code = static_cast<uint32_t>(camera - cameras.begin()) + 1;
    return &sets_.try_emplace(code, cameras.size() + 1, std::span(&code, 1)).first->second;
  }

  // Few rows of many are of one camera: each column's entry is a line of its own.
  void Prefetch(uint32_t row) const {
    const CodeArray& plates = segment_.plate_codes();
    __builtin_prefetch(plates.data + size_t{row} * plates.width);
    __builtin_prefetch(&segment_.identities()[row]);
    __builtin_prefetch(&segment_.times()[row]);
  }

  // Rows [begin, end) of one block.
  void MatchRows(const CodeSet& camera, uint32_t begin, uint32_t end, uint32_t number,
                 std::vector<NearbyReading>& found) {
    std::array<uint8_t, kBlockRows> bytes;
    const std::span<uint8_t> mask(bytes.data(), end - begin);
    std::fill(mask.begin(), mask.end(), uint8_t{1});
    camera.Match(segment_.camera_codes().codes(), begin, mask);
    rows_.clear();
    AppendOnes(mask, begin, rows_);
    for (const uint32_t row : rows_) Prefetch(row);
    for (const uint32_t row : rows_) {
      const uint32_t plate = segment_.plate_codes()[row];
      if (plate == 0 || !admission_.Admits(row)) continue;
      found.push_back({number, segment_.KeyOf(row), segment_.plates().Plate(plate - 1)});
    }
  }

  const Segment& segment_;
  const RowAdmission admission_;
  std::unordered_map<uint32_t, CodeSet> sets_;  // by code
  std::vector<uint32_t> rows_;                  // of the block at hand
};

}  // namespace

Result<std::vector<NearbyReading>> FindReadingsNear(const DayFeed& feed,
                                                    std::span<const GraphedSegment> segments,
                                                    SearchThreads& threads,
                                                    std::span<const CameraMoment> moments,
                                                    uint32_t within_ms, Sequence as_of,
                                                    const Cancellation& cancellation) {
  std::vector<std::vector<NearbyReading>> found((moments.size() + kMomentsAtOnce - 1) /
                                                kMomentsAtOnce);
  threads.ForEach(found.size(), [&](size_t piece) {
    const size_t begin = piece * kMomentsAtOnce;
    const size_t end = std::min(moments.size(), begin + kMomentsAtOnce);
    for (const GraphedSegment& each : segments) {
      if (cancellation.Check().has_error()) return;
      SegmentSurroundings surroundings(*each.segment, feed, as_of);
      for (size_t i = begin; i < end; ++i) {
        surroundings.Append(moments[i], static_cast<uint32_t>(i), within_ms, found[piece]);
      }
    }
    std::ranges::sort(found[piece], {}, OrderOf);
  });
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  std::vector<NearbyReading> all;
  for (std::vector<NearbyReading>& some : found) {
    all.insert(all.end(), std::make_move_iterator(some.begin()),
               std::make_move_iterator(some.end()));
  }
  return all;
}

}  // namespace sightline::index
