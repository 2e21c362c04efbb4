#include "server/body_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "server/coroutine_error.h"

namespace sightline::server {
namespace {

constexpr size_t kMaxPieceBytes = size_t{256} << 10;
// What a handler left unread is read away up to here, to keep the connection.
constexpr uint64_t kMaxDrainBytes = uint64_t{64} << 10;
// A chunk's header with its extensions, or all trailers, must be within this.
constexpr size_t kMaxChunkFramingBytes = size_t{4} << 10;

std::string_view AsText(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

BodyStream::BodyStream(Connection& connection, HttpParser& parser, const RequestHead& head)
    : connection_(connection),
      parser_(parser),
      chunked_(head.chunked),
      length_(head.request.content_length.value_or(0)),
      owes_continue_(head.expects_continue),
      at_end_(!head.request.has_body) {}

Error BodyStream::TooLarge() const {
  std::string message =
      fmt::format("the body is larger than {} bytes", limits_.max_body_bytes);
  if (!limits_.max_body_option.empty()) {
    message += fmt::format(" ({})", limits_.max_body_option);
  }
  return Error{ErrorCode::kTooLarge, std::move(message), {}};
}

Status BodyStream::CheckLength() const {
  if (limits_.max_body_bytes != 0 && length_ > limits_.max_body_bytes) return TooLarge();
  return Ok();
}

Awaitable<Result<std::string_view>> BodyStream::Read() {
  if (at_end_) co_return std::string_view();
  if (failed_) {
    co_return Error{ErrorCode::kCancelled, "the body cannot be read any further", {}};
  }
  SIGHTLINE_CO_RETURN_IF_ERROR(cancellation_.Check());
  SIGHTLINE_CO_RETURN_IF_ERROR(CheckLength());
  Result<std::string_view> piece = std::string_view();
  if (chunked_) {
    piece = co_await ReadChunked();
  } else {
    piece = co_await ReadPlain();
  }
  if (!piece) {
    failed_ = true;
    co_return piece;
  }
  received_ += piece->size();
  if (limits_.max_body_bytes != 0 && received_ > limits_.max_body_bytes) {
    failed_ = true;
    co_return TooLarge();
  }
  if (!chunked_) at_end_ = received_ == length_;
  co_return piece;
}

Awaitable<Result<std::string_view>> BodyStream::ReadPlain() {
  const uint64_t left = length_ - received_;
  if (connection_.input().empty()) {
    connection_.Reserve(static_cast<size_t>(std::min<uint64_t>(left, kMaxPieceBytes)));
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await Receive());
  }
  const std::span<char> input = connection_.input();
  const auto piece = input.first(static_cast<size_t>(std::min<uint64_t>(left, input.size())));
  connection_.Consume(piece.size());
  co_return AsText(piece);
}

Awaitable<Result<std::string_view>> BodyStream::ReadChunked() {
  while (true) {
    const auto input = connection_.input();
    if (!input.empty()) {
      const HttpParser::Chunks chunks = parser_.DecodeChunks(input);
      if (chunks.broken || (input.size() - chunks.consumed > kMaxChunkFramingBytes &&
                            !chunks.done && chunks.data.empty())) {
        co_return InvalidArgument("the body is not in chunked coding");
      }
      connection_.Consume(chunks.consumed);
      at_end_ = chunks.done;
      if (!chunks.data.empty() || at_end_) co_return AsText(chunks.data);
    }
    connection_.Reserve(kMaxPieceBytes);
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await Receive());
  }
}

Awaitable<Status> BodyStream::Receive() {
  if (owes_continue_) {
    owes_continue_ = false;
    const IoOutcome sent = co_await connection_.Send("HTTP/1.1 100 Continue\r\n\r\n", {},
                                                     limits_.write_idle_timeout);
    if (sent != IoOutcome::kOk) {
      co_return Error{ErrorCode::kCancelled, "the client is gone", {}};
    }
  }
  const auto deadline = Connection::Clock::now() + limits_.idle_timeout;
  const IoOutcome outcome = co_await connection_.Receive(deadline);
  if (outcome == IoOutcome::kOk) co_return Ok();
  if (outcome == IoOutcome::kTimedOut) {
    timed_out_ = true;
    co_return Error{ErrorCode::kCancelled,
                    "the body did not arrive in time (body_idle_timeout_s)", {}};
  }
  co_return Error{ErrorCode::kCancelled, "the connection was closed within the body", {}};
}

bool BodyStream::prevents_keep_alive() const {
  if (at_end_) return false;
  return failed_ || owes_continue_ || (!chunked_ && length_ - received_ > kMaxDrainBytes);
}

Awaitable<bool> BodyStream::Drain() {
  if (at_end_) co_return true;
  if (prevents_keep_alive()) co_return false;
  limits_.max_body_bytes = received_ + kMaxDrainBytes;
  cancellation_ = Cancellation();
  while (!at_end_) {
    const auto piece = co_await Read();
    if (!piece) co_return false;
  }
  co_return true;
}

}  // namespace sightline::server
