#include "tests/unit/query/watched_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "query/plate_readings.h"

namespace sightline::testing {
namespace {

constexpr double kBlockMeters = 500;
constexpr double kDegreeMeters = 111'195.08;  // along the equator
constexpr double kUsualSpeed = 12;            // metres a second
constexpr double kRedShare = 0.5;
constexpr double kRedSeconds = 40;
constexpr double kMissed = 0.03;
constexpr int kDrivesADay = 3;
constexpr int kLeastBlocks = 5;
constexpr int kMostBlocks = 12;

}  // namespace

Position WatchedGrid::PlaceOf(uint32_t camera) {
  return {(camera % kSide) * kBlockMeters / kDegreeMeters,
          (camera / kSide) * kBlockMeters / kDegreeMeters};
}

query::TrackSample WatchedGrid::Drive(int vehicles, int days) const {
  std::mt19937_64 random(seed_);
  std::uniform_real_distribution<double> uniform(0, 1);
  constexpr std::pair<int, int> kHeadings[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
  // Seconds of the block out of each crossing by heading.
  std::vector<std::array<double, 4>> blocks(kSide * kSide);
  for (uint32_t crossing = 0; crossing < kSide * kSide; ++crossing) {
    for (int heading : {0, 1}) {
      const auto [east, north] = kHeadings[heading];
      const uint32_t next = crossing + static_cast<uint32_t>(east) +
                            static_cast<uint32_t>(north) * kSide;
      const double seconds = kBlockMeters / kUsualSpeed * (0.9 + 0.2 * uniform(random));
      blocks[crossing][heading] = seconds * (0.97 + 0.06 * uniform(random));
      if (next < kSide * kSide) {
        blocks[next][heading + 2] = seconds * (0.97 + 0.06 * uniform(random));
      }
    }
  }
  query::TrackSample sample(10'000'000);
  for (int vehicle = 0; vehicle < vehicles; ++vehicle) {
    const double pace = 0.88 + 0.3 * uniform(random);
    std::vector<query::PlateReading> readings;
    for (int drive = 0; drive < days * kDrivesADay; ++drive) {
      double at_s = (drive + 0.1 + 0.8 * uniform(random)) * 86'400 / kDrivesADay;
      int column = static_cast<int>(uniform(random) * kSide);
      int row = static_cast<int>(uniform(random) * kSide);
      auto heading = static_cast<size_t>(uniform(random) * 4);
      const int length =
          kLeastBlocks + static_cast<int>(uniform(random) * (kMostBlocks - kLeastBlocks));
      for (int block = 0; block < length; ++block) {
        const auto inside = [&](size_t way) {
          const int x = column + kHeadings[way].first;
          const int y = row + kHeadings[way].second;
          return x >= 0 && y >= 0 && x < static_cast<int>(kSide) && y < static_cast<int>(kSide);
        };
        // Straight on, mostly; never back.
        const size_t came = heading;
        if (!inside(heading) || uniform(random) < 0.25) {
          heading = (came + (uniform(random) < 0.5 ? 1 : 3)) % 4;
          if (!inside(heading)) heading = (heading + 2) % 4;
        }
        const auto from = static_cast<uint32_t>(row) * kSide + static_cast<uint32_t>(column);
        column += kHeadings[heading].first;
        row += kHeadings[heading].second;
        at_s += blocks[from][heading] * pace * (0.95 + 0.1 * uniform(random));
        if (uniform(random) < kRedShare) at_s += kRedSeconds * uniform(random);
        const auto camera = static_cast<uint32_t>(row) * kSide + static_cast<uint32_t>(column);
        if (uniform(random) < kMissed) continue;
        if (eastbound_.contains(camera) && heading != 0) continue;
        const auto clock = clocks_.find(camera);
        const double ahead_s = clock == clocks_.end() ? 0 : clock->second(at_s / 86'400);
        const auto place = places_.find(camera);
        readings.push_back({.time = kGridStart + std::llround((at_s + ahead_s) * 1'000),
                            .camera_number = camera,
                            .place = place == places_.end() ? PlaceOf(camera) : place->second});
      }
    }
    std::ranges::stable_sort(readings, {}, &query::PlateReading::time);
    sample.Add("V" + std::to_string(vehicle), readings);
  }
  return sample;
}

}  // namespace sightline::testing
