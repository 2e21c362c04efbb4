#include "index/segment_build.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "index/segment_columns.h"

namespace sightline::index {
namespace {

struct PositionBits {
  bool operator()(const Position& a, const Position& b) const {
    return std::bit_cast<uint64_t>(a.lon) == std::bit_cast<uint64_t>(b.lon) &&
           std::bit_cast<uint64_t>(a.lat) == std::bit_cast<uint64_t>(b.lat);
  }
  size_t operator()(const Position& position) const {
    const uint64_t lon = std::bit_cast<uint64_t>(position.lon);
    const uint64_t lat = std::bit_cast<uint64_t>(position.lat);
    return (lon ^ std::rotl(lat, 32)) * 0x9E37'79B9'7F4A'7C15;
  }
};

struct SameValue {
  bool operator()(const AttributeValue& a, const AttributeValue& b) const {
    return !ValueLess(a, b) && !ValueLess(b, a);
  }
};

// Numbers distinct values as they come; sorts them in the end.
template <typename T, typename Hash = std::hash<T>, typename Equal = std::equal_to<T>>
class DictionaryMaker {
 public:
  uint32_t Number(const T& value) {
    return numbers_.try_emplace(value, static_cast<uint32_t>(numbers_.size())).first->second;
  }

  // The values ascending by `less`; afterwards CodeOf turns numbers into codes.
  template <typename Less>
  std::vector<T> Sort(Less less) {
    std::vector<std::pair<T, uint32_t>> sorted(numbers_.begin(), numbers_.end());
    std::sort(sorted.begin(), sorted.end(),
              [&](const auto& a, const auto& b) { return less(a.first, b.first); });
    codes_.resize(sorted.size());
    std::vector<T> values;
    values.reserve(sorted.size());
    for (auto& [value, number] : sorted) {
      values.push_back(std::move(value));
      codes_[number] = static_cast<uint32_t>(values.size());
    }
    return values;
  }
  uint32_t CodeOf(uint32_t number) const { return codes_[number]; }

 private:
  std::unordered_map<T, uint32_t, Hash, Equal> numbers_;
  std::vector<uint32_t> codes_;
};

// The numbers of a column's values that are there, by row.
template <typename Maker>
struct ColumnMaker {
  Maker dictionary;
  std::vector<uint32_t> rows;
  std::vector<uint32_t> numbers;

  template <typename T>
  void Add(uint32_t row, const T& value) {
    rows.push_back(row);
    numbers.push_back(dictionary.Number(value));
  }

  // After the dictionary is sorted.
  CodedRows Codes(size_t values, size_t all_rows) && {
    CodedRows coded{.values = values, .dense = IsDense(rows.size(), all_rows)};
    for (uint32_t& number : numbers) number = dictionary.CodeOf(number);
    if (coded.dense) {
      coded.codes.assign(all_rows, 0);
      for (size_t i = 0; i < rows.size(); ++i) coded.codes[rows[i]] = numbers[i];
    } else {
      coded.codes = std::move(numbers);
      coded.rows = std::move(rows);
    }
    return coded;
  }
};

using ValueColumn =
    ColumnMaker<DictionaryMaker<AttributeValue, std::hash<AttributeValue>, SameValue>>;

Status WriteColumn(SegmentWriter& writer, Column column, std::string_view name, ValueColumn&& made,
                   size_t rows) {
  const std::vector<AttributeValue> values = made.dictionary.Sort(ValueLess);
  return WriteValues(writer, column, name, values, std::move(made).Codes(values.size(), rows));
}

using Rows = std::vector<const IndexRow*>;

Rows InOrder(std::span<const IndexRow> rows) {
  std::vector<std::pair<RowOrder, const IndexRow*>> order;
  order.reserve(rows.size());
  for (const IndexRow& row : rows) {
    order.emplace_back(RowOrder{row.key.ms_of_day, row.key.camera_number, row.key.identity_hash,
                                row.sequence},
                       &row);
  }
  std::sort(order.begin(), order.end());
  Rows sorted(rows.size());
  std::transform(order.begin(), order.end(), sorted.begin(),
                 [](const auto& entry) { return entry.second; });
  return sorted;
}

template <typename T, typename Member>
Status WritePlain(SegmentWriter& writer, Column column, const Rows& rows, Member member) {
  std::vector<T> values(rows.size());
  std::transform(rows.begin(), rows.end(), values.begin(),
                 [&](const IndexRow* row) { return member(*row); });
  return writer.AddArray<T>(column, Part::kValues, values);
}

Status WriteCamerasAndPlaces(SegmentWriter& writer, const Rows& rows) {
  ColumnMaker<DictionaryMaker<uint32_t>> cameras;
  ColumnMaker<DictionaryMaker<Position, PositionBits, PositionBits>> places;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    cameras.Add(i, rows[i]->key.camera_number);
    if (rows[i]->location) places.Add(i, *rows[i]->location);
  }
  const auto numbers = cameras.dictionary.Sort(std::less<>());
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<uint32_t>(Column::kCamera, Part::kDictionary, numbers));
  SIGHTLINE_RETURN_IF_ERROR(WriteCodes(writer, Column::kCamera, {},
                                       std::move(cameras).Codes(numbers.size(), rows.size())));
  const auto positions = places.dictionary.Sort(PositionLess);
  SIGHTLINE_RETURN_IF_ERROR(
      writer.AddArray<Position>(Column::kPlace, Part::kDictionary, positions));
  return WriteCodes(writer, Column::kPlace, {},
                    std::move(places).Codes(positions.size(), rows.size()));
}

Status WritePlateColumns(SegmentWriter& writer, const Rows& rows) {
  ColumnMaker<DictionaryMaker<std::string>> plates;
  ValueColumn colors;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]->plate.empty()) plates.Add(i, rows[i]->plate);
    if (!rows[i]->plate_color.empty()) colors.Add(i, AttributeValue(rows[i]->plate_color));
  }
  const auto texts = plates.dictionary.Sort(std::less<>());
  std::vector<uint32_t> codes(rows.size());
  for (size_t i = 0; i < plates.rows.size(); ++i) {
    codes[plates.rows[i]] = plates.dictionary.CodeOf(plates.numbers[i]);
  }
  SIGHTLINE_RETURN_IF_ERROR(WritePlates(writer, texts, codes));
  return WriteColumn(writer, Column::kPlateColor, {}, std::move(colors), rows.size());
}

Status WriteAttributes(SegmentWriter& writer, const Rows& rows) {
  std::map<std::string_view, ValueColumn> columns;
  // Neighbours mostly have the same names at the same places: no look-up then.
  std::vector<std::pair<std::string_view, ValueColumn*>> last;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const std::vector<Attribute>& attributes = rows[i]->attributes;
    if (last.size() < attributes.size()) last.resize(attributes.size());
    for (size_t a = 0; a < attributes.size(); ++a) {
      if (last[a].second == nullptr || last[a].first != attributes[a].name) {
        last[a] = {attributes[a].name, &columns[attributes[a].name]};
      }
      last[a].second->Add(i, attributes[a].value);
    }
  }
  for (auto& [name, column] : columns) {
    SIGHTLINE_RETURN_IF_ERROR(
        WriteColumn(writer, Column::kAttribute, name, std::move(column), rows.size()));
  }
  return Ok();
}

// A batch is in memory as rows already: its vectors are gathered there too.
Status WriteVectors(SegmentWriter& writer, const Rows& rows) {
  struct Vectors {
    std::vector<uint32_t> rows;
    std::vector<std::byte> bytes;
    size_t vector_bytes = 0;
  };
  std::map<std::string_view, Vectors> spaces;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    for (const AppearanceVector& vector : rows[i]->vectors) {
      Vectors& vectors = spaces[vector.space];
      if (vectors.rows.empty()) vectors.vector_bytes = vector.bytes.size();
      if (vector.bytes.size() != vectors.vector_bytes) {
        return Internal("vectors of one space have different lengths");
      }
      const auto bytes = std::as_bytes(std::span(vector.bytes));
      vectors.rows.push_back(i);
      vectors.bytes.insert(vectors.bytes.end(), bytes.begin(), bytes.end());
    }
  }
  for (const auto& [space, vectors] : spaces) {
    SIGHTLINE_RETURN_IF_ERROR(writer.Add(Column::kVector, Part::kValues, space,
                                         static_cast<uint32_t>(vectors.vector_bytes),
                                         vectors.bytes));
    if (vectors.rows.size() == rows.size()) continue;
    SIGHTLINE_RETURN_IF_ERROR(
        writer.AddArray<uint32_t>(Column::kVector, Part::kRows, vectors.rows, space));
  }
  return Ok();
}

}  // namespace

Status WriteSegment(Day day, std::span<const IndexRow> unordered, SegmentOutput& output) {
  const Rows rows = InOrder(unordered);
  SegmentWriter writer(output);
  std::vector<Sequence> sequences(rows.size());
  std::transform(rows.begin(), rows.end(), sequences.begin(),
                 [](const IndexRow* row) { return row->sequence; });
  SIGHTLINE_RETURN_IF_ERROR(WriteSequences(writer, day, sequences));
  SIGHTLINE_RETURN_IF_ERROR(WritePlain<uint32_t>(
      writer, Column::kTime, rows, [](const IndexRow& row) { return row.key.ms_of_day; }));
  SIGHTLINE_RETURN_IF_ERROR(WritePlain<uint64_t>(
      writer, Column::kIdentity, rows, [](const IndexRow& row) { return row.key.identity_hash; }));
  SIGHTLINE_RETURN_IF_ERROR(WriteCamerasAndPlaces(writer, rows));
  SIGHTLINE_RETURN_IF_ERROR(WritePlateColumns(writer, rows));
  SIGHTLINE_RETURN_IF_ERROR(WriteAttributes(writer, rows));
  SIGHTLINE_RETURN_IF_ERROR(WriteVectors(writer, rows));
  return writer.Finish();
}

Result<std::shared_ptr<const Segment>> BuildInMemory(Day day, std::span<const IndexRow> rows) {
  MemoryOutput output;
  SIGHTLINE_RETURN_IF_ERROR(WriteSegment(day, rows, output));
  return Segment::OfMemory(output.bytes());
}

Result<std::shared_ptr<const Segment>> MergeInMemory(
    std::span<const std::shared_ptr<const Segment>> sources, const Cancellation& cancellation) {
  MemoryOutput output;
  SIGHTLINE_RETURN_IF_ERROR(WriteMerged(sources, output, cancellation));
  return Segment::OfMemory(output.bytes());
}

}  // namespace sightline::index
