#include "server/handlers/document.h"

#include <fmt/format.h>

#include "api/body_splitter.h"
#include "server/coroutine_error.h"
#include "server/media_type.h"

namespace sightline::server {
namespace {

// Compressed bytes that are decoded before the size is looked at again: at deflate's best ratio
// (1,032) they become 4 MiB.
constexpr size_t kSliceBytes = 4096;

Error TooLarge(size_t max_bytes) {
  return {ErrorCode::kTooLarge,
          fmt::format("the body is larger than {} bytes (max_document_bytes)", max_bytes),
          {}};
}

Result<std::string> Gunzip(std::string_view compressed, size_t max_bytes) {
  std::string text;
  api::GzipDecoder decoder;
  const auto append = [&](std::string_view piece) -> Status {
    text.append(piece);
    return text.size() <= max_bytes ? Ok() : Status(TooLarge(max_bytes));
  };
  while (!compressed.empty()) {
    const std::string_view slice = compressed.substr(0, kSliceBytes);
    SIGHTLINE_RETURN_IF_ERROR(decoder.Feed(slice, append));
    compressed.remove_prefix(slice.size());
  }
  SIGHTLINE_RETURN_IF_ERROR(decoder.Finish());
  return text;
}

}  // namespace

Result<ContentCoding> ContentCodingOf(const Request& request) {
  const std::string coding = MediaTypeOf(request.Header("content-encoding"));
  if (coding.empty() || coding == "identity") return ContentCoding::kIdentity;
  if (coding == "gzip" || coding == "x-gzip") return ContentCoding::kGzip;
  return Error{ErrorCode::kUnsupportedMedia, "Content-Encoding must be gzip or identity", {}};
}

Awaitable<Result<std::string>> ReadDocument(const Services& services, const Request& request,
                                            BodyReader& body) {
  SIGHTLINE_CO_ASSIGN(const ContentCoding coding, ContentCodingOf(request));
  const size_t max_bytes = services.config.max_document_bytes;
  std::string text;
  if (!request.has_body) co_return text;
  for (;;) {
    SIGHTLINE_CO_ASSIGN(const std::string_view piece, co_await body.Read());
    if (piece.empty()) break;
    if (text.size() + piece.size() > max_bytes) co_return TooLarge(max_bytes);
    text.append(piece);
  }
  if (coding == ContentCoding::kIdentity || text.empty()) co_return text;
  auto decode = [&text, max_bytes] { return Gunzip(text, max_bytes); };
  co_return co_await services.workers.Run(decode);
}

Status RequireJson(const Call& call) {
  if (call.media_type == kJsonType) return Ok();
  return Error{ErrorCode::kUnsupportedMedia, "Content-Type must be application/json", {}};
}

Status RequireJsonPatch(const Call& call) {
  if (call.media_type == kJsonType || call.media_type == "application/merge-patch+json") {
    return Ok();
  }
  return Error{ErrorCode::kUnsupportedMedia,
               "Content-Type must be application/merge-patch+json or application/json",
               {}};
}

}  // namespace sightline::server
