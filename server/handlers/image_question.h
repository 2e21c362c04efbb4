// Questions of image search: from the wire to the engine, and the engine's answers back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/image_json.h"
#include "api/json_writer.h"
#include "api/sighting_json.h"
#include "core/error.h"
#include "query/image_search.h"
#include "query/similarity.h"
#include "server/services.h"

namespace sightline::server {

struct ImageQuestion {
  api::SearchImageBody body;
  api::SightingFields fields;
  std::string text;  // for page tokens
  query::ImageRequest request;
};

// Errors: kInvalidArgument with `field`, for a page token or an as_of that does not fit.
Result<ImageQuestion> MakeImageQuestion(const Services& services, api::SearchImageBody body,
                                        api::SightingFields fields);

// The question as the audit trail keeps it: a vector by its digest alone.
void WriteAuditedQuestion(api::JsonWriter& json, const api::SearchImageBody& body);

// An error of the engine with `field` as it stood in the question's body.
Error AsSent(const ImageQuestion& question, Error error);

// Whether ImageAnswer::next leads on: pages end at query::kMaxDepth.
bool HasNextPage(const query::ImageAnswer& answer);

// One match as a JSON object. `similarity`: of the answer's space.
void WriteImageMatch(api::JsonWriter& json, const query::ImageMatch& match,
                     const ImageQuestion& question, const query::SimilarityModel& similarity);

// The members of an answer but "as_of", for a caller that has opened the object.
void WriteImageAnswerMembers(api::JsonWriter& json, const Services& services,
                             const query::ImageAnswer& answer, const ImageQuestion& question);

// Of a page; empty: nothing follows.
std::string NextImagePageToken(const query::ImageAnswer& answer, const ImageQuestion& question);

}  // namespace sightline::server
