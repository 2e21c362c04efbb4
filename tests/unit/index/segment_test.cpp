#include "index/segment.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <xxhash.h>

#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <utility>

#include "index/segment_build.h"
#include "index/segment_writer.h"
#include "tests/unit/index/random_day.h"
#include "tests/unit/index/segment_rows.h"

namespace sightline::index {
namespace {

namespace fs = std::filesystem;

constexpr Day kDay{17'065};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "sightline-segment-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::shared_ptr<const Segment> Build(const std::vector<IndexRow>& rows) {
  return BuildInMemory(kDay, rows).value();
}

// Writes a segment's file and returns its description.
std::string WriteFile(const fs::path& path, const std::vector<IndexRow>& rows) {
  const auto output = FileOutput::Create(path);
  EXPECT_TRUE(WriteSegment(kDay, rows, **output));
  EXPECT_TRUE((*output)->Publish());
  return Segment::OpenWritten(path).value()->Description();
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteBytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(Segment, HoldsTheRowsItWasMadeOf) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const size_t count : {1, 2, 63, 4'096, 4'097, 10'000}) {
    RandomDay day(seed, {});
    const auto rows = day.Next(count);
    ExpectSameRows(RowsOf(*Build(rows)), InSegmentOrder(rows));
  }
}

TEST(Segment, HoldsCodesOfEveryWidth) {
  // More values than 1 and 2 bytes count, of plates, places, cameras and an attribute.
  for (const uint32_t values : {255u, 256u, 65'535u, 65'536u}) {
    std::vector<IndexRow> rows;
    for (uint32_t i = 0; i < values; ++i) {
      IndexRow row{.key = {i, i, i}, .sequence = i + 1, .plate = std::to_string(100'000 + i)};
      row.location = Position{0.001 * i, 1};
      row.attributes = {{"a", int64_t{i}}};
      rows.push_back(std::move(row));
    }
    ExpectSameRows(RowsOf(*Build(rows)), rows);
  }
}

TEST(Segment, HoldsSequencesThatAreFarApart) {
  std::vector<IndexRow> rows = {{.key = {1, 1, 1}, .sequence = 5},
                                {.key = {1, 1, 2}, .sequence = uint64_t{1} << 40},
                                {.key = {1, 2, 1}, .sequence = 5 + (uint64_t{1} << 32)}};
  const auto segment = Build(rows);
  ExpectSameRows(RowsOf(*segment), rows);
  EXPECT_EQ(segment->greatest_sequence(), uint64_t{1} << 40);
  EXPECT_EQ(segment->LeastSequence(0), 5u);
}

TEST(Segment, MergedIsWhatOneBuildWouldBe) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  for (const size_t parts : {1, 2, 7}) {
    RandomDay day(seed, {});
    std::vector<std::shared_ptr<const Segment>> sources;
    for (size_t i = 0; i < parts; ++i) {
      sources.push_back(Build(day.Next(1 + day.random()() % 5'000)));
    }
    MemoryOutput merged;
    ASSERT_TRUE(WriteMerged(sources, merged, Cancellation()));
    MemoryOutput built;
    ASSERT_TRUE(WriteSegment(kDay, day.versions(), built));
    ASSERT_EQ(merged.bytes().size(), built.bytes().size());
    EXPECT_TRUE(std::equal(merged.bytes().begin(), merged.bytes().end(), built.bytes().begin()))
        << "byte for byte";
  }
}

TEST(Segment, RareAttributesCostTheirRowsAlone) {
  RandomDay day(1, {.rare_attributes = 0});
  auto rows = day.Next(20'000);
  const uint64_t without = Build(rows)->bytes();
  for (int i = 0; i < 100; ++i) {
    rows[static_cast<size_t>(i) * 100].attributes.push_back({"zz" + std::to_string(i), true});
  }
  const auto segment = Build(rows);
  ExpectSameRows(RowsOf(*segment), InSegmentOrder(rows));
  EXPECT_LT(segment->bytes(), without + 100 * 600) << "a hundred names, not 100 x 20,000 codes";
}

TEST(SegmentFile, IsOpenedByItsDescriptionAlone) {
  const TemporaryDirectory directory;
  RandomDay day(2, {});
  const fs::path path = directory.path() / "a";
  const std::string description = WriteFile(path, day.Next(1'000));
  const auto segment = Segment::OpenFile(path, kDay, description);
  ASSERT_TRUE(segment) << segment.error().message;
  ExpectSameRows(RowsOf(**segment), InSegmentOrder(day.versions()));
  EXPECT_EQ(Segment::OpenFile(path, Day{1}, description).error().code, ErrorCode::kCorruption);

  const std::string other = WriteFile(directory.path() / "b", day.Next(1'000));
  EXPECT_NE(other, description);
  EXPECT_EQ(Segment::OpenFile(path, kDay, other).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(Segment::OpenFile(directory.path() / "c", kDay, other).error().code,
            ErrorCode::kNotFound);
}

TEST(SegmentFile, EveryFlippedByteIsNoticed) {
  const TemporaryDirectory directory;
  RandomDay day(3, {});
  const fs::path path = directory.path() / "a";
  const std::string description = WriteFile(path, day.Next(40));
  const std::string bytes = ReadFile(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](size_t at, char byte) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
    file.flush();
  };
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) put(i - 1, bytes[i - 1]);
    put(i, static_cast<char>(bytes[i] ^ (1 << (i % 8))));
    const auto opened = Segment::OpenFile(path, kDay, description);
    ASSERT_FALSE(opened) << "byte " << i << " of " << bytes.size();
    ASSERT_EQ(opened.error().code, ErrorCode::kCorruption);
  }
  put(bytes.size() - 1, bytes.back());
  EXPECT_TRUE(Segment::OpenFile(path, kDay, description)) << "the test restores what it flips";
}

TEST(SegmentFile, EveryOtherLengthIsNoticed) {
  const TemporaryDirectory directory;
  RandomDay day(4, {});
  const fs::path path = directory.path() / "a";
  const std::string description = WriteFile(path, day.Next(40));
  const std::string bytes = ReadFile(path);
  for (size_t length = 0; length < bytes.size(); length += 97) {
    WriteBytes(path, bytes.substr(0, length));
    ASSERT_EQ(Segment::OpenFile(path, kDay, description).error().code, ErrorCode::kCorruption);
  }
  WriteBytes(path, bytes + std::string(64, '\0'));
  EXPECT_EQ(Segment::OpenFile(path, kDay, description).error().code, ErrorCode::kCorruption);
}

TEST(SegmentFile, AnotherVersionIsNotRead) {
  const TemporaryDirectory directory;
  RandomDay day(5, {});
  const fs::path path = directory.path() / "a";
  const std::string description = WriteFile(path, day.Next(40));
  std::string bytes = ReadFile(path);
  SegmentHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.version = kSegmentVersion + 1;
  header.checksum = XXH3_64bits(&header, offsetof(SegmentHeader, checksum));
  std::memcpy(bytes.data(), &header, sizeof(header));
  WriteBytes(path, bytes);
  const auto opened = Segment::OpenFile(path, kDay, description);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("version 3"), std::string::npos) << opened.error().message;
}

TEST(SegmentFile, SectionsThatAreNotKnownArePassedOver) {
  MemoryOutput plain;
  RandomDay day(6, {});
  ASSERT_TRUE(WriteSegment(kDay, day.Next(100), plain));
  // The same sections, and those that a later release adds.
  MemoryOutput more;
  SegmentWriter writer(more);
  const std::string vectors(1000, 'v');
  ASSERT_TRUE(writer.Add(static_cast<Column>(900), static_cast<Part>(0), "vehicle", 128,
                         std::as_bytes(std::span(vectors))));
  const auto bytes = plain.bytes();
  SegmentHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  for (uint32_t i = 0; i < header.sections; ++i) {
    SectionEntry entry;
    std::memcpy(&entry, bytes.data() + header.directory_offset + i * sizeof(entry), sizeof(entry));
    const std::string_view name(
        reinterpret_cast<const char*>(bytes.data() + header.directory_offset +
                                      header.sections * sizeof(entry) + entry.name_offset),
        entry.name_bytes);
    ASSERT_TRUE(writer.Add(entry.column, entry.part, name, entry.element_bytes,
                           bytes.subspan(entry.offset, entry.bytes)));
  }
  ASSERT_TRUE(writer.Finish());
  const auto segment = Segment::OfMemory(more.bytes());
  ASSERT_TRUE(segment) << segment.error().message;
  ExpectSameRows(RowsOf(**segment), InSegmentOrder(day.versions()));
}

TEST(SegmentFile, ADiskThatIsFullLeavesNothing) {
  const TemporaryDirectory directory;
  RandomDay day(7, {});
  const auto rows = day.Next(500);
  const std::string description = WriteFile(directory.path() / "whole", rows);
  const auto size = fs::file_size(directory.path() / "whole");
  fs::remove(directory.path() / "whole");
  // A file that may not grow is refused as a full disk refuses it, after a short write.
  const auto previous = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit saved {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &saved), 0);
  for (uint64_t limit = 0; limit < size; limit += 1'111) {
    struct rlimit small {.rlim_cur = limit, .rlim_max = saved.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    Status status = Ok();
    {
      const auto output = FileOutput::Create(directory.path() / "whole");
      status = output ? WriteSegment(kDay, rows, **output) : Status(output.error());
    }
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &saved), 0);
    ASSERT_FALSE(status) << limit;
    EXPECT_EQ(status.error().code, ErrorCode::kNoSpace) << status.error().message;
    EXPECT_TRUE(fs::is_empty(directory.path()));
  }
  ::signal(SIGXFSZ, previous);
  EXPECT_EQ(WriteFile(directory.path() / "whole", rows), description);
}

}  // namespace
}  // namespace sightline::index
