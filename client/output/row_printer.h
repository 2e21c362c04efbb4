// Rows for people (an aligned table) or for programs (CSV).
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace sightline::client {

enum class RowStyle {
  kTable,  // columns aligned by display width; control characters made harmless
  kCsv,    // RFC 4180: a header line, CRLF, quotes where needed
};

struct Column {
  std::string title;
  bool right = false;  // numbers stand to the right
};

// One CSV record with its line end.
std::string CsvLine(const std::vector<std::string>& fields);

// Writes to `out` as rows come. A table's widths are those of its first 1,000 rows; a later value
// that is wider pushes its own line only. Not thread-safe.
class RowPrinter {
 public:
  // `bold_header`: for terminals that colour.
  RowPrinter(std::FILE* out, RowStyle style, std::vector<Column> columns, bool bold_header);

  // As many fields as there are columns.
  void Row(std::vector<std::string> fields);
  // Writes what is held back. Call once, at the end; without rows the header stands alone.
  void Finish();
  bool empty() const { return empty_; }  // no row was given

 private:
  void FlushTable();
  std::string TableLine(const std::vector<std::string>& fields) const;

  std::FILE* out_;
  RowStyle style_;
  std::vector<Column> columns_;
  bool bold_header_;
  bool header_written_ = false;
  bool empty_ = true;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> held_;
};

}  // namespace sightline::client
