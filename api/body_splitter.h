// Cuts a streamed body into its elements without holding more than one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"

namespace sightline::api {

// One element of a body, or why it cannot be read. `text` is valid during the callback only.
struct BodyElement {
  uint64_t line = 0;      // NDJSON: line from 1, blank ones counted; array: element from 1
  std::string_view text;  // empty when `status` failed
  Status status;          // kInvalidArgument: over the size limit (the message names it), cut off …
};

using BodyElementSink = std::function<void(const BodyElement&)>;

// Feed() the body in pieces of any size, then Finish(). Memory: one element at most, and an element
// over `max_element_bytes` is passed over without being held. One thread.
class BodySplitter {
 public:
  virtual ~BodySplitter() = default;
  // kInvalidArgument when the body cannot be read on from here (an array's syntax is broken);
  // elements given before stand. Later calls fail the same way.
  virtual Status Feed(std::string_view piece) = 0;
  // The end of the body. An unterminated last NDJSON line counts as a line.
  virtual Status Finish() = 0;
};

// application/x-ndjson: one element a line ('\n' or "\r\n"); blank lines are counted and not given.
// A UTF-8 byte order mark at the start is passed over.
std::unique_ptr<BodySplitter> MakeNdjsonSplitter(size_t max_element_bytes, BodyElementSink sink);

// application/json: one object, or an array of values, given one by one.
std::unique_ptr<BodySplitter> MakeJsonSplitter(size_t max_element_bytes, BodyElementSink sink);

// Undoes Content-Encoding: gzip (one or more members) as a stream. One thread.
class GzipDecoder {
 public:
  GzipDecoder();
  ~GzipDecoder();
  // Calls `sink` with decompressed pieces of at most 64 KiB. kInvalidArgument for bytes that are
  // not gzip or fail their checksum.
  Status Feed(std::string_view compressed, const std::function<Status(std::string_view)>& sink);
  // kInvalidArgument when the stream was cut off.
  Status Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sightline::api
