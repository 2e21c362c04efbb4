// What an analysis of habits asks and answers, also as a job.
#pragma once

#include <string>
#include <string_view>

#include "api/habits_json.h"
#include "api/json_writer.h"
#include "core/error.h"
#include "core/time_zone.h"
#include "query/sources.h"
#include "query/vehicle_habits.h"
#include "server/job_book.h"

namespace sightline::server {

inline constexpr std::string_view kHabitsJob = "habits";

query::HabitsRequest HabitsRequestOf(const api::HabitsBody& body, TimeZone zone);

// The members of the answer but for the page's, vehicles [begin, end) of it; of the object that the
// caller opened.
void WriteHabitsMembers(api::JsonWriter& json, const query::HabitsAnswer& answer,
                        const query::HabitsRequest& request, size_t begin, size_t end);

// The work of a job whose question is a body of POST /v1/analyses/habits (api::WriteHabits), its zone
// and as_of set. Its result is the answer, `limit` vehicles of it. Begins anew after a restart.
Result<std::string> SearchHabits(const query::Sources& sources, JobRun& run);

}  // namespace sightline::server
