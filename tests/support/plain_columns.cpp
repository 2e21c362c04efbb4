#include "tests/support/plain_columns.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/plate.h"
#include "core/plate_distance.h"
#include "tests/support/plain_groups.h"

namespace sightline::testing {
namespace {

struct Version {
  storage::RowVersion version;
  Sighting sighting;
};

bool EqualByValue(const AttributeValue& a, const AttributeValue& b) {
  const auto* integer = std::get_if<int64_t>(&a);
  const auto* fraction = std::get_if<double>(&b);
  if (integer && fraction) return static_cast<double>(*integer) == *fraction;
  if (std::holds_alternative<double>(a) && std::holds_alternative<int64_t>(b)) {
    return EqualByValue(b, a);
  }
  return a == b;
}

bool Holds(const AttributeCondition& condition, const Sighting& sighting) {
  for (const Attribute& attribute : sighting.attributes) {
    if (attribute.name != condition.name) continue;
    return std::any_of(condition.any_of.begin(), condition.any_of.end(),
                       [&](const auto& value) { return EqualByValue(attribute.value, value); });
  }
  return false;
}

bool Passes(const index::ColumnQuery& query, const Version& row) {
  const Sighting& sighting = row.sighting;
  const uint32_t ms = row.version.key.ms_of_day;
  if (ms < query.from_ms || ms >= query.to_ms) return false;
  if (query.cameras && !std::binary_search(query.cameras->begin(), query.cameras->end(),
                                           row.version.key.camera_number)) {
    return false;
  }
  if (!query.plate_pattern.empty() && (sighting.plate.empty() ||
                                       !MatchesPlatePattern(sighting.plate, query.plate_pattern))) {
    return false;
  }
  if (query.plates &&
      !std::binary_search(query.plates->begin(), query.plates->end(), sighting.plate)) {
    return false;
  }
  if (query.place && (!sighting.location || !query.place(*sighting.location))) return false;
  return std::all_of(query.attributes.begin(), query.attributes.end(),
                     [&](const auto& condition) { return Holds(condition, sighting); });
}

// Gives the rows of a millisecond backwards, since their order is nothing to rely on.
class PlainScan final : public index::ColumnScan {
 public:
  PlainScan(std::vector<RowKey> rows, uint64_t scanned) : rows_(std::move(rows)) {
    cost_ = {.segments = 1, .rows_scanned = scanned, .rows_pruned = 0};
  }

  Result<std::vector<RowKey>> Next(size_t limit, const Cancellation& cancellation) override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    std::vector<RowKey> batch;
    while (next_ < rows_.size() &&
           (batch.size() < limit || batch.back().ms_of_day == rows_[next_].ms_of_day)) {
      batch.push_back(rows_[next_++]);
    }
    return batch;
  }

  const index::ScanCost& cost() const override { return cost_; }

 private:
  std::vector<RowKey> rows_;
  size_t next_ = 0;
  index::ScanCost cost_;
};

const std::string* VectorOf(const Sighting& sighting, const VectorSpace& space) {
  for (const AppearanceVector& vector : sighting.vectors) {
    if (vector.space == space.name && CheckVector(space, vector.bytes)) return &vector.bytes;
  }
  return nullptr;
}

// The order of a day's nearest rows.
auto PlaceOf(const index::NearRow& row) {
  return std::tuple(row.distance, row.key.ms_of_day, row.key.camera_number, row.key.identity_hash);
}

auto OrderOf(const RowKey& key) {
  return std::tuple(key.ms_of_day, key.camera_number, key.identity_hash);
}

// The readings of every plate, held.
class PlainWalk final : public index::PlateWalk {
 public:
  using Readings = std::map<std::string, std::vector<index::ColumnReading>, std::less<>>;

  explicit PlainWalk(Readings readings) : readings_(std::move(readings)) {}

  Result<bool> Next(const Cancellation& cancellation) override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    at_ = next_;
    if (at_ == readings_.end()) return false;
    ++next_;
    return true;
  }
  void Seek(std::string_view plate) override { next_ = readings_.lower_bound(plate); }
  std::string_view plate() const override { return at_->first; }
  std::span<const index::ColumnReading> readings() const override { return at_->second; }
  double progress() const override {
    return readings_.empty() ? 1
                             : static_cast<double>(std::distance(readings_.begin(), next_)) /
                                   static_cast<double>(readings_.size());
  }

 private:
  const Readings readings_;
  Readings::const_iterator next_ = readings_.begin();
  Readings::const_iterator at_ = readings_.end();
};

class PlainNumbers final : public index::PlateNumbers {
 public:
  explicit PlainNumbers(std::vector<std::string> plates) : plates_(std::move(plates)) {}

  uint32_t size() const override { return static_cast<uint32_t>(plates_.size()); }
  std::string PlateOf(uint32_t number) const override { return plates_[number]; }
  std::optional<uint32_t> Find(std::string_view plate) const override {
    const auto found = std::lower_bound(plates_.begin(), plates_.end(), plate);
    if (found == plates_.end() || *found != plate) return std::nullopt;
    return static_cast<uint32_t>(found - plates_.begin());
  }

 private:
  const std::vector<std::string> plates_;  // ascending
};

class PlainDay final : public index::DayColumns {
 public:
  PlainDay(std::shared_ptr<const storage::DayReader> day, std::vector<Version> versions,
           Estimates estimates)
      : day_(std::move(day)), versions_(std::move(versions)), estimates_(estimates) {}

  Result<std::vector<std::vector<index::NearRow>>> Nearest(
      const index::NearestQuery& nearest, const index::ColumnQuery& rows, index::NearestCost& cost,
      const Cancellation& cancellation) const override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    ++cost.segments;
    ++cost.segments_scanned;
    std::vector<std::vector<index::NearRow>> answers(nearest.vectors.size());
    for (const Version& row : versions_) {
      const std::string* vector = VectorOf(row.sighting, nearest.space);
      if (vector == nullptr || !day_->IsInForce(row.version, rows.as_of) || !Passes(rows, row) ||
          std::binary_search(nearest.without_plates.begin(), nearest.without_plates.end(),
                             row.sighting.plate)) {
        continue;
      }
      ++cost.rows_compared;
      for (size_t i = 0; i < answers.size(); ++i) {
        const double distance = VectorDistance(nearest.space, nearest.vectors[i], *vector);
        if (distance > nearest.max_distance) continue;
        answers[i].push_back({row.version.key, row.version.sequence, distance, row.sighting.plate});
      }
    }
    // Of rows as near as the last any may be given: those that come last are.
    for (auto& answer : answers) {
      std::sort(answer.begin(), answer.end(), [](const auto& a, const auto& b) {
        return a.distance != b.distance ? a.distance < b.distance : PlaceOf(a) > PlaceOf(b);
      });
      if (answer.size() > nearest.k) answer.resize(nearest.k);
      std::sort(answer.begin(), answer.end(),
                [](const auto& a, const auto& b) { return PlaceOf(a) < PlaceOf(b); });
    }
    return answers;
  }

  Result<std::vector<uint64_t>> CountByPlate(const index::ColumnQuery& query,
                                             const Cancellation& cancellation) const override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    std::vector<uint64_t> counts;
    for (const std::string& plate : *query.plates) {
      index::ColumnQuery one = query;
      one.plates = {plate};
      counts.push_back(Find(one).size());
    }
    return counts;
  }

  std::unique_ptr<index::ColumnScan> Scan(const index::ColumnQuery& query) const override {
    std::vector<RowKey> rows = Find(query);
    std::sort(rows.begin(), rows.end(), [&](const RowKey& a, const RowKey& b) {
      if (a.ms_of_day == b.ms_of_day) return a.identity_hash > b.identity_hash;
      return (a.ms_of_day < b.ms_of_day) == (query.order == TimeOrder::kAscending);
    });
    return std::make_unique<PlainScan>(std::move(rows), versions_.size());
  }

  uint64_t rows() const override { return versions_.size(); }

  uint64_t EstimateRows(const index::ColumnQuery& query) const override {
    return estimates_ == Estimates::kExact ? Find(query).size() : versions_.size();
  }

  Result<std::vector<index::DayPlate>> PlatesMatching(std::string_view pattern,
                                                      const Cancellation&) const override {
    return Plates([&](const std::string& plate) {
      return MatchesPlatePattern(plate, pattern) ? std::optional(0) : std::nullopt;
    });
  }

  Result<std::vector<index::DayPlate>> PlatesNear(const PlateLike& like,
                                                  const Cancellation&) const override {
    return Plates([&](const std::string& plate) {
      return WithinPlateDistance(like.text, plate, like.max_distance);
    });
  }

  std::unique_ptr<index::PlateWalk> WalkPlates(const index::ReadingWindow& window) const override {
    PlainWalk::Readings readings;
    for (const Version* row : RowsIn(window)) {
      readings[row->sighting.plate].push_back(
          {row->version.key, row->version.sequence, row->sighting.location});
    }
    return std::make_unique<PlainWalk>(std::move(readings));
  }

  Result<std::vector<index::ColumnReading>> ReadingsOf(
      std::string_view plate, const index::ReadingWindow& window) const override {
    std::vector<index::ColumnReading> readings;
    for (const Version* row : RowsIn(window)) {
      if (row->sighting.plate != plate) continue;
      readings.push_back({row->version.key, row->version.sequence, row->sighting.location});
    }
    return readings;
  }

  Result<std::vector<index::NearbyReading>> ReadingsNear(
      std::span<const index::CameraMoment> moments, uint32_t within_ms, Sequence as_of,
      const Cancellation& cancellation) const override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const std::vector<const Version*> rows = RowsIn({.as_of = as_of});
    std::vector<index::NearbyReading> found;
    for (uint32_t i = 0; i < moments.size(); ++i) {
      for (const Version* row : rows) {
        const RowKey& key = row->version.key;
        const int64_t apart = int64_t{key.ms_of_day} - int64_t{moments[i].ms_of_day};
        if (key.camera_number != moments[i].camera_number || std::abs(apart) > within_ms) continue;
        found.push_back({i, key, row->sighting.plate});
      }
    }
    return found;
  }

  Result<std::shared_ptr<const index::PlateNumbers>> NumberPlates(
      const Cancellation& cancellation) const override {
    SIGHTLINE_ASSIGN(const auto plates, PlatesMatching("*", cancellation));
    std::vector<std::string> names;
    for (const index::DayPlate& plate : plates) names.push_back(plate.plate);
    return std::shared_ptr<const index::PlateNumbers>(
        std::make_shared<PlainNumbers>(std::move(names)));
  }

  Status VisitPassings(const index::ColumnQuery& query,
                       const std::function<bool(std::span<const index::Passing>)>& visit,
                       const Cancellation& cancellation) const override {
    SIGHTLINE_ASSIGN(const auto numbers, NumberPlates(cancellation));
    std::vector<index::Passing> passings;
    for (const Version& row : versions_) {
      if (!day_->IsInForce(row.version, query.as_of) || !Passes(query, row)) continue;
      const RowKey& key = row.version.key;
      passings.push_back({key.ms_of_day, key.camera_number,
                          numbers->Find(row.sighting.plate).value_or(index::kUnreadPlate)});
    }
    std::sort(passings.begin(), passings.end(), [](const auto& a, const auto& b) {
      return a.ms_of_day < b.ms_of_day;
    });
    if (!passings.empty()) visit(passings);
    return Ok();
  }

  Result<std::unique_ptr<index::DayGroups>> GroupRows(
      const index::ColumnQuery& query, std::span<const index::TimeCell> cells,
      const index::GroupBy& by, const Cancellation& cancellation) const override {
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    std::vector<GroupedRow> rows;
    for (const Version& row : versions_) {
      if (!day_->IsInForce(row.version, query.as_of) || !Passes(query, row)) continue;
      rows.push_back({.ms_of_day = row.version.key.ms_of_day,
                      .camera_number = row.version.key.camera_number,
                      .plate = row.sighting.plate,
                      .plate_color = row.sighting.plate_color,
                      .attributes = row.sighting.attributes});
    }
    return GroupPlainRows(rows, cells, by);
  }

 private:
  // The rows with a plate, in order.
  std::vector<const Version*> RowsIn(const index::ReadingWindow& window) const {
    std::vector<const Version*> rows;
    for (const Version& row : versions_) {
      const uint32_t ms = row.version.key.ms_of_day;
      if (row.sighting.plate.empty() || ms < window.from_ms || ms >= window.to_ms ||
          !day_->IsInForce(row.version, window.as_of)) {
        continue;
      }
      rows.push_back(&row);
    }
    std::sort(rows.begin(), rows.end(), [](const Version* a, const Version* b) {
      return OrderOf(a->version.key) < OrderOf(b->version.key);
    });
    return rows;
  }

  std::vector<RowKey> Find(const index::ColumnQuery& query) const {
    std::vector<RowKey> rows;
    for (const Version& row : versions_) {
      if (day_->IsInForce(row.version, query.as_of) && Passes(query, row)) {
        rows.push_back(row.version.key);
      }
    }
    return rows;
  }

  template <typename Distance>
  std::vector<index::DayPlate> Plates(const Distance& distance) const {
    std::map<std::string, index::DayPlate> plates;
    for (const Version& row : versions_) {
      const std::string& plate = row.sighting.plate;
      if (plate.empty()) continue;
      const std::optional<int> found = distance(plate);
      if (!found) continue;
      index::DayPlate& entry = plates[plate];
      entry.plate = plate;
      entry.distance = *found;
      ++entry.versions;
    }
    std::vector<index::DayPlate> sorted;
    for (auto& [plate, entry] : plates) sorted.push_back(std::move(entry));
    return sorted;
  }

  const std::shared_ptr<const storage::DayReader> day_;
  const std::vector<Version> versions_;
  const Estimates estimates_;
};

}  // namespace

Result<std::shared_ptr<const index::DayColumns>> PlainColumns::Open(
    Day day, const Cancellation& cancellation) {
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  SIGHTLINE_ASSIGN(std::shared_ptr<const storage::DayReader> reader, store_.OpenDay(day));
  if (!reader) return std::shared_ptr<const index::DayColumns>();
  MutexLock lock(mutex_);
  Read& read = days_[day];
  const uint64_t log_end = reader->log_end();
  if (read.columns && read.log_end == log_end) return read.columns;
  std::vector<Version> versions;
  for (const storage::RowVersion& version : reader->ReadLog(0, log_end)) {
    SIGHTLINE_ASSIGN(auto records, reader->Get({&version.key, 1}, version.sequence));
    if (!records.front()) return Internal("the log names a row that is not stored");
    versions.push_back({version, std::move(records.front()->sighting)});
  }
  read = {log_end, std::make_shared<PlainDay>(std::move(reader), std::move(versions), estimates_)};
  return read.columns;
}

}  // namespace sightline::testing
