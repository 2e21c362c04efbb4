#include "server/handlers/guard.h"

#include <functional>
#include <optional>
#include <utility>

#include "server/coroutine_error.h"
#include "server/handlers/document.h"
#include "server/media_type.h"
#include "server/purpose.h"

namespace sightline::server {
namespace {

// Makes the audit record, and holds the answer back until it is durable.
class AuditedWriter final : public ResponseWriter {
 public:
  AuditedWriter(ResponseWriter& out, std::function<PendingAudit()> append)
      : out_(out), append_(std::move(append)) {}

  // Appends the record, unless that is done.
  void Record() {
    if (!audit_) audit_ = append_();
  }
  Awaitable<Status> Recorded() {
    Record();
    co_return co_await audit_->Written();
  }

  Awaitable<Status> Send(Response response) override {
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await Recorded());
    co_return co_await out_.Send(std::move(response));
  }
  Awaitable<Status> Begin(Response response) override {
    SIGHTLINE_CO_RETURN_IF_ERROR(co_await Recorded());
    co_return co_await out_.Begin(std::move(response));
  }
  Awaitable<Status> Write(std::string_view piece) override { return out_.Write(piece); }
  Awaitable<Status> End() override { return out_.End(); }
  void Abort() override { out_.Abort(); }
  bool started() const override { return out_.started(); }

 private:
  ResponseWriter& out_;
  const std::function<PendingAudit()> append_;
  std::optional<PendingAudit> audit_;
};

std::string_view OutcomeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUnauthenticated: return "unauthenticated";
    case ErrorCode::kPermissionDenied: return "forbidden";
    default: return "unacceptable";
  }
}

Status CheckRoles(const TokenRecord& token, const Endpoint& endpoint) {
  if (token.roles.Permits(endpoint.allowed)) return Ok();
  std::string needed;
  for (const std::string_view role : endpoint.allowed.Names()) {
    needed += (needed.empty() ? "" : " or ") + std::string(role);
  }
  return Error{ErrorCode::kPermissionDenied,
               "this token may not do that; it takes the role " +
                   (needed.empty() ? std::string("owner") : needed),
               {}};
}

struct Admission {
  std::shared_ptr<const TokenRecord> token;
  Purpose purpose;
};

// Fills `admission` as far as it gets, so that a refusal can be recorded with what is known.
Status Admit(const Services& services, const Endpoint& endpoint, const Request& request,
             Admission& admission) {
  SIGHTLINE_ASSIGN(admission.token, services.auth.Authenticate(request.Header("authorization")));
  SIGHTLINE_RETURN_IF_ERROR(CheckRoles(*admission.token, endpoint));
  if (endpoint.recording == Recording::kReading) {
    SIGHTLINE_ASSIGN(admission.purpose,
                     ReadPurpose(request.Header("x-purpose"), request.Header("x-case"),
                                 admission.token->standing_purpose));
  }
  return Ok();
}

struct Recorded {
  std::string_view document;
  std::string_view detail;
  std::string_view outcome;
};

PendingAudit Record(const Services& services, const Request& request, const Admission& admission,
                    const Recorded& recorded) {
  const AuditEntry entry{
      .time = services.clock.Now(),
      .request_id = request.request_id,
      .token_id = admission.token ? std::string_view(admission.token->id) : std::string_view(),
      .token_name = admission.token ? std::string_view(admission.token->name) : std::string_view(),
      .remote = request.remote_address,
      .method = request.method,
      .path = request.path,
      .parameters = request.parameters,
      .body = recorded.document,
      .purpose = admission.purpose.purpose,
      .case_reference = admission.purpose.case_reference,
      .outcome = recorded.outcome,
      .detail = recorded.detail};
  return services.audit.Append(AuditRecordJson(entry));
}

}  // namespace

Awaitable<Status> Guarded(const Services& services, const Endpoint& endpoint, Exchange& exchange) {
  const Request& request = exchange.request;
  Admission admission;
  if (!endpoint.is_public) {
    const Status admitted = Admit(services, endpoint, request, admission);
    if (admission.token) {
      exchange.caller = std::make_shared<const Caller>(Caller{admission.token});
    }
    if (!admitted) {
      if (endpoint.recording == Recording::kReading) {
        PendingAudit refused =
            Record(services, request, admission, {.outcome = OutcomeOf(admitted.error())});
        SIGHTLINE_CO_RETURN_IF_ERROR(co_await refused.Written());
      }
      co_return admitted.error();
    }
  }

  if (endpoint.body != BodyUse::kNone && !IsUtf8(request.Header("content-type"))) {
    co_return Error{ErrorCode::kUnsupportedMedia, "the charset of Content-Type must be utf-8", {}};
  }
  std::string document;
  if (endpoint.body == BodyUse::kDocument) {
    SIGHTLINE_CO_ASSIGN(document, co_await ReadDocument(services, request, exchange.body));
  }
  const Call* recorded = nullptr;
  AuditedWriter audited(exchange.out, [&] {
    const std::string& body = recorded->audit_body ? *recorded->audit_body : recorded->document;
    return Record(services, request, admission, {body, recorded->audit_detail, "allowed"});
  });
  const bool is_audited = endpoint.recording != Recording::kNone;
  Call call{.request = request,
            .body = exchange.body,
            .out = is_audited ? static_cast<ResponseWriter&>(audited) : exchange.out,
            .cancellation = exchange.cancellation,
            .document = std::move(document),
            .media_type = MediaTypeOf(request.Header("content-type")),
            .token = admission.token,
            .purpose = admission.purpose,
            .record = [&audited] { audited.Record(); }};
  if (!is_audited) co_return co_await endpoint.run(services, call);

  recorded = &call;
  const bool is_behind = endpoint.recording == Recording::kTrail || endpoint.records_detail ||
                         endpoint.records_question;
  if (!is_behind) audited.Record();  // while the endpoint runs
  const Status answered = co_await endpoint.run(services, call);
  SIGHTLINE_CO_RETURN_IF_ERROR(co_await audited.Recorded());
  co_return answered;
}

}  // namespace sightline::server
