#include "query/segment_speeds.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "query/count_cells.h"
#include "query/sample_quantiles.h"
#include "query/snapshot.h"
#include "query/trips.h"

namespace sightline::query {
namespace {

// A vehicle that reaches the next camera later is taken to have stopped.
constexpr int64_t kMarginMs = 3'600'000;

struct Passages {
  std::optional<Meters> distance;  // of the first
  std::vector<float> seconds;
};

using PassageKey = std::array<uint32_t, 3>;  // from, to, cell

class SpeedSweep {
 public:
  SpeedSweep(const Sources& sources, const TravelTimes& travel_times, const SpeedRequest& request,
             Interval time)
      : request_(request),
        travel_times_(travel_times),
        time_(time),
        cells_(TimeUnits(request.zone, request.units)),
        timeline_(cells_, time) {
    for (const auto& camera : sources.store.Cameras()) {
      ids_[camera->number] = camera->camera().id;
      if (camera->camera().id == request.from_camera) from_ = camera->number;
      if (camera->camera().id == request.to_camera) to_ = camera->number;
    }
  }

  // Whether the cameras that are asked for are known.
  bool CanHaveRows() const {
    return request_.from_camera.has_value() == from_.has_value() &&
           request_.to_camera.has_value() == to_.has_value();
  }

  void Add(std::span<const PlateReading> readings) {
    for (size_t i = 1; i < readings.size(); ++i) Add(readings[i - 1], readings[i]);
  }

  Result<std::vector<SpeedRow>> Rows() {
    std::vector<SpeedRow> rows;
    for (auto& [key, passages] : passages_) {
      if (passages.seconds.size() < request_.min_count) continue;
      if (rows.size() == request_.max_rows) return TooManyRows(request_.max_rows);
      const std::vector<double> quantiles = SampleQuantiles(passages.seconds, {0.15, 0.5, 0.85});
      SpeedRow row{.from_camera = ids_[key[0]],
                   .to_camera = ids_[key[1]],
                   .key = {},
                   .count = passages.seconds.size(),
                   .distance = passages.distance,
                   .p15_s = quantiles[0],
                   .median_s = quantiles[1],
                   .p85_s = quantiles[2]};
      const std::span<const int64_t> values = cells_.ValuesOf(key[2]);
      for (size_t i = 0; i < values.size(); ++i) {
        row.key.push_back(TimeKeyValue(request_.units[i], values[i]));
      }
      rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const SpeedRow& a, const SpeedRow& b) {
      const auto cameras = [](const SpeedRow& row) {
        return std::tie(row.from_camera, row.to_camera);
      };
      if (cameras(a) != cameras(b)) return cameras(a) < cameras(b);
      return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end(),
                                          KeyValueLess);
    });
    return rows;
  }

 private:
  void Add(const PlateReading& a, const PlateReading& b) {
    if (a.camera_number == b.camera_number || !time_.Contains(a.time) || b.time == a.time) return;
    if (from_ && a.camera_number != *from_) return;
    if (to_ && b.camera_number != *to_) return;
    if (EndsTrip(a, b, travel_times_) || !travel_times_.Judge(a, b).possible) return;
    Passages& passages =
        passages_[{a.camera_number, b.camera_number, timeline_.CellAt(a.time)}];
    if (passages.seconds.empty() && a.place && b.place) {
      passages.distance = GreatCircleDistance(*a.place, *b.place);
    }
    passages.seconds.push_back(static_cast<float>(b.time - a.time) / 1000);
  }

  const SpeedRequest& request_;
  const TravelTimes& travel_times_;
  const Interval time_;
  CountCells cells_;
  const CellTimeline timeline_;
  std::unordered_map<uint32_t, std::string> ids_;
  std::optional<uint32_t> from_;
  std::optional<uint32_t> to_;
  std::map<PassageKey, Passages> passages_;
};

}  // namespace

Result<SpeedAnswer> MeasureSegmentSpeeds(const Sources& sources, const TravelTimes& travel_times,
                                         const SpeedRequest& request,
                                         const Cancellation& cancellation) {
  SpeedAnswer answer{.rows = {}, .as_of = VisibleAt(sources.store, request.as_of)};
  const std::vector<Day> days = DaysIn(sources.store, request.time);
  if (days.empty()) return answer;
  const Interval time{std::max(request.time.from, days.front().start()),
                      std::min(request.time.to, days.back().end())};
  SpeedSweep speeds(sources, travel_times, request, time);
  if (!speeds.CanHaveRows()) return answer;
  const Interval read{time.from, std::min(time.to + kMarginMs, kMaxTimestamp)};
  SIGHTLINE_ASSIGN(const std::unique_ptr<PlateSweep> sweep,
                   PlateSweep::Start(sources, read, answer.as_of, cancellation));
  for (;;) {
    SIGHTLINE_ASSIGN(const bool more, sweep->Next(cancellation));
    if (!more) break;
    speeds.Add(sweep->readings());
  }
  SIGHTLINE_ASSIGN(answer.rows, speeds.Rows());
  return answer;
}

}  // namespace sightline::query
