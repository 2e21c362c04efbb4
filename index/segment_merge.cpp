#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "index/segment_build.h"
#include "index/segment_columns.h"

namespace sightline::index {
namespace {

using Sources = std::span<const std::shared_ptr<const Segment>>;
// Of each source, of each of its rows (or codes): the number in what is merged. Ascending.
using Mapping32 = std::vector<std::vector<uint32_t>>;

// Vectors are written so many bytes at a time.
constexpr size_t kVectorBufferBytes = size_t{1} << 20;

// Where the rows of each source go. Sources that follow one another in time are taken in long runs.
Result<Mapping32> PlaceRows(Sources sources, const Cancellation& cancellation) {
  Mapping32 places(sources.size());
  std::vector<RowOrder> heads(sources.size());
  std::vector<size_t> left;  // sources that have rows left
  for (size_t s = 0; s < sources.size(); ++s) {
    places[s].reserve(sources[s]->rows());
    heads[s] = sources[s]->OrderOf(0);
    left.push_back(s);
  }
  uint32_t next = 0;
  uint64_t runs = 0;
  while (!left.empty()) {
    if (++runs % kBlockRows == 0) SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    const auto first = std::min_element(left.begin(), left.end(), [&](size_t a, size_t b) {
      return heads[a] < heads[b];
    });
    const size_t source = *first;
    std::optional<RowOrder> rival;
    for (const size_t s : left) {
      if (s != source && (!rival || heads[s] < *rival)) rival = heads[s];
    }
    const Segment& segment = *sources[source];
    std::vector<uint32_t>& placed = places[source];
    do {
      placed.push_back(next++);
      if (placed.size() == segment.rows()) {
        left.erase(first);
        break;
      }
      heads[source] = segment.OrderOf(static_cast<uint32_t>(placed.size()));
    } while (!rival || heads[source] <= *rival);
  }
  return places;
}

// The union of sorted dictionaries, and the code in it of each code of theirs.
template <typename T>
struct MergedDictionary {
  std::vector<T> values;
  Mapping32 codes;
};

// `value_of(source, i)` is the i-th value of `sizes[source]`.
template <typename T, typename ValueOf, typename Less>
MergedDictionary<T> MergeDictionaries(const std::vector<size_t>& sizes, ValueOf value_of,
                                      Less less) {
  struct Head {
    T value;
    size_t source;
  };
  const auto later = [&](const Head& a, const Head& b) { return less(b.value, a.value); };
  MergedDictionary<T> merged;
  merged.codes.resize(sizes.size());
  std::vector<Head> heap;
  for (size_t s = 0; s < sizes.size(); ++s) {
    merged.codes[s].reserve(sizes[s] + 1);
    merged.codes[s].push_back(0);
    if (sizes[s] != 0) heap.push_back({value_of(s, 0), s});
  }
  std::make_heap(heap.begin(), heap.end(), later);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    Head head = std::move(heap.back());
    heap.pop_back();
    std::vector<uint32_t>& codes = merged.codes[head.source];
    if (merged.values.empty() || less(merged.values.back(), head.value)) {
      merged.values.push_back(std::move(head.value));
    }
    codes.push_back(static_cast<uint32_t>(merged.values.size()));
    if (codes.size() <= sizes[head.source]) {
      head.value = value_of(head.source, codes.size() - 1);
      heap.push_back(std::move(head));
      std::push_heap(heap.begin(), heap.end(), later);
    }
  }
  return merged;
}

// Calls `visit` with the row and the code of every row of a column that is not absent.
template <typename Visit>
void VisitPresent(const CodeColumn& column, uint32_t rows, Visit visit) {
  const CodeArray& codes = column.codes();
  if (column.sparse()) {
    for (size_t i = 0; i < column.rows().size(); ++i) visit(column.rows()[i], codes[i]);
    return;
  }
  for (uint32_t row = 0; row < rows; ++row) {
    if (const uint32_t code = codes[row]; code != 0) visit(row, code);
  }
}

class Merger {
 public:
  Merger(Sources sources, Mapping32 places, SegmentOutput& output)
      : sources_(sources), places_(std::move(places)), writer_(output) {
    for (const auto& source : sources_) rows_ += source->rows();
  }

  Status Write(const Cancellation& cancellation) {
    SIGHTLINE_RETURN_IF_ERROR(WritePlain());
    SIGHTLINE_RETURN_IF_ERROR(WriteCameras());
    SIGHTLINE_RETURN_IF_ERROR(WritePlaces());
    SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
    SIGHTLINE_RETURN_IF_ERROR(WritePlateCodes());
    SIGHTLINE_RETURN_IF_ERROR(WriteColumn(Column::kPlateColor, {}, [](const Segment& segment) {
      return &segment.plate_color();
    }));
    std::set<std::string_view> names;
    for (const auto& source : sources_) {
      for (const AttributeColumn& attribute : source->attributes()) names.insert(attribute.name);
    }
    for (const std::string_view name : names) {
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      SIGHTLINE_RETURN_IF_ERROR(
          WriteColumn(Column::kAttribute, name,
                      [&](const Segment& segment) { return segment.FindAttribute(name); }));
    }
    SIGHTLINE_RETURN_IF_ERROR(WriteVectors(cancellation));
    return writer_.Finish();
  }

 private:
  // A value of every row, in its new place.
  template <typename T, typename ValueOf>
  std::vector<T> Gather(ValueOf value_of) const {
    std::vector<T> values(rows_);
    for (size_t s = 0; s < sources_.size(); ++s) {
      const std::vector<uint32_t>& places = places_[s];
      for (uint32_t row = 0; row < places.size(); ++row) {
        values[places[row]] = value_of(s, row);
      }
    }
    return values;
  }

  Status WritePlain() {
    SIGHTLINE_RETURN_IF_ERROR(WriteSequences(
        writer_, sources_.front()->day(),
        Gather<Sequence>([&](size_t s, uint32_t row) { return sources_[s]->SequenceOf(row); })));
    SIGHTLINE_RETURN_IF_ERROR(writer_.AddArray<uint32_t>(
        Column::kTime, Part::kValues,
        Gather<uint32_t>([&](size_t s, uint32_t row) { return sources_[s]->times()[row]; })));
    return writer_.AddArray<uint64_t>(
        Column::kIdentity, Part::kValues,
        Gather<uint64_t>([&](size_t s, uint32_t row) { return sources_[s]->identities()[row]; }));
  }

  // `column_of(source)` is null where the source has no such column.
  template <typename ColumnOf>
  CodedRows MergeCodes(ColumnOf column_of, size_t values, const Mapping32& codes) const {
    uint64_t present = 0;
    for (size_t s = 0; s < sources_.size(); ++s) {
      if (const CodeColumn* column = column_of(s)) present += column->Present();
    }
    CodedRows coded{.values = values, .dense = IsDense(present, rows_)};
    if (coded.dense) {
      coded.codes.assign(rows_, 0);
      VisitMerged(column_of, codes,
                  [&](uint32_t row, uint32_t code) { coded.codes[row] = code; });
      return coded;
    }
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    pairs.reserve(present);
    VisitMerged(column_of, codes,
                [&](uint32_t row, uint32_t code) { pairs.emplace_back(row, code); });
    std::sort(pairs.begin(), pairs.end());
    for (const auto& [row, code] : pairs) {
      coded.rows.push_back(row);
      coded.codes.push_back(code);
    }
    return coded;
  }

  template <typename ColumnOf, typename Visit>
  void VisitMerged(ColumnOf column_of, const Mapping32& codes, Visit visit) const {
    for (size_t s = 0; s < sources_.size(); ++s) {
      const CodeColumn* column = column_of(s);
      if (column == nullptr) continue;
      const std::vector<uint32_t>& places = places_[s];
      const std::vector<uint32_t>& new_codes = codes[s];
      VisitPresent(*column, sources_[s]->rows(), [&](uint32_t row, uint32_t code) {
        visit(places[row], new_codes[code]);
      });
    }
  }

  template <typename SizeOf>
  std::vector<size_t> Sizes(SizeOf size_of) const {
    std::vector<size_t> sizes;
    for (const auto& source : sources_) sizes.push_back(size_of(*source));
    return sizes;
  }

  Status WriteCameras() {
    const auto merged = MergeDictionaries<uint32_t>(
        Sizes([](const Segment& segment) { return segment.cameras().size(); }),
        [&](size_t s, size_t i) { return sources_[s]->cameras()[i]; }, std::less<>());
    SIGHTLINE_RETURN_IF_ERROR(
        writer_.AddArray<uint32_t>(Column::kCamera, Part::kDictionary, merged.values));
    return WriteCodes(writer_, Column::kCamera, {},
                      MergeCodes([&](size_t s) { return &sources_[s]->camera_codes(); },
                                 merged.values.size(), merged.codes));
  }

  Status WritePlaces() {
    const auto merged = MergeDictionaries<Position>(
        Sizes([](const Segment& segment) { return segment.places().size(); }),
        [&](size_t s, size_t i) { return sources_[s]->places()[i]; }, PositionLess);
    SIGHTLINE_RETURN_IF_ERROR(
        writer_.AddArray<Position>(Column::kPlace, Part::kDictionary, merged.values));
    return WriteCodes(writer_, Column::kPlace, {},
                      MergeCodes([&](size_t s) { return &sources_[s]->place_codes(); },
                                 merged.values.size(), merged.codes));
  }

  Status WritePlateCodes() {
    const auto merged = MergeDictionaries<std::string>(
        Sizes([](const Segment& segment) { return segment.plates().size(); }),
        [&](size_t s, size_t i) { return sources_[s]->plates().Plate(static_cast<uint32_t>(i)); },
        std::less<>());
    return WritePlates(writer_, merged.values, Gather<uint32_t>([&](size_t s, uint32_t row) {
                         return merged.codes[s][sources_[s]->plate_codes()[row]];
                       }));
  }

  // `attribute_of(segment)` is null where the segment has no such column.
  template <typename AttributeOf>
  Status WriteColumn(Column column, std::string_view name, AttributeOf attribute_of) {
    std::vector<const AttributeColumn*> attributes;
    for (const auto& source : sources_) attributes.push_back(attribute_of(*source));
    std::vector<size_t> sizes;
    for (const AttributeColumn* attribute : attributes) {
      sizes.push_back(attribute == nullptr ? 0 : attribute->dictionary.size());
    }
    const auto merged = MergeDictionaries<AttributeValue>(
        sizes, [&](size_t s, size_t i) { return attributes[s]->dictionary[i]; }, ValueLess);
    return WriteValues(writer_, column, name, merged.values,
                       MergeCodes(
                           [&](size_t s) {
                             return attributes[s] == nullptr ? nullptr : &attributes[s]->codes;
                           },
                           merged.values.size(), merged.codes));
  }

  Status WriteVectors(const Cancellation& cancellation) {
    std::map<std::string_view, uint32_t> spaces;
    for (const auto& source : sources_) {
      for (const VectorColumn& column : source->vectors()) {
        if (spaces.emplace(column.space, column.vector_bytes).first->second !=
            column.vector_bytes) {
          return Sections::Misshapen(Column::kVector, Part::kValues);
        }
      }
    }
    if (spaces.empty()) return Ok();
    const std::vector<uint16_t> order = SourcesInOrder();
    for (const auto& [space, vector_bytes] : spaces) {
      SIGHTLINE_RETURN_IF_ERROR(WriteSpace(space, vector_bytes, order, cancellation));
    }
    return Ok();
  }

  // Of each row of what is merged the source.
  std::vector<uint16_t> SourcesInOrder() const {
    std::vector<uint16_t> order(rows_);
    for (size_t s = 0; s < sources_.size(); ++s) {
      for (const uint32_t place : places_[s]) order[place] = static_cast<uint16_t>(s);
    }
    return order;
  }

  // Vectors are the bulk of a segment: they go from the sources' pages to the output, and are never
  // all in memory.
  Status WriteSpace(std::string_view space, uint32_t vector_bytes,
                    std::span<const uint16_t> order, const Cancellation& cancellation) {
    // Where each source's rows and vectors are taken from next.
    struct Cursor {
      const VectorColumn* column = nullptr;  // null: the source has none
      uint32_t row = 0;
      uint32_t node = 0;
    };
    std::vector<Cursor> cursors;
    for (const auto& source : sources_) cursors.push_back({.column = source->FindVectors(space)});
    std::vector<uint32_t> rows;
    std::vector<std::byte> buffer;
    buffer.reserve(kVectorBufferBytes + vector_bytes);
    SIGHTLINE_RETURN_IF_ERROR(
        writer_.BeginSection(Column::kVector, Part::kValues, space, vector_bytes));
    for (uint32_t place = 0; place < rows_; ++place) {
      Cursor& cursor = cursors[order[place]];
      const uint32_t row = cursor.row++;
      if (cursor.column == nullptr || cursor.node == cursor.column->size() ||
          cursor.column->RowOf(cursor.node) != row) {
        continue;
      }
      const std::byte* vector = cursor.column->At(cursor.node++);
      buffer.insert(buffer.end(), vector, vector + vector_bytes);
      rows.push_back(place);
      if (buffer.size() < kVectorBufferBytes) continue;
      SIGHTLINE_RETURN_IF_ERROR(cancellation.Check());
      SIGHTLINE_RETURN_IF_ERROR(writer_.AppendToSection(buffer));
      buffer.clear();
    }
    SIGHTLINE_RETURN_IF_ERROR(writer_.AppendToSection(buffer));
    SIGHTLINE_RETURN_IF_ERROR(writer_.EndSection());
    if (rows.size() == rows_) return Ok();
    return writer_.AddArray<uint32_t>(Column::kVector, Part::kRows, rows, space);
  }

  Sources sources_;
  Mapping32 places_;
  SegmentWriter writer_;
  uint32_t rows_ = 0;
};

}  // namespace

Status WriteMerged(Sources sources, SegmentOutput& output, const Cancellation& cancellation) {
  if (sources.size() > std::numeric_limits<uint16_t>::max()) {
    return Internal("too many segments for one merge");
  }
  SIGHTLINE_ASSIGN(Mapping32 places, PlaceRows(sources, cancellation));
  return Merger(sources, std::move(places), output).Write(cancellation);
}

}  // namespace sightline::index
