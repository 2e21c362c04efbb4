#include "tests/unit/index/segment_rows.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sightline::index {
namespace {

RowOrder OrderOf(const IndexRow& row) {
  return {row.key.ms_of_day, row.key.camera_number, row.key.identity_hash, row.sequence};
}

}  // namespace

std::vector<IndexRow> RowsOf(const Segment& segment) {
  std::vector<IndexRow> rows(segment.rows());
  for (uint32_t i = 0; i < segment.rows(); ++i) {
    IndexRow& row = rows[i];
    row.key = segment.KeyOf(i);
    row.sequence = segment.SequenceOf(i);
    if (const uint32_t code = segment.plate_codes()[i]; code != 0) {
      row.plate = segment.plates().Plate(code - 1);
      const auto postings = segment.Postings(code - 1);
      EXPECT_TRUE(std::binary_search(postings.begin(), postings.end(), i));
    }
    if (const uint32_t code = segment.plate_color().codes.At(i); code != 0) {
      row.plate_color = std::get<std::string>(segment.plate_color().dictionary[code - 1]);
    }
    if (const uint32_t code = segment.place_codes().At(i); code != 0) {
      row.location = segment.places()[code - 1];
    }
    for (const VectorColumn& column : segment.vectors()) {
      const uint32_t node = column.FirstNodeFrom(i);
      if (node == column.size() || column.RowOf(node) != i) continue;
      row.vectors.push_back({std::string(column.space),
                             std::string(reinterpret_cast<const char*>(column.At(node)),
                                         column.vector_bytes)});
    }
    for (const AttributeColumn& attribute : segment.attributes()) {
      if (const uint32_t code = attribute.codes.At(i); code != 0) {
        row.attributes.push_back({std::string(attribute.name), attribute.dictionary[code - 1]});
      }
    }
  }
  return rows;
}

std::vector<IndexRow> InSegmentOrder(std::vector<IndexRow> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const IndexRow& a, const IndexRow& b) { return OrderOf(a) < OrderOf(b); });
  return rows;
}

void ExpectSameRows(const std::vector<IndexRow>& actual, const std::vector<IndexRow>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(OrderOf(actual[i]), OrderOf(expected[i])) << "row " << i;
    ASSERT_EQ(actual[i].plate, expected[i].plate) << "row " << i;
    ASSERT_EQ(actual[i].plate_color, expected[i].plate_color) << "row " << i;
    ASSERT_EQ(actual[i].location, expected[i].location) << "row " << i;
    ASSERT_EQ(actual[i].attributes, expected[i].attributes) << "row " << i;
    ASSERT_EQ(actual[i].vectors, expected[i].vectors) << "row " << i;
  }
}

}  // namespace sightline::index
