// Answers of application/x-ndjson: one row a line, as long as the client takes them.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "api/json_writer.h"
#include "core/error.h"
#include "core/sighting.h"
#include "server/coroutine_error.h"
#include "server/exchange.h"
#include "server/handlers/endpoint.h"

namespace sightline::server {

// The head of such an answer: what a page bears beside its rows stands in headers.
Response LinesResponse(Sequence as_of, std::string_view next_page_token = {});

// kInvalidArgument where `as_lines` and `explains`: such an answer has no place for an explanation.
Status CheckExplain(bool as_lines, bool explains);

// Appends write(json, row) and a line end for each row.
template <typename Rows, typename Write>
void AppendLines(const Rows& rows, Write write, std::string& out) {
  for (const auto& row : rows) {
    {
      api::JsonWriter json(out);
      write(json, row);
    }
    out += '\n';
  }
}

// Sends what next(piece), which returns Status, appends to an empty piece on a query thread, until
// it appends nothing. `as_of()` is asked once the first piece is there.
template <typename AsOf, typename Next>
Awaitable<Status> StreamLines(const Services& services, Call& call, AsOf as_of, Next next) {
  std::string piece;
  auto refill = [&]() -> Status {
    piece.clear();
    return next(piece);
  };
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.Run(refill));
  Response head = LinesResponse(as_of());
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Begin(std::move(head)));
  while (!piece.empty()) {
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await call.out.Write(piece));
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await services.workers.RunNext(refill));
  }
  co_return co_await call.out.End();
}

}  // namespace sightline::server
