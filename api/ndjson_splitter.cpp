#include <fmt/format.h>

#include <cstring>

#include "api/body_splitter.h"

namespace sightline::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

class NdjsonSplitter final : public BodySplitter {
 public:
  NdjsonSplitter(size_t max_line_bytes, BodyElementSink sink)
      : max_line_bytes_(max_line_bytes), sink_(std::move(sink)) {}

  Status Feed(std::string_view piece) override {
    while (!piece.empty()) {
      const void* newline = std::memchr(piece.data(), '\n', piece.size());
      if (newline == nullptr) {
        Hold(piece);
        return Ok();
      }
      const auto length = static_cast<size_t>(static_cast<const char*>(newline) - piece.data());
      if (held_.empty() && !too_long_) {
        EndLine(piece.substr(0, length));  // whole within the piece: not copied
      } else {
        Hold(piece.substr(0, length));
        EndLine(held_);
      }
      piece.remove_prefix(length + 1);
    }
    return Ok();
  }

  Status Finish() override {
    if (!held_.empty() || too_long_) EndLine(held_);
    return Ok();
  }

 private:
  // One byte more than a line may have, for a '\r', and on the first line three for the mark.
  size_t MaxHeld() const { return max_line_bytes_ + 1 + (line_ == 1 ? kByteOrderMark.size() : 0); }

  void Hold(std::string_view text) {
    if (too_long_) return;
    if (held_.size() + text.size() > MaxHeld()) {
      too_long_ = true;
      held_.clear();
      return;
    }
    held_.append(text);
  }

  void EndLine(std::string_view line) {
    if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (too_long_ || line.size() > max_line_bytes_) {
      sink_({line_, {},
             InvalidArgument(fmt::format("the line is longer than {} bytes (max_line_bytes)",
                                         max_line_bytes_))});
    } else if (!IsBlank(line)) {
      sink_({line_, line, Ok()});
    }
    held_.clear();
    too_long_ = false;
    ++line_;
  }

  const size_t max_line_bytes_;
  const BodyElementSink sink_;
  std::string held_;       // the start of a line whose end has not come
  bool too_long_ = false;  // the line is over the limit: passed over until its end
  uint64_t line_ = 1;
};

}  // namespace

std::unique_ptr<BodySplitter> MakeNdjsonSplitter(size_t max_element_bytes, BodyElementSink sink) {
  return std::make_unique<NdjsonSplitter>(max_element_bytes, std::move(sink));
}

}  // namespace sightline::api
