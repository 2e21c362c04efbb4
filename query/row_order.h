// The order of rows in an answer, decided on keys alone, before any record is decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "core/filter.h"
#include "query/sighting_search.h"
#include "storage/store.h"

namespace sightline::query {

// Where a row stands in the answers of its day. Rows of one camera at one instant differ in the
// identity hash alone, so comparing it is comparing public ids.
struct RowPlace {
  uint32_t ms_of_day = 0;
  std::string_view camera_id;  // not owned
  uint64_t identity_hash = 0;
};

// The place of a row that was given out, named by its camera's id; `position` outlives the result.
inline RowPlace PlaceOf(const SearchPosition& position) {
  return {MillisecondOfDay(position.time), position.camera_id, position.id.identity_hash};
}

// Orders RowPlaces as an answer does: by time in the given direction; equal times by camera id and
// then id, ascending in both directions.
class RowOrder {
 public:
  explicit RowOrder(TimeOrder order) : ascending_(order == TimeOrder::kAscending) {}

  bool operator()(const RowPlace& a, const RowPlace& b) const {
    if (a.ms_of_day != b.ms_of_day) return (a.ms_of_day < b.ms_of_day) == ascending_;
    return TieBefore(a, b);
  }

  // The order of two rows of the same time.
  static bool TieBefore(const RowPlace& a, const RowPlace& b) {
    const int by_camera = a.camera_id.compare(b.camera_id);
    return by_camera != 0 ? by_camera < 0 : a.identity_hash < b.identity_hash;
  }

 private:
  bool ascending_;
};

// The order in which storage keeps the rows of a day.
inline bool StoredBefore(const storage::RowKey& a, const storage::RowKey& b) {
  const auto place = [](const storage::RowKey& key) {
    return std::tuple(key.ms_of_day / kMillisecondsPerMinute, key.camera_number, key.ms_of_day,
                      key.identity_hash);
  };
  return place(a) < place(b);
}

// The camera ids of one day, each asked for once. The views that it gives live as long as it does.
class CameraNames {
 public:
  // `day` outlives the object.
  explicit CameraNames(const storage::DayReader& day) : day_(day) {}

  std::string_view Id(uint32_t camera_number) {
    const auto [entry, is_new] = ids_.try_emplace(camera_number);
    if (is_new) entry->second = day_.CameraId(camera_number);
    return entry->second;
  }

  RowPlace PlaceOf(const storage::RowKey& key) {
    return {key.ms_of_day, Id(key.camera_number), key.identity_hash};
  }

 private:
  const storage::DayReader& day_;
  std::unordered_map<uint32_t, std::string> ids_;  // its nodes stay where they are
};

}  // namespace sightline::query
