// Boost.Beast's parser behind the strict checks of request_head.h.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "server/request_head.h"

namespace sightline::server {

// Parses one request: ParseHead once, then DecodeChunks while its body is chunked; Reset between
// requests. One thread.
class HttpParser {
 public:
  HttpParser();
  ~HttpParser();

  void Reset();

  // `head`: a whole one, as HeadScanner found it, without the empty line that it skipped.
  std::optional<Refusal> ParseHead(std::string_view head, RequestHead& result);

  struct Chunks {
    size_t consumed = 0;  // bytes of input that are done with
    std::span<char> data;  // the payload among them, moved together inside `input`
    bool done = false;     // the last chunk and its trailers are consumed
    bool broken = false;   // not chunked coding
  };
  // Takes the framing out of the next bytes of a chunked body, in place. Trailers are dropped.
  // Bytes that are not consumed must be given again, with more behind them.
  Chunks DecodeChunks(std::span<char> input);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::server
