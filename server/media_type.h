// Content-Type and Accept.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sightline::server {

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kNdjsonType = "application/x-ndjson";
inline constexpr std::string_view kGeoJsonType = "application/geo+json";

// The media type of a Content-Type header in lower case, without parameters.
std::string MediaTypeOf(std::string_view content_type);

// Whether a Content-Type header names no charset, or UTF-8.
bool IsUtf8(std::string_view content_type);

// Whether the media type is one of NDJSON's names.
bool IsNdjson(std::string_view media_type);

// Which of `offered` (lower case, the preferred one first) suits an Accept header best, by RFC
// 9110: the most specific range decides each one's weight. nullopt when all have weight 0. An empty
// header accepts everything.
std::optional<size_t> NegotiateMediaType(std::string_view accept,
                                         std::span<const std::string_view> offered);

}  // namespace sightline::server
