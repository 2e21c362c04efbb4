#include "index/segment_columns.h"

#include <algorithm>
#include <compare>
#include <limits>

#include "index/plate_table.h"
#include "index/value_dictionary.h"

namespace sightline::index {

bool PositionLess(const Position& a, const Position& b) {
  const auto by_lon = std::strong_order(a.lon, b.lon);
  return by_lon != 0 ? by_lon < 0 : std::strong_order(a.lat, b.lat) < 0;
}

Status WriteSequences(SegmentWriter& writer, Day day, std::span<const Sequence> sequences) {
  const auto [least, greatest] = std::minmax_element(sequences.begin(), sequences.end());
  const SegmentInfo info{.rows = sequences.size(),
                         .least_sequence = *least,
                         .greatest_sequence = *greatest,
                         .day = day.number};
  SIGHTLINE_RETURN_IF_ERROR(writer.AddArray<SegmentInfo>(Column::kSegment, Part::kValues,
                                                         std::span(&info, 1)));
  std::vector<uint64_t> blocks;
  for (size_t begin = 0; begin < sequences.size(); begin += kBlockRows) {
    const auto block = sequences.subspan(begin, std::min(kBlockRows, sequences.size() - begin));
    blocks.push_back(*std::min_element(block.begin(), block.end()));
  }
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint64_t>(Column::kSequence, Part::kBlocks, blocks));
  if (*greatest - *least <= std::numeric_limits<uint32_t>::max()) {
    std::vector<uint32_t> offsets(sequences.size());
    std::transform(sequences.begin(), sequences.end(), offsets.begin(),
                   [&](Sequence sequence) { return static_cast<uint32_t>(sequence - *least); });
    return writer.AddArray<uint32_t>(Column::kSequence, Part::kValues, offsets);
  }
  std::vector<uint64_t> offsets(sequences.size());
  std::transform(sequences.begin(), sequences.end(), offsets.begin(),
                 [&](Sequence sequence) { return sequence - *least; });
  return writer.AddArray<uint64_t>(Column::kSequence, Part::kValues, offsets);
}

Status WritePlates(SegmentWriter& writer, std::span<const std::string> plates,
                   std::span<const uint32_t> codes) {
  const std::string table = EncodePlateTable(plates);
  SIGHTLINE_RETURN_IF_ERROR(writer.Add(Column::kPlate, Part::kDictionary, {}, 0,
                                       std::as_bytes(std::span(table))));
  const size_t codes_in_all = plates.size() + 1;
  SIGHTLINE_RETURN_IF_ERROR(writer.Add(Column::kPlate, Part::kCodes, {}, CodeWidth(codes_in_all),
                                       NarrowCodes(codes, codes_in_all)));
  // A counting sort: the postings of code c start at starts[c - 1].
  std::vector<uint32_t> starts(plates.size() + 1);
  for (const uint32_t code : codes) {
    if (code != 0) ++starts[code];
  }
  for (size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  SIGHTLINE_RETURN_IF_ERROR(writer.AddArray<uint32_t>(Column::kPlate, Part::kStarts, starts));
  std::vector<uint32_t> postings(starts.back());
  for (uint32_t row = 0; row < codes.size(); ++row) {
    if (codes[row] != 0) postings[starts[codes[row] - 1]++] = row;
  }
  return writer.AddArray<uint32_t>(Column::kPlate, Part::kPostings, postings);
}

Status WriteValues(SegmentWriter& writer, Column column, std::string_view name,
                   std::span<const AttributeValue> dictionary, const CodedRows& codes) {
  SIGHTLINE_RETURN_IF_ERROR(
      writer.Add(column, Part::kDictionary, name, 0, EncodeValueDictionary(dictionary)));
  return WriteCodes(writer, column, name, codes);
}

}  // namespace sightline::index
