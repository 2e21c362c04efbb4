#include "index/plate_walk.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "index/plate_merge.h"
#include "index/row_admission.h"
#include "index/segment.h"

namespace sightline::index {
namespace {

// Plates passed between two looks at the cancellation.
constexpr uint32_t kPlatesBetweenChecks = 1024;

auto PlaceOf(const ColumnReading& reading) {
  return std::tuple(reading.key.ms_of_day, reading.key.camera_number, reading.key.identity_hash);
}

bool ComesBefore(const ColumnReading& a, const ColumnReading& b) { return PlaceOf(a) < PlaceOf(b); }

// The readings of a segment that a window lets through.
class SegmentReadings {
 public:
  SegmentReadings(const Segment& segment, const DayFeed& feed, const ReadingWindow& window)
      : segment_(segment), admission_(segment, feed, window.as_of, {}) {
    const auto times = segment.times();
    const auto from = std::lower_bound(times.begin(), times.end(), window.from_ms);
    const auto to = std::lower_bound(from, times.end(), window.to_ms);
    begin_ = static_cast<uint32_t>(from - times.begin());
    end_ = static_cast<uint32_t>(to - times.begin());
  }

  bool empty() const { return begin_ == end_; }
  const Segment& segment() const { return segment_; }

  // Appends those of a plate, in their order.
  void AppendTo(std::vector<ColumnReading>& readings, uint32_t ordinal) const {
    std::span<const uint32_t> rows = segment_.Postings(ordinal);
    if (begin_ != 0 || end_ != segment_.rows()) {
      const auto from = std::lower_bound(rows.begin(), rows.end(), begin_);
      rows = {from, std::lower_bound(from, rows.end(), end_)};
    }
    for (const uint32_t row : rows) {
      if (!admission_.all() && !admission_.Admits(row)) continue;
      ColumnReading& reading = readings.emplace_back();
      reading.key = segment_.KeyOf(row);
      reading.sequence = segment_.SequenceOf(row);
      if (const uint32_t code = segment_.place_codes().At(row); code != 0) {
        reading.place = segment_.places()[code - 1];
      }
    }
  }

 private:
  const Segment& segment_;
  RowAdmission admission_;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
};

// Segments mostly follow one another in time, so that nothing is left to be sorted.
void PutInOrder(std::vector<ColumnReading>& readings) {
  if (!std::is_sorted(readings.begin(), readings.end(), ComesBefore)) {
    std::sort(readings.begin(), readings.end(), ComesBefore);
  }
}

class DayWalk final : public PlateWalk {
 public:
  DayWalk(std::shared_ptr<const DayFeed> feed, std::vector<std::shared_ptr<const Segment>> segments,
          const ReadingWindow& window)
      : feed_(std::move(feed)), held_(std::move(segments)) {
    std::vector<const Segment*> merged;
    for (const auto& segment : held_) {
      SegmentReadings readings(*segment, *feed_, window);
      if (readings.empty()) continue;
      segments_.push_back(std::move(readings));
      merged.push_back(segment.get());
      rows_ += segment->PostingsBefore(static_cast<uint32_t>(segment->plates().size()));
    }
    plates_.emplace(std::move(merged), PlateRange());
  }

  Result<bool> Next(const Cancellation& cancellation) override {
    do {
      if (passed_++ % kPlatesBetweenChecks == 0) {
        SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      }
      readings_.clear();
      if (!plates_->Next()) return false;
      order_.assign(plates_->occurrences().begin(), plates_->occurrences().end());
      // By the segments' first times.
      std::sort(order_.begin(), order_.end(),
                [](const auto& a, const auto& b) { return a.segment < b.segment; });
      for (const PlateOccurrence& at : order_) {
        segments_[at.segment].AppendTo(readings_, at.ordinal);
      }
    } while (readings_.empty());
    PutInOrder(readings_);
    plate_ = plates_->Plate();
    return true;
  }

  void Seek(std::string_view plate) override { plates_->Seek(plate); }
  std::string_view plate() const override { return plate_; }
  std::span<const ColumnReading> readings() const override { return readings_; }
  double progress() const override {
    return rows_ == 0 ? 1 : static_cast<double>(plates_->RowsPassed()) / static_cast<double>(rows_);
  }

 private:
  const std::shared_ptr<const DayFeed> feed_;
  const std::vector<std::shared_ptr<const Segment>> held_;
  std::vector<SegmentReadings> segments_;
  std::optional<PlateMerge> plates_;
  uint64_t rows_ = 0;  // with a plate
  uint32_t passed_ = 0;
  std::vector<PlateOccurrence> order_;
  std::string plate_;
  std::vector<ColumnReading> readings_;
};

}  // namespace

std::unique_ptr<PlateWalk> MakePlateWalk(std::shared_ptr<const DayFeed> feed,
                                         std::span<const GraphedSegment> segments,
                                         const ReadingWindow& window) {
  std::vector<std::shared_ptr<const Segment>> held;
  for (const GraphedSegment& each : segments) held.push_back(each.segment);
  std::sort(held.begin(), held.end(), [](const auto& a, const auto& b) {
    return a->times().front() < b->times().front();
  });
  return std::make_unique<DayWalk>(std::move(feed), std::move(held), window);
}

Result<std::vector<ColumnReading>> ReadingsOfPlate(const DayFeed& feed,
                                                   std::span<const GraphedSegment> segments,
                                                   std::string_view plate,
                                                   const ReadingWindow& window) {
  std::vector<ColumnReading> readings;
  for (const GraphedSegment& each : segments) {
    const auto ordinal = each.segment->plates().Find(plate);
    if (!ordinal) continue;
    SegmentReadings(*each.segment, feed, window).AppendTo(readings, *ordinal);
  }
  PutInOrder(readings);
  return readings;
}

}  // namespace sightline::index
