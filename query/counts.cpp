#include "query/counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "index/value_dictionary.h"
#include "query/count_groups.h"
#include "query/hour_class.h"
#include "query/snapshot.h"

namespace sightline::query {
namespace {

constexpr uint64_t kStretchesBetweenChecks = 1000;

using Values = std::vector<index::GroupValue>;

struct ValuesLess {
  bool operator()(const Values& a, const Values& b) const {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const index::GroupValue& one, const index::GroupValue& other) {
          if (!one || !other) return !one && other;
          return index::ValueLess(*one, *other);
        });
  }
};

std::optional<index::GroupKey> ColumnKey(const CountKey& key) {
  using Kind = index::GroupKey::Kind;
  switch (key.kind) {
    case CountKey::Kind::kCamera: return index::GroupKey{Kind::kCamera, {}};
    case CountKey::Kind::kPlate: return index::GroupKey{Kind::kPlate, {}};
    case CountKey::Kind::kPlateColor: return index::GroupKey{Kind::kPlateColor, {}};
    case CountKey::Kind::kAttribute: return index::GroupKey{Kind::kAttribute, key.attribute};
    case CountKey::Kind::kTime: break;
  }
  return std::nullopt;
}

class Counting {
 public:
  Counting(const Sources& sources, const CountRequest& request, const Cancellation& cancellation)
      : sources_(sources),
        request_(request),
        cancellation_(cancellation),
        cells_(TimeUnits(request.zone, UnitsOf(request.group_by))) {
    for (const CountKey& key : request.group_by) {
      if (auto column = ColumnKey(key)) keys_.push_back(*std::move(column));
    }
  }

  Result<CountAnswer> Run() {
    const Interval time{std::max(request_.filter.time.from, kMinTimestamp),
                        std::min(request_.filter.time.to, kMaxTimestamp)};
    CountAnswer answer{.rows = {}, .as_of = VisibleAt(sources_.store, request_.as_of)};
    const CountQuestion question{.sources = sources_,
                                 .filter = request_.filter,
                                 .time = time,
                                 .as_of = answer.as_of,
                                 .keys = keys_,
                                 .max_groups = request_.max_rows,
                                 .cancellation = cancellation_};
    Result<std::vector<index::Group>> groups = sources_.columns == nullptr
                                                   ? CountByRecords(question, cells_)
                                                   : CountByColumns(question, cells_);
    if (!groups) {
      if (groups.error().code == ErrorCode::kTooLarge) return TooManyRows(request_.max_rows);
      return groups.error();
    }
    for (const index::Group& group : *groups) {
      answer.rows.push_back({KeyOf(group.cell, group.values), group.count, group.distinct_plates});
    }
    if (request_.group_by.empty() && answer.rows.empty()) answer.rows.emplace_back();
    if (request_.fills) SIGHTLINE_RETURN_IF_ERROR(Fill(*groups, time, answer.rows));
    if (answer.rows.size() > request_.max_rows) return TooManyRows(request_.max_rows);
    std::sort(answer.rows.begin(), answer.rows.end(), [](const CountRow& a, const CountRow& b) {
      return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end(),
                                          KeyValueLess);
    });
    return answer;
  }

 private:
  static std::vector<TimeUnit> UnitsOf(const std::vector<CountKey>& keys) {
    std::vector<TimeUnit> units;
    for (const CountKey& key : keys) {
      if (key.kind == CountKey::Kind::kTime) units.push_back(key.unit);
    }
    return units;
  }

  std::vector<CountRow::Value> KeyOf(uint32_t cell, const Values& values) const {
    std::vector<CountRow::Value> key;
    key.reserve(request_.group_by.size());
    auto time = cells_.ValuesOf(cell).begin();
    auto value = values.begin();
    for (const CountKey& part : request_.group_by) {
      if (part.kind != CountKey::Kind::kTime) {
        key.push_back(*value ? CountRow::Value(**value) : CountRow::Value());
        ++value;
      } else {
        key.push_back(TimeKeyValue(part.unit, *time));
        ++time;
      }
    }
    return key;
  }

  // The time that has rows: the filter's, and where that is open as far as there are sightings.
  Interval FilledTime(const std::vector<index::Group>& groups, Interval time) const {
    Interval seen{kMaxTimestamp, kMinTimestamp};
    for (const index::Group& group : groups) {
      const Interval span = cells_.SpanOf(group.cell);
      seen = {std::min(seen.from, span.from), std::max(seen.to, span.to)};
    }
    return {time.from == kMinTimestamp ? seen.from : time.from,
            time.to == kMaxTimestamp ? seen.to : time.to};
  }

  // Appends rows of 0 for the cells that a group lacks.
  Status Fill(const std::vector<index::Group>& groups, Interval time, std::vector<CountRow>& rows) {
    if (keys_.size() == request_.group_by.size()) return Ok();  // by no time
    const Interval filled = FilledTime(groups, time);
    std::map<Values, std::vector<bool>, ValuesLess> series;  // which cells each has
    for (const index::Group& group : groups) {
      std::vector<bool>& cells = series[group.values];
      cells.resize(cells_.size());
      cells[group.cell] = true;
    }
    if (keys_.empty()) series.try_emplace({});
    if (series.empty()) return Ok();
    std::vector<uint32_t> wanted;
    std::vector<bool> is_wanted;
    uint64_t looked = 0;
    for (TimestampMs from = filled.from; from < filled.to;) {
      const CountCells::Stretch stretch = cells_.Next(from, filled.to);
      from = stretch.time.to;
      is_wanted.resize(cells_.size());
      if (!is_wanted[stretch.cell]) wanted.push_back(stretch.cell);
      is_wanted[stretch.cell] = true;
      if (wanted.size() * series.size() > request_.max_rows) return TooManyRows(request_.max_rows);
      if (++looked % kStretchesBetweenChecks == 0) {
        SIGHTLINE_RETURN_IF_ERROR(cancellation_.Check());
      }
    }
    for (const auto& [values, has] : series) {
      for (const uint32_t cell : wanted) {
        if (cell < has.size() && has[cell]) continue;
        rows.push_back({KeyOf(cell, values), 0, 0});
      }
    }
    return Ok();
  }

  const Sources& sources_;
  const CountRequest& request_;
  const Cancellation& cancellation_;
  std::vector<index::GroupKey> keys_;
  CountCells cells_;
};

}  // namespace

Error TooManyRows(size_t max_rows) {
  return {ErrorCode::kUnacceptable,
          fmt::format("the answer has more than {} rows (max_rows); group by less, ask for a "
                      "shorter time, or leave out the times without sightings (fill)",
                      max_rows),
          "/group_by"};
}

CountRow::Value TimeKeyValue(TimeUnit unit, int64_t value) {
  if (IsInterval(unit)) return TimestampMs{value};
  if (unit != TimeUnit::kHourClass) return AttributeValue(value);
  return AttributeValue(std::string(HourClassName(static_cast<HourClass>(value))));
}

bool KeyValueLess(const CountRow::Value& a, const CountRow::Value& b) {
  if (a.index() != b.index()) return a.index() < b.index();
  if (const auto* time = std::get_if<TimestampMs>(&a)) return *time < std::get<TimestampMs>(b);
  const auto* value = std::get_if<AttributeValue>(&a);
  return value != nullptr && index::ValueLess(*value, std::get<AttributeValue>(b));
}

Result<CountAnswer> CountSightings(const Sources& sources, const CountRequest& request,
                                   const Cancellation& cancellation) {
  return Counting(sources, request, cancellation).Run();
}

}  // namespace sightline::query
