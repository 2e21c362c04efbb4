#include "client/input/batch.h"

#include <gtest/gtest.h>

#include "client/import/gzip.h"
#include "client/import/import_file.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

// Reads a file in batches of `rows` rows; "3-4 [3,4] <body>" for each, then its rejected rows.
std::vector<std::string> ReadBatches(BatchReader& reader, uint64_t rows) {
  std::vector<std::string> shown;
  Batch batch;
  while (true) {
    const auto any = reader.Next(rows, batch);
    if (!any) {
      shown.push_back("error: " + any.error().message);
      return shown;
    }
    if (!*any) return shown;
    std::string text = std::to_string(batch.first_line) + "-" + std::to_string(batch.last_line) +
                       " (" + std::to_string(batch.rows) + ") " + batch.body;
    for (const RowError& error : batch.rejected) {
      text += "!" + std::to_string(error.line) + " " + error.detail + " " + error.field;
    }
    shown.push_back(text);
  }
}

OpenedFile Open(const std::string& path, ReadOptions options = {}) {
  auto file = OpenSightings(path, options);
  EXPECT_TRUE(file) << file.error().message;
  return std::move(*file);
}

using Lines = std::vector<std::string>;

TEST(NdjsonBatches, BytesPassThroughUntouchedAndLinesAreCounted) {
  const TemporaryFolder folder;
  const std::string text = "{\"a\":1}\n\n{ \"b\" : 2 }\r\n{\"c\":3}";
  for (const std::string& path :
       {folder.Write("a.ndjson", text), folder.Write("b.jsonl.gz", Gzip(text))}) {
    EXPECT_EQ(ReadBatches(*Open(path).reader, 2),
              (Lines{"1-3 (2) {\"a\":1}\n\n{ \"b\" : 2 }\r\n", "4-4 (1) {\"c\":3}\n"}));
  }
}

TEST(NdjsonBatches, SkippedLinesAreNotGivenAgain) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write("a.ndjson", "1\n2\n3\n4\n"));
  ASSERT_TRUE(file.reader->SkipTo(2));
  EXPECT_EQ(ReadBatches(*file.reader, 9), Lines{"3-4 (2) 3\n4\n"});
}

TEST(NdjsonBatches, ALineBeyondTheLimitIsRefusedInItsPlace) {
  const TemporaryFolder folder;
  const std::string text = "1\n" + std::string(2 * kMaxBatchBytes, 'x') + "\n3\n";
  EXPECT_EQ(ReadBatches(*Open(folder.Write("a.ndjson", text)).reader, 9),
            Lines{"1-3 (2) 1\n\n3\n!2 the line is longer than 16 MiB "});
  // The line numbers that the server counts still fit: line 3 of the body is line 3 of the file.
}

TEST(NdjsonBatches, AnEmptyFileHasNoBatch) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadBatches(*Open(folder.Write("a.ndjson", "")).reader, 9), Lines{});
}

TEST(JsonBatches, ElementsBecomeLines) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write("a.json", "[ {\"a\":\n 1},\r\n {\"b\":\"x\"} , {\"c\":3}]"));
  EXPECT_EQ(ReadBatches(*file.reader, 2),
            (Lines{"1-2 (2) {\"a\":  1}\n{\"b\":\"x\"}\n", "3-3 (1) {\"c\":3}\n"}));
}

TEST(JsonBatches, WhatStandsBeforeABreakIsGivenFirst) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write("a.json", "[{\"a\":1}, {\"b\":2} {\"c\":3}]"));
  const Lines batches = ReadBatches(*file.reader, 100);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_TRUE(batches[0].starts_with("1-")) << batches[0];
  EXPECT_TRUE(batches[1].starts_with("error: ")) << batches[1];
}

ReadOptions Seattle() {
  ReadOptions options{.dialect = {.delimiter = '|'},
                      .nulls = {"NA"},
                      .time_format = "%m/%d/%Y - %H:%M:%S",
                      .zone = TimeZone::Named("America/Los_Angeles").value()};
  for (const char* text : {"plate=plate_hash", "time=dt", "camera=device", "lon=lon", "lat=lat"}) {
    options.mappings.push_back(ParseColumnMapping(text).value());
  }
  return options;
}

TEST(CsvBatches, ColumnsBecomeMembers) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write("a.csv",
                                      "zip|dt|device|plate_hash|lon|lat\n"
                                      "98036|10/07/2021 - 16:30:51|SPD1|ab12|-122.29|47.81\n"
                                      "NA|10/07/2021 - 16:30:52|SPD2|NA|NA|NA\n"
                                      "NA|10/07/2021|SPD2|x|NA|NA\n"
                                      "NA|10/07/2021 - 16:30:52|NA|x|NA|NA\n"
                                      "NA|10/07/2021 - 16:30:52|SPD1|x|1|NA\n"
                                      "NA|10/07/2021 - 16:30:52|SPD1|x|east|2\n"
                                      "NA|10/07/2021 - 16:30:52|SPD1|x\n"
                                      "NA|11/07/2021 - 01:30:00|SPD1|x|NA|NA\n"),
                         Seattle());
  Batch batch;
  ASSERT_TRUE(file.reader->Next(100, batch).value());
  EXPECT_EQ(batch.body,
            "{\"camera_id\":\"SPD1\",\"time\":\"2021-10-07T23:30:51.000Z\",\"plate\":\"ab12\","
            "\"location\":{\"lon\":-122.29,\"lat\":47.81}}\n"
            "{\"camera_id\":\"SPD2\",\"time\":\"2021-10-07T23:30:52.000Z\"}\n"
            "{\"camera_id\":\"SPD1\",\"time\":\"2021-11-07T08:30:00.000Z\",\"plate\":\"x\"}\n");
  EXPECT_EQ(batch.lines, (std::vector<uint64_t>{2, 3, 9}));
  EXPECT_EQ(batch.FileLine(3), 9U);
  EXPECT_EQ(batch.ambiguous_times, 1U);
  EXPECT_EQ(batch.never_merged, 1U);
  ASSERT_EQ(batch.cameras.size(), 2U);
  EXPECT_EQ(batch.cameras[0].id, "SPD1");
  EXPECT_EQ(batch.cameras[0].location, (Position{-122.29, 47.81}));
  EXPECT_EQ(batch.cameras[1].location, std::nullopt);
  const RowError kRejected[] = {
      {4, "the time '10/07/2021' does not read as '%m/%d/%Y - %H:%M:%S'", "/time"},
      {5, "the camera is missing", "/camera_id"},
      {6, "only one of lon and lat has a value", "/location"},
      {7, "the longitude 'east' is not a number", "/location"},
      {8, "4 fields, where the header line has 6", ""},
  };
  EXPECT_EQ(batch.rejected, std::vector<RowError>(std::begin(kRejected), std::end(kRejected)));
}

TEST(CsvBatches, AttributesAreTextNumbersOrBooleans) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write(
      "a.csv",
      "camera,time,attributes.color,attributes.year:number,attributes.taxi:boolean,speed_kmh,lane\n"
      "K1,2016-09-21T00:00:00Z,red,2013,yes,41.5,2\n"
      "K1,2016-09-21T00:00:00Z,007,2.5,0,,\n"
      "K1,2016-09-21T00:00:00Z,x,new,1,,\n"
      "K1,2016-09-21T00:00:00Z,x,1,maybe,,\n"));
  EXPECT_EQ(
      ReadBatches(*file.reader, 100),
      Lines{"2-5 (2) {\"camera_id\":\"K1\",\"time\":\"2016-09-21T00:00:00.000Z\",\"lane\":2,"
            "\"speed_kmh\":41.5,\"attributes\":{\"color\":\"red\",\"year\":2013,\"taxi\":true}}\n"
            "{\"camera_id\":\"K1\",\"time\":\"2016-09-21T00:00:00.000Z\",\"attributes\":"
            "{\"color\":\"007\",\"year\":2.5,\"taxi\":false}}\n"
            "!4 the year 'new' is not a number /attributes/year"
            "!5 'maybe' is neither true nor false /attributes/taxi"});
}

TEST(CsvBatches, AMappingThatDoesNotFitSaysSo) {
  const struct {
    std::vector<std::string> mappings;
    const char* part;
  } kCases[] = {
      {{"time=t"},
       "no column is mapped to 'camera_id'; say --map camera_id=COLUMN, where the file's "
       "columns are t, c, x"},
      {{"time=t", "camera=nope"}, "there is no column 'nope'; the file's columns are t, c, x"},
      {{"time=t", "camera=c", "plat=x"}, "a sighting has no member 'plat'"},
      {{"time=t", "camera=c", "camera_id=x"}, "'camera_id' is mapped twice"},
      {{"time=t", "camera=c", "lon=x"}, "lon and lat are mapped together"},
      {{"time=t", "camera=c", "attributes.a:date=x"}, "is of no known kind"},
  };
  const TemporaryFolder folder;
  const std::string path = folder.Write("a.csv", "t,c,x\n");
  for (const auto& test : kCases) {
    ReadOptions options;
    for (const std::string& text : test.mappings) {
      options.mappings.push_back(ParseColumnMapping(text).value());
    }
    const auto file = OpenSightings(path, options);
    ASSERT_FALSE(file) << test.part;
    EXPECT_NE(file.error().message.find(test.part), std::string::npos) << file.error().message;
  }
  EXPECT_FALSE(ParseColumnMapping("plate"));
  EXPECT_FALSE(ParseColumnMapping("=x"));
}

TEST(CsvBatches, GoesOnBehindALine) {
  const TemporaryFolder folder;
  const auto file = Open(folder.Write("a.csv",
                                      "camera,time\nA,2016-09-21T00:00:00Z\n"
                                      "\"B\nB\",2016-09-21T00:00:00Z\nC,2016-09-21T00:00:00Z\n"));
  ASSERT_TRUE(file.reader->SkipTo(4));
  Batch batch;
  ASSERT_TRUE(file.reader->Next(10, batch).value());
  EXPECT_EQ(batch.first_line, 5U);
  EXPECT_EQ(batch.lines, std::vector<uint64_t>{5});
}

TEST(OpenSightings, AFormatThatTheNameDoesNotTellIsAskedFor) {
  const TemporaryFolder folder;
  const std::string path = folder.Write("readings", "{}\n");
  EXPECT_FALSE(OpenSightings(path, {}));
  EXPECT_TRUE(OpenSightings(path, {.format = FileFormat::kNdjson}));
}

TEST(FileFormat, IsToldByTheName) {
  EXPECT_EQ(FormatOfName("a.NDJSON.gz"), FileFormat::kNdjson);
  EXPECT_EQ(FormatOfName("a.tsv"), FileFormat::kCsv);
  EXPECT_EQ(FormatOfName("dir.csv/a.geojson"), FileFormat::kGeoJson);
  EXPECT_EQ(FormatOfName("-"), FileFormat::kNdjson);
  EXPECT_EQ(FormatOfName("a.gz"), std::nullopt);
}

}  // namespace
}  // namespace sightline::client
