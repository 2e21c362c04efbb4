#include "index/row_conditions.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

namespace sightline::index {
namespace {

// Positions of which each is asked at once, so that blocks can be passed over by them. More are
// asked as their rows come.
constexpr size_t kPlacesAskedAtOnce = 1024;

// Rows named one by one cost about this many times what a compared row costs.
constexpr uint64_t kCandidateCost = 32;

// Fewer rows than one in this many left: they are tested one by one.
constexpr size_t kFewOfBlock = 32;

std::vector<uint32_t> Common(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

}  // namespace

std::vector<uint32_t> WantedCameraCodes(const Segment& segment, const ColumnQuery& query) {
  std::vector<uint32_t> codes;
  const auto cameras = segment.cameras();
  auto from = cameras.begin();
  for (const uint32_t number : *query.cameras) {
    from = std::lower_bound(from, cameras.end(), number);
    if (from != cameras.end() && *from == number) {
      codes.push_back(static_cast<uint32_t>(from - cameras.begin()) + 1);
    }
  }
  return codes;
}

std::vector<uint32_t> WantedValueCodes(const AttributeColumn& column,
                                       const AttributeCondition& condition) {
  std::vector<uint32_t> codes;
  for (const AttributeValue& value : condition.any_of) {
    for (const uint32_t ordinal : column.dictionary.OrdinalsOf(value)) codes.push_back(ordinal + 1);
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

uint64_t RowsWithCodes(const CodeColumn& column, const std::vector<uint32_t>& codes) {
  uint64_t rows = 0;
  for (const uint32_t code : codes) rows += column.counts()[code];
  return rows;
}

std::pair<uint32_t, uint32_t> RowsInTime(const Segment& segment, const ColumnQuery& query) {
  const auto times = segment.times();
  const auto from = std::lower_bound(times.begin(), times.end(), query.from_ms);
  const auto to = std::lower_bound(from, times.end(), query.to_ms);
  return {static_cast<uint32_t>(from - times.begin()), static_cast<uint32_t>(to - times.begin())};
}

Result<RowConditions> RowConditions::Of(const Segment& segment, const ColumnQuery& query,
                                        const Cancellation& cancellation) {
  RowConditions made(segment, query);
  std::tie(made.begin_, made.end_) = RowsInTime(segment, query);
  bool possible = made.begin_ != made.end_ && made.AddCameras() && made.AddAttributes() &&
                  made.AddPlaces();
  if (possible) {
    SIGHTLINE_ASSIGN(possible, made.AddPlates(cancellation));
  }
  if (!possible) {
    RowConditions none(segment, query);
    none.candidates_.emplace();
    return none;
  }
  std::sort(made.conditions_.begin(), made.conditions_.end(),
            [](const Condition& a, const Condition& b) { return a.pass_share < b.pass_share; });
  if (made.candidates_) {
    std::vector<uint32_t>& rows = *made.candidates_;
    rows.erase(std::lower_bound(rows.begin(), rows.end(), made.end_), rows.end());
    rows.erase(rows.begin(), std::lower_bound(rows.begin(), rows.end(), made.begin_));
  }
  return made;
}

uint64_t RowConditions::AtMost() const {
  uint64_t rows = candidates_ ? candidates_->size() : end_ - begin_;
  if (!conditions_.empty()) {
    const double share = conditions_.front().pass_share;
    rows = std::min(rows, static_cast<uint64_t>(share * segment_->rows() + 0.5));
  }
  return rows;
}

bool RowConditions::AddCodes(const CodeColumn& column, std::vector<uint32_t> codes) {
  if (codes.empty()) return false;
  const uint64_t rows = RowsWithCodes(column, codes);
  if (rows == segment_->rows()) return true;
  const CodeSet set(column.counts().size(), codes);
  if (!column.sparse()) {
    conditions_.push_back({.codes = &column.codes(),
                           .column = &column,
                           .set = set,
                           .pass_share = static_cast<double>(rows) / segment_->rows()});
    return true;
  }
  std::vector<uint32_t> named;
  for (size_t i = 0; i < column.rows().size(); ++i) {
    if (set.Contains(column.codes()[i])) named.push_back(column.rows()[i]);
  }
  NarrowCandidates(std::move(named));
  return !candidates_->empty();
}

bool RowConditions::AddCameras() {
  if (!query_->cameras) return true;
  return AddCodes(segment_->camera_codes(), WantedCameraCodes(*segment_, *query_));
}

bool RowConditions::AddAttributes() {
  for (const AttributeCondition& condition : query_->attributes) {
    const AttributeColumn* column = segment_->FindAttribute(condition.name);
    if (column == nullptr || !AddCodes(column->codes, WantedValueCodes(*column, condition))) {
      return false;
    }
  }
  return true;
}

bool RowConditions::AddPlaces() {
  if (!query_->place) return true;
  const auto places = segment_->places();
  if (places.empty()) return false;
  if (places.size() > kPlacesAskedAtOnce) {
    places_asked_ = true;
    place_answers_.resize(places.size() + 1);
    return true;
  }
  std::vector<uint32_t> codes;
  for (size_t i = 0; i < places.size(); ++i) {
    if (query_->place(places[i])) codes.push_back(static_cast<uint32_t>(i) + 1);
  }
  return AddCodes(segment_->place_codes(), std::move(codes));
}

Result<std::optional<std::vector<uint32_t>>> RowConditions::WantedPlates(
    const Cancellation& cancellation) {
  std::optional<std::vector<uint32_t>> wanted;
  if (query_->plates) {
    wanted.emplace();
    for (const std::string& plate : *query_->plates) {
      if (const auto ordinal = segment_->plates().Find(plate)) wanted->push_back(*ordinal);
    }
    if (wanted->empty()) return wanted;
  }
  if (query_->plate_pattern.empty()) return wanted;
  SIGHTLINE_ASSIGN(std::vector<uint32_t> matching,
                   segment_->plates().Matching(query_->plate_pattern, cancellation));
  wanted = wanted ? Common(*wanted, matching) : std::move(matching);
  return wanted;
}

Result<bool> RowConditions::AddPlates(const Cancellation& cancellation) {
  SIGHTLINE_ASSIGN(const auto wanted, WantedPlates(cancellation));
  if (!wanted) return true;
  uint64_t rows = 0;
  for (const uint32_t ordinal : *wanted) rows += segment_->Postings(ordinal).size();
  if (rows == 0) return false;
  if (rows * kCandidateCost <= end_ - begin_) {
    std::vector<uint32_t> named;
    named.reserve(rows);
    for (const uint32_t ordinal : *wanted) {
      const auto postings = segment_->Postings(ordinal);
      named.insert(named.end(), postings.begin(), postings.end());
    }
    if (wanted->size() > 1) std::sort(named.begin(), named.end());
    NarrowCandidates(std::move(named));
    return !candidates_->empty();
  }
  std::vector<uint32_t> codes(*wanted);
  for (uint32_t& code : codes) ++code;
  conditions_.push_back({.codes = &segment_->plate_codes(),
                         .set = CodeSet(segment_->plates().size() + 1, codes),
                         .pass_share = static_cast<double>(rows) / segment_->rows()});
  return true;
}

void RowConditions::NarrowCandidates(std::vector<uint32_t> rows) {
  candidates_ = candidates_ ? Common(*candidates_, rows) : std::move(rows);
}

bool RowConditions::PlacePasses(uint32_t row) {
  const uint32_t code = segment_->place_codes().At(row);
  if (code == 0) return false;
  uint8_t& answer = place_answers_[code];
  if (answer == 0) answer = query_->place(segment_->places()[code - 1]) ? 2 : 1;
  return answer == 2;
}

void RowConditions::Test(std::vector<uint32_t>& rows) { TestFrom(0, 0, rows); }

void RowConditions::TestFrom(size_t condition, size_t first, std::vector<uint32_t>& rows) {
  const auto drop = [&](auto fails) {
    const auto begin = rows.begin() + static_cast<ptrdiff_t>(first);
    rows.erase(std::remove_if(begin, rows.end(), fails), rows.end());
  };
  for (size_t i = condition; i < conditions_.size(); ++i) {
    const Condition& each = conditions_[i];
    drop([&](uint32_t row) { return !each.set.Contains((*each.codes)[row]); });
  }
  if (places_asked_) drop([&](uint32_t row) { return !PlacePasses(row); });
}

bool RowConditions::Passes(uint32_t row) {
  if (row < begin_ || row >= end_) return false;
  if (candidates_ && !std::binary_search(candidates_->begin(), candidates_->end(), row)) {
    return false;
  }
  for (const Condition& condition : conditions_) {
    if (!condition.set.Contains((*condition.codes)[row])) return false;
  }
  return !places_asked_ || PlacePasses(row);
}

bool RowConditions::MatchBlock(uint32_t begin, uint32_t end, std::vector<uint32_t>& rows) {
  const size_t block = begin / kBlockRows;
  const bool ruled_out =
      segment_->LeastSequence(block) > query_->as_of ||
      std::any_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
        return condition.column != nullptr &&
               !condition.set.MayOccur(condition.column->Block(block));
      });
  if (ruled_out) return false;
  std::array<uint8_t, kBlockRows> bytes;
  const std::span<uint8_t> mask(bytes.data(), end - begin);
  std::fill(mask.begin(), mask.end(), uint8_t{1});
  size_t matched = 0;
  size_t left = mask.size();
  while (matched < conditions_.size() && left > mask.size() / kFewOfBlock) {
    conditions_[matched].set.Match(*conditions_[matched].codes, begin, mask);
    left = CountOnes(mask);
    ++matched;
  }
  const size_t first = rows.size();
  AppendOnes(mask, begin, rows);
  TestFrom(matched, first, rows);
  return true;
}

}  // namespace sightline::index
