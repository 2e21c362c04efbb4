#include "client/output/row_printer.h"

#include <algorithm>

#include "client/output/display_width.h"

namespace sightline::client {
namespace {

constexpr size_t kRowsForWidths = 1000;

void Write(std::FILE* out, std::string_view text) { std::fwrite(text.data(), 1, text.size(), out); }

std::vector<std::string> Titles(const std::vector<Column>& columns) {
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(column.title);
  return titles;
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += fields[i];
      continue;
    }
    line.push_back('"');
    for (const char c : fields[i]) {
      if (c == '"') line.push_back('"');
      line.push_back(c);
    }
    line.push_back('"');
  }
  line += "\r\n";
  return line;
}

RowPrinter::RowPrinter(std::FILE* out, RowStyle style, std::vector<Column> columns,
                       bool bold_header)
    : out_(out), style_(style), columns_(std::move(columns)), bold_header_(bold_header) {
  if (style_ == RowStyle::kCsv) Write(out_, CsvLine(Titles(columns_)));
}

void RowPrinter::Row(std::vector<std::string> fields) {
  empty_ = false;
  if (style_ == RowStyle::kCsv) {
    Write(out_, CsvLine(fields));
    return;
  }
  for (std::string& field : fields) field = Printable(field);
  held_.push_back(std::move(fields));
  if (header_written_ || held_.size() >= kRowsForWidths) FlushTable();
}

std::string RowPrinter::TableLine(const std::vector<std::string>& fields) const {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    const size_t width = DisplayWidth(fields[i]);
    const std::string padding(widths_[i] > width ? widths_[i] - width : 0, ' ');
    if (i > 0) line += "  ";
    if (columns_[i].right) {
      line += padding + fields[i];
    } else {
      line += fields[i] + padding;
    }
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void RowPrinter::FlushTable() {
  if (!header_written_) {
    for (const Column& column : columns_) widths_.push_back(DisplayWidth(column.title));
    for (const auto& row : held_) {
      for (size_t i = 0; i < row.size(); ++i) {
        widths_[i] = std::max(widths_[i], DisplayWidth(row[i]));
      }
    }
    const std::string header = TableLine(Titles(columns_));
    Write(out_, bold_header_ ? "\x1b[1m" + header + "\x1b[0m\n" : header + "\n");
    header_written_ = true;
  }
  for (const auto& row : held_) Write(out_, TableLine(row) + "\n");
  held_.clear();
}

void RowPrinter::Finish() {
  if (style_ == RowStyle::kTable) FlushTable();
}

}  // namespace sightline::client
