#include "api/search_json.h"

#include <fmt/format.h>

#include "api/filter_reader.h"
#include "api/json_reader.h"
#include "api/question_members.h"

namespace sightline::api {
namespace {

Result<ResultOrder> ReadOrder(Json value, const JsonPath& path) {
  SIGHTLINE_ASSIGN(const std::string_view text, ReadText(value, path, {0, 64}));
  if (text == "time_desc") return ResultOrder::kTimeDescending;
  if (text == "time_asc") return ResultOrder::kTimeAscending;
  if (text == "relevance") return ResultOrder::kRelevance;
  return BadValue(
      path, fmt::format("must be 'time_desc', 'time_asc' or 'relevance', not {}", Quoted(text)));
}

}  // namespace

std::string_view OrderName(ResultOrder order) {
  switch (order) {
    case ResultOrder::kTimeDescending: return "time_desc";
    case ResultOrder::kTimeAscending: return "time_asc";
    case ResultOrder::kRelevance: return "relevance";
  }
  return "";
}

Result<SearchSightingsBody> ParseSearchSightings(std::string_view json) {
  static constexpr std::string_view kMembers[] = {"filter",     "order",   "limit",
                                                  "page_token", "explain", "as_of"};
  enum Member : size_t { kFilter, kOrder, kLimit, kPageToken, kExplain, kAsOf };
  const JsonPath root;
  SearchSightingsBody body;
  const auto read = [&](size_t member, Json part, const JsonPath& here) -> Status {
    switch (member) {
      case kFilter: {
        SIGHTLINE_ASSIGN(body.filter, ReadFilter(part, here));
        return Ok();
      }
      case kOrder: {
        SIGHTLINE_ASSIGN(body.order, ReadOrder(part, here));
        return Ok();
      }
      case kLimit: {
        SIGHTLINE_ASSIGN(const int64_t limit, ReadInteger(part, here, 1, kMaxLimit));
        body.limit = static_cast<size_t>(limit);
        body.limit_given = true;
        return Ok();
      }
      case kPageToken: {
        SIGHTLINE_ASSIGN(body.page_token, ReadPageToken(part, here));
        return Ok();
      }
      case kExplain: {
        SIGHTLINE_ASSIGN(body.explain, ReadBool(part, here));
        return Ok();
      }
      default: {
        SIGHTLINE_ASSIGN(body.as_of, ReadAsOf(part, here));
        return Ok();
      }
    }
  };
  SIGHTLINE_ASSIGN(const uint32_t seen,
                   ReadDocument(json, kMembers, NullMeaning::kMistake, read));
  if (!(seen & (1u << kOrder)) && body.filter.plate_like) body.order = ResultOrder::kRelevance;
  if (body.order == ResultOrder::kRelevance && !body.filter.plate_like) {
    return BadValue(JsonPath(root, kMembers[kOrder]),
                    "can be 'relevance' only where the filter has plate_like, which ranks");
  }
  return body;
}

}  // namespace sightline::api
