// Bodies that are read as one document.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "server/exchange.h"
#include "server/handlers/endpoint.h"

namespace sightline::server {

enum class ContentCoding { kIdentity, kGzip };

// From Content-Encoding. kUnsupportedMedia for anything but gzip, identity or nothing.
Result<ContentCoding> ContentCodingOf(const Request& request);

// The whole body with its Content-Encoding undone. kTooLarge beyond max_document_bytes, before or
// after decoding.
Awaitable<Result<std::string>> ReadDocument(const Services& services, const Request& request,
                                            BodyReader& body);

// kUnsupportedMedia unless the body is said to be application/json.
Status RequireJson(const Call& call);

// The same for a JSON merge patch (RFC 7396), which may also come as application/json.
Status RequireJsonPatch(const Call& call);

}  // namespace sightline::server
