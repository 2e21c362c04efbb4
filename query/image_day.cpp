#include "query/image_day.h"

#include <algorithm>
#include <utility>

#include "query/image_examples.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr uint64_t kRowsBetweenChecks = 1000;

class ColumnDay final : public ImageDay {
 public:
  ColumnDay(std::shared_ptr<const index::DayColumns> columns, index::ColumnQuery query)
      : columns_(std::move(columns)), query_(std::move(query)) {}

  Result<std::vector<std::vector<index::NearRow>>> Nearest(
      const index::NearestQuery& nearest, index::NearestCost& cost,
      const Cancellation& cancellation) const override {
    return columns_->Nearest(nearest, query_, cost, cancellation);
  }

  Result<std::vector<uint64_t>> CountByPlate(const std::vector<std::string>& plates,
                                             const Cancellation& cancellation) const override {
    // All of them pass what the filter says of plates.
    index::ColumnQuery query = query_;
    query.plate_pattern.clear();
    query.plates = plates;
    return columns_->CountByPlate(query, cancellation);
  }

 private:
  const std::shared_ptr<const index::DayColumns> columns_;
  const index::ColumnQuery query_;
};

// The k nearest of the rows that it is shown.
class NearestRows {
 public:
  NearestRows(size_t k, double max_distance) : k_(k), max_distance_(max_distance) {}

  void Add(index::NearRow row) {
    if (row.distance > max_distance_) return;
    if (rows_.size() == k_) {
      if (!NearerRow(row, rows_.front())) return;
      std::pop_heap(rows_.begin(), rows_.end(), NearerRow);
      rows_.pop_back();
    }
    rows_.push_back(std::move(row));
    std::push_heap(rows_.begin(), rows_.end(), NearerRow);
  }

  std::vector<index::NearRow> Take() && {
    std::sort_heap(rows_.begin(), rows_.end(), NearerRow);
    return std::move(rows_);
  }

 private:
  const size_t k_;
  const double max_distance_;
  std::vector<index::NearRow> rows_;  // a heap, the farthest in front
};

// Reads every record in the filter's time at each call.
class RecordDay final : public ImageDay {
 public:
  RecordDay(std::shared_ptr<const storage::DayReader> day, const ImageFilter& filter)
      : day_(std::move(day)), filter_(filter) {}

  Result<std::vector<std::vector<index::NearRow>>> Nearest(
      const index::NearestQuery& nearest, index::NearestCost& cost,
      const Cancellation& cancellation) const override {
    std::vector<NearestRows> found(nearest.vectors.size(),
                                   NearestRows(nearest.k, nearest.max_distance));
    SIGHTLINE_RETURN_IF_ERROR(Visit(cancellation, [&](const RowKey& key,
                                                      const StoredSighting& record) {
      const Sighting& sighting = record.sighting;
      const std::string* vector = VectorOf(sighting, nearest.space);
      if (vector == nullptr ||
          std::binary_search(nearest.without_plates.begin(), nearest.without_plates.end(),
                             sighting.plate)) {
        return;
      }
      ++cost.rows_compared;
      for (size_t i = 0; i < found.size(); ++i) {
        found[i].Add({.key = key,
                      .version = std::max(record.sequence, record.corrected),
                      .distance = VectorDistance(nearest.space, nearest.vectors[i], *vector),
                      .plate = sighting.plate});
      }
    }));
    std::vector<std::vector<index::NearRow>> rows;
    for (NearestRows& nearest_rows : found) rows.push_back(std::move(nearest_rows).Take());
    return rows;
  }

  Result<std::vector<uint64_t>> CountByPlate(const std::vector<std::string>& plates,
                                             const Cancellation& cancellation) const override {
    std::vector<uint64_t> counts(plates.size());
    SIGHTLINE_RETURN_IF_ERROR(Visit(cancellation, [&](const RowKey&, const StoredSighting& record) {
      const auto place = std::lower_bound(plates.begin(), plates.end(), record.sighting.plate);
      if (place != plates.end() && *place == record.sighting.plate) {
        ++counts[static_cast<size_t>(place - plates.begin())];
      }
    }));
    return counts;
  }

 private:
  // Shows every row that passes the filter.
  template <typename Visitor>
  Status Visit(const Cancellation& cancellation, const Visitor& visit) const {
    const DayPart window = PartOf(day_->day(), filter_.time);
    const std::unique_ptr<storage::RowCursor> cursor = day_->Rows();
    uint64_t rows = 0;
    for (cursor->Seek({.ms_of_day = window.from_ms}); cursor->Valid(); cursor->Next()) {
      if (rows++ % kRowsBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const storage::RowView& row = cursor->row();
      // Rows come by minute and within it by camera.
      const auto minute = row.key.ms_of_day / kMillisecondsPerMinute;
      if (minute * kMillisecondsPerMinute >= window.to_ms) break;
      if (row.sequence > filter_.as_of) continue;
      SIGHTLINE_ASSIGN(const StoredSighting record, day_->Decode(row, filter_.as_of));
      if (filter_.matcher.Matches(record.sighting)) visit(row.key, record);
    }
    return cursor->status();
  }

  const std::shared_ptr<const storage::DayReader> day_;
  const ImageFilter& filter_;
};

}  // namespace

Result<std::unique_ptr<const ImageDay>> OpenImageDay(const Sources& sources,
                                                     const ImageFilter& filter, Day day,
                                                     const Cancellation& cancellation) {
  if (sources.columns == nullptr) {
    SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> reader, sources.store.OpenDay(day));
    if (!reader) return std::unique_ptr<const ImageDay>();
    return std::make_unique<const RecordDay>(std::move(reader), filter);
  }
  SIGHTLINE_ASSIGN(std::shared_ptr<const index::DayColumns> columns,
                   sources.columns->Open(day, cancellation));
  if (!columns) return std::unique_ptr<const ImageDay>();
  index::ColumnQuery query = filter.conditions.query;
  const DayPart window = PartOf(day, filter.time);
  query.from_ms = window.from_ms;
  query.to_ms = window.to_ms;
  if (filter.filter.plate_like) {
    SIGHTLINE_ASSIGN(const std::vector<index::DayPlate> near,
                     columns->PlatesNear(*filter.filter.plate_like, cancellation));
    if (near.empty()) return std::unique_ptr<const ImageDay>();
    query.plates.emplace();
    for (const index::DayPlate& plate : near) query.plates->push_back(plate.plate);
  }
  return std::make_unique<const ColumnDay>(std::move(columns), std::move(query));
}

}  // namespace sightline::query
