// What the answers about jobs are made of.
#pragma once

#include <string>

#include "server/handlers/endpoint.h"
#include "server/job_record.h"

namespace sightline::server {

// The members of an object that the caller opened.
void WriteJobMembers(api::JsonWriter& json, const JobRecord& job);

// A JSON answer with the job: 202 with its Location where it has just been made.
Response JobResponse(const Services& services, const JobRecord& job, int status = 200);

}  // namespace sightline::server
