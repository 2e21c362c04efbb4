// The one place where every call is authenticated, authorised and recorded.
#pragma once

#include "server/handlers/endpoint.h"

namespace sightline::server {

// Operation, in this order: the token and its roles (401, 403), the purpose where sightings are
// read (422), the body where the endpoint takes a document (413, 415); then the audit record is
// appended while the endpoint runs (or behind it, where it bears what the endpoint found), and
// nothing of the answer leaves before the record is durable. When it cannot be written the call
// fails.
//
// `services` and `endpoint` outlive the coroutine.
Awaitable<Status> Guarded(const Services& services, const Endpoint& endpoint, Exchange& exchange);

}  // namespace sightline::server
