#include "client/input/batch.h"

#include <algorithm>
#include <deque>

#include "api/body_splitter.h"

namespace sightline::client {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

class JsonBatches final : public BatchReader {
 public:
  explicit JsonBatches(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)),
        splitter_(api::MakeJsonSplitter(
            kMaxBatchBytes, [this](const api::BodyElement& element) { Take(element); })) {}

  Result<bool> Next(uint64_t max_rows, Batch& batch) override;
  Status SkipTo(uint64_t line) override {
    skip_to_ = line;
    return Ok();
  }

 private:
  struct Element {
    uint64_t number = 0;
    std::string text;
    Status status;
  };

  void Take(const api::BodyElement& element);
  Status Refill();

  std::unique_ptr<ByteSource> source_;
  std::deque<Element> elements_;  // of the piece read last
  std::unique_ptr<api::BodySplitter> splitter_;
  Status broken_;  // the file's syntax; what came before it is sent first
  bool ended_ = false;
  uint64_t skip_to_ = 0;
  uint64_t given_ = 0;  // number of the last element given
};

void JsonBatches::Take(const api::BodyElement& element) {
  if (element.line <= skip_to_) return;
  Element taken{element.line, std::string(element.text), element.status};
  // Line ends in JSON can only stand between tokens, where a blank does as well.
  std::ranges::replace_if(taken.text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  elements_.push_back(std::move(taken));
}

Status JsonBatches::Refill() {
  std::string piece(kPieceBytes, '\0');
  SIGHTLINE_ASSIGN(const size_t read, source_->Read(piece));
  if (read == 0) {
    ended_ = true;
    broken_ = splitter_->Finish();
  } else if (broken_ = splitter_->Feed({piece.data(), read}); !broken_) {
    ended_ = true;
  }
  return Ok();
}

Result<bool> JsonBatches::Next(uint64_t max_rows, Batch& batch) {
  batch = Batch{.first_line = std::max(given_, skip_to_) + 1};
  while (batch.rows + batch.rejected.size() < max_rows && batch.body.size() < kMaxBatchBytes) {
    if (elements_.empty()) {
      if (ended_) break;
      SIGHTLINE_RETURN_IF_ERROR(Refill());
      continue;
    }
    const Element element = std::move(elements_.front());
    elements_.pop_front();
    given_ = element.number;
    if (!element.status) {
      batch.rejected.push_back({element.number, element.status.error().message, ""});
      continue;
    }
    batch.body.append(element.text).push_back('\n');
    batch.lines.push_back(element.number);
    ++batch.rows;
  }
  batch.last_line = given_;
  batch.file_position = source_->file_position();
  if (batch.last_line >= batch.first_line) return true;
  if (!broken_) {
    return InvalidArgument(source_->name() + ": " + broken_.error().message);
  }
  return false;
}

}  // namespace

std::unique_ptr<BatchReader> MakeJsonBatches(std::unique_ptr<ByteSource> source) {
  return std::make_unique<JsonBatches>(std::move(source));
}

}  // namespace sightline::client
