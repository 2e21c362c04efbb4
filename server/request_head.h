// The head of a request, read more strictly than a lenient parser would (RFC 9112), so that no two
// programs on the way can differ about where a request ends.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/exchange.h"

namespace sightline::server {

// Why the engine itself does not serve a request. The connection is closed behind the answer.
struct Refusal {
  int status = 400;
  std::string detail;
};

struct RequestHead {
  Request request;
  bool http_1_0 = false;
  bool keep_alive = false;  // by version and Connection; the engine may still close
  bool chunked = false;
  bool expects_continue = false;
};

// Finds the end of a head in bytes that arrive bit by bit, and refuses at the first byte that no
// well-formed head has: a lone CR or LF, control bytes, folded lines, blanks before a colon.
class HeadScanner {
 public:
  HeadScanner(size_t max_request_line_bytes, size_t max_header_bytes)
      : max_request_line_bytes_(max_request_line_bytes), max_header_bytes_(max_header_bytes) {}

  // `input`: everything received since the head's first byte, at every call.
  std::optional<Refusal> Scan(std::string_view input);

  // Whether the blank line was found; then size() bytes are the head, the first `skipped()` of them
  // an empty line before it.
  bool complete() const { return complete_; }
  size_t size() const { return position_; }
  size_t skipped() const { return skipped_; }

 private:
  std::optional<Refusal> EndLine();

  const size_t max_request_line_bytes_;
  const size_t max_header_bytes_;
  size_t position_ = 0;
  size_t line_start_ = 0;
  size_t skipped_ = 0;
  bool in_request_line_ = true;
  bool after_cr_ = false;
  bool colon_seen_ = false;
  bool complete_ = false;
};

// The request line alone: method, target and version, one blank between them. 505 for a version
// that is not spoken here, HTTP/2's preface included.
std::optional<Refusal> CheckRequestLine(std::string_view head);

// What the fields say together: one Host, how the body is framed, which expectation; fills
// content_length, has_body, chunked, expects_continue, path and parameters. `target` as sent.
std::optional<Refusal> InterpretFields(std::string_view target, RequestHead& head);

}  // namespace sightline::server
