// What a handler file declares: its endpoints, who may call them, and what is recorded of a call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "server/caller.h"
#include "server/exchange.h"
#include "server/purpose.h"
#include "server/roles.h"
#include "server/router.h"
#include "server/services.h"
#include "server/token_record.h"

namespace sightline::server {

// What the audit trail keeps of a call.
enum class Recording {
  kNone,
  kChange,   // a change of tokens or cameras
  kReading,  // sightings are read: a purpose is demanded, refused attempts are recorded too
  kTrail,    // the trail itself is read: recorded behind what the answer shows of it
};

enum class BodyUse {
  kNone,      // the endpoint has no body
  kDocument,  // read whole, Content-Encoding undone, up to max_document_bytes
  kStream,    // the endpoint reads it itself
};

// One call that the guard let through.
struct Call {
  const Request& request;
  BodyReader& body;     // of BodyUse::kStream
  ResponseWriter& out;  // waits for the audit record before the first byte leaves
  Cancellation cancellation;
  std::string document;    // of BodyUse::kDocument
  std::string media_type;  // of the body, lower case, without parameters
  std::shared_ptr<const TokenRecord> token;  // the caller's; null on public routes
  Purpose purpose;         // where sightings are read
  // A JSON object that the audit record is to bear as "detail": what a change was, say. Of
  // endpoints with `records_detail`.
  std::string audit_detail = {};
  // What the audit record is to bear in place of `document`, and what makes it, without waiting for
  // it to be durable. Of endpoints with `records_question`, which set the one and then call the
  // other.
  std::optional<std::string> audit_body = {};
  std::function<void()> record = {};
};

using EndpointFunction = Awaitable<Status> (*)(const Services&, Call&);
using CheckFunction = Status (*)(const Services&, const Request&, std::string_view document);

struct Endpoint {
  std::string_view method;
  std::string_view path;
  std::string_view name;  // for logs
  EndpointFunction run = nullptr;
  RoleSet allowed;         // who may call it; the owner always may
  bool is_public = false;  // answered without a token
  Recording recording = Recording::kNone;
  // The audit record is made once the endpoint has an answer, with Call::audit_detail, instead of
  // while it runs. A change is durable before its record then, and must itself say who and when.
  bool records_detail = false;
  // The audit record is made once the endpoint has read the question, with Call::audit_body: where
  // the document holds what does not belong on the trail. Behind the endpoint where it could not.
  bool records_question = false;
  BodyUse body = BodyUse::kNone;
  // Whether answers or bodies are streams of any length, which query_timeout_s does not bound;
  // idle timeouts and the endpoint itself do.
  bool unbounded = false;
  bool logs_storage_errors = false;  // as in RouteOptions
  // Whether a request to the endpoint is a question that can be saved in a case: says what is wrong
  // with one, errors with `field` as in an answer. Null: it cannot be saved.
  CheckFunction check = nullptr;
};

std::vector<Endpoint> CameraEndpoints();
std::vector<Endpoint> SightingEndpoints();
std::vector<Endpoint> SearchEndpoints();
std::vector<Endpoint> ImageSearchEndpoints();
std::vector<Endpoint> SpaceEndpoints();
std::vector<Endpoint> PlateEndpoints();
std::vector<Endpoint> CorrectionEndpoints();
std::vector<Endpoint> ProfileEndpoints();
std::vector<Endpoint> HabitEndpoints();
std::vector<Endpoint> CompanionEndpoints();
std::vector<Endpoint> CameraHealthEndpoints();
std::vector<Endpoint> ClonedPlateEndpoints();
std::vector<Endpoint> CountEndpoints();
std::vector<Endpoint> TrafficEndpoints();
std::vector<Endpoint> TravelTimeEndpoints();
std::vector<Endpoint> CaseEndpoints();
std::vector<Endpoint> CaseItemEndpoints();
std::vector<Endpoint> CaseReportEndpoints();
std::vector<Endpoint> TokenEndpoints();
std::vector<Endpoint> AuditEndpoints();
std::vector<Endpoint> PlateModelEndpoints();
std::vector<Endpoint> IndexEndpoints();
std::vector<Endpoint> JobEndpoints();
std::vector<Endpoint> OperationEndpoints();

// All of them, in the order of the API's documentation.
std::vector<Endpoint> AllEndpoints();

// The table of the server, each endpoint behind the guard (guard.h). `services` outlives it.
Router MakeRouter(const Services& services);

}  // namespace sightline::server
