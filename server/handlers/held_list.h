// Lists that are held whole in memory, answered page by page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "api/json_writer.h"
#include "api/page_token.h"
#include "core/error.h"
#include "core/sighting.h"

namespace sightline::server {

struct HeldPage {
  std::string_view member;    // the list's name in the answer
  std::string_view question;  // for page tokens
  std::string_view after;     // the position of the last item before the page; empty: from the first
  size_t limit = 0;
  Sequence as_of = 0;
};

// Writes the page, and next_page_token where items follow, as members of the object that is open.
// `items` are in the order of position_of(item), a string; write(json, item), which returns Status,
// writes an item's members.
template <typename Items, typename PositionOf, typename Write>
Status WriteHeldPage(api::JsonWriter& json, const HeldPage& page, const Items& items,
                     PositionOf position_of, Write write) {
  json.Key(page.member).BeginArray();
  size_t count = 0;
  std::string last;
  std::string next_page_token;
  for (const auto& item : items) {
    std::string position = position_of(item);
    if (position <= page.after) continue;
    if (count++ == page.limit) {
      next_page_token =
          api::EncodePageToken({.as_of = page.as_of, .position = last}, page.question);
      break;
    }
    json.BeginObject();
    SIGHTLINE_RETURN_IF_ERROR(write(json, item));
    json.EndObject();
    last = std::move(position);
  }
  json.EndArray();
  if (!next_page_token.empty()) json.Key("next_page_token").String(next_page_token);
  return Ok();
}

}  // namespace sightline::server
