#include "server/handlers/upload_parser.h"

#include <utility>

namespace sightline::server {
namespace {

constexpr size_t kMaxBatchRows = 2000;
constexpr size_t kMaxBatchBytes = size_t{1} << 20;

// Input between two looks at whether batches can be handed on. Deflate makes at most 1,032 bytes of
// one, so that a slice never becomes much more than a batch.
constexpr size_t kIdentitySlice = 65'536;
constexpr size_t kGzipSlice = 1024;

// What may stand before a JSON value: blanks and the bytes of a byte order mark.
constexpr std::string_view kBlanksAndMark = " \t\r\n\xEF\xBB\xBF";

}  // namespace

UploadParser::UploadParser(api::SightingParser& sightings, size_t max_line_bytes,
                           UploadSyntax syntax, ContentCoding coding, UploadBatches& batches)
    : coding_(coding),
      batches_(batches),
      sightings_(sightings),
      opened_(syntax == UploadSyntax::kNdjson) {
  auto take = [this](const api::BodyElement& element) { Take(element); };
  splitter_ = syntax == UploadSyntax::kNdjson
                  ? api::MakeNdjsonSplitter(max_line_bytes, std::move(take))
                  : api::MakeJsonSplitter(max_line_bytes, std::move(take));
  if (coding == ContentCoding::kGzip) gzip_ = std::make_unique<api::GzipDecoder>();
}

Status UploadParser::Consume() {
  for (;;) {
    SIGHTLINE_ASSIGN(const bool handed_on, HandOn());
    if (!handed_on || pending_.empty()) return Ok();
    const std::string_view slice =
        pending_.substr(0, coding_ == ContentCoding::kGzip ? kGzipSlice : kIdentitySlice);
    pending_.remove_prefix(slice.size());
    SIGHTLINE_RETURN_IF_ERROR(Read(slice));
    if (broken_) pending_ = {};
  }
}

Status UploadParser::Read(std::string_view slice) {
  if (gzip_ == nullptr) {
    const Status split = Split(slice);
    return split ? Ok() : Break(split.error());
  }
  const Status decoded = gzip_->Feed(slice, [this](std::string_view text) { return Split(text); });
  return decoded ? Ok() : Break(decoded.error());
}

Status UploadParser::Split(std::string_view text) {
  if (!opened_) {
    const size_t first = text.find_first_not_of(kBlanksAndMark);
    opened_ = first != std::string_view::npos;
    is_lone_ = opened_ && text[first] == '{';
    if (opened_ && text[first] != '{' && text[first] != '[') {
      return InvalidArgument("the body must be a JSON object or an array of objects");
    }
  }
  return splitter_->Feed(text);
}

void UploadParser::Take(const api::BodyElement& element) {
  ++elements_;
  last_line_ = element.line;
  if (!element.status) {
    batches_.Reject(element.line, element.status.error());
    return;
  }
  Result<Sighting> sighting = sightings_.Parse(element.text);
  if (!sighting) {
    // An error of no member is one of the JSON itself.
    if (is_lone_ && sighting.error().field.empty()) {
      unreadable_ = std::move(sighting).error();
      return;
    }
    batches_.Reject(element.line, std::move(sighting).error());
    return;
  }
  batch_.push_back({element.line, std::move(*sighting)});
  batch_bytes_ += element.text.size();
  if (batch_.size() >= kMaxBatchRows || batch_bytes_ >= kMaxBatchBytes) CutBatch();
}

void UploadParser::CutBatch() {
  if (!batch_.empty()) cut_.push_back(std::exchange(batch_, {}));
  batch_bytes_ = 0;
}

Result<bool> UploadParser::HandOn() {
  size_t handed_on = 0;
  while (handed_on < cut_.size()) {
    SIGHTLINE_ASSIGN(const bool taken, batches_.TrySubmit(cut_[handed_on]));
    if (!taken) break;
    ++handed_on;
  }
  cut_.erase(cut_.begin(), cut_.begin() + static_cast<std::ptrdiff_t>(handed_on));
  return cut_.empty();
}

Status UploadParser::Break(const Error& error) {
  if (elements_ == 0) return error;
  broken_ = true;
  batches_.Reject(last_line_ + 1, error);
  return Ok();
}

Status UploadParser::End() {
  if (!std::exchange(ended_, true) && !broken_) {
    if (gzip_ != nullptr) {
      if (const Status complete = gzip_->Finish(); !complete) {
        SIGHTLINE_RETURN_IF_ERROR(Break(complete.error()));
      }
    }
    if (!broken_) {
      if (const Status complete = splitter_->Finish(); !complete) {
        SIGHTLINE_RETURN_IF_ERROR(Break(complete.error()));
      }
    }
  }
  if (unreadable_) return *unreadable_;
  CutBatch();
  return Ok();
}

bool UploadParser::KnowsAllCameras(const storage::Store& store) const {
  for (const auto& batch : cut_) {
    for (const ingest::IncomingSighting& incoming : batch) {
      if (store.FindCamera(incoming.sighting.camera_id) == nullptr) return false;
    }
  }
  return true;
}

Result<bool> UploadParser::Finish() {
  SIGHTLINE_RETURN_IF_ERROR(End());
  return HandOn();
}

void UploadParser::Salvage() {
  CutBatch();
  const Result<bool> handed_on = HandOn();
  static_cast<void>(handed_on);  // the client was not told that any of this is stored
}

}  // namespace sightline::server
