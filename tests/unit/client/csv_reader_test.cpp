#include "client/input/csv_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "client/import/gzip.h"
#include "client/output/row_printer.h"
#include "tests/unit/client/temporary_file.h"

namespace sightline::client {
namespace {

// "1: a|b" for a record of line 1 with two fields, "2! why" for a bad one.
std::vector<std::string> ReadRecords(std::string_view text, CsvDialect dialect = {}) {
  const TemporaryFolder folder;
  const auto source = ByteSource::Open(folder.Write("file.csv", text));
  CsvReader reader(**source, dialect);
  CsvRecord record;
  std::vector<std::string> records;
  while (reader.Next(record).value()) {
    std::string shown = std::to_string(record.line);
    if (!record.status) {
      shown += "! " + record.status.error().message;
    } else {
      for (size_t i = 0; i < record.fields.size(); ++i)
        shown += (i == 0 ? ": " : "|") + record.fields[i];
    }
    records.push_back(shown);
  }
  return records;
}

using Records = std::vector<std::string>;

TEST(CsvReader, ReadsWhatRfc4180Allows) {
  const struct {
    const char* name;
    std::string text;
    Records records;
  } kCases[] = {
      {"plain", "a,b\n1,2\n", {"1: a|b", "2: 1|2"}},
      {"CRLF", "a,b\r\n1,2\r\n", {"1: a|b", "2: 1|2"}},
      {"no line end at the end", "a,b\n1,2", {"1: a|b", "2: 1|2"}},
      {"empty fields", ",\n,,\n", {"1: |", "2: ||"}},
      {"quotes", "\"a,b\",\"c\"\n", {"1: a,b|c"}},
      {"doubled quotes", "\"say \"\"hi\"\"\"\n", {"1: say \"hi\""}},
      {"an empty quoted field is a record", "\"\"\n", {"1: "}},
      {"line ends inside quotes", "\"a\nb\",c\r\nd,e\n", {"1: a\nb|c", "3: d|e"}},
      {"CRLF inside quotes stays", "\"a\r\nb\"\n", {"1: a\r\nb"}},
      {"blank lines are passed over and counted", "a\n\n\r\nb\n", {"1: a", "4: b"}},
      {"byte order mark", "\xEF\xBB\xBF" "a,b\n", {"1: a|b"}},
      {"quoted field at the end of input", "a,\"b\"", {"1: a|b"}},
      {"other scripts", "京A12345,学院路\n", {"1: 京A12345|学院路"}},
      {"empty input", "", {}},
  };
  for (const auto& test : kCases) EXPECT_EQ(ReadRecords(test.text), test.records) << test.name;
}

TEST(CsvReader, ABadRecordCostsItselfAlone) {
  const struct {
    std::string text;
    Records records;
  } kCases[] = {
      {"a,b\"c\nd,e\n", {"1! a quote inside a field that does not start with one", "2: d|e"}},
      {"\"a\"b,c\nd,e\n", {"1! text after a closing quote", "2: d|e"}},
      {"a,b\n\"never closed,c\nd,e\n",
       {"1: a|b", "2! a quote is opened and never closed", "3: d|e"}},
      {"a\xFF,b\nd,e\n", {"1! the text is not UTF-8", "2: d|e"}},
  };
  for (const auto& test : kCases) EXPECT_EQ(ReadRecords(test.text), test.records) << test.text;
}

TEST(CsvReader, AnEndlessRecordIsRefusedAndTheNextLineRead) {
  const std::string filler(3 * kMaxCsvRecordBytes, 'x');
  EXPECT_EQ(ReadRecords("a," + filler + "\nd,e\n"),
            (Records{"1! a record of more than 1 MiB; is a quote never closed?", "2: d|e"}));
}

TEST(CsvReader, WithoutQuotesTheyAreCharacters) {
  EXPECT_EQ(ReadRecords("a\"|\"b\n", {.delimiter = '|', .quotes = false}), Records{"1: a\"|\"b"});
}

TEST(CsvReader, DelimitersAreOneCharacterOrTab) {
  EXPECT_EQ(ParseDelimiter("tab").value(), '\t');
  EXPECT_EQ(ParseDelimiter("|").value(), '|');
  for (const char* text : {"", "ab", "\"", "\n"}) EXPECT_FALSE(ParseDelimiter(text)) << text;
}

// What CsvLine writes, CsvReader reads back, whatever the fields hold and wherever pieces are cut.
TEST(CsvReader, ReadsBackWhatIsWritten) {
  const unsigned seed = 20160921;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string_view pieces[] = {"a", ",", "\"", "\n", "\r\n", "京", " ", "", "long text "};
  std::vector<std::vector<std::string>> written;
  std::string text;
  for (int row = 0; row < 20'000; ++row) {
    std::vector<std::string> fields(2 + random() % 3);
    for (std::string& field : fields) {
      for (unsigned i = random() % 6; i > 0; --i) field += pieces[random() % std::size(pieces)];
    }
    written.push_back(fields);
    text += CsvLine(fields);
  }
  const TemporaryFolder folder;
  const auto source = ByteSource::Open(folder.Write("file.csv.gz", Gzip(text)));
  CsvReader reader(**source, {});
  CsvRecord record;
  for (const auto& fields : written) {
    ASSERT_TRUE(reader.Next(record).value());
    ASSERT_TRUE(record.status) << record.status.error().message;
    ASSERT_EQ(record.fields, fields) << "line " << record.line;
  }
  EXPECT_FALSE(reader.Next(record).value());
}

TEST(ByteSource, DamagedAndCutOffGzipIsAnError) {
  const TemporaryFolder folder;
  std::string cut = Gzip(std::string(100'000, 'x') + "end");
  std::string damaged = cut;
  cut.resize(cut.size() - 9);
  damaged[damaged.size() - 6] ^= 1;
  for (const std::string& bytes : {cut, damaged}) {
    const auto source = ByteSource::Open(folder.Write("file.gz", bytes));
    const auto all = ReadAll(**source, 1 << 20);
    ASSERT_FALSE(all);
    EXPECT_EQ(all.error().code, ErrorCode::kCorruption) << all.error().message;
  }
}

TEST(ByteSource, SaysWhatCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_FALSE(ByteSource::Open((folder.path() / "absent").string()));
  EXPECT_FALSE(ByteSource::Open(folder.path().string()));
}

}  // namespace
}  // namespace sightline::client
