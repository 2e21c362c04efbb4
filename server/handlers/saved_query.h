// Questions that are kept in a case.
#pragma once

#include "api/case_json.h"
#include "core/error.h"
#include "server/services.h"

namespace sightline::server {

// Whether the query is a call of this server that would be answered now. Errors: kInvalidArgument,
// with field "/target" or below "/body".
Status CheckSavedQuery(const Services& services, const api::SavedQuery& query);

}  // namespace sightline::server
