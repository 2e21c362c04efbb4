#include "query/image_days.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "query/plate_rows.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

std::vector<Day> DaysOf(const storage::Store& store, const Conditions& conditions, Interval time,
                        std::span<const Day> first) {
  if (conditions.cameras && conditions.cameras->empty()) return {};
  std::vector<Day> days = DaysIn(store, time);
  std::reverse(days.begin(), days.end());
  std::stable_partition(days.begin(), days.end(), [&](Day day) {
    return std::find(first.begin(), first.end(), day) != first.end();
  });
  return days;
}

// Leaves of rows that are named several times, once a vector, the nearest.
void KeepNearest(std::vector<index::NearRow>& rows) {
  const auto key = [](const index::NearRow& row) {
    return std::tuple(row.key.ms_of_day, row.key.camera_number, row.key.identity_hash);
  };
  std::sort(rows.begin(), rows.end(), [&](const index::NearRow& a, const index::NearRow& b) {
    return std::tuple(key(a), a.distance) < std::tuple(key(b), b.distance);
  });
  const auto last = std::unique(
      rows.begin(), rows.end(),
      [](const index::NearRow& a, const index::NearRow& b) { return a.key == b.key; });
  rows.erase(last, rows.end());
  std::sort(rows.begin(), rows.end(), NearerRow);
}

// The nearest of the days so far.
class NearestSoFar {
 public:
  explicit NearestSoFar(const NearestAsk& ask) : ask_(ask) {}

  // Nothing farther can be among them.
  double bound() const {
    if (rows_.size() < ask_.k) return ask_.max_distance;
    return std::min(ask_.max_distance, rows_.back().row.distance);
  }

  // The day's rows for each vector.
  void Add(Day day, std::span<std::vector<index::NearRow>> answers) {
    std::vector<index::NearRow> rows = std::move(answers.front());
    for (std::vector<index::NearRow>& answer : answers.subspan(1)) {
      rows.insert(rows.end(), std::make_move_iterator(answer.begin()),
                  std::make_move_iterator(answer.end()));
    }
    if (answers.size() > 1) KeepNearest(rows);
    const auto known = static_cast<ptrdiff_t>(rows_.size());
    const double within = bound();
    for (index::NearRow& row : rows) {
      if (row.distance <= within) rows_.push_back({day, std::move(row)});
    }
    std::inplace_merge(rows_.begin(), rows_.begin() + known, rows_.end(),
                       [](const NearSighting& a, const NearSighting& b) {
                         if (a.row.distance != b.row.distance) {
                           return a.row.distance < b.row.distance;
                         }
                         return a.day != b.day ? a.day < b.day : NearerRow(a.row, b.row);
                       });
    if (rows_.size() > ask_.k) rows_.resize(ask_.k);
  }

  std::vector<NearSighting> Take() && { return std::move(rows_); }

 private:
  const NearestAsk& ask_;
  std::vector<NearSighting> rows_;
};

}  // namespace

ImageDays::ImageDays(const Sources& sources, const Filter& filter, Sequence as_of,
                     std::span<const Day> first, const Cancellation& cancellation)
    : sources_(sources),
      cancellation_(cancellation),
      matcher_(filter),
      filter_{.filter = filter,
              .matcher = matcher_,
              .conditions = MakeConditions(filter, matcher_, sources.store, as_of,
                                           TimeOrder::kDescending),
              .time = {std::max(filter.time.from, kMinTimestamp),
                       std::min(filter.time.to, kMaxTimestamp)},
              .as_of = as_of},
      days_(DaysOf(sources.store, filter_.conditions, filter_.time, first)) {}

Result<std::vector<std::vector<NearSighting>>> ImageDays::Nearest(std::span<const NearestAsk> asks,
                                                                  index::NearestQuery query,
                                                                  ImageCost& cost) {
  query.k = 0;
  std::vector<NearestSoFar> found;
  found.reserve(asks.size());
  for (const NearestAsk& ask : asks) {
    query.vectors.insert(query.vectors.end(), ask.vectors.begin(), ask.vectors.end());
    query.k = std::max(query.k, ask.k);
    found.emplace_back(ask);
  }
  ++cost.rounds;
  for (const Day day : days_) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    SIGHTLINE_ASSIGN(const ImageDay* const rows, Open(day));
    if (rows == nullptr) continue;
    query.max_distance = found.front().bound();
    for (const NearestSoFar& one : found) {
      query.max_distance = std::max(query.max_distance, one.bound());
    }
    SIGHTLINE_ASSIGN(auto answers, rows->Nearest(query, cost.index, cancellation_));
    size_t next = 0;
    for (size_t i = 0; i < asks.size(); ++i) {
      found[i].Add(day, std::span(answers).subspan(next, asks[i].vectors.size()));
      next += asks[i].vectors.size();
    }
  }
  cost.days = opened_.size();
  std::vector<std::vector<NearSighting>> nearest;
  nearest.reserve(asks.size());
  for (NearestSoFar& one : found) nearest.push_back(std::move(one).Take());
  return nearest;
}

Result<std::vector<uint64_t>> ImageDays::CountByPlate(const std::vector<std::string>& plates) {
  std::vector<uint64_t> counts(plates.size());
  for (const Day day : days_) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    SIGHTLINE_ASSIGN(const ImageDay* const rows, Open(day));
    if (rows == nullptr) continue;
    SIGHTLINE_ASSIGN(const std::vector<uint64_t> of_day,
                     rows->CountByPlate(plates, cancellation_));
    std::transform(counts.begin(), counts.end(), of_day.begin(), counts.begin(), std::plus<>());
  }
  return counts;
}

Result<std::vector<std::optional<StoredSighting>>> ImageDays::Read(
    std::span<const NearSighting* const> rows, ImageCost& cost) {
  std::map<Day, std::vector<size_t>> places;  // in rows
  for (size_t i = 0; i < rows.size(); ++i) places[rows[i]->day].push_back(i);
  std::vector<std::optional<StoredSighting>> records(rows.size());
  for (const auto& [day, of_day] : places) {
    SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
    SIGHTLINE_ASSIGN(const storage::DayReader* const reader, Reader(day));
    if (reader == nullptr) continue;
    std::vector<RowKey> keys;
    keys.reserve(of_day.size());
    for (const size_t place : of_day) keys.push_back(rows[place]->row.key);
    SIGHTLINE_ASSIGN(std::vector<StoredSighting> found,
                     ReadRecordsAsStored(*reader, keys, filter_.as_of));
    cost.records_read += found.size();
    for (size_t i = 0; i < found.size(); ++i) {
      if (matcher_.Matches(found[i].sighting)) records[of_day[i]] = std::move(found[i]);
    }
  }
  return records;
}

Result<SightingId> ImageDays::IdOf(const NearSighting& row) {
  SIGHTLINE_ASSIGN(const storage::DayReader* const reader, Reader(row.day));
  const std::string camera =
      reader == nullptr ? std::string() : reader->CameraId(row.row.key.camera_number);
  return SightingId{row.time(), HashCameraId(camera), row.row.key.identity_hash};
}

Result<const ImageDay*> ImageDays::Open(Day day) {
  OpenedDay& opened = opened_[day];
  if (!opened.is_opened) {
    SIGHTLINE_ASSIGN(opened.rows, OpenImageDay(sources_, filter_, day, cancellation_));
    opened.is_opened = true;
  }
  return opened.rows.get();
}

Result<const storage::DayReader*> ImageDays::Reader(Day day) {
  const auto [entry, is_new] = readers_.try_emplace(day);
  if (is_new) {
    SIGHTLINE_ASSIGN(entry->second, sources_.store.OpenDay(day));
  }
  return entry->second.get();
}

}  // namespace sightline::query
