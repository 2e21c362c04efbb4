#include "index/segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace sightline::index {
namespace {

static_assert(sizeof(Position) == 2 * sizeof(double));

Result<AttributeColumn> ViewAttribute(const Sections& sections, Column column,
                                      std::string_view name, size_t rows) {
  AttributeColumn attribute{.name = name};
  const Section* dictionary = sections.Find(column, Part::kDictionary, name);
  if (dictionary == nullptr) return Sections::Misshapen(column, Part::kDictionary);
  SIGHTLINE_ASSIGN(attribute.dictionary, ValueDictionary::View(dictionary->bytes));
  SIGHTLINE_ASSIGN(attribute.codes,
                   CodeColumn::View(sections, column, name, attribute.dictionary.size(), rows));
  return attribute;
}

}  // namespace

Result<std::shared_ptr<const Segment>> Segment::OpenFile(const std::filesystem::path& path, Day day,
                                                         std::string_view description) {
  SIGHTLINE_ASSIGN(Mapping mapping, Mapping::OfFile(path));
  SIGHTLINE_ASSIGN(auto segment, Parse(std::move(mapping), /*verify=*/true));
  if (segment->Description() != description || segment->day() != day) {
    return Error{ErrorCode::kCorruption, "not the segment that the day lists", {}};
  }
  return segment;
}

Result<std::shared_ptr<const Segment>> Segment::OpenWritten(const std::filesystem::path& path) {
  SIGHTLINE_ASSIGN(Mapping mapping, Mapping::OfFile(path));
  return Parse(std::move(mapping), /*verify=*/false);
}

Result<std::shared_ptr<const Segment>> Segment::OfMemory(std::span<const std::byte> bytes) {
  SIGHTLINE_ASSIGN(Mapping mapping, Mapping::OfCopy(bytes));
  return Parse(std::move(mapping), /*verify=*/false);
}

Result<std::shared_ptr<const Segment>> Segment::Parse(Mapping mapping, bool verify) {
  std::shared_ptr<Segment> segment(new Segment(std::move(mapping)));
  SIGHTLINE_ASSIGN(const Sections sections, Sections::Parse(segment->mapping_.bytes(), verify));
  segment->fingerprint_ = sections.fingerprint();
  SIGHTLINE_RETURN_IF_ERROR(segment->ParseRows(sections));
  SIGHTLINE_RETURN_IF_ERROR(segment->ParsePlates(sections));
  SIGHTLINE_RETURN_IF_ERROR(segment->ParseCoded(sections));
  SIGHTLINE_RETURN_IF_ERROR(segment->ParseVectors(sections));
  return std::shared_ptr<const Segment>(std::move(segment));
}

Status Segment::ParseRows(const Sections& sections) {
  SIGHTLINE_ASSIGN(const auto info,
                   sections.Array<SegmentInfo>(Column::kSegment, Part::kValues, 1));
  info_ = info.front();
  if (info_.rows == 0 || info_.rows > std::numeric_limits<uint32_t>::max() ||
      info_.block_rows != kBlockRows) {
    return Sections::Misshapen(Column::kSegment, Part::kValues);
  }
  const size_t rows = info_.rows;
  SIGHTLINE_ASSIGN(times_, sections.Array<uint32_t>(Column::kTime, Part::kValues, rows));
  SIGHTLINE_ASSIGN(identities_, sections.Array<uint64_t>(Column::kIdentity, Part::kValues, rows));
  const Section* sequences = sections.Find(Column::kSequence, Part::kValues);
  if (sequences != nullptr && sequences->element_bytes == sizeof(uint32_t)) {
    SIGHTLINE_ASSIGN(short_sequences_,
                     sections.Array<uint32_t>(Column::kSequence, Part::kValues, rows));
  } else {
    SIGHTLINE_ASSIGN(long_sequences_,
                     sections.Array<uint64_t>(Column::kSequence, Part::kValues, rows));
  }
  SIGHTLINE_ASSIGN(block_sequences_,
                   sections.Array<uint64_t>(Column::kSequence, Part::kBlocks,
                                            (rows + kBlockRows - 1) / kBlockRows));
  return Ok();
}

Status Segment::ParsePlates(const Sections& sections) {
  const Section* table = sections.Find(Column::kPlate, Part::kDictionary);
  const Section* codes = sections.Find(Column::kPlate, Part::kCodes);
  const Section* postings = sections.Find(Column::kPlate, Part::kPostings);
  if (table == nullptr) return Sections::Misshapen(Column::kPlate, Part::kDictionary);
  SIGHTLINE_ASSIGN(plates_, PlateTable::View(table->bytes));
  const uint32_t width = CodeWidth(plates_->size() + 1);
  if (codes == nullptr || codes->element_bytes != width ||
      codes->bytes.size() != info_.rows * width) {
    return Sections::Misshapen(Column::kPlate, Part::kCodes);
  }
  plate_codes_ = {codes->bytes.data(), width};
  SIGHTLINE_ASSIGN(starts_, sections.Array<uint32_t>(Column::kPlate, Part::kStarts,
                                                     plates_->size() + 1));
  if (postings == nullptr || postings->bytes.size() != starts_.back() * sizeof(uint32_t)) {
    return Sections::Misshapen(Column::kPlate, Part::kPostings);
  }
  postings_ = postings->As<uint32_t>();
  return Ok();
}

Status Segment::ParseCoded(const Sections& sections) {
  const Section* cameras = sections.Find(Column::kCamera, Part::kDictionary);
  if (cameras == nullptr) return Sections::Misshapen(Column::kCamera, Part::kDictionary);
  cameras_ = cameras->As<uint32_t>();
  SIGHTLINE_ASSIGN(camera_codes_,
                   CodeColumn::View(sections, Column::kCamera, {}, cameras_.size(), rows()));
  if (camera_codes_.counts()[0] != 0 || camera_codes_.sparse()) {
    return Sections::Misshapen(Column::kCamera, Part::kCodes);
  }
  const Section* places = sections.Find(Column::kPlace, Part::kDictionary);
  if (places == nullptr) return Sections::Misshapen(Column::kPlace, Part::kDictionary);
  places_ = places->As<Position>();
  SIGHTLINE_ASSIGN(place_codes_,
                   CodeColumn::View(sections, Column::kPlace, {}, places_.size(), rows()));
  SIGHTLINE_ASSIGN(plate_color_, ViewAttribute(sections, Column::kPlateColor, {}, rows()));
  for (const std::string_view name : sections.NamesOf(Column::kAttribute, Part::kDictionary)) {
    SIGHTLINE_ASSIGN(attributes_.emplace_back(),
                     ViewAttribute(sections, Column::kAttribute, name, rows()));
  }
  return Ok();
}

Status Segment::ParseVectors(const Sections& sections) {
  for (const std::string_view space : sections.NamesOf(Column::kVector, Part::kValues)) {
    const Section& values = *sections.Find(Column::kVector, Part::kValues, space);
    VectorColumn column{
        .space = space, .vector_bytes = values.element_bytes, .bytes = values.bytes, .rows = {}};
    size_t vectors = info_.rows;
    if (const Section* some = sections.Find(Column::kVector, Part::kRows, space)) {
      column.rows = some->As<uint32_t>();
      vectors = column.rows.size();
      const auto rows = column.rows;
      const bool ascend =
          std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end();
      if (vectors == 0 || !ascend || rows.back() >= info_.rows) {
        return Sections::Misshapen(Column::kVector, Part::kRows);
      }
    }
    if (column.vector_bytes == 0 || values.bytes.size() != vectors * column.vector_bytes) {
      return Sections::Misshapen(Column::kVector, Part::kValues);
    }
    vectors_.push_back(column);
  }
  return Ok();
}

const VectorColumn* Segment::FindVectors(std::string_view space) const {
  const auto found = std::find_if(vectors_.begin(), vectors_.end(), [&](const VectorColumn& column) {
    return column.space == space;
  });
  return found == vectors_.end() ? nullptr : &*found;
}

std::string Segment::Description() const {
  return fmt::format("columns {} rows {} bytes {} fingerprint {:016x}", kSegmentVersion, rows(),
                     bytes(), fingerprint_);
}

const AttributeColumn* Segment::FindAttribute(std::string_view name) const {
  const auto found = std::lower_bound(
      attributes_.begin(), attributes_.end(), name,
      [](const AttributeColumn& column, std::string_view wanted) { return column.name < wanted; });
  return found == attributes_.end() || found->name != name ? nullptr : &*found;
}

}  // namespace sightline::index
