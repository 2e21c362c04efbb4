// A segment as format version 2 wrote it stays readable, and is what is written today. How it is
// made anew: README.md in tests/data.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "index/segment_build.h"
#include "index/segment_writer.h"
#include "tests/unit/index/segment_rows.h"

namespace sightline::index {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(SIGHTLINE_SOURCE_DIR) / "tests" / "data" / "segment-v2";
constexpr Day kDay{17'065};

// In the segment's order. The last ones make an attribute rare enough to be stored as pairs.
std::vector<IndexRow> GoldenRows() {
  std::vector<IndexRow> rows = {
      {.key = {0, 1, 0x1111'2222'3333'4444}, .sequence = 7, .plate = "京N6UT45",
       .plate_color = "blue", .location = Position{116.33, 39.99},
       .attributes = {{"brand", std::string("Audi")}, {"inspection_sticker", true},
                      {"speed", 41.5}, {"year", int64_t{2013}}}},
      {.key = {0, 1, 0x1111'2222'3333'4445}, .sequence = 8},
      {.key = {0, 700, 3}, .sequence = 6, .plate = "京N6UT45",
       .attributes = {{"brand", int64_t{-5}}, {"speed", -0.0}}},
      {.key = {86'399'999, 2, 0xFFFF'FFFF'FFFF'FFFF}, .sequence = 900, .plate = "B1234",
       .plate_color = "yellow", .location = Position{-180, -90},
       .attributes = {{"brand", false}, {"year", 2013.0}}},
  };
  for (uint32_t i = 0; i < 40; ++i) {
    rows.insert(rows.end() - 1, {.key = {1000 + i, 2, i}, .sequence = 100 + i, .plate = "AB12CDE"});
  }
  rows[20].attributes = {{"axles", int64_t{3}}};
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].vectors = {{"vehicle", std::string(128, static_cast<char>(i))}};
  }
  rows[7].vectors.insert(rows[7].vectors.begin(), {"detail", std::string(512, '\xFF')});
  return rows;
}

TEST(SegmentGolden, Version2IsReadAndWritten) {
  const auto rows = GoldenRows();
  if (std::getenv("SIGHTLINE_WRITE_GOLDEN") != nullptr) {
    fs::create_directories(kGolden);
    const auto output = FileOutput::Create(kGolden / "golden.segment");
    ASSERT_TRUE(output && WriteSegment(kDay, rows, **output) && (*output)->Publish());
    std::ofstream(kGolden / "description.txt")
        << Segment::OpenWritten(kGolden / "golden.segment").value()->Description();
  }
  std::ifstream text(kGolden / "description.txt");
  const std::string description(std::istreambuf_iterator<char>(text), {});
  const auto segment = Segment::OpenFile(kGolden / "golden.segment", kDay, description);
  ASSERT_TRUE(segment) << segment.error().message;
  ExpectSameRows(RowsOf(**segment), rows);

  MemoryOutput written;
  ASSERT_TRUE(WriteSegment(kDay, rows, written));
  EXPECT_EQ(Segment::OfMemory(written.bytes()).value()->Description(), description);
}

}  // namespace
}  // namespace sightline::index
