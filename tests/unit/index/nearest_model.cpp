#include "tests/unit/index/nearest_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

namespace sightline::index {
namespace {

auto OrderOf(const NearRow& row) {
  return std::tuple(row.distance, row.key.ms_of_day, row.key.camera_number,
                    row.key.identity_hash);
}

bool Less(const NearRow& a, const NearRow& b) { return OrderOf(a) < OrderOf(b); }

}  // namespace

std::vector<NearRow> AllNearest(const RandomDay& day, const NearestQuery& nearest,
                                const ColumnQuery& query) {
  std::vector<NearRow> rows;
  for (const IndexRow* row : day.PassingRows(query, day.versions().size())) {
    const auto& without = nearest.without_plates;
    if (std::find(without.begin(), without.end(), row->plate) != without.end()) continue;
    for (const AppearanceVector& vector : row->vectors) {
      if (vector.space != nearest.space.name) continue;
      const double distance =
          VectorDistance(nearest.space, nearest.vectors.front(), vector.bytes);
      if (distance > nearest.max_distance) continue;
      rows.push_back({row->key, row->sequence, distance, row->plate});
    }
  }
  std::sort(rows.begin(), rows.end(), Less);
  return rows;
}

void ExpectNearest(const std::vector<NearRow>& answer, const std::vector<NearRow>& all, size_t k) {
  ASSERT_EQ(answer.size(), std::min(k, all.size()));
  for (size_t i = 0; i < answer.size(); ++i) {
    ASSERT_EQ(answer[i].distance, all[i].distance) << "match " << i;
    if (answer[i].distance < answer.back().distance || answer.size() == all.size()) {
      ASSERT_EQ(answer[i], all[i]) << "match " << i;
    }
    ASSERT_TRUE(std::binary_search(all.begin(), all.end(), answer[i], Less)) << "match " << i;
    if (i > 0) {
      ASSERT_TRUE(Less(answer[i - 1], answer[i])) << "match " << i;
    }
  }
}

}  // namespace sightline::index
