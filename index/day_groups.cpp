#include "index/day_groups.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/mutex.h"
#include "index/group_table.h"
#include "index/plate_merge.h"
#include "index/row_admission.h"
#include "index/segment_format.h"

namespace sightline::index {
namespace {

// Ranges of plates that threads take: enough that they finish together.
constexpr size_t kRanges = 8;

constexpr uint32_t kPlatesBetweenChecks = 16'384;

// Where fewer rows than one in so many are in groups of one segment alone, all plates are merged.
constexpr uint64_t kFewOwnRows = 4;

// Pairs of a group and a plate of one segment, a bit each: 64 MB.
constexpr uint64_t kMostPairs = uint64_t{1} << 29;

// Tells which groups a plate was met in before.
class MetGroups {
 public:
  explicit MetGroups(size_t groups) : last_plate_(groups) {}

  void StartPlate() { ++plate_; }
  // Whether the plate was not met in the group yet; it is from now on.
  bool Meet(uint32_t group) {
    if (last_plate_[group] == plate_) return false;
    last_plate_[group] = plate_;
    return true;
  }

 private:
  std::vector<uint32_t> last_plate_;  // by group, counted from 1
  uint32_t plate_ = 0;
};

// A segment that has groups.
struct GroupedSegment {
  std::shared_ptr<const Segment> segment;
  SegmentGroups groups;
};

// Shows the group of each row with the plate that is counted.
template <typename Visitor>
void VisitGroups(const SegmentGroups& groups, uint32_t ordinal, const Visitor& visit) {
  std::span<const uint32_t> rows = groups.segment().Postings(ordinal);
  if (groups.begin() != 0 || groups.end() != groups.segment().rows()) {
    const auto from = std::lower_bound(rows.begin(), rows.end(), groups.begin());
    rows = {from, std::lower_bound(from, rows.end(), groups.end())};
  }
  for (const uint32_t row : rows) {
    const uint32_t group = groups.GroupOf(row);
    if (group != SegmentGroups::kNoGroup) visit(group);
  }
}

class SegmentedGroups final : public DayGroups {
 public:
  SegmentedGroups(std::shared_ptr<const DayFeed> feed, std::shared_ptr<SearchThreads> threads,
                  std::vector<GroupedSegment> segments, std::vector<Group> groups)
      : feed_(std::move(feed)),
        threads_(std::move(threads)),
        segments_(std::move(segments)),
        groups_(std::move(groups)) {}

  std::span<const Group> groups() const override { return groups_; }

  Result<std::vector<uint64_t>> CountPlates(const Cancellation& cancellation) const override {
    // Groups that one segment alone has are counted there, and only what remains is merged: where
    // segments follow one another in time, that is the hours at their seams.
    const std::vector<bool> own = OwnGroups();
    uint64_t rows = 0;
    uint64_t own_rows = 0;
    for (size_t i = 0; i < groups_.size(); ++i) {
      rows += groups_[i].count;
      if (own[i]) own_rows += groups_[i].count;
    }
    std::vector<uint64_t> plates(groups_.size());
    std::vector<PlateSet> shared;
    if (own_rows * kFewOwnRows < rows) {
      SIGHTLINE_RETURN_IF_ERROR(CountMerged(shared, std::vector<bool>(groups_.size()), plates,
                                            cancellation));
      return plates;
    }
    for (const GroupedSegment& each : segments_) shared.emplace_back(*each.segment);
    SIGHTLINE_RETURN_IF_ERROR(CountOwn(own, shared, plates, cancellation));
    if (own_rows < rows) {
      SIGHTLINE_RETURN_IF_ERROR(CountMerged(shared, own, plates, cancellation));
    }
    return plates;
  }

  std::unique_ptr<GroupWalk> Walk(std::string_view from, std::string_view to) const override;

 private:
  friend class SegmentedWalk;

  std::vector<const Segment*> Segments() const {
    std::vector<const Segment*> segments;
    for (const GroupedSegment& each : segments_) segments.push_back(each.segment.get());
    return segments;
  }

  // By group: whether one segment alone has it, and few enough others to give each pair with a plate
  // a bit.
  std::vector<bool> OwnGroups() const {
    std::vector<uint32_t> last(groups_.size(), SegmentGroups::kNoGroup);
    std::vector<bool> own(groups_.size(), true);
    for (uint32_t i = 0; i < segments_.size(); ++i) {
      const std::span<const uint32_t> numbers = segments_[i].groups.numbers();
      const bool too_many = numbers.size() * segments_[i].segment->plates().size() > kMostPairs;
      for (const uint32_t group : numbers) {
        if (too_many) own[group] = false;
        if (last[group] != SegmentGroups::kNoGroup && last[group] != i) own[group] = false;
        last[group] = i;
      }
    }
    return own;
  }

  // Counts the plates of groups that are `own`; `shared` gets, of each segment, the plates that are
  // in other groups too. Segments side by side.
  Status CountOwn(const std::vector<bool>& own, std::vector<PlateSet>& shared,
                  std::vector<uint64_t>& plates, const Cancellation& cancellation) const {
    Failures failures;
    threads_->ForEach(segments_.size(), [&](size_t i) {
      failures.Note(CountOwnOf(segments_[i].groups, own, shared[i], plates, cancellation));
    });
    return failures.first();
  }

  // Row by row, with a bit for each group and plate. Rows lie in order of time, so that the bits in
  // use are those of one cell.
  Status CountOwnOf(const SegmentGroups& groups, const std::vector<bool>& own, PlateSet& shared,
                    std::vector<uint64_t>& plates, const Cancellation& cancellation) const {
    const Segment& segment = groups.segment();
    const size_t words = segment.plates().size() / 64 + 1;  // of a group; code 0 has a bit too
    constexpr uint32_t kShared = SegmentGroups::kNoGroup;
    std::vector<uint32_t> place_of(groups_.size(), kShared);
    std::vector<uint32_t> own_groups;
    for (const uint32_t group : groups.numbers()) {
      if (!own[group] || place_of[group] != kShared) continue;
      place_of[group] = static_cast<uint32_t>(own_groups.size());
      own_groups.push_back(group);
    }
    std::vector<uint64_t> met(own_groups.size() * words);
    std::vector<uint64_t> counts(own_groups.size());
    for (uint32_t row = groups.begin(); row < groups.end(); ++row) {
      if (row % kBlockRows == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      const uint32_t group = groups.GroupOf(row);
      const uint32_t plate = segment.plate_codes()[row];
      if (group == SegmentGroups::kNoGroup || plate == 0) continue;
      const uint32_t place = place_of[group];
      if (place == kShared) {
        shared.Add(plate - 1);
        continue;
      }
      uint64_t& word = met[place * words + plate / 64];
      counts[place] += ~word >> (plate % 64) & 1;
      word |= uint64_t{1} << (plate % 64);
    }
    // No other segment has these groups.
    for (size_t place = 0; place < counts.size(); ++place) {
      plates[own_groups[place]] = counts[place];
    }
    return Ok();
  }

  // Adds the plates of groups that are not `own`. `chosen`: see PlateMerge.
  Status CountMerged(std::span<const PlateSet> chosen, const std::vector<bool>& own,
                     std::vector<uint64_t>& plates, const Cancellation& cancellation) const {
    const std::vector<const Segment*> segments = Segments();
    const std::vector<PlateRange> ranges = CutPlates(segments, kRanges);
    Failures failures;
    Mutex mutex;
    threads_->ForEach(ranges.size(), [&](size_t i) {
      PlateMerge merge(segments, ranges[i], chosen);
      MetGroups met(groups_.size());
      std::vector<uint64_t> counts(groups_.size());
      for (uint32_t passed = 0; merge.Next(); ++passed) {
        if (passed % kPlatesBetweenChecks == 0 && !failures.Note(cancellation.Check())) return;
        met.StartPlate();
        for (const PlateOccurrence& at : merge.occurrences()) {
          VisitGroups(segments_[at.segment].groups, at.ordinal, [&](uint32_t group) {
            if (!own[group] && met.Meet(group)) ++counts[group];
          });
        }
      }
      MutexLock lock(mutex);
      for (size_t group = 0; group < counts.size(); ++group) plates[group] += counts[group];
    });
    return failures.first();
  }

  // The first failure of several threads.
  class Failures {
   public:
    // Whether none was noted.
    bool Note(const Status& status) {
      MutexLock lock(mutex_);
      if (first_ && !status) first_ = status;
      return static_cast<bool>(first_);
    }
    Status first() {
      MutexLock lock(mutex_);
      return first_;
    }

   private:
    Mutex mutex_;
    Status first_ SIGHTLINE_GUARDED_BY(mutex_);
  };

  const std::shared_ptr<const DayFeed> feed_;
  const std::shared_ptr<SearchThreads> threads_;
  const std::vector<GroupedSegment> segments_;
  const std::vector<Group> groups_;
};

// Its DayGroups outlives it.
class SegmentedWalk final : public GroupWalk {
 public:
  SegmentedWalk(const SegmentedGroups& groups, const PlateRange& range)
      : groups_(groups), merge_(groups.Segments(), range), met_(groups.groups().size()) {}

  Result<bool> Next(const Cancellation& cancellation) override {
    do {
      if (passed_++ % kPlatesBetweenChecks == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      found_.clear();
      if (!merge_.Next()) return false;
      met_.StartPlate();
      for (const PlateOccurrence& at : merge_.occurrences()) {
        VisitGroups(groups_.segments_[at.segment].groups, at.ordinal, [&](uint32_t group) {
          if (met_.Meet(group)) found_.push_back(group);
        });
      }
    } while (found_.empty());
    plate_ = merge_.Plate();
    return true;
  }

  std::string_view plate() const override { return plate_; }
  std::span<const uint32_t> groups() const override { return found_; }

 private:
  const SegmentedGroups& groups_;
  PlateMerge merge_;
  MetGroups met_;
  uint32_t passed_ = 0;
  std::string plate_;
  std::vector<uint32_t> found_;
};

std::unique_ptr<GroupWalk> SegmentedGroups::Walk(std::string_view from, std::string_view to) const {
  return std::make_unique<SegmentedWalk>(
      *this, PlateRange{.from = std::string(from), .to = std::string(to)});
}

// The day's number of each group of a segment, as GroupOf shall give it.
Result<std::vector<uint32_t>> NumberGroups(const SegmentGroups& groups, GroupTable& table) {
  const size_t keys = groups.keys().size();
  std::vector<std::vector<uint32_t>> values(keys);
  for (size_t key = 0; key < keys; ++key) {
    values[key].assign(groups.keys()[key].size(), SegmentGroups::kNoGroup);
  }
  std::vector<uint32_t> numbers;
  std::vector<uint32_t> value_numbers(keys);
  for (const SegmentGroups::LocalGroup& group : groups.groups()) {
    for (size_t key = 0; key < keys; ++key) {
      uint32_t& number = values[key][group.codes[key]];
      if (number == SegmentGroups::kNoGroup) {
        number = table.ValueNumber(key, groups.keys()[key].ValueOf(group.codes[key]));
      }
      value_numbers[key] = number;
    }
    SIGHTLINE_ASSIGN(const uint32_t number, table.GroupNumber(group.cell, value_numbers));
    table.groups()[number].count += group.count;
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

Result<std::unique_ptr<DayGroups>> GroupDayRows(std::shared_ptr<const DayFeed> feed,
                                                std::span<const GraphedSegment> segments,
                                                std::shared_ptr<SearchThreads> threads,
                                                const GroupQuestion& question,
                                                const Cancellation& cancellation) {
  std::vector<std::optional<Result<SegmentGroups>>> made(segments.size());
  threads->ForEach(segments.size(), [&](size_t i) {
    const Segment& segment = *segments[i].segment;
    const RowAdmission admission(segment, *feed, question.rows.as_of, {});
    made[i].emplace(SegmentGroups::Of(segment, admission, question, cancellation));
  });
  GroupTable table(question.by.keys.size(), question.by.max_groups);
  std::vector<GroupedSegment> grouped;
  for (size_t i = 0; i < segments.size(); ++i) {
    SIGHTLINE_ASSIGN(SegmentGroups groups, std::move(*made[i]));
    made[i].reset();
    if (groups.groups().empty()) continue;
    SIGHTLINE_ASSIGN(std::vector<uint32_t> numbers, NumberGroups(groups, table));
    groups.Renumber(std::move(numbers));
    grouped.push_back({segments[i].segment, std::move(groups)});
  }
  return std::unique_ptr<DayGroups>(
      std::make_unique<SegmentedGroups>(std::move(feed), std::move(threads), std::move(grouped),
                                        std::move(table).TakeGroups()));
}

}  // namespace sightline::index
