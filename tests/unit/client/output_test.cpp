#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "client/import/progress.h"
#include "client/output/display_width.h"
#include "client/output/row_printer.h"

namespace sightline::client {
namespace {

// What `write` writes to a stream.
template <typename Write>
std::string Captured(Write write) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* stream = open_memstream(&text, &size);
  write(stream);
  std::fclose(stream);
  std::string captured(text, size);
  std::free(text);
  return captured;
}

TEST(DisplayWidth, CountsCells) {
  const struct {
    std::string_view text;
    size_t cells;
  } kCases[] = {{"", 0},       {"abc", 3},        {"京A12345", 8}, {"ＡＢ", 4},
                {"é", 1},      {"e\u0301", 1},    {"学院路", 6},   {"\xFF", 1}};
  for (const auto& test : kCases) EXPECT_EQ(DisplayWidth(test.text), test.cells) << test.text;
}

TEST(Printable, NothingThatWasStoredSteersTheTerminal) {
  EXPECT_EQ(Printable("京A 1"), "京A 1");
  EXPECT_EQ(Printable("a\x1b[31mb\n"), "a\uFFFD[31mb\uFFFD");
  EXPECT_EQ(Printable("a\u202Eb"), "a\uFFFDb");
  EXPECT_EQ(Printable("\xC3("), "\uFFFD(");
}

TEST(RowPrinter, AlignsByDisplayWidth) {
  const std::string table = Captured([](std::FILE* out) {
    RowPrinter rows(out, RowStyle::kTable, {{"PLATE"}, {"N", true}, {"NAME"}}, false);
    rows.Row({"京A12345", "7", "学院路"});
    rows.Row({"B1", "1234", ""});
    rows.Finish();
  });
  EXPECT_EQ(table,
            "PLATE        N  NAME\n"
            "京A12345     7  学院路\n"
            "B1        1234\n");
}

TEST(RowPrinter, WithoutRowsTheHeaderStandsAlone) {
  const auto table = [](RowStyle style, bool bold) {
    return Captured([&](std::FILE* out) { RowPrinter(out, style, {{"A"}, {"B"}}, bold).Finish(); });
  };
  EXPECT_EQ(table(RowStyle::kTable, false), "A  B\n");
  EXPECT_EQ(table(RowStyle::kTable, true), "\x1b[1mA  B\x1b[0m\n");
  EXPECT_EQ(table(RowStyle::kCsv, true), "A,B\r\n");
}

TEST(RowPrinter, ALongTableIsWrittenAsItComes) {
  const std::string table = Captured([](std::FILE* out) {
    RowPrinter rows(out, RowStyle::kTable, {{"A"}, {"B"}}, false);
    for (int i = 0; i < 1000; ++i) rows.Row({"x", "y"});
    std::fflush(out);
    rows.Row({"wider than before", "y"});
    rows.Finish();
  });
  EXPECT_TRUE(table.starts_with("A  B\nx  y\n"));
  EXPECT_TRUE(table.ends_with("\nx  y\nwider than before  y\n"));
}

TEST(CsvLine, QuotesWhereRfc4180NeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b c", ""}), "a,b c,\r\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"hi\"", "1\n2"}), "\"a,b\",\"say \"\"hi\"\"\",\"1\n2\"\r\n");
}

using std::chrono::duration;

TEST(Progress, ShowsShareRateAndTimeLeft) {
  const ProgressState half{.rows = 1'234'567,
                           .file_position = 50,
                           .start_position = 0,
                           .file_size = 100,
                           .elapsed = duration<double>(10)};
  EXPECT_EQ(ProgressBar(half),
            "[===============>              ]  50 %  1,234,567 rows  123,457 rows/s  0:10 left");
  EXPECT_EQ(ProgressLine(half), "1,234,567 rows, 123,457 rows/s, 50 %, 0:10 left");
}

TEST(Progress, TimeLeftIsOfThisRunAlone) {
  // This run began at 80 % and took an hour for 10 %.
  const ProgressState resumed{.rows = 10,
                              .file_position = 90,
                              .start_position = 80,
                              .file_size = 100,
                              .elapsed = duration<double>(3600)};
  EXPECT_EQ(ProgressLine(resumed), "10 rows, 0 rows/s, 90 %, 1:00:00 left");
}

TEST(Progress, AStreamOfUnknownLengthHasNoShare) {
  EXPECT_EQ(ProgressLine({.rows = 5, .elapsed = duration<double>(1)}), "5 rows, 5 rows/s");
  EXPECT_EQ(ProgressBar({}), "0 rows  0 rows/s");
  EXPECT_EQ(ProgressBar({.file_position = 7, .file_size = 7}),
            "[==============================] 100 %  0 rows  0 rows/s  0:00 left");
}

TEST(Progress, ElsewhereThanOnATerminalALineEveryTenSeconds) {
  const std::string text = Captured([](std::FILE* out) {
    Progress progress(out, /*terminal=*/false);
    const Progress::Clock::time_point start{};
    for (int second = 0; second <= 25; ++second) {
      progress.Update({.rows = static_cast<uint64_t>(second), .elapsed = duration<double>(second)},
                      start + std::chrono::seconds(second));
    }
    progress.Clear();
  });
  EXPECT_EQ(text, "10 rows, 1 rows/s\n20 rows, 1 rows/s\n");
}

TEST(Progress, OnATerminalTheBarIsDrawnOverAndWiped) {
  const std::string text = Captured([](std::FILE* out) {
    Progress progress(out, /*terminal=*/true);
    const Progress::Clock::time_point start{};
    progress.Update({.rows = 1}, start);
    progress.Update({.rows = 2}, start + std::chrono::milliseconds(50));
    progress.Update({.rows = 3}, start + std::chrono::milliseconds(100));
    progress.Clear();
    progress.Clear();
  });
  EXPECT_EQ(text, "\r1 rows  0 rows/s\x1b[K\r3 rows  0 rows/s\x1b[K\r\x1b[K");
}

}  // namespace
}  // namespace sightline::client
