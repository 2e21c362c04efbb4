#include "server/response_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <iterator>
#include <utility>

#include "server/accept_encoding.h"
#include "server/coroutine_error.h"

namespace sightline::server {
namespace {

constexpr size_t kMinCompressedBytes = size_t{1} << 10;
// One step of compression: about half a millisecond of an I/O thread.
constexpr size_t kCompressSlice = size_t{64} << 10;
constexpr size_t kChunkBytes = size_t{16} << 10;
// Up to here a body is copied behind its head, so that both leave in one packet.
constexpr size_t kCopyBytes = size_t{16} << 10;

// `lower_name` in lower case; nullopt when the handler gave no such header.
std::optional<std::string_view> FindHeader(const Response& response, std::string_view lower_name) {
  for (const auto& [name, value] : response.headers) {
    const bool same = std::equal(
        name.begin(), name.end(), lower_name.begin(), lower_name.end(),
        [](char c, char lower) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == lower; });
    if (same) return value;
  }
  return std::nullopt;
}

// No header can end its line, and so begin another answer.
bool HasLineEnd(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool HasNoBody(int status) { return status == 204 || status == 304; }

bool MayCompress(const Response& response) {
  return !HasNoBody(response.status) && !FindHeader(response, "content-encoding") &&
         IsCompressible(FindHeader(response, "content-type").value_or(std::string_view()));
}

Error ClientGone() { return {ErrorCode::kCancelled, "the client is gone", {}}; }

}  // namespace

ResponseStream::ResponseStream(const Engine& engine, Connection& connection,
                               const RequestHead& head, const BodyStream& body,
                               std::string& scratch)
    : engine_(engine),
      connection_(connection),
      request_id_(head.request.request_id),
      is_head_method_(head.request.method == "HEAD"),
      http_1_0_(head.http_1_0),
      keep_alive_(head.keep_alive),
      prefers_gzip_(PrefersEncoding(head.request.Header("accept-encoding"), "gzip")),
      body_(body),
      out_(scratch) {
  out_.clear();
}

// What Send and Begin have in common: nothing is transmitted yet.
Status ResponseStream::Start(const Response& response) {
  if (state_ != State::kNew) return Internal("an answer was begun twice");
  for (const auto& [name, value] : response.headers) {
    if (HasLineEnd(name) || HasLineEnd(value)) {
      return Internal("a header of an answer holds a line end");
    }
  }
  status_ = response.status;
  compressible_ = MayCompress(response) && !response.content_length;
  closes_ = !keep_alive_ || connection_.thread().draining() || body_.prevents_keep_alive();
  return Ok();
}

void ResponseStream::AppendHead(const Response& response, std::optional<uint64_t> length) {
  auto out = std::back_inserter(out_);
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nServer: sightline\r\nDate: {}\r\nX-Request-Id: {}\r\n",
                 response.status, std::string_view(reason), connection_.thread().HttpDate(),
                 request_id_);
  out_ += "X-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : response.headers) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  if (!FindHeader(response, "cache-control")) out_ += "Cache-Control: no-store\r\n";
  if (compressible_) out_ += "Vary: Accept-Encoding\r\n";
  if (gzip_) out_ += "Content-Encoding: gzip\r\n";
  if (framing_ == Framing::kChunked) out_ += "Transfer-Encoding: chunked\r\n";
  if (length) fmt::format_to(out, "Content-Length: {}\r\n", *length);
  if (closes_) {
    out_ += "Connection: close\r\n";
  } else if (http_1_0_) {
    out_ += "Connection: keep-alive\r\n";
  }
  out_ += "\r\n";
}

Awaitable<Status> ResponseStream::Send(Response response) {
  SIGHTLINE_CO_RETURN_IF_ERROR(Start(response));
  const bool compress = compressible_ && response.body.size() >= kMinCompressedBytes &&
                        prefers_gzip_;
  if (compress && response.body.size() > kCompressSlice) {
    co_return co_await SendCompressedSlices(std::move(response));
  }
  framing_ = HasNoBody(response.status) ? Framing::kNone : Framing::kLength;
  if (compress) {
    gzip_.emplace();
    std::string compressed;
    gzip_->Compress(response.body, compressed);
    gzip_->Finish(compressed);
    response.body = std::move(compressed);
  }
  AppendHead(response, framing_ == Framing::kLength
                           ? std::optional<uint64_t>(response.body.size())
                           : std::nullopt);
  state_ = State::kStreaming;
  std::string_view body = response.body;
  if (framing_ == Framing::kNone || is_head_method_) body = {};
  if (body.size() <= kCopyBytes) {
    out_ += body;
    body = {};
  }
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await Transmit(body));
  state_ = State::kComplete;
  co_return Ok();
}

// A long body is compressed step by step between writes, so that the I/O thread's other connections
// go on meanwhile.
Awaitable<Status> ResponseStream::SendCompressedSlices(Response response) {
  const std::string body = std::move(response.body);
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await Begin(std::move(response)));
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await Write(body));
  co_return co_await End();
}

Awaitable<Status> ResponseStream::Begin(Response response) {
  SIGHTLINE_CO_RETURN_IF_ERROR(Start(response));
  if (compressible_ && prefers_gzip_) gzip_.emplace();
  if (HasNoBody(response.status)) {
    framing_ = Framing::kNone;
  } else if (response.content_length) {
    framing_ = Framing::kLength;
    unwritten_ = *response.content_length;
  } else if (http_1_0_) {
    framing_ = Framing::kUntilClose;
    closes_ = true;
  } else {
    framing_ = Framing::kChunked;
  }
  AppendHead(response, framing_ == Framing::kLength ? response.content_length : std::nullopt);
  state_ = State::kStreaming;
  co_return Ok();
}

Awaitable<Status> ResponseStream::Write(std::string_view piece) {
  if (state_ == State::kBroken) co_return ClientGone();
  if (state_ != State::kStreaming) {
    co_return Internal("an answer was written outside Begin and End");
  }
  if (framing_ == Framing::kNone || is_head_method_) co_return Ok();
  if (framing_ == Framing::kLength) {
    if (piece.size() > unwritten_) co_return Internal("an answer is longer than it said");
    unwritten_ -= piece.size();
  }
  if (!gzip_) {
    if (pending_.size() + piece.size() >= kChunkBytes) co_return co_await FlushPending(piece);
    pending_ += piece;
    co_return Ok();
  }
  while (!piece.empty()) {
    const std::string_view slice = piece.substr(0, kCompressSlice);
    piece.remove_prefix(slice.size());
    gzip_->Compress(slice, pending_);
    if (pending_.size() >= kChunkBytes) {
      SIGHTLINE_CO_RETURN_IF_ERROR(co_await FlushPending({}));
    }
  }
  co_return Ok();
}

Awaitable<Status> ResponseStream::End() {
  if (state_ == State::kBroken) co_return ClientGone();
  if (state_ != State::kStreaming) co_return Internal("an answer was ended outside Begin");
  if (unwritten_ > 0 && !is_head_method_) co_return Internal("an answer is shorter than it said");
  if (framing_ != Framing::kNone && !is_head_method_) {
    if (gzip_) gzip_->Finish(pending_);
    if (framing_ == Framing::kChunked) {
      if (!pending_.empty()) fmt::format_to(std::back_inserter(out_), "{:x}\r\n{}\r\n",
                                            pending_.size(), pending_);
      out_ += "0\r\n\r\n";
    } else {
      out_ += pending_;
    }
    pending_.clear();
  }
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await Transmit({}));
  state_ = State::kComplete;
  co_return Ok();
}

void ResponseStream::Abort() {
  state_ = State::kBroken;
  connection_.Cut();
}

// Transmits what is pending and `piece` as one chunk. Its line end stays in `out_` for the next
// transmission, which spares a third buffer.
Awaitable<Status> ResponseStream::FlushPending(std::string_view piece) {
  if (framing_ == Framing::kChunked) {
    fmt::format_to(std::back_inserter(out_), "{:x}\r\n", pending_.size() + piece.size());
  }
  out_ += pending_;
  pending_.clear();
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await Transmit(piece));
  if (framing_ == Framing::kChunked) out_ += "\r\n";
  co_return Ok();
}

Awaitable<Status> ResponseStream::Transmit(std::string_view behind) {
  const IoOutcome outcome =
      co_await connection_.Send(out_, behind, Seconds(engine_.options.write_idle_timeout_s));
  out_.clear();
  if (outcome != IoOutcome::kOk) {
    Abort();
    co_return ClientGone();
  }
  co_return Ok();
}

}  // namespace sightline::server
