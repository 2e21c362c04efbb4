// Reads delimited text (RFC 4180) as a stream of records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/input/byte_source.h"
#include "core/error.h"

namespace sightline::client {

struct CsvDialect {
  char delimiter = ',';
  bool quotes = true;  // false: '"' is a character like any other
};

// "," or any one ASCII character, or "tab" or "\\t". kInvalidArgument otherwise.
Result<char> ParseDelimiter(std::string_view text);

// A record longer than this is refused; nearly always a quote that is never closed.
inline constexpr size_t kMaxCsvRecordBytes = size_t{1} << 20;

struct CsvRecord {
  uint64_t line = 0;  // where it starts, from 1
  // kInvalidArgument: the record is malformed and `fields` means nothing. The next one is read from
  // the following line on, so one stray quote does not cost the rest of the file.
  Status status;
  std::vector<std::string> fields;
};

// Lines end in LF or CRLF. A quoted field may hold delimiters, line ends and doubled quotes.
// Strict: a quote inside an unquoted field, or text after a closing quote, is an error of the
// record, and so is text that is not UTF-8. Blank lines are passed over, and so is a UTF-8 byte
// order mark at the start. Not thread-safe.
class CsvReader {
 public:
  // `source` outlives the reader.
  CsvReader(ByteSource& source, CsvDialect dialect);

  // Fills `record`, whose buffers are used again, and returns true; false at the end of the input.
  // Errors are those of the source.
  Result<bool> Next(CsvRecord& record);

  // The line that the next record can start at: all before it were consumed.
  uint64_t next_line() const { return line_; }

 private:
  enum class Parse { kRecord, kBlank, kNeedMore, kBad };

  Parse ParseRecord(CsvRecord& record);
  Status Refill();
  Status SkipFirstLine();

  ByteSource& source_;
  CsvDialect dialect_;
  std::string buffer_;
  size_t position_ = 0;  // of the next record in buffer_
  uint64_t line_ = 1;
  bool at_start_ = true;
  bool source_ended_ = false;
};

}  // namespace sightline::client
