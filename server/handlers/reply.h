// What the endpoints' answers and parameters have in common.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/sighting.h"
#include "server/coroutine_error.h"
#include "server/exchange.h"
#include "server/handlers/endpoint.h"
#include "server/media_type.h"

namespace sightline::server {

Response JsonResponse(std::string body, int status = 200);

// Runs `work`, which returns Result<Response>, on a query thread and sends what it returns.
template <typename Work>
Awaitable<Status> Answer(const Services& services, Call& call, Work work) {
  SIGHTLINE_CO_ASSIGN(Response response, co_await services.workers.Run(std::move(work)));
  co_return co_await call.out.Send(std::move(response));
}

// When an answer that is no stream must be there, from now on: query_timeout_s.
std::chrono::steady_clock::time_point QueryDeadline(const Services& services);

// 406, naming what there is.
Response NotAcceptable(std::string_view offered);

// Which of `offered` (the preferred one first) suits the caller best. nullopt: none does, and 406
// was sent.
Awaitable<Result<std::optional<size_t>>> ChooseMediaType(Call& call,
                                                         std::span<const std::string_view> offered);

// The parameter `limit`; api::kDefaultLimit when it is not given.
Result<size_t> LimitParameter(const Request& request);

// An as_of that a client sent. kInvalidArgument with `field` beyond what is visible.
Status CheckAsOf(const Services& services, Sequence as_of, std::string_view field);

// The parameter `as_of`, checked.
Result<std::optional<Sequence>> AsOfParameter(const Services& services, const Request& request);

// Where a paged answer starts.
struct PageStart {
  std::string position;           // of the token; empty: the first page
  std::optional<Sequence> as_of;  // of the token, else as the client gave it
};

// Joins a page token ("" for none) with an as_of that the client gave; they must agree.
// `token_field` and `as_of_field` name them in errors.
Result<PageStart> ReadPageStart(std::string_view token, std::string_view question,
                                std::optional<Sequence> as_of, std::string_view token_field,
                                std::string_view as_of_field);

// The same from the parameters page_token and as_of of a GET.
Result<PageStart> PageStartOfParameters(const Services& services, const Request& request,
                                        std::string_view question);

}  // namespace sightline::server
