// An answer on its way to the client: head, framing, compression.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/body_stream.h"
#include "server/connection.h"
#include "server/engine.h"
#include "server/exchange.h"
#include "server/gzip_encoder.h"
#include "server/request_head.h"

namespace sightline::server {

class ResponseStream final : public ResponseWriter {
 public:
  // `head` is read by the constructor alone. `scratch` is a buffer that outlives the stream and
  // keeps its room from answer to answer.
  ResponseStream(const Engine& engine, Connection& connection, const RequestHead& head,
                 const BodyStream& body, std::string& scratch);

  Awaitable<Status> Send(Response response) override;
  Awaitable<Status> Begin(Response response) override;
  Awaitable<Status> Write(std::string_view piece) override;
  Awaitable<Status> End() override;
  void Abort() override;
  bool started() const override { return state_ != State::kNew; }

  bool complete() const { return state_ == State::kComplete; }
  // Whether the connection ends behind this answer. Settled once it has started.
  bool closes() const { return closes_; }
  int status() const { return status_; }  // 0 until it has started

 private:
  enum class State { kNew, kStreaming, kComplete, kBroken };
  enum class Framing { kNone, kLength, kChunked, kUntilClose };

  Status Start(const Response& response);
  void AppendHead(const Response& response, std::optional<uint64_t> length);
  Awaitable<Status> SendCompressedSlices(Response response);
  Awaitable<Status> FlushPending(std::string_view piece);
  Awaitable<Status> Transmit(std::string_view behind);

  const Engine& engine_;
  Connection& connection_;
  const std::string request_id_;
  const bool is_head_method_;  // no body follows the head
  const bool http_1_0_;
  const bool keep_alive_;
  const bool prefers_gzip_;
  const BodyStream& body_;
  std::string& out_;     // ready to be transmitted, framing included
  std::string pending_;  // payload of the chunk that is being filled
  std::optional<GzipEncoder> gzip_;
  State state_ = State::kNew;
  Framing framing_ = Framing::kNone;
  uint64_t unwritten_ = 0;  // of a streamed answer whose length was said
  bool compressible_ = false;
  bool closes_ = false;
  int status_ = 0;
};

}  // namespace sightline::server
