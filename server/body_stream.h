// A request's body as it comes from its connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/cancellation.h"
#include "server/connection.h"
#include "server/exchange.h"
#include "server/http_parser.h"
#include "server/request_head.h"

namespace sightline::server {

struct BodyLimits {
  uint64_t max_body_bytes = 0;       // 0: none
  std::string_view max_body_option;  // that sets it, for messages
  std::chrono::steady_clock::duration idle_timeout;
  std::chrono::steady_clock::duration write_idle_timeout;  // of "100 Continue"
};

class BodyStream final : public BodyReader {
 public:
  // `parser` has read `head`. All outlive the stream.
  BodyStream(Connection& connection, HttpParser& parser, const RequestHead& head);

  void SetLimits(const BodyLimits& limits) { limits_ = limits; }
  // Read fails with the cancellation's error once it is cancelled or past its deadline.
  void SetCancellation(const Cancellation& cancellation) { cancellation_ = cancellation; }

  // kTooLarge where the length that the head gives is already over the limit.
  Status CheckLength() const;
  Awaitable<Result<std::string_view>> Read() override;

  // Whether so much of the body is left, or it failed in such a way, that the connection cannot be
  // used for another request.
  bool prevents_keep_alive() const;
  // Throws the little that may be left away; whether the end was reached.
  Awaitable<bool> Drain();

  bool at_end() const { return at_end_; }
  bool timed_out() const { return timed_out_; }

 private:
  Awaitable<Result<std::string_view>> ReadPlain();
  Awaitable<Result<std::string_view>> ReadChunked();
  Awaitable<Status> Receive();
  Error TooLarge() const;

  Connection& connection_;
  HttpParser& parser_;
  const bool chunked_;
  const uint64_t length_;
  BodyLimits limits_;
  Cancellation cancellation_;
  uint64_t received_ = 0;  // of the payload
  bool owes_continue_;
  bool at_end_;
  bool failed_ = false;
  bool timed_out_ = false;
};

}  // namespace sightline::server
