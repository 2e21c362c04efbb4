#include "index/segment_scan.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sightline::index {

SegmentScan::SegmentScan(std::shared_ptr<const Segment> segment, const ColumnQuery& query,
                         ScanCost& cost)
    : segment_(std::move(segment)), query_(query), cost_(cost) {
  std::tie(begin_, end_) = RowsInTime(*segment_, query_);
}

std::optional<uint32_t> SegmentScan::Head() const {
  const auto times = segment_->times();
  if (ready()) return times[found_[taken_]];
  if (begin_ == end_) return std::nullopt;
  const uint32_t next = descending() ? end_ - 1 : begin_;
  return times[candidates() == nullptr ? next : (*candidates())[next]];
}

Status SegmentScan::Prepare(const Cancellation& cancellation) {
  ++cost_.segments;
  SIGHTLINE_ASSIGN(conditions_, RowConditions::Of(*segment_, query_, cancellation));
  if (candidates() == nullptr) return Ok();
  cost_.rows_pruned += end_ - begin_ - candidates()->size();
  begin_ = 0;
  end_ = static_cast<uint32_t>(candidates()->size());
  return Ok();
}

void SegmentScan::ScanBlock(uint32_t begin, uint32_t end) {
  const bool compared = conditions_->MatchBlock(begin, end, found_);
  (compared ? cost_.rows_scanned : cost_.rows_pruned) += end - begin;
}

Status SegmentScan::Advance(const Cancellation& cancellation) {
  SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
  if (!conditions_) return Prepare(cancellation);
  found_.clear();
  taken_ = 0;
  if (candidates() != nullptr) {
    const auto count = std::min<uint32_t>(kBlockRows, end_ - begin_);
    const auto first = candidates()->begin() + (descending() ? end_ - count : begin_);
    found_.assign(first, first + count);
    if (descending()) end_ -= count;
    else begin_ += count;
    cost_.rows_scanned += count;
    conditions_->Test(found_);
  } else if (descending()) {
    const uint32_t begin = std::max<uint32_t>(begin_, (end_ - 1) / kBlockRows * kBlockRows);
    ScanBlock(begin, end_);
    end_ = begin;
  } else {
    const uint32_t end = std::min<uint32_t>(end_, (begin_ / kBlockRows + 1) * kBlockRows);
    ScanBlock(begin_, end);
    begin_ = end;
  }
  if (descending()) std::reverse(found_.begin(), found_.end());
  return Ok();
}

ScanHeads FirstOf(std::span<SegmentScan> scans, TimeOrder order) {
  const auto before = [&](uint32_t a, uint32_t b) {
    return order == TimeOrder::kAscending ? a < b : a > b;
  };
  ScanHeads heads;
  std::optional<uint32_t> first_head;
  for (SegmentScan& scan : scans) {
    const auto head = scan.Head();
    if (!head) continue;
    if (!first_head || before(*head, *first_head)) {
      heads.rival = first_head;
      first_head = head;
      heads.first = &scan;
    } else if (!heads.rival || before(*head, *heads.rival)) {
      heads.rival = head;
    }
  }
  return heads;
}

}  // namespace sightline::index
