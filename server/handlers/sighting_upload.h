// POST /v1/sightings: a body of any length through a few megabytes of memory.
#pragma once

#include <cstdint>
#include <map>

#include "core/error.h"
#include "server/exchange.h"
#include "server/handlers/endpoint.h"

namespace sightline::server {

struct UploadOutcome {
  uint64_t accepted = 0;
  uint64_t duplicates = 0;
  uint64_t rejected = 0;
  std::multimap<uint64_t, Error> errors;  // by line, the first 1,000
};

// Reads, parses and stores the body; returns once everything that is counted as accepted is
// durable.
//
// Operation: pieces of the body go to the query threads, which undo gzip, split, parse and submit
// batches to ingest, of which a few are under way at a time; the body is read on as they finish. A
// short body takes a single hop to a query thread. When the connection is cut, what was parsed
// until then is stored all the same.
//
// Errors: kUnsupportedMedia for other media types and encodings; kInvalidArgument where nothing
// could be read; kUnavailable when ingest takes no batch of a body that it has not begun with;
// storage errors as they came, with what was stored before in the message.
Awaitable<Result<UploadOutcome>> ReceiveSightings(const Services& services, Call& call);

}  // namespace sightline::server
