// Every group of a window that moves together: a job.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "query/sources.h"
#include "query/travel_times.h"
#include "server/job_book.h"

namespace sightline::server {

inline constexpr std::string_view kCompanionGroups = "companion_groups";

// The work of a job whose question is a body of POST /v1/analyses/companions without a target
// (api::ParseCompanions), its as_of set. Its result is the answer (WriteCompanionGroupsMembers);
// what is found so far is reported about once a second, what a later run goes on from is saved part
// by part.
Result<std::string> SweepCompanions(const query::Sources& sources,
                                    const query::TravelTimeSource& travel_times, JobRun& run);

}  // namespace sightline::server
