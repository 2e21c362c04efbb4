#include "server/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/target.h"

namespace sightline::server {
namespace {

Refusal BadRequest(std::string_view detail) { return {400, std::string(detail)}; }

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// Letters, digits and what else a host, an IP literal and a port are written with.
bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
         std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos;
}

std::optional<Refusal> CheckHost(const RequestHead& head, std::string_view authority) {
  const auto [first, last] = head.request.headers.equal_range("host");
  if (first == last) {
    if (head.http_1_0) return std::nullopt;
    return BadRequest("the Host header is missing");
  }
  if (std::next(first) != last) return BadRequest("the Host header is given twice");
  const std::string& host = first->second;
  if (host.empty() || !std::all_of(host.begin(), host.end(), IsHostCharacter)) {
    return BadRequest("the Host header names no host");
  }
  if (!authority.empty() && !EqualsIgnoringCase(authority, host)) {
    return BadRequest("the Host header and the request target name different hosts");
  }
  return std::nullopt;
}

std::optional<Refusal> ReadFraming(RequestHead& head) {
  Request& request = head.request;
  const auto lengths = request.headers.equal_range("content-length");
  const auto codings = request.headers.equal_range("transfer-encoding");
  const bool has_length = lengths.first != lengths.second;
  if (codings.first != codings.second) {
    if (has_length) return BadRequest("both Transfer-Encoding and Content-Length are given");
    if (head.http_1_0) return BadRequest("HTTP/1.0 has no Transfer-Encoding");
    if (std::next(codings.first) != codings.second ||
        !EqualsIgnoringCase(codings.first->second, "chunked")) {
      return BadRequest("the only Transfer-Encoding read here is one 'chunked'");
    }
    head.chunked = true;
    request.has_body = true;
  } else if (has_length) {
    const std::string& text = lengths.first->second;
    if (std::next(lengths.first) != lengths.second) {
      return BadRequest("the Content-Length header is given twice");
    }
    uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || !std::all_of(text.begin(), text.end(), IsDigit) || error != std::errc() ||
        end != text.data() + text.size()) {
      return BadRequest("the Content-Length header is not a number of bytes");
    }
    request.content_length = length;
    request.has_body = length > 0;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> HeadScanner::Scan(std::string_view input) {
  for (; position_ < input.size() && !complete_; ++position_) {
    const size_t limit = in_request_line_ ? max_request_line_bytes_ : max_header_bytes_;
    const char c = input[position_];
    if (position_ - skipped_ >= limit && c != '\r' && c != '\n') {
      if (in_request_line_) {
        return Refusal{414, fmt::format("the request line is longer than {} bytes "
                                        "(max_request_line_bytes)", limit)};
      }
      break;
    }
    if (after_cr_) {
      if (c != '\n') return BadRequest("a carriage return stands alone in the head");
      after_cr_ = false;
      if (const auto refusal = EndLine()) return refusal;
      continue;
    }
    if (c == '\r') {
      after_cr_ = true;
      continue;
    }
    if (c == '\n') return BadRequest("a line of the head does not end in CR LF");
    if (IsControl(c) && (c != '\t' || in_request_line_)) {
      return BadRequest("the head holds a control byte");
    }
    if (in_request_line_ || colon_seen_) continue;
    if (c == ':') {
      colon_seen_ = true;
    } else if (c == ' ' || c == '\t') {
      return BadRequest(position_ == line_start_ ? "a line of the head is folded"
                                                 : "a header's name holds a blank");
    }
  }
  if (!complete_ && input.size() >= max_header_bytes_) {
    return Refusal{431, fmt::format("the head is longer than {} bytes (max_header_bytes)",
                                    max_header_bytes_)};
  }
  return std::nullopt;
}

// At the LF of a line.
std::optional<Refusal> HeadScanner::EndLine() {
  const bool is_empty = position_ == line_start_ + 1;
  line_start_ = position_ + 1;
  if (in_request_line_) {
    if (!is_empty) {
      in_request_line_ = false;
    } else if (skipped_ == 0) {
      skipped_ = line_start_;  // RFC 9112, 2.2: some clients send a line end behind a body
    } else {
      return BadRequest("the request line is missing");
    }
  } else if (is_empty) {
    complete_ = true;
  } else if (!colon_seen_) {
    return BadRequest("a line of the head has no colon");
  }
  colon_seen_ = false;
  return std::nullopt;
}

std::optional<Refusal> CheckRequestLine(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last == first ||
      line.find(' ', first + 1) != last) {
    return BadRequest("the request line is not METHOD, target and version");
  }
  const std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           IsDigit(version[5]) && version[6] == '.' && IsDigit(version[7]);
  if (!well_formed) return BadRequest("the request line does not end in an HTTP version");
  return Refusal{505, "this server speaks HTTP/1.1 and HTTP/1.0"};
}

std::optional<Refusal> InterpretFields(std::string_view target, RequestHead& head) {
  const auto split = SplitTarget(target);
  if (!split) return BadRequest(split.error().message);
  if (auto refusal = CheckHost(head, split->authority)) return refusal;
  if (auto refusal = ReadFraming(head)) return refusal;

  const auto [first, last] = head.request.headers.equal_range("expect");
  if (first != last && !head.http_1_0) {
    if (std::next(first) != last || !EqualsIgnoringCase(first->second, "100-continue")) {
      return Refusal{417, "the only expectation met here is 100-continue"};
    }
    head.expects_continue = head.request.has_body;
  }

  head.request.path = split->path;
  auto parameters = DecodeQuery(split->query);
  if (!parameters) return BadRequest(parameters.error().message);
  head.request.parameters = std::move(*parameters);
  return std::nullopt;
}

}  // namespace sightline::server
