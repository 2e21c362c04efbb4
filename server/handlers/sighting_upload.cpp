#include "server/handlers/sighting_upload.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "server/await_callback.h"
#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/handlers/upload_batches.h"
#include "server/handlers/upload_parser.h"
#include "server/media_type.h"

namespace sightline::server {
namespace {

// Bodies shorter than this, when their length is known, are read whole before they are parsed.
constexpr uint64_t kShortBodyBytes = 65'536;

// Up to this size, parsing takes an I/O thread less time than waking a query thread would.
constexpr size_t kTinyBodyBytes = 2048;

// How long a body waits when ingest's queue is full and nothing of its own is under way.
constexpr std::chrono::milliseconds kQueueRetry{20};

using BatchesPointer = std::shared_ptr<UploadBatches>;

Result<UploadSyntax> SyntaxOf(const Call& call) {
  if (IsNdjson(call.media_type)) return UploadSyntax::kNdjson;
  if (call.media_type == kJsonType) return UploadSyntax::kJson;
  return Error{ErrorCode::kUnsupportedMedia,
               "Content-Type must be application/x-ndjson or application/json",
               {}};
}

// Parses a short body and hands it on as one batch.
Status Submit(UploadParser& parser) {
  SIGHTLINE_RETURN_IF_ERROR(parser.Consume());
  SIGHTLINE_ASSIGN(const bool handed_on, parser.Finish());
  // Only ingest's full queue is left as a reason: a short body has nothing else under way.
  if (!handed_on)
    return Error{ErrorCode::kUnavailable, "sightings wait to be stored; try again later", {}};
  return Ok();
}

// Submits, and calls `done` once all of it is stored or it failed.
void StoreAll(UploadParser& parser, const BatchesPointer& batches,
              const std::function<void(Status)>& done) {
  const Status submitted = Submit(parser);
  if (submitted) {
    batches->WhenAllFinished(done);
  } else {
    done(submitted);
  }
}

// A query thread parses and submits, and ingest's callback wakes this coroutine. A tiny body, as of
// a camera that sends each sighting by itself, is parsed and submitted where it is.
Awaitable<Result<UploadOutcome>> ReceiveShort(const Services& services, Call& call,
                                              UploadParser& parser, BatchesPointer batches) {
  std::string body;
  while (call.request.has_body) {
    SIGHTLINE_CO_ASSIGN(const std::string_view piece, co_await call.body.Read());
    if (piece.empty()) break;
    body.append(piece);
  }
  parser.Give(body);
  if (body.size() <= kTinyBodyBytes) {
    SIGHTLINE_CO_RETURN_IF_ERROR(parser.Consume());
    SIGHTLINE_CO_RETURN_IF_ERROR(parser.End());
    if (parser.KnowsAllCameras(services.store)) {
      std::function<void(std::function<void(Status)>)> store =
          [&](std::function<void(Status)> done) { StoreAll(parser, batches, done); };
      SIGHTLINE_CO_RETURN_IF_ERROR(co_await AwaitCallback<Status>(std::move(store)));
      co_return batches->outcome();
    }
  }
  std::function<void(std::function<void(Status)>)> store = [&](std::function<void(Status)> done) {
    // Once `done` was called this coroutine may be over: the batches are held for the work's sake.
    const Status posted = services.workers.Post(
        [&parser, batches, done] { StoreAll(parser, batches, done); });
    if (!posted) done(posted);
  };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await AwaitCallback<Status>(std::move(store)));
  co_return batches->outcome();
}

// Waits until another batch may be tried; fails when one could not be stored.
Awaitable<Status> WaitForRoom(UploadBatches& batches) {
  std::function<void(std::function<void(bool)>)> wait = [&batches](std::function<void(bool)> done) {
    batches.WhenOneFinished(std::move(done));
  };
  const bool one_finished = co_await AwaitCallback<bool>(std::move(wait));
  if (!one_finished) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, kQueueRetry);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  co_return batches.failure();
}

Awaitable<Status> ReadStream(const Services& services, Call& call, UploadParser& parser,
                             UploadBatches& batches) {
  auto consume = [&parser] { return parser.Consume(); };
  while (!parser.broken()) {
    SIGHTLINE_CO_ASSIGN(const std::string_view piece, co_await call.body.Read());
    if (piece.empty()) break;
    parser.Give(piece);
    while (parser.pending()) {
      SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.RunNext(consume));
      if (parser.pending()) SIGHTLINE_CO_RETURN_IF_ERROR(co_await WaitForRoom(batches));
    }
    SIGHTLINE_CO_RETURN_IF_ERROR(batches.failure());
  }
  auto finish = [&parser] { return parser.Finish(); };
  for (;;) {
    SIGHTLINE_CO_ASSIGN(const bool finished, co_await services.workers.RunNext(finish));
    if (finished) co_return Ok();
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await WaitForRoom(batches));
  }
}

// Says what an upload that failed has left behind.
Error WithProgress(Error error, const UploadOutcome& outcome) {
  const uint64_t stored = outcome.accepted + outcome.duplicates;
  if (stored > 0) {
    error.message +=
        fmt::format("; {} sightings of this body are stored, a resend is harmless", stored);
  }
  return error;
}

Awaitable<Result<UploadOutcome>> ReceiveStream(const Services& services, Call& call,
                                               UploadParser& parser, BatchesPointer batches) {
  const Status read = co_await ReadStream(services, call, parser, *batches);
  if (!read && batches->failure()) {
    auto salvage = [&parser]() -> Status {
      parser.Salvage();
      return Ok();
    };
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.RunNext(salvage));
  }
  std::function<void(std::function<void(Status)>)> wait = [&](std::function<void(Status)> done) {
    batches->WhenAllFinished(std::move(done));
  };
  const Status stored = co_await AwaitCallback<Status>(std::move(wait));
  const UploadOutcome outcome = batches->outcome();
  if (!read) co_return WithProgress(read.error(), outcome);
  if (!stored) co_return WithProgress(stored.error(), outcome);
  co_return outcome;
}

}  // namespace

Awaitable<Result<UploadOutcome>> ReceiveSightings(const Services& services, Call& call) {
  SIGHTLINE_CO_ASSIGN(const UploadSyntax syntax, SyntaxOf(call));
  SIGHTLINE_CO_ASSIGN(const ContentCoding coding, ContentCodingOf(call.request));
  auto batches = std::make_shared<UploadBatches>(services.ingestor);
  const size_t max_line_bytes = services.config.max_line_bytes;
  const auto& length = call.request.content_length;
  const bool is_short = length && *length < kShortBodyBytes && coding == ContentCoding::kIdentity;
  if (!call.request.has_body || is_short) {
    const SightingParsers::Lent sightings = services.sighting_parsers.Lend();
    UploadParser parser(*sightings, max_line_bytes, syntax, coding, *batches);
    co_return co_await ReceiveShort(services, call, parser, batches);
  }
  api::SightingParser sightings(services.config.sighting,
                                [&services] { return services.store.Spaces(); });
  UploadParser parser(sightings, max_line_bytes, syntax, coding, *batches);
  co_return co_await ReceiveStream(services, call, parser, batches);
}

}  // namespace sightline::server
