#include "client/travel_times.h"

#include <fmt/format.h>

#include "client/answer_members.h"

namespace sightline::client {
namespace {

constexpr std::string_view kTarget = "/v1/travel-times";

std::vector<std::string> Texts(Member member) {
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (member.get(array) != simdjson::SUCCESS) return texts;
  for (const Json one : array) texts.push_back(Text(Member(Json(one))));
  return texts;
}

TravelHourInfo ReadHour(Json root) {
  TravelHourInfo hour{.hour_class = Text(root["hour_class"]),
                      .via = Texts(root["via"]),
                      .median_s = Number(root["median_s"]),
                      .slow_s = Number(root["slow_s"]),
                      .median_kmh = Number(root["median_kmh"])};
  if (root["samples"].get(hour.samples) != simdjson::SUCCESS) hour.samples = 0;
  if (root["direct"].get(hour.direct) != simdjson::SUCCESS) hour.direct = false;
  return hour;
}

}  // namespace

Result<TravelWay> TravelTimes::Between(const std::string& from, const std::string& to,
                                       const std::string& hour_class) {
  std::string target = fmt::format("{}?from_camera={}&to_camera={}", kTarget, PercentEncode(from),
                                   PercentEncode(to));
  if (!hour_class.empty()) target += "&hour_class=" + PercentEncode(hour_class);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array hours;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["hours"].get(hours) != simdjson::SUCCESS) {
    return NotUnderstood("no travel times");
  }
  TravelWay way{.distance_m = Number(root["distance_m"]),
                .fastest_s = Number(root["fastest_s"]).value_or(0),
                .bound_s = Number(root["bound_s"]).value_or(0),
                .at_fault = Texts(root["at_fault"]),
                .hours = {},
                .json = {}};
  for (const Json hour : hours) way.hours.push_back(ReadHour(hour));
  way.json = std::move(json);
  return way;
}

Result<TravelLinkPage> TravelTimes::LinksFrom(const std::string& from, size_t limit,
                                              const std::string& page_token) {
  std::string target =
      fmt::format("{}?from_camera={}&limit={}", kTarget, PercentEncode(from), limit);
  if (!page_token.empty()) target += "&page_token=" + PercentEncode(page_token);
  SIGHTLINE_ASSIGN(std::string json, client_.Get(target));
  simdjson::dom::parser parser;
  Json root;
  simdjson::dom::array links;
  if (parser.parse(json).get(root) != simdjson::SUCCESS ||
      root["links"].get(links) != simdjson::SUCCESS) {
    return NotUnderstood("no links");
  }
  TravelLinkPage page;
  for (const Json link : links) {
    page.links.push_back({.to_camera = Text(link["to_camera"]),
                          .distance_m = Number(link["distance_m"]).value_or(0),
                          .fastest_s = Number(link["fastest_s"]).value_or(0),
                          .all = ReadHour(link)});
  }
  page.next_page_token = Text(root["next_page_token"]);
  page.json = std::move(json);
  return page;
}

}  // namespace sightline::client
