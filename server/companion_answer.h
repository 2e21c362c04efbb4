// Answers about companions as JSON.
#pragma once

#include <string>

#include "api/companions_json.h"
#include "api/json_writer.h"
#include "query/companion_groups.h"
#include "query/companions.h"

namespace sightline::server {

// The members of an answer about one target, "as_of" last, for a caller that has opened the object.
void WriteCompanionsMembers(api::JsonWriter& json, const query::CompanionsAnswer& answer,
                            const api::CompanionsBody& question);

// The members of an answer about all groups, as above.
void WriteCompanionGroupsMembers(api::JsonWriter& json,
                                 const query::CompanionGroupsAnswer& answer,
                                 const api::CompanionsBody& question, Sequence as_of);

}  // namespace sightline::server
