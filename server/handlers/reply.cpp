#include "server/handlers/reply.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "api/page_token.h"
#include "api/problem.h"
#include "api/parameters.h"

namespace sightline::server {

Response JsonResponse(std::string body, int status) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(kJsonType)}},
          .body = std::move(body)};
}

std::chrono::steady_clock::time_point QueryDeadline(const Services& services) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(
             std::chrono::duration<double>(services.config.query_timeout_s));
}

Response NotAcceptable(std::string_view offered) {
  constexpr int kStatus = 406;
  const Error error = InvalidArgument(fmt::format("this answer comes as {}", offered), "Accept");
  return {.status = kStatus,
          .headers = {{"Content-Type", "application/problem+json"}},
          .body = api::ProblemJson(error, kStatus)};
}

Awaitable<Result<std::optional<size_t>>> ChooseMediaType(
    Call& call, std::span<const std::string_view> offered) {
  const std::optional<size_t> chosen = NegotiateMediaType(call.request.Header("accept"), offered);
  if (!chosen) {
    Response refusal = NotAcceptable(fmt::format("{}", fmt::join(offered, " or ")));
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Send(std::move(refusal)));
  }
  co_return chosen;
}

Result<size_t> LimitParameter(const Request& request) {
  const auto text = request.Parameter("limit");
  if (!text) return api::kDefaultLimit;
  return api::ParseUintParameter(*text, "limit", 1, api::kMaxLimit);
}

Status CheckAsOf(const Services& services, Sequence as_of, std::string_view field) {
  const Sequence visible = services.store.VisibleSequence();
  if (as_of <= visible) return Ok();
  return InvalidArgument(
      fmt::format("as_of {} lies ahead of everything stored ({})", as_of, visible),
      std::string(field));
}

Result<std::optional<Sequence>> AsOfParameter(const Services& services, const Request& request) {
  const auto text = request.Parameter("as_of");
  if (!text) return std::nullopt;
  SIGHTLINE_ASSIGN(
      const uint64_t as_of,
      api::ParseUintParameter(*text, "as_of", 0, std::numeric_limits<uint64_t>::max()));
  SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, as_of, "as_of"));
  return as_of;
}

Result<PageStart> ReadPageStart(std::string_view token, std::string_view question,
                                std::optional<Sequence> as_of, std::string_view token_field,
                                std::string_view as_of_field) {
  if (token.empty()) return PageStart{.as_of = as_of};
  Result<api::PageToken> decoded = api::DecodePageToken(token, question);
  if (!decoded) {
    return Error{decoded.error().code, decoded.error().message, std::string(token_field)};
  }
  if (as_of && *as_of != decoded->as_of) {
    return InvalidArgument(
        fmt::format("as_of {} contradicts the page token's, {}", *as_of, decoded->as_of),
        std::string(as_of_field));
  }
  return PageStart{.position = std::move(decoded->position), .as_of = decoded->as_of};
}

Result<PageStart> PageStartOfParameters(const Services& services, const Request& request,
                                        std::string_view question) {
  SIGHTLINE_ASSIGN(const std::optional<Sequence> as_of, AsOfParameter(services, request));
  const std::string_view token = request.Parameter("page_token").value_or(std::string_view());
  SIGHTLINE_ASSIGN(PageStart start,
                   ReadPageStart(token, question, as_of, "page_token", "as_of"));
  if (start.as_of) SIGHTLINE_RETURN_IF_ERROR(CheckAsOf(services, *start.as_of, "page_token"));
  return start;
}

}  // namespace sightline::server
