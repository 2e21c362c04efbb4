#include <fmt/format.h>

#include <optional>

#include "api/body_splitter.h"

namespace sightline::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Follows strings, escapes and brackets just far enough to find where an element ends; whether the
// element itself is sound is for its parser to say.
class JsonSplitter final : public BodySplitter {
 public:
  JsonSplitter(size_t max_element_bytes, BodyElementSink sink)
      : max_element_bytes_(max_element_bytes), sink_(std::move(sink)) {}

  Status Feed(std::string_view piece) override {
    if (failed_) return *failed_;
    size_t position = 0;
    while (position < piece.size()) {
      Status status = state_ == State::kElement ? Ok() : Between(piece[position]);
      if (!status) {
        failed_ = status.error();
        return status;
      }
      if (state_ == State::kElement) {
        position = Within(piece, position);
      } else {
        ++position;
      }
    }
    return Ok();
  }

  Status Finish() override {
    if (failed_) return *failed_;
    // A bare value such as 12 has no end of its own.
    if (state_ == State::kElement && !in_array_ && depth_ == 0 && !in_string_) EndElement();
    if (state_ == State::kStart) {
      failed_ = InvalidArgument("the body is empty; expected a JSON object or an array of them");
    } else if (state_ != State::kEnd) {
      failed_ = InvalidArgument(
          fmt::format("the body was cut off: {} ends early",
                      state_ == State::kElement ? fmt::format("element {}", element_)
                                                : std::string("the array")));
    }
    return failed_ ? Status(*failed_) : Ok();
  }

 private:
  enum class State {
    kStart,        // before the body's first character
    kFirst,        // behind '[': an element or ']'
    kNext,         // behind a ',': an element
    kElement,      // within an element
    kAfter,        // behind an element of the array: ',' or ']'
    kEnd,          // behind the body's value: blanks only
  };

  // A character outside every element. Sets state_ to kElement when one starts with it.
  Status Between(char c) {
    if (mark_bytes_ < kByteOrderMark.size()) {
      if (c == kByteOrderMark[mark_bytes_]) {
        ++mark_bytes_;
        return Ok();
      }
      if (mark_bytes_ > 0) return InvalidArgument("the body starts with half a byte order mark");
      mark_bytes_ = kByteOrderMark.size();
    }
    if (IsBlank(c)) return Ok();
    switch (state_) {
      case State::kStart:
        if (c == '[') {
          in_array_ = true;
          state_ = State::kFirst;
          return Ok();
        }
        return StartElement(c);
      case State::kFirst:
      case State::kNext:
        if (c == ']' && state_ == State::kFirst) {
          state_ = State::kEnd;
          return Ok();
        }
        return StartElement(c);
      case State::kAfter:
        if (c == ',') {
          state_ = State::kNext;
          return Ok();
        }
        if (c == ']') {
          state_ = State::kEnd;
          return Ok();
        }
        return InvalidArgument(fmt::format(
            "the array is broken behind element {}: expected ',' or ']'", element_));
      case State::kElement:
      case State::kEnd: break;
    }
    return InvalidArgument("unexpected text behind the end of the JSON value");
  }

  Status StartElement(char c) {
    if (c == ',' || c == ']' || c == '}' || c == ':') {
      return InvalidArgument(
          fmt::format("the body is broken: expected element {} and found '{}'", element_ + 1, c));
    }
    ++element_;
    state_ = State::kElement;
    return Ok();
  }

  // Takes the element's characters from `position` on; returns where it stopped.
  size_t Within(std::string_view piece, size_t position) {
    const size_t first = position;
    for (; position < piece.size(); ++position) {
      const char c = piece[position];
      if (escaped_) {
        escaped_ = false;
      } else if (in_string_) {
        if (c == '\\') {
          escaped_ = true;
        } else if (c == '"') {
          in_string_ = false;
          if (depth_ == 0) return TakeAndEnd(piece, first, position + 1);
        }
      } else if (c == '"') {
        in_string_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if (depth_ == 0 && (c == ',' || c == ']' || c == '}' || IsBlank(c))) {
        return TakeAndEnd(piece, first, position);  // behind a bare value; read again outside it
      } else if ((c == '}' || c == ']') && --depth_ == 0) {
        return TakeAndEnd(piece, first, position + 1);
      }
    }
    Hold(piece.substr(first));
    return position;
  }

  size_t TakeAndEnd(std::string_view piece, size_t first, size_t end) {
    const std::string_view text = piece.substr(first, end - first);
    if (held_.empty() && !too_long_ && text.size() <= max_element_bytes_) {
      Give(text);  // whole within the piece: not copied
    } else {
      Hold(text);
      EndElement();
    }
    return end;
  }

  void Hold(std::string_view text) {
    if (too_long_) return;
    if (held_.size() + text.size() > max_element_bytes_) {
      too_long_ = true;
      held_.clear();
      return;
    }
    held_.append(text);
  }

  void EndElement() {
    if (too_long_) {
      sink_({element_, {},
             InvalidArgument(fmt::format("the element is longer than {} bytes (max_line_bytes)",
                                         max_element_bytes_))});
      too_long_ = false;
      state_ = in_array_ ? State::kAfter : State::kEnd;
    } else {
      Give(held_);
    }
    held_.clear();
  }

  void Give(std::string_view text) {
    state_ = in_array_ ? State::kAfter : State::kEnd;
    sink_({element_, text, Ok()});
  }

  const size_t max_element_bytes_;
  const BodyElementSink sink_;
  State state_ = State::kStart;
  bool in_array_ = false;
  size_t mark_bytes_ = 0;  // of the byte order mark, seen so far; all, where there is none
  uint64_t element_ = 0;   // the one being read, or the last one read
  std::string held_;       // the element's start, from earlier pieces
  bool too_long_ = false;  // the element is over the limit: passed over until its end
  uint64_t depth_ = 0;     // open brackets within the element
  bool in_string_ = false;
  bool escaped_ = false;
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<BodySplitter> MakeJsonSplitter(size_t max_element_bytes, BodyElementSink sink) {
  return std::make_unique<JsonSplitter>(max_element_bytes, std::move(sink));
}

}  // namespace sightline::api
