#include "query/companion_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "query/sighting_search.h"

namespace sightline::query {
namespace {

constexpr size_t kRowsAtOnce = 1'000;

Error TooManyReadings() {
  return {ErrorCode::kUnacceptable,
          fmt::format("the target has more than {} readings in this time; ask about less of it",
                      kMaxTargetReadings),
          {}};
}

// Sightings of any kind, as readings of one vehicle.
class Collector {
 public:
  explicit Collector(const storage::Store& store) : store_(store) {}

  Status Add(const StoredSighting& stored) {
    if (target_.readings.size() == kMaxTargetReadings) return TooManyReadings();
    const Sighting& sighting = stored.sighting;
    const auto camera = store_.FindCamera(sighting.camera_id);
    if (camera == nullptr) return Internal("a sighting is of a camera that is not known");
    target_.readings.push_back({.time = sighting.time,
                                .camera_number = camera->number,
                                .identity_hash = stored.id.identity_hash,
                                .sequence = std::max(stored.sequence, stored.corrected),
                                .place = sighting.location});
    if (!sighting.plate.empty()) target_.plates.push_back(sighting.plate);
    return Ok();
  }

  TargetReadings Take() {
    const auto order = [](const PlateReading& reading) {
      return std::tuple(reading.time, reading.camera_number, reading.identity_hash);
    };
    std::ranges::sort(target_.readings, {}, order);
    const auto again = std::ranges::unique(target_.readings, {}, order);
    target_.readings.erase(again.begin(), again.end());
    std::ranges::sort(target_.plates);
    target_.plates.erase(std::unique(target_.plates.begin(), target_.plates.end()),
                         target_.plates.end());
    return std::move(target_);
  }

 private:
  const storage::Store& store_;
  TargetReadings target_;
};

}  // namespace

Result<TargetReadings> ReadTarget(const Sources& sources, const CompanionsRequest& request,
                                  Sequence as_of, const Cancellation& cancellation) {
  const CompanionTargetQuery& target = request.target;
  if (!target.plate.empty()) {
    SIGHTLINE_ASSIGN(
        std::vector<PlateReading> readings,
        ReadingsOfPlate(sources, target.plate, request.time, as_of, cancellation));
    if (readings.size() > kMaxTargetReadings) return TooManyReadings();
    return TargetReadings{std::move(readings), {target.plate}};
  }
  Collector collector(sources.store);
  if (!target.filter) {
    for (const SightingId& id : target.sightings) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      SIGHTLINE_ASSIGN(const StoredSighting stored, sources.store.GetSighting(id, as_of));
      if (!request.time.Contains(stored.sighting.time)) continue;
      SIGHTLINE_RETURN_IF_ERROR(collector.Add(stored));
    }
    return collector.Take();
  }
  SearchRequest search{.filter = *target.filter,
                       .order = ResultOrder::kTimeAscending,
                       .as_of = as_of};
  search.filter.time.from = std::max(search.filter.time.from, request.time.from);
  search.filter.time.to = std::min(search.filter.time.to, request.time.to);
  SightingSearch rows(sources, std::move(search), cancellation);
  for (;;) {
    SIGHTLINE_ASSIGN(const std::vector<FoundSighting> batch, rows.Next(kRowsAtOnce));
    if (batch.empty()) return collector.Take();
    for (const FoundSighting& row : batch) {
      SIGHTLINE_RETURN_IF_ERROR(collector.Add(row.sighting));
    }
  }
}

}  // namespace sightline::query
