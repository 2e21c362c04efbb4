#include "server/handlers/lines.h"

#include "server/media_type.h"

namespace sightline::server {

Status CheckExplain(bool as_lines, bool explains) {
  if (!as_lines || !explains) return Ok();
  return InvalidArgument(
      "explain has no place in an answer of application/x-ndjson; accept application/json",
      "/explain");
}

Response LinesResponse(Sequence as_of, std::string_view next_page_token) {
  Response response{.headers = {{"Content-Type", std::string(kNdjsonType)},
                                {"X-As-Of", std::to_string(as_of)}}};
  if (!next_page_token.empty()) {
    response.headers.emplace_back("X-Next-Page-Token", next_page_token);
  }
  return response;
}

}  // namespace sightline::server
