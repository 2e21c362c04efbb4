#include "index/segment_groups.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "index/group_table.h"
#include "index/id_numbers.h"
#include "index/row_conditions.h"

namespace sightline::index {
namespace {

// Ids are counted in an array where there are at most so many ...
constexpr uint64_t kFewIds = 65'536;
// ... or so many for each row.
constexpr uint64_t kIdsPerRow = 2;

// Rows of one block and one cell: `rows`, or where there are none, `count` from `first` on.
struct Chunk {
  uint32_t first = 0;
  uint32_t count = 0;
  std::span<const uint32_t> rows;

  uint32_t Row(size_t i) const { return rows.empty() ? first + static_cast<uint32_t>(i) : rows[i]; }
};

template <typename Code, typename Id>
void Append(const Code* codes, uint32_t radix, const Chunk& chunk, Id* ids) {
  if (chunk.rows.empty()) {
    codes += chunk.first;
    for (size_t i = 0; i < chunk.count; ++i) ids[i] = ids[i] * radix + codes[i];
  } else {
    for (size_t i = 0; i < chunk.count; ++i) ids[i] = ids[i] * radix + codes[chunk.rows[i]];
  }
}

template <typename Id>
void AppendSparse(const CodeColumn& column, uint32_t radix, const Chunk& chunk, Id* ids) {
  const auto rows = column.rows();
  size_t at = std::lower_bound(rows.begin(), rows.end(), chunk.Row(0)) - rows.begin();
  for (size_t i = 0; i < chunk.count; ++i) {
    const uint32_t row = chunk.Row(i);
    while (at < rows.size() && rows[at] < row) ++at;
    const bool has_value = at < rows.size() && rows[at] == row;
    ids[i] = ids[i] * radix + (has_value ? column.codes()[at] : 0);
  }
}

// Appends a digit to each id.
template <typename Id>
void AppendCodes(const GroupCodes& key, const Chunk& chunk, Id* ids) {
  if (key.size() == 1) return;
  if (key.column() != nullptr && key.column()->sparse()) {
    return AppendSparse(*key.column(), key.size(), chunk, ids);
  }
  const std::byte* const codes = key.codes().data;
  switch (key.codes().width) {
    case 1:
      return Append(reinterpret_cast<const uint8_t*>(codes), key.size(), chunk, ids);
    case 2:
      return Append(reinterpret_cast<const uint16_t*>(codes), key.size(), chunk, ids);
    default:
      return Append(reinterpret_cast<const uint32_t*>(codes), key.size(), chunk, ids);
  }
}

}  // namespace

GroupCodes::GroupCodes(const Segment& segment, const GroupKey& key)
    : segment_(&segment), kind_(key.kind) {
  switch (kind_) {
    case GroupKey::Kind::kCamera:
      column_ = &segment.camera_codes();
      break;
    case GroupKey::Kind::kPlate:
      codes_ = segment.plate_codes();
      size_ = static_cast<uint32_t>(segment.plates().size()) + 1;
      return;
    case GroupKey::Kind::kPlateColor:
      attribute_ = &segment.plate_color();
      break;
    case GroupKey::Kind::kAttribute:
      attribute_ = segment.FindAttribute(key.attribute);
      break;
  }
  if (attribute_ != nullptr) column_ = &attribute_->codes;
  if (column_ == nullptr) return;
  codes_ = column_->codes();
  size_ = static_cast<uint32_t>(column_->counts().size());
}

GroupValue GroupCodes::ValueOf(uint32_t code) const {
  if (code == 0) return std::nullopt;
  switch (kind_) {
    case GroupKey::Kind::kCamera:
      return AttributeValue(int64_t{segment_->cameras()[code - 1]});
    case GroupKey::Kind::kPlate:
      return AttributeValue(segment_->plates().Plate(code - 1));
    default:
      return GroupValueOf(attribute_->dictionary[code - 1]);
  }
}

RowNumbers::RowNumbers(size_t rows, uint64_t limit)
    : bytes_(rows * CodeWidth(limit)), codes_{bytes_.data(), CodeWidth(limit)} {}

void RowNumbers::Set(size_t at, uint32_t number) {
  switch (codes_.width) {
    case 1:
      reinterpret_cast<uint8_t*>(bytes_.data())[at] = static_cast<uint8_t>(number);
      return;
    case 2:
      reinterpret_cast<uint16_t*>(bytes_.data())[at] = static_cast<uint16_t>(number);
      return;
    default:
      reinterpret_cast<uint32_t*>(bytes_.data())[at] = number;
  }
}

// Counts the rows of a segment.
class GroupCounter {
 public:
  GroupCounter(const Segment& segment, const RowAdmission& admission, const GroupQuestion& question)
      : segment_(segment), admission_(admission), question_(question), made_(segment) {
    for (const GroupKey& key : question.by.keys) made_.keys_.emplace_back(segment, key);
  }

  Result<SegmentGroups> Count(const Cancellation& cancellation) {
    SIGHTLINE_ASSIGN(RowConditions conditions,
                     RowConditions::Of(segment_, question_.rows, cancellation));
    made_.begin_ = conditions.begin();
    made_.end_ = conditions.end();
    FindStretches();
    if (stretches_.empty()) return std::move(made_);
    Plan();
    for (const Stretch& stretch : stretches_) {
      SIGHTLINE_RETURN_IF_ERROR(CountStretch(conditions, stretch, cancellation));
    }
    SIGHTLINE_RETURN_IF_ERROR(Describe());
    return std::move(made_);
  }

 private:
  // Rows of one cell.
  struct Stretch {
    uint32_t begin = 0;
    uint32_t end = 0;
    uint32_t cell = 0;  // an index of cells_
  };

  void FindStretches() {
    const auto times = segment_.times();
    const TimeCell whole_day{.from_ms = 0, .cell = 0};
    const std::span<const TimeCell> cells =
        question_.cells.empty() ? std::span(&whole_day, 1) : question_.cells;
    std::map<uint32_t, uint32_t> numbers;
    uint32_t begin = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
      const auto from = times.begin() + begin;
      begin = static_cast<uint32_t>(std::lower_bound(from, times.end(), cells[i].from_ms) -
                                    times.begin());
      const uint32_t end =
          i + 1 == cells.size()
              ? segment_.rows()
              : static_cast<uint32_t>(std::lower_bound(times.begin() + begin, times.end(),
                                                       cells[i + 1].from_ms) -
                                      times.begin());
      const Stretch stretch{.begin = std::max(begin, made_.begin_),
                            .end = std::min(end, made_.end_)};
      if (cells[i].cell == kNoCell || stretch.begin >= stretch.end) continue;
      const auto [number, is_new] =
          numbers.try_emplace(cells[i].cell, static_cast<uint32_t>(cells_.size()));
      if (is_new) cells_.push_back(cells[i].cell);
      stretches_.push_back(stretch);
      stretches_.back().cell = number->second;
    }
  }

  // Chooses how ids are made and counted.
  void Plan() {
    const uint64_t rows = made_.end_ - made_.begin_;
    uint64_t ids = cells_.size();
    for (const GroupCodes& key : made_.keys_) {
      const bool interned = ids > std::numeric_limits<uint64_t>::max() / key.size();
      interned_before_.push_back(interned);
      if (interned) ids = rows;
      ids *= key.size();
    }
    is_dense_ = ids <= std::max(kFewIds, kIdsPerRow * rows);
    if (is_dense_) counts_.resize(ids);
    numbers_.resize(std::count(interned_before_.begin(), interned_before_.end(), true) +
                    (is_dense_ ? 0 : 1));
    if (question_.by.distinct_plates) {
      made_.row_numbers_ = RowNumbers(rows, (is_dense_ ? ids : rows) + 1);
    }
  }

  Status CountStretch(RowConditions& conditions, const Stretch& stretch,
                      const Cancellation& cancellation) {
    if (const auto* candidates = conditions.candidates()) {
      const auto from = std::lower_bound(candidates->begin(), candidates->end(), stretch.begin);
      const auto to = std::lower_bound(from, candidates->end(), stretch.end);
      for (auto at = from; at < to;) {
        SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
        const auto next = at + std::min<ptrdiff_t>(kBlockRows, to - at);
        found_.assign(at, next);
        conditions.Test(found_);
        SIGHTLINE_RETURN_IF_ERROR(CountFound(stretch.cell));
        at = next;
      }
      return Ok();
    }
    for (uint32_t begin = stretch.begin; begin < stretch.end;) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const size_t block_end = (begin / kBlockRows + 1) * kBlockRows;
      const auto end = static_cast<uint32_t>(std::min<size_t>(stretch.end, block_end));
      if (conditions.passes_all() && admission_.all()) {
        SIGHTLINE_RETURN_IF_ERROR(
            CountChunk({.first = begin, .count = end - begin, .rows = {}}, stretch.cell));
      } else {
        found_.clear();
        conditions.MatchBlock(begin, end, found_);
        SIGHTLINE_RETURN_IF_ERROR(CountFound(stretch.cell));
      }
      begin = end;
    }
    return Ok();
  }

  // Of the rows that passed the conditions.
  Status CountFound(uint32_t cell) {
    if (!admission_.all()) {
      std::erase_if(found_, [&](uint32_t row) { return !admission_.Admits(row); });
    }
    if (found_.empty()) return Ok();
    return CountChunk(
        {.first = 0, .count = static_cast<uint32_t>(found_.size()), .rows = found_}, cell);
  }

  Status CountChunk(const Chunk& chunk, uint32_t cell) {
    if (is_dense_ && numbers_.empty()) {
      // All ids are below the size of counts_, which is below 2^32.
      const std::span<uint32_t> ids(small_ids_.data(), chunk.count);
      std::fill(ids.begin(), ids.end(), cell);
      for (const GroupCodes& key : made_.keys_) AppendCodes(key, chunk, ids.data());
      for (const uint32_t id : ids) ++counts_[id];
      Keep(chunk, ids);
      return Ok();
    }
    const std::span<uint64_t> ids(large_ids_.data(), chunk.count);
    std::fill(ids.begin(), ids.end(), cell);
    size_t interned = 0;
    for (size_t key = 0; key < made_.keys_.size(); ++key) {
      if (interned_before_[key]) {
        for (uint64_t& id : ids) id = numbers_[interned].Of(id);
        ++interned;
      }
      AppendCodes(made_.keys_[key], chunk, ids.data());
    }
    const std::span<uint32_t> last(small_ids_.data(), chunk.count);
    for (size_t i = 0; i < ids.size(); ++i) {
      last[i] = is_dense_ ? static_cast<uint32_t>(ids[i]) : numbers_[interned].Of(ids[i]);
    }
    if (!is_dense_) {
      counts_.resize(numbers_[interned].size());
      if (counts_.size() > question_.by.max_groups) return TooManyGroups(question_.by.max_groups);
    }
    for (const uint32_t id : last) ++counts_[id];
    Keep(chunk, last);
    return Ok();
  }

  void Keep(const Chunk& chunk, std::span<const uint32_t> ids) {
    if (made_.row_numbers_.empty()) return;
    for (size_t i = 0; i < ids.size(); ++i) {
      made_.row_numbers_.Set(chunk.Row(i) - made_.begin_, ids[i] + 1);
    }
  }

  // Turns counted ids into groups.
  Status Describe() {
    made_.group_of_number_.assign(counts_.size() + 1, SegmentGroups::kNoGroup);
    for (size_t id = 0; id < counts_.size(); ++id) {
      if (counts_[id] == 0) continue;
      if (made_.groups_.size() == question_.by.max_groups) {
        return TooManyGroups(question_.by.max_groups);
      }
      made_.group_of_number_[id + 1] = static_cast<uint32_t>(made_.groups_.size());
      SegmentGroups::LocalGroup& group = made_.groups_.emplace_back();
      group.count = counts_[id];
      group.codes.resize(made_.keys_.size());
      uint64_t rest = id;
      size_t interned = numbers_.size();
      if (!is_dense_) rest = numbers_[--interned].IdOf(static_cast<uint32_t>(rest));
      for (size_t key = group.codes.size(); key-- > 0;) {
        group.codes[key] = static_cast<uint32_t>(rest % made_.keys_[key].size());
        rest /= made_.keys_[key].size();
        if (interned_before_[key]) rest = numbers_[--interned].IdOf(static_cast<uint32_t>(rest));
      }
      group.cell = cells_[rest];
    }
    return Ok();
  }

  const Segment& segment_;
  const RowAdmission& admission_;
  const GroupQuestion& question_;
  SegmentGroups made_;
  std::vector<uint32_t> cells_;
  std::vector<Stretch> stretches_;
  bool is_dense_ = false;
  std::vector<bool> interned_before_;  // by key: what the ids are up to there is numbered
  std::vector<IdNumbers> numbers_;     // for each of these, and where not dense of the whole ids
  std::vector<uint64_t> counts_;       // by id, or by its number
  std::vector<uint32_t> found_;
  std::array<uint32_t, kBlockRows> small_ids_;
  std::array<uint64_t, kBlockRows> large_ids_;
};

Result<SegmentGroups> SegmentGroups::Of(const Segment& segment, const RowAdmission& admission,
                                        const GroupQuestion& question,
                                        const Cancellation& cancellation) {
  return GroupCounter(segment, admission, question).Count(cancellation);
}

void SegmentGroups::Renumber(std::vector<uint32_t> numbers) {
  for (uint32_t& group : group_of_number_) {
    if (group != kNoGroup) group = numbers[group];
  }
  groups_ = {};
  numbers_ = std::move(numbers);
}

}  // namespace sightline::index
