#include "server/session.h"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>

#include "api/problem.h"
#include "core/log.h"
#include "server/body_stream.h"
#include "server/connection.h"
#include "server/coroutine_error.h"
#include "server/http_parser.h"
#include "server/request_head.h"
#include "server/response_stream.h"

namespace sightline::server {
namespace {

using Clock = Connection::Clock;

Response ProblemResponse(const Error& error, std::optional<int> status = std::nullopt) {
  Response response;
  response.status = status.value_or(api::HttpStatus(error.code));
  response.headers.emplace_back("Content-Type", "application/problem+json");
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (response.status == 429 || response.status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  response.body = api::ProblemJson(error, status);
  return response;
}

bool IsStorageError(ErrorCode code) {
  return code == ErrorCode::kNoSpace || code == ErrorCode::kIo || code == ErrorCode::kCorruption;
}

// An answer to broken input is not logged: its message may quote the input. Nor is "try again
// later": under overload that is every request, and the metrics count it by status.
bool IsForTheLog(const Error& error, const RouteOptions& options) {
  if (options.logs_storage_errors && IsStorageError(error.code)) return false;
  if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kUnavailable) return false;
  return api::HttpStatus(error.code) >= 500;
}

// "GET, HEAD and POST" for "GET, HEAD, POST".
std::string InProse(std::string list) {
  constexpr std::string_view kComma = ", ";
  const size_t last = list.rfind(kComma);
  if (last != std::string::npos) list.replace(last, kComma.size(), " and ");
  return list;
}

Response RefusalResponse(const Refusal& refusal) {
  return ProblemResponse({api::CodeOfHttpStatus(refusal.status), refusal.detail, {}},
                         refusal.status);
}

// Counts an exchange as running while it lives.
class RunningExchange {
 public:
  explicit RunningExchange(Engine& engine) : engine_(engine) {
    engine_.running_exchanges.fetch_add(1, std::memory_order_relaxed);
  }
  ~RunningExchange() { engine_.running_exchanges.fetch_sub(1, std::memory_order_relaxed); }
  RunningExchange(const RunningExchange&) = delete;
  RunningExchange& operator=(const RunningExchange&) = delete;

 private:
  Engine& engine_;
};

// Counts an admitted connection out at the end of its life.
class Departure {
 public:
  explicit Departure(Engine& engine) : engine_(engine) {}
  ~Departure() { engine_.EndConnection(); }
  Departure(const Departure&) = delete;
  Departure& operator=(const Departure&) = delete;

 private:
  Engine& engine_;
};

class Session {
 public:
  Session(Engine& engine, IoThread& thread, std::unique_ptr<Transport> transport)
      : engine_(engine),
        connection_(thread, std::move(transport), engine.options.max_header_bytes),
        remote_address_(connection_.RemoteAddress()) {}

  Awaitable<void> Run();

 private:
  enum class Arrival { kHead, kRefused, kNothing };

  Awaitable<Arrival> ReceiveHead();
  Awaitable<bool> ServeOne();
  Awaitable<void> Refuse();
  Awaitable<void> Answer(const RouteMatch& match, Exchange& exchange, BodyStream& body,
                         ResponseStream& out);
  Awaitable<Status> CallHandler(const Route& route, Exchange& exchange, const BodyStream& body,
                                std::string& thrown);
  void Report(const Exchange& exchange, const Route* route, const ResponseStream& out,
              Clock::time_point began);

  Engine& engine_;
  Connection connection_;
  const std::string remote_address_;
  HttpParser parser_;
  RequestHead head_;
  std::optional<Refusal> refusal_;
  std::string scratch_;
  // Of the connection, when the exchange began.
  uint64_t consumed_before_ = 0;
  uint64_t sent_before_ = 0;
};

Awaitable<void> Session::Run() {
  if (connection_.thread().draining()) co_return;
  const IoOutcome greeted =
      co_await connection_.Handshake(Seconds(engine_.options.header_timeout_s));
  bool another = greeted == IoOutcome::kOk;
  while (another) another = co_await ServeOne();
}

// Whether another request may follow on this connection.
Awaitable<bool> Session::ServeOne() {
  consumed_before_ = connection_.bytes_consumed();
  sent_before_ = connection_.bytes_sent();
  const Arrival arrival = co_await ReceiveHead();
  if (arrival == Arrival::kNothing) co_return false;
  Result<RouteMatch> match = RouteMatch();
  if (arrival == Arrival::kHead) {
    match = engine_.router.Find(head_.request.method, head_.request.path);
    if (!match) refusal_ = Refusal{400, match.error().message};
  }
  if (refusal_) {
    co_await Refuse();
    co_return false;
  }

  const RunningExchange running(engine_);
  const Clock::time_point began = Clock::now();
  const double deadline_s = match->route == nullptr ? 0 : match->route->options.deadline_s;
  BodyStream body(connection_, parser_, head_);
  ResponseStream out(engine_, connection_, head_, body, scratch_);
  Exchange exchange{std::move(head_.request), body, out,
                    deadline_s > 0 ? Cancellation(began + Seconds(deadline_s)) : Cancellation(),
                    nullptr};
  exchange.request.path_values = std::move(match->values);
  connection_.BeginExchange(exchange.cancellation);

  co_await Answer(*match, exchange, body, out);

  bool drained = false;
  if (out.complete()) drained = co_await body.Drain();
  Report(exchange, match->route, out, began);
  if (!out.complete()) co_return false;
  if (!drained || out.closes()) {
    co_await connection_.CloseGracefully(!drained);
    co_return false;
  }
  connection_.EndExchange();
  connection_.ShrinkInput();
  co_return !connection_.thread().draining();
}

Awaitable<Session::Arrival> Session::ReceiveHead() {
  parser_.Reset();
  head_ = RequestHead();
  refusal_.reset();
  HeadScanner scanner(engine_.options.max_request_line_bytes, engine_.options.max_header_bytes);
  const auto keepalive_until = Clock::now() + Seconds(engine_.options.keepalive_timeout_s);
  std::optional<Clock::time_point> head_until;
  while (true) {
    const auto input = connection_.input();
    if (!input.empty() && !head_until) {
      head_until = Clock::now() + Seconds(engine_.options.header_timeout_s);
    }
    refusal_ = scanner.Scan({input.data(), input.size()});
    if (refusal_) co_return Arrival::kRefused;
    if (scanner.complete()) break;
    const IoOutcome outcome = co_await connection_.Receive(head_until.value_or(keepalive_until));
    if (outcome == IoOutcome::kOk) continue;
    if (outcome == IoOutcome::kClosed || !head_until) co_return Arrival::kNothing;
    refusal_ = Refusal{408, "the head did not arrive in time (header_timeout_s)"};
    co_return Arrival::kRefused;
  }
  const std::string_view head(connection_.input().data(), scanner.size());
  refusal_ = parser_.ParseHead(head.substr(scanner.skipped()), head_);
  connection_.Consume(scanner.size());
  head_.request.remote_address = remote_address_;
  head_.request.request_id = engine_.NextRequestId();
  co_return refusal_ ? Arrival::kRefused : Arrival::kHead;
}

// Answers what cannot be served and ends the connection: what follows on it cannot be trusted to be
// a request.
Awaitable<void> Session::Refuse() {
  const Clock::time_point began = Clock::now();
  head_.keep_alive = false;
  head_.request.has_body = false;
  head_.request.remote_address = remote_address_;
  if (head_.request.request_id.empty()) head_.request.request_id = engine_.NextRequestId();
  BodyStream body(connection_, parser_, head_);
  ResponseStream out(engine_, connection_, head_, body, scratch_);
  const Exchange exchange{std::move(head_.request), body, out, Cancellation(), nullptr};
  connection_.BeginExchange(exchange.cancellation);
  const Status sent = co_await out.Send(RefusalResponse(*refusal_));
  Report(exchange, nullptr, out, began);
  if (sent) co_await connection_.CloseGracefully(true);
}

Awaitable<void> Session::Answer(const RouteMatch& match, Exchange& exchange, BodyStream& body,
                                ResponseStream& out) {
  if (match.route == nullptr) {
    Response response;
    if (match.allow.empty()) {
      response = ProblemResponse(NotFound("there is nothing at this path"));
    } else {
      const Refusal refusal{405, fmt::format("this path allows {} only", InProse(match.allow))};
      response = RefusalResponse(refusal);
      response.headers.emplace_back("Allow", match.allow);
    }
    (void)co_await out.Send(std::move(response));
    co_return;
  }
  const Route& route = *match.route;
  body.SetLimits({.max_body_bytes = route.options.max_body_bytes,
                  .max_body_option = route.options.max_body_option,
                  .idle_timeout = Seconds(engine_.options.body_idle_timeout_s),
                  .write_idle_timeout = Seconds(engine_.options.write_idle_timeout_s)});
  body.SetCancellation(exchange.cancellation);

  std::string thrown;
  Status status = co_await CallHandler(route, exchange, body, thrown);
  if (status && !out.complete()) {
    status = Internal(out.started() ? "the handler did not end its answer"
                                    : "the handler did not answer");
  }
  if (status) co_return;
  const Error& error = status.error();
  if (IsForTheLog(error, route.options)) {
    Log(LogLevel::kError, "request_failed",
        {{"request_id", exchange.request.request_id},
         {"route", route.options.name},
         {"code", ErrorCodeName(error.code)},
         {"detail", thrown.empty() ? error.message : thrown}});
  }
  if (out.started()) {
    if (!out.complete()) out.Abort();
    co_return;
  }
  std::optional<int> http_status;
  if (body.timed_out()) http_status = 408;
  (void)co_await out.Send(ProblemResponse(error, http_status));
}

// The guard, then the handler. What they throw becomes an error, and `thrown` its type: what() may
// quote the request.
Awaitable<Status> Session::CallHandler(const Route& route, Exchange& exchange,
                                       const BodyStream& body, std::string& thrown) {
  try {
    if (engine_.hooks.guard) {
      SIGHTLINE_CO_RETURN_IF_ERROR(co_await engine_.hooks.guard(exchange, route));
    }
    SIGHTLINE_CO_RETURN_IF_ERROR(body.CheckLength());
    co_return co_await route.handler(exchange);
  } catch (const std::exception& exception) {
    thrown = typeid(exception).name();
  } catch (...) {
    thrown = "not a std::exception";
  }
  co_return Internal("an unexpected error; the server's log has it under the request id");
}

void Session::Report(const Exchange& exchange, const Route* route, const ResponseStream& out,
                     Clock::time_point began) {
  if (!engine_.hooks.on_complete) return;
  engine_.hooks.on_complete(
      {.request = exchange.request,
       .route = route,
       .status = out.status(),
       .bytes_in = connection_.bytes_consumed() - consumed_before_,
       .bytes_out = connection_.bytes_sent() - sent_before_,
       .seconds = std::chrono::duration<double>(Clock::now() - began).count(),
       .caller = exchange.caller.get()});
}

}  // namespace

Awaitable<void> RunSession(Engine& engine, IoThread& thread,
                           std::unique_ptr<Transport> transport) {
  const Departure departure(engine);
  Session session(engine, thread, std::move(transport));
  co_await session.Run();
}

}  // namespace sightline::server
