// What the answers about cases and what they hold are made of.
#pragma once

#include <string>
#include <string_view>

#include "api/json_writer.h"
#include "core/error.h"
#include "server/case_book.h"
#include "server/case_record.h"
#include "server/handlers/endpoint.h"

namespace sightline::server {

// The caller, as cases keep it.
Author AuthorOf(const Call& call);

IfMatch IfMatchOf(const Call& call);

// Members of an object that the caller opened.
void WriteCaseMembers(api::JsonWriter& json, const CaseRecord& record);
void WriteQueryMembers(api::JsonWriter& json, const CaseQuery& query);
void WriteNoteMembers(api::JsonWriter& json, const CaseNote& note);
// The sighting as it stands at `as_of`; of one that is no longer stored what was kept of it, and
// "gone". `with_copy`: what was kept of it in every case, as "seen".
Status WriteTickedMembers(api::JsonWriter& json, const CaseSighting& ticked,
                          storage::Store& store, Sequence as_of, bool with_copy);

// A JSON answer that bears the case's ETag.
Response CaseResponse(const CaseRecord& record, std::string body, int status = 200);

// What becomes of an error of the case book: 412 where If-Match did not hold, else the error.
Result<Response> RefusalOf(const Error& error);

}  // namespace sightline::server
