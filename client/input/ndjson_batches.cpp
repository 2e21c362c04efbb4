#include "client/input/batch.h"

#include <string_view>

namespace sightline::client {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

class NdjsonBatches final : public BatchReader {
 public:
  explicit NdjsonBatches(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  Result<bool> Next(uint64_t max_rows, Batch& batch) override;
  Status SkipTo(uint64_t line) override;

 private:
  // The next whole line with its '\n' (added to the last one where it lacks it), as a view that is
  // good until the next call; empty at the end. A line over kMaxBatchBytes comes back cut off, with
  // `too_long` set.
  Result<std::string_view> NextLine(bool& too_long);
  Status Refill();

  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  size_t position_ = 0;
  bool source_ended_ = false;
  uint64_t line_ = 0;  // the last line given
};

Status NdjsonBatches::Refill() {
  buffer_.erase(0, position_);
  position_ = 0;
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kPieceBytes);
  const Result<size_t> read = source_->Read({buffer_.data() + kept, kPieceBytes});
  buffer_.resize(kept + (read ? *read : 0));
  if (!read) return read.error();
  if (*read == 0) {
    source_ended_ = true;
    if (!buffer_.empty() && !buffer_.ends_with('\n')) buffer_.push_back('\n');
  }
  return Ok();
}

Result<std::string_view> NdjsonBatches::NextLine(bool& too_long) {
  too_long = false;
  size_t searched = position_;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      const std::string_view line =
          std::string_view(buffer_).substr(position_, end + 1 - position_);
      position_ = end + 1;
      ++line_;
      return line;
    }
    if (source_ended_) {
      if (too_long) ++line_;
      return std::string_view();
    }
    if (buffer_.size() - position_ > kMaxBatchBytes) {
      too_long = true;
      buffer_.resize(position_);  // what follows belongs to the same line still
    }
    const size_t unfinished = buffer_.size() - position_;
    SIGHTLINE_RETURN_IF_ERROR(Refill());
    searched = unfinished;
  }
}

Result<bool> NdjsonBatches::Next(uint64_t max_rows, Batch& batch) {
  batch = Batch{.first_line = line_ + 1};
  while (batch.rows < max_rows && batch.body.size() < kMaxBatchBytes) {
    bool too_long = false;
    SIGHTLINE_ASSIGN(const std::string_view line, NextLine(too_long));
    if (line.empty() && !too_long) break;
    if (too_long) {
      batch.rejected.push_back({line_, "the line is longer than 16 MiB", ""});
      batch.body.push_back('\n');  // keeps the count of lines
      continue;
    }
    batch.body.append(line);
    if (!IsBlank(line)) ++batch.rows;
  }
  batch.last_line = line_;
  batch.file_position = source_->file_position();
  return batch.last_line >= batch.first_line;
}

Status NdjsonBatches::SkipTo(uint64_t line) {
  while (line_ < line) {
    bool too_long = false;
    SIGHTLINE_ASSIGN(const std::string_view skipped, NextLine(too_long));
    if (skipped.empty() && !too_long) break;
  }
  return Ok();
}

}  // namespace

std::unique_ptr<BatchReader> MakeNdjsonBatches(std::unique_ptr<ByteSource> source) {
  return std::make_unique<NdjsonBatches>(std::move(source));
}

}  // namespace sightline::client
