#include "client/input/csv_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace sightline::client {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Result<char> ParseDelimiter(std::string_view text) {
  if (text == "tab" || text == "\\t") return '\t';
  const bool usable = text.size() == 1 && (text[0] == '\t' || (text[0] >= ' ' && text[0] <= '~')) &&
                      text[0] != '"';
  if (usable) return text[0];
  return InvalidArgument(
      fmt::format("'{}' is no delimiter; it is one character, or 'tab'", text));
}

CsvReader::CsvReader(ByteSource& source, CsvDialect dialect)
    : source_(source), dialect_(dialect) {}

Status CsvReader::Refill() {
  buffer_.erase(0, position_);
  position_ = 0;
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kPieceBytes);
  const Result<size_t> read = source_.Read({buffer_.data() + kept, kPieceBytes});
  buffer_.resize(kept + (read ? *read : 0));
  if (!read) return read.error();
  source_ended_ = *read == 0;
  return Ok();
}

Status CsvReader::SkipFirstLine() {
  ++line_;
  while (true) {
    const size_t end = buffer_.find('\n', position_);
    position_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (end != std::string::npos || source_ended_) return Ok();
    SIGHTLINE_RETURN_IF_ERROR(Refill());
  }
}

// Parses the record at position_ and moves past it; kNeedMore and kBad leave position_ alone.
CsvReader::Parse CsvReader::ParseRecord(CsvRecord& record) {
  const std::string_view text = buffer_;
  size_t at = position_;
  size_t count = 0;
  uint64_t lines = 0;
  const auto bad = [&](std::string_view what) {
    record.status = InvalidArgument(std::string(what));
    return Parse::kBad;
  };
  const auto next_field = [&]() -> std::string& {
    if (count == record.fields.size()) record.fields.emplace_back();
    std::string& field = record.fields[count++];
    field.clear();
    return field;
  };
  while (true) {
    std::string& field = next_field();
    if (dialect_.quotes && at < text.size() && text[at] == '"') {
      for (++at;;) {
        const size_t quote = text.find('"', at);
        if (quote == std::string_view::npos || (quote + 1 == text.size() && !source_ended_)) {
          if (!source_ended_) return Parse::kNeedMore;
          if (quote == std::string_view::npos) return bad("a quote is opened and never closed");
        }
        field.append(text, at, quote - at);
        at = quote + 1;
        if (at >= text.size() || text[at] != '"') break;
        field.push_back('"');
        ++at;
      }
      lines += static_cast<uint64_t>(std::ranges::count(field, '\n'));
    } else {
      const size_t start = at;
      while (at < text.size() && text[at] != dialect_.delimiter && text[at] != '\n') ++at;
      if (at == text.size() && !source_ended_) return Parse::kNeedMore;
      field.assign(text, start, at - start);
      const bool ends_line = at == text.size() || text[at] == '\n';
      if (ends_line && field.ends_with('\r')) field.pop_back();
      if (dialect_.quotes && field.find('"') != std::string::npos) {
        return bad("a quote inside a field that does not start with one");
      }
    }
    if (at < text.size() && text[at] == '\r') {
      if (at + 1 == text.size() && !source_ended_) return Parse::kNeedMore;
      if (at + 1 < text.size() && text[at + 1] == '\n') ++at;
    }
    if (at == text.size() && !source_ended_) return Parse::kNeedMore;
    if (at == text.size() || text[at] == '\n') break;
    if (text[at] != dialect_.delimiter) return bad("text after a closing quote");
    ++at;
  }
  const bool blank = count == 1 && record.fields[0].empty() && text[position_] != '"';
  record.fields.resize(count);
  position_ = std::min(at + 1, text.size());
  line_ += lines + 1;
  return blank ? Parse::kBlank : Parse::kRecord;
}

Result<bool> CsvReader::Next(CsvRecord& record) {
  while (true) {
    if (position_ == buffer_.size()) {
      if (source_ended_) return false;
      SIGHTLINE_RETURN_IF_ERROR(Refill());
      continue;
    }
    if (at_start_) {
      if (buffer_.size() < kByteOrderMark.size() && !source_ended_) {
        SIGHTLINE_RETURN_IF_ERROR(Refill());
        continue;
      }
      at_start_ = false;
      if (buffer_.starts_with(kByteOrderMark)) position_ = kByteOrderMark.size();
      continue;
    }
    record.line = line_;
    record.status = Ok();
    Parse parsed = ParseRecord(record);
    if (parsed == Parse::kNeedMore && buffer_.size() - position_ > kMaxCsvRecordBytes) {
      record.status = InvalidArgument("a record of more than 1 MiB; is a quote never closed?");
      parsed = Parse::kBad;
    }
    switch (parsed) {
      case Parse::kNeedMore: SIGHTLINE_RETURN_IF_ERROR(Refill()); continue;
      case Parse::kBlank: continue;
      case Parse::kBad: SIGHTLINE_RETURN_IF_ERROR(SkipFirstLine()); return true;
      case Parse::kRecord: break;
    }
    for (const std::string& field : record.fields) {
      if (!simdjson::validate_utf8(field)) record.status = InvalidArgument("the text is not UTF-8");
    }
    return true;
  }
}

}  // namespace sightline::client
